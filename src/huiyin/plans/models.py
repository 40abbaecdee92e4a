"""Emergency plans of units, their versions, the organisation behind them. Tables only.

A version keeps the plan as the text of its file, which is what is approved, compared and exported.
Who people are and how they are reached is never here: it lies in the vault, a key a person, and
``Card`` says until which day. Every change writes an event into the stream of its plan or
organisation (plans/acts.py).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from huiyin.domain.plans.duties import CHANNELS
from huiyin.domain.plans.grounds import STATUSES
from huiyin.domain.plans.organisation import HOURS
from huiyin.vault.models import STREAM_LENGTH

# A plan, and the stream of its events, are called so: "plan-" or "org-" and twelve hex digits.
ID_LENGTH = 24


class Plan(models.Model):
    """A plan through all its versions. ``seq`` counts its events: a page that knows an older
    number is stale."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="plans")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="plans")
    title = models.JSONField(help_text="language → title, of the newest version")
    seq = models.PositiveIntegerField(default=0)
    changed = models.DateTimeField()


class Version(models.Model):
    """One version of a plan, as the text of its file."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=80, help_text="what the plan itself calls its version")
    status = models.CharField(max_length=12, choices=[(s, s) for s in STATUSES])
    text = models.TextField()
    changed = models.DateTimeField()
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version")]


class Typed(models.Model):
    """What somebody typed at a place of a draft and has not saved. ``fields``: name → texts."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="typed")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    place = models.CharField(max_length=1000, help_text="JSON pointer in the plan")
    fields = models.JSONField()
    changed = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "user", "place"], name="typed_once")]


class Organisation(models.Model):
    """The organisation of a unit as the text of its file, without a name or number of anybody."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH)
    unit = models.OneToOneField("people.Unit", models.PROTECT, related_name="organisation")
    text = models.TextField()
    seq = models.PositiveIntegerField(default=0)
    changed = models.DateTimeField()


class Card(models.Model):
    """That there is contact data of a person in the vault, under which key, and until when."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="cards")
    person = models.CharField(max_length=80, help_text="id in the organisation file")
    vault = models.CharField(max_length=STREAM_LENGTH, unique=True)
    row = models.UUIDField()
    destroy_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="one_card_a_person")
        ]


class ReachTest(models.Model):
    """One reachability test: somebody was called, and answered or not."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="tests")
    person = models.CharField(max_length=80, help_text="id in the organisation file")
    channel = models.CharField(max_length=20, choices=[(c, c) for c in CHANNELS])
    hours = models.CharField(max_length=5, choices=[(h, h) for h in HOURS])
    answered = models.BooleanField()
    on = models.DateField()


class Alert(models.Model):
    """A message of CAP 1.2 that was made from a warning of a plan, as it may leave the house. It
    holds the plan's texts and no name: it goes to an audience in words, never to addresses."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="alerts")
    identifier = models.CharField(max_length=64, unique=True)
    warning = models.CharField(max_length=80, help_text="id in the plan")
    version = models.CharField(max_length=80, help_text="label of the plan's version")
    status = models.CharField(max_length=12)
    made = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    signer = models.TextField(blank=True, help_text="of the certificate; empty: not signed")
    kind = models.CharField(max_length=6, default="Alert", help_text="Alert, Update or Cancel")
    # One message follows another: two people cannot both call off the same one.
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="followed_by",
        help_text="the message that this one updates or cancels",
    )  # fmt: skip

    class Meta:
        ordering = ["-made", "-id"]
