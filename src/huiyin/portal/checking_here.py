"""What the checking page needs to work without a server: words, scripts, and all of it in one file.

The saved file forbids itself every connection (its own Content-Security-Policy names only the
hashes of its one script and one style sheet), so that whoever reads its first lines knows that
no receipt leaves the device. What is checked stands in static/huiyin/verify.*.js.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

from huiyin.register.verdicts import LANGUAGES, table

STATIC = Path(__file__).resolve().parent.parent / "web" / "static"
PARTS = ("crypto", "json", "notes", "policy", "findings", "words", "receipt", "page")
SCRIPTS = tuple(f"huiyin/verify.{part}.js" for part in PARTS)
STYLES = ("huiyin/verify.offline.css", "huiyin/verify.css")
NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}


def spoken(tag: str) -> str:
    """The language of ours to use for a reader's language tag."""
    return tag if tag in LANGUAGES else "en"


def ui() -> dict[str, str]:
    """The page's own texts in the active language."""
    return {
        "choose": gettext("Choose the receipt file, or drop it here"),
        "hint": gettext("Its name ends in .receipt.json. It is read on this device, sent nowhere."),
        "more": gettext("Compare with what you have from elsewhere"),
        "vkey": gettext("The register's key"),
        "vkey_hint": gettext("From a notice board, a paper receipt or a witness."),
        "checkpoint": gettext("A signed checkpoint"),
        "witnesses": gettext("Witnesses whom you trust: their keys, one a line, or a policy"),
        "others": gettext("Files that you handed in"),
        "others_hint": gettext("Each is compared with those of the receipt, on this device."),
        "words": gettext("Read the words that were proved"),
        "again": gettext("Check with these"),
        "busy": gettext("Checking …"),
        "unread": gettext("The file could not be read. Choose it again."),
        "broken": gettext("The check broke off. Nothing was proved or disproved."),
        "language": gettext("Language"),
        "offline_title": gettext("Check a receipt without a network"),
        "offline_text": gettext(
            "This one file checks receipts of any register that Huiyin keeps. It connects to "
            "nothing: switch the network off and it works the same."
        ),
        "no_script": gettext("This file needs JavaScript, which is switched off here."),
    }


def words(tag: str) -> dict[str, Any]:
    """Everything that the script says in one language, by its tag."""
    with translation.override(tag.lower()):
        return {tag: {**table(tag), "ui": ui()}}


def offline_page(tag: str, vkey: str) -> str:
    """The checking page as one file, opening in the language ``tag``."""
    first = spoken(tag)
    every = {name: words(name)[name] for name in sorted(LANGUAGES, key=lambda n: n != first)}
    script, style = _joined(SCRIPTS), _joined(STYLES)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    context = {
        "language": first,
        "names": NAMES.items(),
        "ui": every[first]["ui"],
        "words": every,
        "vkey": vkey,
        "policy": mark_safe(policy),  # quotes are part of it; made of constants and hashes
        "script": mark_safe(script),  # our own files
        "style": mark_safe(style),  # our own files
    }
    return render_to_string("portal/verify_offline.html", context)


@lru_cache(maxsize=4)
def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((STATIC / name).read_text("utf-8") for name in names)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
