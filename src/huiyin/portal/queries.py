"""Reads for the public: the register's totals by class and month, which anyone can recount.

The totals follow the register in steps of bounded size, so that a page costs the same at any
age of the register; they say up to which leaf they have counted. Nothing is read but public
leaves, so nothing can leak here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F

from huiyin.domain.leaves import parse_leaf
from huiyin.portal.models import LeafCount, LeafCounted
from huiyin.register.queries import head, leaf_data

# Leaves that one page view counts at most: about a tenth of a second.
STEP = 5_000


@dataclass(frozen=True)
class Totals:
    """Leaves per class and month. ``counted`` of ``size`` leaves are in it."""

    counts: dict[tuple[str, date], int]
    counted: int
    size: int

    def of(self, event_class: str) -> int:
        """All leaves of one class."""
        return sum(n for (name, _), n in self.counts.items() if name == event_class)

    @property
    def classes(self) -> list[str]:
        """The classes that occur."""
        return sorted({name for name, _ in self.counts})

    @property
    def months(self) -> list[date]:
        """The months that occur, newest first."""
        return sorted({month for _, month in self.counts}, reverse=True)


def register_totals() -> Totals:
    """The totals, brought forward by at most ``STEP`` leaves."""
    size = head().size
    counted = LeafCounted.objects.values_list("size", flat=True).filter(id=1).first() or 0
    if counted < size:
        counted = _count_on(size)
    rows = LeafCount.objects.values_list("event_class", "month", "count")
    return Totals({(name, month): n for name, month, n in rows}, counted, size)


@transaction.atomic
def _count_on(size: int) -> int:
    """Count the next leaves once, whoever else is counting; returns up to where."""
    LeafCounted.objects.get_or_create(id=1)
    at = LeafCounted.objects.select_for_update().get(id=1)
    upto = min(size, at.size + STEP)
    found: Counter[tuple[str, date]] = Counter()
    for data in leaf_data(range(at.size, upto)).values():
        leaf = parse_leaf(data)
        found[leaf.event_class, leaf.day.replace(day=1)] += 1
    for (name, month), n in found.items():
        row, _ = LeafCount.objects.get_or_create(
            event_class=name, month=month, defaults={"count": 0}
        )
        LeafCount.objects.filter(pk=row.pk).update(count=F("count") + n)
    LeafCounted.objects.filter(id=1).update(size=upto)
    return upto
