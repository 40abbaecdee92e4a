"""Immutable facts: one row per event, its key the index of its leaf in the register.

The table refuses UPDATE, DELETE and TRUNCATE by trigger (migration 0001). ``body`` is the
event's canonical form, the bytes that the leaf commits to; the other columns repeat parts of
it for look-up and ``ledger check`` holds them against the body.
"""

from __future__ import annotations

from django.db import models

# Acts of staff on what is sealed; few, and looked for across all cases (supervisors' access log).
SEALED_ACTS = (
    *("identity-read", "opened-identity", "explain-opening", "code-reissued"),
    "file-read",
)


class Event(models.Model):
    """One event of one stream (a case). No personal data and no free text, ever."""

    index = models.PositiveBigIntegerField(primary_key=True)
    stream = models.CharField(max_length=24)
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=60)
    at = models.DateTimeField()
    role = models.CharField(max_length=20)
    actor = models.CharField(max_length=24, null=True)
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="one_writer")]
        indexes = [
            models.Index(
                fields=["index"],
                condition=models.Q(type__in=SEALED_ACTS),
                name="history_sealed_acts",
            )
        ]
