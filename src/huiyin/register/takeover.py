"""The way out when the old log may not be continued: a new origin that names the old one.

After a backup was restored, the old log has signed leaves that the database no longer has.
Going on under its name would be a fork. So a new key under a new origin is made, the old key
and its last checkpoint are set aside for good, and the first leaf that the new origin adds
states in public how far the old log had come and what of it is kept.
"""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import (
    canonical,
    commit,
    encode64,
    format_at,
    leaf_bytes,
    parse_at,
    parse_object,
)
from huiyin.domain.merkle import Frontier
from huiyin.domain.notes import Signer
from huiyin.register import keys, lastsigned
from huiyin.register.acts import Appended, append, read_head, take_writer_lock
from huiyin.register.models import Origin

FORMER = "former"


def new_origin(now: datetime, origin: str | None = None) -> Appended:
    """Set the old key aside and go on under a new origin, stating so in the register.

    ``origin`` defaults to the old name with a number. If anything fails, the key folder is
    put back as it was. Raises Refusal: register-key-missing, register-last-signed-missing,
    register-origin-same, and those of ``append``.
    """
    folder = keys.folder()
    old = keys.signer()
    last = lastsigned.read(folder)
    name = origin or _next_name(old.name)
    if name == old.name:
        raise Refusal("register-origin-same", origin=name)
    new = keys.new_signer(name)
    aside = _set_aside(folder, old, last)
    try:
        with transaction.atomic():
            return _take_over(folder, old, new, last, now)
    except BaseException:
        _put_back(folder, aside)
        raise


@dataclass(frozen=True)
class Former:
    """A name under which the register went before: what entry ``index`` says of it. ``key`` and
    ``statement`` open that entry (base64, canonical JSON), so that anybody can check it."""

    index: int
    at: datetime
    signed: int | None
    kept: int
    checkpoint: str
    key: str
    statement: str

    @property
    def lost(self) -> int:
        """How many signed entries the database no longer had, as far as is known."""
        return max(0, (self.signed or 0) - self.kept)


def former_names() -> list[Former]:
    """The register's earlier names, newest first. One query."""
    return [_former(row) for row in Origin.objects.order_by("-index")]


def _former(row: Origin) -> Former:
    said = parse_object(row.statement.encode())
    return Former(
        row.index, parse_at(said["at"]),
        _count(said["signed"]), _count(said["kept"]) or 0,
        str(said["checkpoint"] or ""), encode64(bytes(row.key)), row.statement,
    )  # fmt: skip


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _take_over(
    folder: Path, old: Signer, new: Signer, last: lastsigned.LastSigned | None, now: datetime
) -> Appended:
    with connection.cursor() as cursor:
        take_writer_lock(cursor)
        head, _ = read_head(cursor)
        keys.store(new, folder)
        lastsigned.begin(folder, lastsigned.LastSigned(head, ""))
        text = _statement(old, new, last, head, now)
        key = secrets.token_bytes(32)
        day = format_at(now)[:10]
        appended = append([leaf_bytes("origin", day, commit(key, text))], now)
        cursor.execute(
            'INSERT INTO register_origin ("index", key, statement) VALUES (%s, %s, %s)',
            [appended.first_index, key, text.decode()],
        )
    return appended


def _statement(
    old: Signer, new: Signer, last: lastsigned.LastSigned | None, head: Frontier, now: datetime
) -> bytes:
    """What the new origin says about the old one, in public."""
    return canonical({
        "v": 1,
        "at": format_at(now),
        "new": str(new.key),
        "old": str(old.key),
        "checkpoint": last.note if last else None,
        "signed": last.frontier.size if last else None,
        "kept": head.size,
    })  # fmt: skip


def _next_name(origin: str) -> str:
    """``example.org/ledger`` → ``example.org/ledger/2`` → ``example.org/ledger/3``."""
    match = re.fullmatch(r"(.*)/([0-9]{1,4})", origin)
    return f"{match[1]}/{int(match[2]) + 1}" if match else f"{origin}/2"


def _set_aside(folder: Path, old: Signer, last: lastsigned.LastSigned | None) -> Path:
    aside = folder / FORMER / old.key.id.hex()
    aside.mkdir(parents=True, mode=0o700)
    shutil.copy2(folder / keys.NAME, aside / keys.NAME)
    if (folder / lastsigned.NAME).exists():
        shutil.copy2(folder / lastsigned.NAME, aside / lastsigned.NAME)
    if last is not None:
        (aside / "checkpoint").write_text(last.note, "utf-8")
    return aside


def _put_back(folder: Path, aside: Path) -> None:
    for name in (keys.NAME, lastsigned.NAME):
        if (aside / name).exists():
            shutil.copy2(aside / name, folder / name)
    shutil.rmtree(aside)
