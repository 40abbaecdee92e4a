"""Exchanging the server's key: a new key file, and every content key wrapped anew under it.

The new file takes the old one's place in one step; the old stays beside it and opens what is not
yet wrapped anew, also for a server that runs meanwhile. Wrapping goes in small transactions and
may be broken off anywhere: whoever calls again goes on with what is left. A former key is
destroyed by an act of its own, and not while a row needs it. No text is touched.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from huiyin.domain import sealing
from huiyin.domain.errors import Refusal
from huiyin.vault import keys
from huiyin.vault.acts import Entropy
from huiyin.vault.keepers import Keeper, PlainKeeper, chosen_keeper
from huiyin.vault.models import CaseKey

AT_ONCE = 200
_FORMER = re.compile(rf"\.[0-9a-f]{{{2 * keys.ID_BYTES}}}")
# An archive of wrapped keys lives that long (commands/archives.py) and needs the former key.
ARCHIVES_LIVE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One key of the folder: how many content keys it wraps, and whether it is the present one."""

    id: str
    present: bool
    plain: bool
    rows: int
    since: datetime


def folder() -> Path:
    """The key folder of this installation."""
    return Path(settings.HUIYIN_KEYS_DIR)


def uses() -> list[KeyUse]:
    """The present key first, then the former ones; reads every row's first bytes."""
    counts, path = _counts(), folder() / keys.FILE_NAME
    key = keys.load_kek(path)
    present = _use(path, key.id, counts, plain=key.plain, present=True)
    return [present, *(_former(path, counts) for path in _formers())]


def _counts() -> dict[bytes, int]:
    counts: dict[bytes, int] = {}
    for wrapped in CaseKey.objects.values_list("wrapped_c", flat=True).iterator():
        key_id = bytes(wrapped)[: keys.ID_BYTES]
        counts[key_id] = counts.get(key_id, 0) + 1
    return counts


def _formers() -> list[Path]:
    """The files of former keys; a copy that somebody left there under another name is none."""
    found = folder().glob(f"{keys.FILE_NAME}.*")
    return sorted(path for path in found if _FORMER.fullmatch(path.suffix))


def _former(path: Path, counts: dict[bytes, int]) -> KeyUse:
    # By name and first word alone: the service that keeps it may be switched off by now.
    form = path.read_bytes().partition(b" ")[0].decode("ascii", "replace")
    key_id = bytes.fromhex(path.suffix[1:])
    return _use(path, key_id, counts, plain=form == PlainKeeper.form, present=False)


def _use(
    path: Path, key_id: bytes, counts: dict[bytes, int], *, plain: bool, present: bool
) -> KeyUse:
    since = datetime.fromtimestamp(path.stat().st_ctime, UTC)
    return KeyUse(key_id.hex(), present, plain, counts.get(key_id, 0), since)


def exchange(keeper: Keeper | None = None) -> str:
    """Put a new key in the present one's place; returns its id. Nothing is wrapped anew yet.

    ``keeper``: who keeps the new one at rest; None: as the settings say.

    Raises those of ``keys.ring`` and ``keepers``: nothing has changed then.
    """
    where = folder()
    present, former = where / keys.FILE_NAME, keys.ring(where).present
    fresh = where / f"{keys.FILE_NAME}.new"
    fresh.unlink(missing_ok=True)  # of an exchange that was broken off before it took effect
    keys.write_new(fresh, os.urandom(sealing.KEY_BYTES), keeper or chosen_keeper())
    aside = keys.former_path(where, former.id)
    if not aside.exists():
        os.link(present, aside)
    os.replace(fresh, present)
    keys.sync_folder(where)
    return keys.ring(where).present.id.hex()


def wrap_anew(*, entropy: Entropy = os.urandom) -> Iterator[tuple[int, int]]:
    """Wrap every content key under the present key; yields (done, of) after each transaction.

    Breaking off loses nothing, and calling again goes on. Raises ``vault-key-wrong`` for a row
    whose key is not in the folder, ``seal-broken`` for one that was changed.
    """
    ring = keys.ring(folder())
    left = _streams_under_others(ring.present.id)
    for start in range(0, len(left), AT_ONCE):
        with transaction.atomic():
            for row in CaseKey.objects.select_for_update().filter(
                stream__in=left[start : start + AT_ONCE]
            ):
                content = ring.unwrap(row.stream, bytes(row.wrapped_c))
                wrapped = ring.wrap(row.stream, content, entropy(sealing.NONCE_BYTES))
                CaseKey.objects.filter(pk=row.pk).update(wrapped_c=wrapped)
        yield min(start + AT_ONCE, len(left)), len(left)


def _streams_under_others(present: bytes) -> list[str]:
    rows = CaseKey.objects.values_list("stream", "wrapped_c").iterator()
    return [stream for stream, wrapped in rows if bytes(wrapped)[: keys.ID_BYTES] != present]


def forget(key_id: str, now: datetime, *, archives_gone: bool = False) -> None:
    """Destroy a former key file.

    Raises ``vault-key-unknown`` (id, known), ``vault-key-in-use`` (rows), and
    ``vault-key-in-archives`` (day) until thirty days after it became a former one, unless the
    operator says that every archive made before then is destroyed.
    """
    former = {use.id: use for use in uses() if not use.present}
    use = former.get(key_id)
    if use is None:
        raise Refusal("vault-key-unknown", id=key_id[:20], known=sorted(former) or ["–"])
    if use.rows:
        raise Refusal("vault-key-in-use", id=key_id, rows=use.rows)
    if not archives_gone and now < use.since + ARCHIVES_LIVE:
        raise Refusal("vault-key-in-archives", id=key_id, day=(use.since + ARCHIVES_LIVE).date())
    path = keys.former_path(folder(), bytes.fromhex(key_id))
    with path.open("r+b") as file:  # the bytes too, as far as the disk obeys
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    keys.sync_folder(folder())
    keys.load_kek.cache_clear()
