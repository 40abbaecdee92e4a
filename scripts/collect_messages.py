"""Collects the texts to translate from templates and Python into src/huiyin/locale/*/django.po.

The English text is the msgid. Translations stay; a text that is gone is dropped; a new one comes
in empty. Django's makemessages finds the texts, and needs xgettext (Debian: gettext). Line numbers
are left out, so that moving a template changes no translation file.
    python scripts/collect_messages.py [--check]   --check: exit 1 if a language lacks a text
"""

import os
import shutil
import sys
from pathlib import Path

import polib

PACKAGE = Path(__file__).parent.parent / "src/huiyin"
LANGUAGES = ["zh_Hans", "zh_Hant", "ar"]


def collect() -> None:
    """Rewrites one .po per language. Runs inside the package, where makemessages looks."""
    from django.core.management import call_command

    (PACKAGE / "locale").mkdir(exist_ok=True)
    os.chdir(PACKAGE)
    call_command(
        "makemessages",
        locale=LANGUAGES,
        add_location=None,
        no_location=True,
        no_obsolete=True,
        ignore_patterns=["static/*", "migrations/*"],
        verbosity=0,
    )


def tidy(language: str) -> None:
    """Leaves out of the head what changes with each run or says nothing."""
    catalog = polib.pofile(
        str(PACKAGE / "locale" / language / "LC_MESSAGES/django.po"), wrapwidth=96
    )
    kept = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms"}
    catalog.metadata = {k: v for k, v in catalog.metadata.items() if k in kept}
    catalog.metadata |= {"Project-Id-Version": "huiyin", "Language": language}
    catalog.metadata_is_fuzzy = False
    catalog.header = (
        "Texts of Huiyin. scripts/collect_messages.py keeps the list; the msgid is English."
    )
    catalog.save()


def missing(language: str) -> list[str]:
    """The msgids that `language` has not translated yet."""
    catalog = polib.pofile(str(PACKAGE / "locale" / language / "LC_MESSAGES/django.po"))
    return [e.msgid for e in catalog if not e.obsolete and (not e.translated() or e.fuzzy)]


def main(arguments: list[str]) -> int:
    if not shutil.which("xgettext"):
        print("xgettext is missing. On Debian: apt-get install gettext", file=sys.stderr)
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.web.settings")
    import django

    django.setup()
    collect()
    incomplete = False
    for language in LANGUAGES:
        tidy(language)
        texts = missing(language)
        incomplete |= bool(texts)
        print(f"{language}: {len(texts)} texts without a translation")
        for text in texts if "--check" in arguments else []:
            print(f"    {text!r}")
    return int(incomplete and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
