"""Compiles src/huiyin/locale/*/LC_MESSAGES/django.po to .mo with polib; gettext is not needed.

A text that is marked fuzzy stays out, as msgfmt does it. A translation whose {placeholders} or
%(placeholders)s differ from the original's stops the compilation: it would fail in a page.
"""

import re
import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).parent.parent / "src/huiyin/locale"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


class BrokenMessage(Exception):
    """A translation that cannot be used; the text says where and why."""


def compile_all(locale: Path, *, only_stale: bool) -> list[Path]:
    """Writes each .mo under `locale` (with `only_stale`, those older than their .po) and returns
    the paths written. Raises BrokenMessage."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if only_stale and target.exists() and target.stat().st_mtime > source.stat().st_mtime:
            continue
        catalog = polib.pofile(str(source))
        for entry in catalog.translated_entries():
            _check(entry, source)
        catalog.save_as_mofile(str(target))
        written.append(target)
    return written


def _check(entry: polib.POEntry, source: Path) -> None:
    originals = _placeholders(entry.msgid) | _placeholders(entry.msgid_plural or "")
    for text in [entry.msgstr, *entry.msgstr_plural.values()]:
        if text and not _placeholders(text) <= originals:
            raise BrokenMessage(
                f"{source}:{entry.linenum}: {text!r} uses a placeholder that {entry.msgid!r} lacks"
            )


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


def main(arguments: list[str]) -> int:
    try:
        written = compile_all(LOCALE, only_stale="--all" not in arguments)
    except (BrokenMessage, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    for target in written:
        print(f"compiled {target.relative_to(LOCALE.parent.parent.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
