"""``huiyin backup OUT``: copy a running installation into archives in the folder OUT.

Two files: ``….data.tar`` (the database without any key) and ``….keys.tar`` (the wrapped keys,
to be destroyed after 30 days). The key folder is in neither; ``--with-keys FILE`` writes it
apart, under a passphrase. Keep that file elsewhere than the other two. Exit status 0 or 1.
"""

from __future__ import annotations

import argparse
import getpass
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from huiyin.commands import installation

LANGUAGES = ("en", "zh-hans", "zh-hant")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin backup", description=__doc__)
    parser.add_argument("out", metavar="OUT", type=Path, help="folder for the archives")
    parser.add_argument("--with-keys", metavar="FILE", type=Path, help="key folder, encrypted")
    parser.add_argument("--passphrase-stdin", action="store_true", help="for --with-keys")
    parser.add_argument("--data", metavar="DIR", help="data folder (default: HUIYIN_DATA)")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="words in")
    return parser


def main(argv: list[str]) -> int:
    """Run the command; returns the exit status."""
    args = _parser().parse_args(argv)
    installation.configure_existing("backup", args.data)
    from huiyin.domain.errors import Refusal

    try:
        for line in backup(args.out, args.with_keys, _passphrase(args), datetime.now(UTC)):
            print(line)
    except Refusal as refusal:
        return refused("backup", refusal, args.lang)
    except OSError as error:
        print(f"huiyin backup: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def backup(out: Path, with_keys: Path | None, passphrase: str, now: datetime) -> list[str]:
    """Write the archives, all or none; returns what to tell the operator. Raises Refusal: those
    of ``dumps.dump``, ``archives.pack`` and ``archives.seal_key_folder``; OSError."""
    from django.conf import settings

    from huiyin.commands import archives

    name = archives.stamp(now)
    data, keys = out / f"{name}.data.tar", out / f"{name}.keys.tar"
    before = [path for path in (data, keys, with_keys) if path is not None and path.exists()]
    try:
        if with_keys is not None:  # first: it is what can be wrong, and it is quick
            archives.seal_key_folder(settings.HUIYIN_KEYS_DIR, with_keys, passphrase)
        _write(data, keys, name, now)
    except BaseException:
        for path in {data, keys, with_keys} - {None, *before}:
            path.unlink(missing_ok=True)  # type: ignore[union-attr]  # None is taken out
        raise
    lines = [str(data), f"{keys} (destroy after {now + archives.KEYS_LIVE:%Y-%m-%d})"]
    if with_keys is not None:
        lines.append(f"{with_keys} (the key folder, encrypted; keep it elsewhere)")
    return lines


def _write(data: Path, keys: Path, name: str, now: datetime) -> None:
    from huiyin.commands import archives, dumps

    out = data.parent
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=out, prefix=".partial-") as partial:
        folder = Path(partial)
        dumps.dump(folder)
        for archive, kind, file in ((data, "data", dumps.DATA), (keys, "keys", dumps.KEYS)):
            told = archives.manifest(kind, name, dumps.engine(), now, folder / file)
            archives.pack(archive, told, folder / file)


def _passphrase(args: argparse.Namespace) -> str:
    if args.with_keys is None:
        return ""
    if args.passphrase_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Passphrase for the key folder: ")
    if first != getpass.getpass("Again: "):
        raise SystemExit("huiyin backup: the two differ; nothing was written")
    return first


def refused(command: str, refusal: Exception, language: str) -> int:
    """Say a refusal in words; returns the exit status 1."""
    from huiyin.people.refusing import explain

    words = explain(refusal, language)  # type: ignore[arg-type]  # a Refusal, imported late
    print(f"huiyin {command}: {words.text} {words.remedy}", file=sys.stderr)
    return 1
