"""The portal's own tables: sittings, tallies against guessing, and counts of public leaves.

A sitting is what a resident's browser is in the middle of, sealed under the browser's cookie.
The row's key is derived from a random cookie that the server does not keep: without the
cookie nobody, the database owner included, can read a draft or an opened case from it. The
receipt code itself is never in a cookie.
"""

from __future__ import annotations

from django.db import models


class Sitting(models.Model):
    """One sealed sitting; deleted at its end or when it expires."""

    id = models.BinaryField(primary_key=True, max_length=32)
    sealed = models.BinaryField()
    expires = models.DateTimeField(db_index=True)


class SittingFile(models.Model):
    """A file of a draft, under a key that follows from the same cookie; goes with the sitting."""

    id = models.BinaryField(primary_key=True, max_length=32)
    sitting = models.BinaryField(max_length=32, db_index=True)
    size = models.PositiveIntegerField(help_text="bytes, for the room that all drafts take")
    sealed = models.BinaryField()
    expires = models.DateTimeField(db_index=True)


class Tally(models.Model):
    """How often something happened in one minute, per network or in all. The network is kept
    only as a keyed hash and only for minutes; no code is ever kept."""

    id = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField(default=0)
    expires = models.DateTimeField(db_index=True)


class LeafCount(models.Model):
    """How many leaves of one class the register has of one month; follows the register."""

    event_class = models.CharField(max_length=40)
    month = models.DateField(help_text="the first day of the month, UTC")
    count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_class", "month"], name="one_leaf_count")
        ]


class LeafCounted(models.Model):
    """Up to which size of the register ``LeafCount`` has counted; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
