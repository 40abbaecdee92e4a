"""What stands in the tables of a roster, as one SHA-256 a table. Every event of a roster tells it,
so that ``ledger check`` finds and names a table into which somebody wrote past the acts.

The columns are named one by one: a column that comes later changes no digest that was told. Of the
recorded past the event says up to which row it tells, because the daily job adds to it without an
event.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Max, Model

from huiyin.rosters.models import (
    Call,
    Handover,
    Leave,
    Member,
    Override,
    Rest,
    Role,
    Rule,
    Run,
    Served,
    Swap,
    Temporary,
)

COLUMNS: Mapping[type[Model], str] = {
    Role: "key title line days begins ends people able order",
    Rest: "kind hours days source",
    Member: "user_id since until",
    Rule: "role_id people days begins ends turn count since until cover",
    Leave: "user_id start end",
    Override: "role_id start end out_id into_id",
    Temporary: "start end otherwise_rules duties",
    Swap: "asker_id taker_id given taken state asked answered",
    Handover: "role_id out_id into_id note vault signed_out signed_in withdrawn",
    Run: "by_id begun",
    Call: "run_id user_id channel hours answered seconds at",
    Served: "role user_id start end origin piece algorithm",
}


def told(roster: str) -> dict[str, object]:
    """What an event says of the tables: ``state`` (table → digest) and ``served``, the number of
    the last row of the recorded past that it tells of."""
    last = Served.objects.filter(roster=roster).aggregate(last=Max("pk"))["last"] or 0
    return {"served": last, "state": digests(roster, {"served": last})}


def digests(roster: str, data: Mapping[str, Any]) -> dict[str, str]:
    """Table → the first half of the SHA-256 of its rows now; ``data`` as an event told it."""
    return {
        model._meta.db_table: _digest(_rows(model, names.split(), roster, int(data["served"])))
        for model, names in COLUMNS.items()
    }


def _rows(model: type[Model], names: list[str], roster: str, served: int) -> list[tuple[Any, ...]]:
    owner = {"run__roster": roster} if model is Call else {"roster": roster}
    found = model._default_manager.filter(**owner).order_by("pk")
    if model is Served:
        found = found.filter(pk__lte=served)
    return list(found.values_list("pk", *names))


def _digest(rows: list[tuple[Any, ...]]) -> str:
    text = json.dumps(rows, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
