"""Fourth walk, a short one: the officers' public keys against the ceremonies that made them.

Whoever could exchange a public key in the database would read every identity sealed from then on.
Each ceremony registers the public key that is in use after it; a row that says otherwise, that no
ceremony made, or that is missing, is a fault. The tables of vault and history are read by name.
"""

from __future__ import annotations

import json

from django.db import connection

from huiyin.register.checking.rows import as_blob
from huiyin.register.faults import TAMPERING, Fault, Faults

TABLES = ("vault_officerkey",)
_CEREMONIES = "keys"  # history/ceremonies.py: STREAM
_Key = tuple[str, int]


def check(faults: Faults) -> None:
    """Hold every key of an officer against what was registered of it."""
    registered, stored = _registered(), _stored()
    for (role, generation), (public, retired) in stored.items():
        said = registered.pop((role, generation), None)
        newest = not any(other == role and n > generation for other, n in stored)
        if said is None:
            _fault(faults, role, generation, "officer-key-unregistered")
        elif said not in ("", public) or newest == retired:
            _fault(faults, role, generation, "officer-key-changed")
    for role, generation in registered:
        _fault(faults, role, generation, "officer-key-missing")


def _fault(faults: Faults, role: str, generation: int, code: str) -> None:
    faults.add(Fault("officer-key", f"{role}/{generation}", code, TAMPERING))


def _registered() -> dict[_Key, str]:
    """Role and generation → the public key in hex as it was first registered; "" in events of
    before that was done."""
    found: dict[_Key, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {as_blob('body')} FROM history_event WHERE stream = %s ORDER BY seq",
            [_CEREMONIES],
        )
        for (body,) in cursor.fetchall():
            data = _data(bytes(body))
            if "role" in data and "generation" in data:
                key = (str(data["role"]), int(str(data["generation"])))
                found[key] = found.get(key) or str(data.get("public", ""))
    return found


def _data(body: bytes) -> dict[str, object]:
    """The particulars of an event; {} for one that cannot be read, which the second walk names."""
    try:
        return dict(json.loads(body)["data"])
    except (ValueError, KeyError, TypeError):
        return {}


def _stored() -> dict[_Key, tuple[str, bool]]:
    """Role and generation → (public key in hex, whether it is retired)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {as_blob('role')}, generation, public, retired IS NOT NULL"
            " FROM vault_officerkey ORDER BY role, generation"
        )
        rows = cursor.fetchall()
    return {
        (bytes(role).decode("utf-8", "replace"), int(generation)): (
            bytes(public).hex(),
            bool(retired),
        )
        for role, generation, public, retired in rows
    }
