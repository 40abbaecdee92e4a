"""What administrators type, cleaned and checked, before any act uses it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from huiyin.domain.errors import Refusal
from huiyin.domain.languages import TAGS
from huiyin.domain.texts import clean_line
from huiyin.domain.zones import zone_named

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
MOST_ID = 60
NAME_LIMIT = 120
HINT_LIMIT = 300
# The account's name for signing in: what Django allows, without look-alikes and spaces.
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}\Z")


def id_of(text: str) -> str:
    """A short name for addresses, files and programs. Raises Refusal ``settings-id-malformed``."""
    if not _ID.match(text) or len(text) > MOST_ID or text == "add":  # an address of the pages
        raise Refusal("settings-id-malformed", id=text[:60], most=MOST_ID)
    return text


def login_of(text: str) -> str:
    """The name that somebody signs in with. Raises Refusal ``login-malformed``."""
    if not _LOGIN.match(text) or text == "add":
        raise Refusal("login-malformed", name=text[:60])
    return text


def texts_of(
    given: Mapping[str, str], field: str, *, most: int = NAME_LIMIT, needed: bool = True
) -> dict[str, str]:
    """Language → text, cleaned, without the empty ones. Raises Refusal ``settings-name-missing``
    and those of ``clean_line``."""
    found = {
        language: clean_line(text, field, most)
        for language, text in given.items()
        if language in TAGS and text.strip()
    }
    if needed and not found:
        raise Refusal("settings-name-missing")
    return found


def zone_of(text: str) -> str:
    """A time zone's name, or "" for that of the unit above. Raises Refusal ``zone-unknown``."""
    name = text.strip()
    if name and zone_named(name) is None:
        raise Refusal("zone-unknown", zone=name[:60])
    return name
