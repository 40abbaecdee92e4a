"""What residents do that is not an act of a procedure: find their case by its code.

Acts on a case go through ``huiyin.cases``; here is only the way to it. Pages and API use the
same function, so that a guess costs the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from huiyin.cases.models import Case
from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.portal import limits
from huiyin.portal.sittings import FOLLOW, Open, begin

WRONG_CODE = "wrong-code"


@dataclass(frozen=True)
class Found:
    """A case with the code that opened it."""

    case: Case
    code: receipts.Code


def find_case(typed: str, address: str, now: datetime) -> Found:
    """The case of the receipt code ``typed`` by somebody at the network ``address``.

    Raises Refusal: ``code-is-number``, ``code-character``, ``code-length``,
    ``code-check-failed`` (a slip of the pen, found without looking anything up and not
    counted), ``code-unknown``, ``too-many-tries`` (seconds).
    """
    code = _code(typed)
    case = Case.objects.filter(lookup=receipts.lookup_id(code)).first()
    if case is not None:
        return Found(case, code)
    # Only wrong codes are ever answered late: whoever holds a right one must not be kept from
    # their case by a neighbour on the same network, by an exit of Tor or by a flood from
    # everywhere, and 120 bits need no more. Nothing is written for them then: a thousand small
    # writes a second would slow everybody down.
    network, most = limits.network_of(address), settings.HUIYIN_CODE_TRIES
    for where, few in ((network, most), (limits.EVERYWHERE, most * limits.NETWORKS)):
        if limits.count(WRONG_CODE, where, now) >= few:
            raise Refusal("too-many-tries", seconds=limits.seconds_left(now))
    limits.add(WRONG_CODE, (network, limits.EVERYWHERE), now)
    raise Refusal("code-unknown")


_OPENS = f"SELECT 1 FROM {Case._meta.db_table} WHERE lookup = %s"


def opens(typed: str) -> bool:
    """Whether the receipt code ``typed`` opens a case: one look-up, nothing counted or told."""
    try:
        code = receipts.parse(typed)
    except Refusal:
        return False
    with connection.cursor() as cursor:  # as plain SQL: a quarter of what building the query costs
        cursor.execute(_OPENS, [receipts.lookup_id(code)])
        return cursor.fetchone() is not None


def _code(typed: str) -> receipts.Code:
    """The code in ``typed``; a case number typed in its place is told as such."""
    try:
        return receipts.parse(typed)
    except Refusal as refusal:
        try:
            number = receipts.normalise_number(typed)
        except Refusal:
            raise refusal from None
        raise Refusal("code-is-number", number=number) from None


def follow_sitting(code: receipts.Code) -> Open:
    """A new sitting that follows the case of ``code``; it holds what the code gives, not the
    code, so that a stolen sitting does not open the case for ever."""
    sitting = begin(FOLLOW)
    sitting.value["lookup"] = receipts.lookup_id(code).hex()
    sitting.value["key"] = receipts.private_key(code).hex()
    return sitting
