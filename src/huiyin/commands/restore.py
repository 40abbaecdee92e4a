"""``huiyin restore ARCHIVE.data.tar``: bring an installation back into an empty place.

The wrapped keys are taken from ``….keys.tar`` beside it. ``--keys FILE`` brings the key folder
back as well. Nothing that exists is overwritten. If the register had signed more than the
backup holds, it refuses to go on under its name; the way out is printed. Exit status 0 or 1.
"""

from __future__ import annotations

import argparse
import getpass
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from huiyin.commands import installation
from huiyin.commands.backup import LANGUAGES, refused


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin restore", description=__doc__)
    parser.add_argument("archive", metavar="ARCHIVE", type=Path, help="….data.tar")
    parser.add_argument("--keys", metavar="FILE", type=Path, help="the key folder's copy")
    parser.add_argument("--passphrase-stdin", action="store_true", help="for --keys")
    parser.add_argument(
        "--register-only", action="store_true", help="without wrapped keys: texts stay closed"
    )
    parser.add_argument(
        "--expired-keys",
        action="store_true",
        help="take wrapped keys that should have been destroyed",
    )
    parser.add_argument("--data", metavar="DIR", help="data folder (default: HUIYIN_DATA)")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="words in")
    return parser


def main(argv: list[str]) -> int:
    """Run the command; returns the exit status."""
    args = _parser().parse_args(argv)
    installation.configure(args.data)
    from huiyin.domain.errors import Refusal

    try:
        if args.keys is not None:
            _bring_keys(args)
        restore(
            args.archive,
            datetime.now(UTC),
            register_only=args.register_only,
            expired_keys=args.expired_keys,
        )
    except Refusal as refusal:
        return refused("restore", refusal, args.lang)
    for line in _next(args.register_only):
        print(line)
    return 0


def _bring_keys(args: argparse.Namespace) -> None:
    from django.conf import settings

    from huiyin.commands import archives

    asked = sys.stdin.readline() if args.passphrase_stdin else getpass.getpass("Passphrase: ")
    archives.open_key_folder(args.keys, settings.HUIYIN_KEYS_DIR, asked.rstrip("\r\n"))


def restore(
    archive: Path, now: datetime, *, register_only: bool = False, expired_keys: bool = False
) -> None:
    """Load a backup into an empty place. Raises Refusal ``restore-over-data`` (path),
    ``archive-keys-missing`` (path), ``archive-mismatch``, ``backup-keys-expired`` (until),
    ``restore-other-engine`` (archive, here), and those of ``archives`` and ``dumps``."""
    from huiyin.commands import archives, dumps
    from huiyin.domain.errors import Refusal

    if where := dumps.holds_data():
        raise Refusal("restore-over-data", path=where)
    keys = archive.with_name(archive.name.replace(".data.tar", ".keys.tar"))
    with tempfile.TemporaryDirectory(prefix="huiyin-restore-") as partial:
        folder = Path(partial)
        told = archives.unpack(archive, folder)
        if told["kind"] != "data":
            raise Refusal("archive-mismatch", path=str(archive))
        if told["engine"] != dumps.engine():
            raise Refusal("restore-other-engine", archive=told["engine"], here=dumps.engine())
        if not register_only:
            _check_keys(keys, folder, told["backup"], now, expired_keys)
        dumps.load(folder, with_keys=not register_only)


def _check_keys(keys: Path, folder: Path, backup: str, now: datetime, expired_keys: bool) -> None:
    from huiyin.commands import archives
    from huiyin.domain.errors import Refusal

    if not keys.exists():
        raise Refusal("archive-keys-missing", path=str(keys))
    told = archives.unpack(keys, folder)
    if told["kind"] != "keys" or told["backup"] != backup:
        raise Refusal("archive-mismatch", path=str(keys))
    if archives.expired(told, now) and not expired_keys:
        raise Refusal("backup-keys-expired", until=told["destroy_after"][:10])


def _next(register_only: bool) -> list[str]:
    """What the operator has to do now, in order, and what came back that was gone."""
    from django.conf import settings

    from huiyin.register import keys, lastsigned
    from huiyin.register.queries import head

    lines = ["Restored. Now:"]
    if not (settings.HUIYIN_KEYS_DIR / "vault.key").exists():
        lines.append(f"- bring the key folder back: {settings.HUIYIN_KEYS_DIR}")
        return lines
    held, last = head().size, lastsigned.read(keys.folder())
    if held and (last is None or last.frontier.size > held):
        lines.append(
            "- huiyin ledger new-origin   (this register may have signed more than the backup "
            "holds; it goes on under a new name that says so)"
        )
    lines.append("- huiyin ledger check")
    return [*lines, *(_CLOSED if register_only else _OPEN)]


_OPEN = (
    "- huiyin erase --due   (what had to be destroyed since the backup was made)",
    "What complainants took back or erased themselves since then (a name, an address for notices, "
    "a consent) is here again: put a notice up, so that they can do it once more.",
)
_CLOSED = (
    "Without wrapped keys no text opens. The check names each case whose key is missing as a "
    "fault, and goes on doing so: the register cannot tell this from tampering. Note today's "
    "number of faults.",
)
