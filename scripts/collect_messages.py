"""Collects the texts to translate from templates and Python into src/huiyin/locale/*/django.po.

The English text is the msgid. Translations stay; a text that is gone is dropped; a new or changed
one comes in empty, never with a guess from a similar text. Django's makemessages finds the texts,
and needs xgettext (Debian: gettext); it works on a copy, because it writes beside what it reads.
Line numbers are left out, so that moving a template changes no translation file.
    python scripts/collect_messages.py [--check]   --check: exit 1 if a language lacks a text
"""

import contextlib
import re
import shutil
import sys
import tempfile
from pathlib import Path

import polib

PACKAGE = Path(__file__).parent.parent / "src/huiyin"
LANGUAGES = ["zh_Hans", "zh_Hant", "ar"]
HEAD = {
    "Project-Id-Version": "huiyin",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
PLURALS = {
    "zh_Hans": "nplurals=1; plural=0;",
    "zh_Hant": "nplurals=1; plural=0;",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3"
    " : n%100>=11 && n%100<=99 ? 4 : 5;",
}
_SKIPPED = shutil.ignore_patterns("__pycache__", "static", "fonts", "migrations", "locale")


def extract() -> polib.POFile:
    """The texts of the sources, each with the files it stands in (paths below src/huiyin, as
    ``occurrences``). Needs xgettext."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder).resolve() / "huiyin"
        shutil.copytree(PACKAGE, copy, ignore=_SKIPPED)
        (copy / "locale").mkdir()
        with contextlib.chdir(copy):
            call_command("makemessages", all=True, keep_pot=True, add_location="file", verbosity=0)
        return polib.pofile(str(copy / "locale/django.pot"))


def file_of(language: str) -> Path:
    """Where the translations of `language` are."""
    return PACKAGE / "locale" / language / "LC_MESSAGES/django.po"


def update(language: str, texts: polib.POFile) -> None:
    """Rewrites the .po of `language`: the texts in their order, with the translations it had."""
    path = file_of(language)
    known = {_key(e): e for e in polib.pofile(str(path)) if not e.fuzzy} if path.exists() else {}
    forms = int(re.findall(r"\d+", PLURALS[language])[0])
    catalog = polib.POFile(wrapwidth=96)
    catalog.header = (
        "Texts of Huiyin. scripts/collect_messages.py keeps the list; the msgid is English."
    )
    catalog.metadata = HEAD | {"Language": language, "Plural-Forms": PLURALS[language]}
    for text in texts:
        catalog.append(_entry(text, known.get(_key(text)), forms))
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.save(str(path))


def _key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    # A text that got a plural is a new text: its old translation has no forms.
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _entry(text: polib.POEntry, known: polib.POEntry | None, forms: int) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=text.msgid,
        msgid_plural=text.msgid_plural,
        msgctxt=text.msgctxt,
        comment=text.comment,
        flags=list(text.flags),
    )
    if text.msgid_plural:
        said = known.msgstr_plural if known else {}
        entry.msgstr_plural = {i: said.get(i, "") for i in range(forms)}
    elif known:
        entry.msgstr = known.msgstr
    return entry


def missing(language: str) -> list[str]:
    """The msgids that `language` has not translated yet."""
    return [e.msgid for e in polib.pofile(str(file_of(language))) if not e.translated()]


def main(arguments: list[str]) -> int:
    if not shutil.which("xgettext"):
        print("xgettext is missing. On Debian: apt-get install gettext", file=sys.stderr)
        return 1
    texts = extract()
    incomplete = False
    for language in LANGUAGES:
        update(language, texts)
        untranslated = missing(language)
        incomplete |= bool(untranslated)
        print(f"{language}: {len(untranslated)} texts without a translation")
        for text in untranslated if "--check" in arguments else []:
            print(f"    {text!r}")
    return int(incomplete and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
