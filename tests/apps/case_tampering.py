"""Changes behind the back of sealed texts, keys and case rows; and in the files of the key folder.

Like register_tampering.py: each makes one change and returns where it must be found. What it
needs of the past (an erased text, an erased key) was put aside in ``Past`` beforehand.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huiyin.domain.leaves import parse_object
from huiyin.domain.notes import Signer
from huiyin.history.models import Event
from huiyin.register import keys, lastsigned
from huiyin.vault.models import CaseKey, Content, Opening

Place = tuple[str, int | str]


@dataclass
class Past:
    """Live texts by where they are named, and rows as they were before a case was erased."""

    named: dict[str, str]  # content id → "index/kind"
    live: list[str]  # ids of texts that must be there
    numbers: dict[str, str]  # name in the vault → case number, of live cases
    texts: list[tuple[Any, ...]]
    openings: list[tuple[int, bytes]]
    case_key: tuple[str, bytes, bytes]
    erased: str

    @classmethod
    def before(cls, vault: str, number: str) -> Past:
        """Put aside what the erasure of this case will destroy."""
        indexes = list(Event.objects.filter(stream=number).values_list("index", flat=True))
        key = CaseKey.objects.get(pk=vault)
        return cls(
            {}, [], {}, [*Content.objects.filter(stream=vault).values_list()],
            [(i, bytes(k)) for i, k in Opening.objects.filter(index__in=indexes).values_list()],
            (vault, bytes(key.wrapped_c), bytes(key.complainant_public)), number,
        )  # fmt: skip

    def after(self, numbers: dict[str, str]) -> None:
        """Note what is there once the case is erased."""
        for index, body in Event.objects.values_list("index", "body"):
            said = parse_object(body.encode())
            for item in said["content"]:  # type: ignore[attr-defined]  # a list of objects
                self.named[item["id"]] = f"{index}/{item['kind']}"
        kept = Content.objects.values_list("id", flat=True)
        self.live = sorted(one.hex for one in kept)
        self.numbers = {v: n for v, n in numbers.items() if n != self.erased}


Tamper = Callable[[Any, random.Random, Past], Place]


def _id(hex_id: str) -> Any:
    """A content's id as the database's own driver takes it."""
    return Content._meta.pk.get_db_prep_value(hex_id, _connection())


def _connection() -> Any:
    from django.db import connection

    return connection


def _flip(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _sealed(cursor: Any, hex_id: str) -> bytes:
    cursor.execute("SELECT ciphertext FROM vault_content WHERE id = %s", [_id(hex_id)])
    return bytes(cursor.fetchone()[0])


def _text_flipped(cursor: Any, rng: random.Random, past: Past) -> Place:
    one = rng.choice(past.live)
    new = _flip(_sealed(cursor, one), rng)
    cursor.execute("UPDATE vault_content SET ciphertext = %s WHERE id = %s", [new, _id(one)])
    return "content", past.named[one]


def _text_cut(cursor: Any, rng: random.Random, past: Past) -> Place:
    one = rng.choice(past.live)
    sealed = _sealed(cursor, one)
    new = sealed[: rng.randrange(len(sealed))]
    cursor.execute("UPDATE vault_content SET ciphertext = %s WHERE id = %s", [new, _id(one)])
    return "content", past.named[one]


def _text_deleted(cursor: Any, rng: random.Random, past: Past) -> Place:
    one = rng.choice(past.live)
    cursor.execute("DELETE FROM vault_content WHERE id = %s", [_id(one)])
    return "content", past.named[one]


def _texts_swapped(cursor: Any, rng: random.Random, past: Past) -> Place:
    one, other = sorted(rng.sample(past.live, 2), key=lambda i: int(past.named[i].split("/")[0]))
    a, b = _sealed(cursor, one), _sealed(cursor, other)
    for hex_id, sealed in ((one, b), (other, a)):
        values = [sealed, _id(hex_id)]
        cursor.execute("UPDATE vault_content SET ciphertext = %s WHERE id = %s", values)
    return "content", past.named[one]


def _text_column(name: str) -> Tamper:
    def tamper(cursor: Any, rng: random.Random, past: Past) -> Place:
        one = rng.choice(past.live)
        cursor.execute(f"UPDATE vault_content SET {name} = %s WHERE id = %s", ["other", _id(one)])
        return "content", past.named[one]

    return tamper


def _text_added(cursor: Any, rng: random.Random, past: Past) -> Place:
    new = rng.randbytes(16).hex()
    cursor.execute(
        "INSERT INTO vault_content (id, stream, kind, ciphertext, created) "
        "SELECT %s, stream, kind, ciphertext, created FROM vault_content WHERE id = %s",
        [_id(new), _id(rng.choice(past.live))],
    )
    return "content", new


def _erased_text_back(cursor: Any, rng: random.Random, past: Past) -> Place:
    row = rng.choice(past.texts)
    adapt = _connection().ops.adapt_datetimefield_value
    cursor.execute(
        "INSERT INTO vault_content (id, stream, kind, ciphertext, created) "
        "VALUES (%s, %s, %s, %s, %s)",
        [_id(row[0].hex), row[1], row[2], bytes(row[3]), adapt(row[4])],
    )
    return "content", past.named[row[0].hex]


def _erased_key_back(cursor: Any, rng: random.Random, past: Past) -> Place:
    index, key = rng.choice(past.openings)
    cursor.execute('INSERT INTO vault_opening ("index", key) VALUES (%s, %s)', [index, key])
    return "opening", index


def _erased_case_key_back(cursor: Any, rng: random.Random, past: Past) -> Place:
    columns = "(stream, wrapped_c, complainant_public)"
    cursor.execute(f"INSERT INTO vault_casekey {columns} VALUES (%s, %s, %s)", past.case_key)
    return "case-key", past.erased


def _case_key_flipped(cursor: Any, rng: random.Random, past: Past) -> Place:
    vault = rng.choice(sorted(past.numbers))
    cursor.execute("SELECT wrapped_c FROM vault_casekey WHERE stream = %s", [vault])
    new = _flip(bytes(cursor.fetchone()[0]), rng)
    cursor.execute("UPDATE vault_casekey SET wrapped_c = %s WHERE stream = %s", [new, vault])
    return "case-key", past.numbers[vault]


def _case_key_deleted(cursor: Any, rng: random.Random, past: Past) -> Place:
    vault = rng.choice(sorted(past.numbers))
    cursor.execute("DELETE FROM vault_casekey WHERE stream = %s", [vault])
    return "case-key", past.numbers[vault]


def _case_keys_swapped(cursor: Any, rng: random.Random, past: Past) -> Place:
    one, other = sorted(rng.sample(sorted(past.numbers), 2), key=past.numbers.__getitem__)
    found = {}
    for vault in (one, other):
        cursor.execute("SELECT wrapped_c FROM vault_casekey WHERE stream = %s", [vault])
        found[vault] = bytes(cursor.fetchone()[0])
    update = "UPDATE vault_casekey SET wrapped_c = %s WHERE stream = %s"
    cursor.execute(update, [found[other], one])
    cursor.execute(update, [found[one], other])
    return "case-key", past.numbers[one]


def _case_row_deleted(cursor: Any, rng: random.Random, past: Past) -> Place:
    number = rng.choice(sorted(past.numbers.values()))
    cursor.execute("DELETE FROM cases_case WHERE number = %s", [number])
    return "case", number


def _case_rows_exchanged(cursor: Any, rng: random.Random, past: Past) -> Place:
    """One case shows the texts of another: their names in the vault are exchanged."""
    one, other = sorted(rng.sample(sorted(past.numbers), 2), key=past.numbers.__getitem__)
    update = "UPDATE cases_case SET vault = %s WHERE number = %s"
    cursor.execute(update, ["x" * 32, past.numbers[one]])
    cursor.execute(update, [one, past.numbers[other]])
    cursor.execute(update, [other, past.numbers[one]])
    first = min((w for i, w in past.named.items() if i in past.live and _of(w, past, one)),
                key=lambda w: int(w.split("/")[0]))  # fmt: skip
    return "content", first


def _of(where: str, past: Past, vault: str) -> bool:
    index = int(where.split("/")[0])
    return Event.objects.filter(index=index, stream=past.numbers[vault]).exists()


CASE_TAMPERS: dict[str, Tamper] = {
    "flip in a sealed text": _text_flipped,
    "sealed text cut": _text_cut,
    "sealed text deleted": _text_deleted,
    "sealed texts swapped": _texts_swapped,
    "sealed text under another case": _text_column("stream"),
    "sealed text of another kind": _text_column("kind"),
    "sealed text added": _text_added,
    "erased text put back": _erased_text_back,
    "erased opening put back": _erased_key_back,
    "erased case key put back": _erased_case_key_back,
    "flip in a case key": _case_key_flipped,
    "case key deleted": _case_key_deleted,
    "case keys swapped": _case_keys_swapped,
    "case row deleted": _case_row_deleted,
    "case rows exchanged": _case_rows_exchanged,
}

# Files of the key folder: what is changed, and the place that must be named ---------------------


def _flip_file(path: Path, rng: random.Random) -> None:
    path.write_bytes(_flip(path.read_bytes(), rng))


def _cut(path: Path, rng: random.Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: rng.randrange(len(data) - 1)])  # more than the last line's end


def _delete(path: Path, rng: random.Random) -> None:
    path.unlink()


def _other_log_key(path: Path, rng: random.Random) -> None:
    keys.store(Signer.from_seed(keys.signer().name, rng.randbytes(32)), path.parent)


def _other_vault_key(path: Path, rng: random.Random) -> None:
    path.write_text("huiyin-vault-key-1 " + base64.b64encode(rng.randbytes(32)).decode() + "\n")


FILE_TAMPERS: dict[str, tuple[str, Callable[[Path, random.Random], None], str]] = {
    "flip in last-signed": (lastsigned.NAME, _flip_file, "last-signed"),
    "last-signed cut": (lastsigned.NAME, _cut, "last-signed"),
    "last-signed deleted": (lastsigned.NAME, _delete, "last-signed"),
    "flip in log.key": (keys.NAME, _flip_file, "log-key"),
    "log.key cut": (keys.NAME, _cut, "log-key"),
    "log.key deleted": (keys.NAME, _delete, "log-key"),
    "log.key exchanged": (keys.NAME, _other_log_key, "log-key"),
    "vault.key cut": ("vault.key", _cut, "vault-key"),
    "vault.key deleted": ("vault.key", _delete, "vault-key"),
    "vault.key exchanged": ("vault.key", _other_vault_key, "vault-key"),
    "flip in vault.key": ("vault.key", _flip_file, "vault-key"),
}
