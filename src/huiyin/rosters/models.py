"""Duty rosters of units. Tables only; what they mean is in ``domain/rosters``.

A roster's id is also the name of its stream of events. Times of day are the wall clock of the
roster's zone, instants are UTC. ``Served`` is the recorded past, which no later rule changes.
No number of a person is here: a role has a duty line, which belongs to the post.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from huiyin.domain.rosters.resting import KINDS
from huiyin.vault.models import STREAM_LENGTH

# The stream of a roster's events is called like it: "roster-" and twelve hex digits.
ID_LENGTH = 24
TURN_UNITS = ("hours", "days", "weeks", "months")
CHANNELS = ("mobile", "landline", "sms", "app", "radio")
HOURS = ("day", "night")


def _user(**more: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        **more,  # type: ignore[arg-type]  # options of a field
    )


class Roster(models.Model):
    """A roster. ``seq`` counts its events; up to ``recorded`` its past stands in ``Served``."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="rosters")
    title = models.JSONField(help_text="language → title")
    zone = models.CharField(max_length=60)
    calendar = models.CharField(max_length=60, blank=True, help_text="working days; empty: none")
    seq = models.PositiveIntegerField(default=0)
    changed = models.DateTimeField()
    recorded = models.DateTimeField()


class Role(models.Model):
    """A duty of a roster and when it must be filled, by how many people."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="roles")
    key = models.SlugField(max_length=40)
    title = models.JSONField(help_text="language → title")
    line = models.CharField(max_length=16, blank=True, help_text="number of the duty, E.164")
    days = models.CharField(max_length=40, default="all")
    begins = models.TimeField()
    ends = models.TimeField()
    people = models.PositiveSmallIntegerField(default=1)
    able = models.JSONField(default=list, help_text="account ids; empty: nobody has said")
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["roster", "key"], name="roster_role")]


class Rest(models.Model):
    """A limit on one person's duty, with where it is from (``domain/rosters/resting``)."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="rests")
    kind = models.CharField(max_length=8, choices=[(k, k) for k in KINDS])
    hours = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]


class Member(models.Model):
    """Somebody who serves, from one day to another (both included)."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="members")
    user = _user()
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["roster", "user"], name="roster_member")]


class Rule(models.Model):
    """People take turns. ``people``: account ids in the order of their turns."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="rules")
    role = models.ForeignKey(Role, models.PROTECT, related_name="rules")
    people = models.JSONField()
    days = models.CharField(max_length=40, default="all")
    begins = models.TimeField()
    ends = models.TimeField()
    turn = models.CharField(max_length=6, choices=[(u, u) for u in TURN_UNITS])
    count = models.PositiveSmallIntegerField(default=1)
    since = models.DateField()
    until = models.DateField(null=True)
    cover = models.BooleanField(default=False)

    class Meta:
        ordering = ["role__order", "id"]


class Leave(models.Model):
    """A member is away. Why is nobody's business."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="leaves")
    user = _user()
    start = models.DateTimeField()
    end = models.DateTimeField()


class Override(models.Model):
    """For a while ``out`` does not serve and ``into`` does."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="overrides")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    out = _user(null=True)
    into = _user(null=True)


class Touched(models.Model):
    """Whom an override touches and when: one row a person, written by the database itself, which
    refuses two overrides for one person at one time (``overlaps.py``)."""

    override = models.ForeignKey(Override, models.CASCADE, related_name="touched")
    roster = models.ForeignKey(Roster, models.CASCADE, related_name="+")
    user = _user()
    start = models.DateTimeField()
    end = models.DateTimeField()


class Temporary(models.Model):
    """A schedule that stands instead of the rules for a while. ``duties``: role key, account
    id, from, to."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="temporaries")
    start = models.DateTimeField()
    end = models.DateTimeField()
    otherwise_rules = models.BooleanField(default=False)
    duties = models.JSONField()


class Served(models.Model):
    """A shift of the recorded past, with the algorithm that had made it."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="served")
    role = models.SlugField(max_length=40)
    user = _user()
    start = models.DateTimeField()
    end = models.DateTimeField()
    origin = models.CharField(max_length=60)
    piece = models.CharField(max_length=40)
    algorithm = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["roster", "end"], name="roster_served")]


class Swap(models.Model):
    """Somebody asks another to take a shift, perhaps for one of theirs. A shift is written as
    ``domain/rosters`` knows it, so that a change in between is seen."""

    STATES = ("asked", "accepted", "declined", "withdrawn")

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="swaps")
    asker = _user()
    taker = _user()
    given = models.JSONField()
    taken = models.JSONField(null=True)
    state = models.CharField(max_length=10, default="asked", choices=[(s, s) for s in STATES])
    asked = models.DateTimeField()
    answered = models.DateTimeField(null=True)


class Handover(models.Model):
    """Who handed a duty over to whom, with a sealed note; signed by both, or taken back."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="handovers")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    out = _user()
    into = _user()
    note = models.UUIDField(null=True, help_text="row in the vault; none: destroyed")
    vault = models.CharField(
        max_length=STREAM_LENGTH, blank=True, help_text="key of the note; empty: the roster's"
    )
    signed_out = models.DateTimeField()
    signed_in = models.DateTimeField(null=True)
    withdrawn = models.DateTimeField(null=True)

    @property
    def stream(self) -> str:
        """The name under which the vault keeps the key of the note."""
        return self.vault or self.roster_id


class Run(models.Model):
    """A reachability test: everybody on a roster is called once."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="runs")
    by = _user()
    begun = models.DateTimeField()


class Call(models.Model):
    """One call of a reachability test, and whether it was answered."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="calls")
    user = _user()
    channel = models.CharField(max_length=10, choices=[(c, c) for c in CHANNELS])
    hours = models.CharField(max_length=5, choices=[(h, h) for h in HOURS])
    answered = models.BooleanField()
    seconds = models.PositiveIntegerField(null=True, help_text="until the answer")
    at = models.DateTimeField()


class Feed(models.Model):
    """The address at which somebody's own duty can be read; only its digest is kept."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="duty_feed")
    created = models.DateTimeField()
