"""Tables of the cases room: categories, competences, and the projection of each case.

``Case`` and its side tables are projections: everything in them follows from the events
(``projection.py`` rebuilds them) except ``lookup`` and ``vault``, which tie the case to its
receipt code and its sealed rows. No column names, counts or links a person who complains.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from huiyin.people.models import Place, Post, Unit


class Category(models.Model):
    """What a case is about; a tree whose leaves can be chosen."""

    id = models.SlugField(primary_key=True, max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    name = models.JSONField(help_text="language → name")
    hint = models.JSONField(default=dict, help_text="language → examples in plain words")
    kind = models.CharField(max_length=40, default="grievance")
    public = models.BooleanField(default=False, help_text="subjects may be shown publicly")
    open = models.BooleanField(default=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]


class Competence(models.Model):
    """Which unit leads for a category in a place (who is in charge is responsible)."""

    category = models.ForeignKey(Category, models.CASCADE)
    place = models.ForeignKey(Place, models.CASCADE)
    unit = models.ForeignKey(Unit, models.PROTECT)
    support = models.JSONField(default=list, help_text="ids of units that help")
    why = models.JSONField(default=dict, help_text="language → the reason, shown to both sides")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "place"], name="one_lead_unit")]


class Case(models.Model):
    """One case as its events have left it."""

    number = models.CharField(primary_key=True, max_length=24)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    lookup = models.BinaryField(max_length=32, unique=True)
    vault = models.CharField(max_length=32, unique=True)

    pack = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    category = models.ForeignKey(Category, models.PROTECT)
    place = models.ForeignKey(Place, models.PROTECT, null=True)
    about_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    about_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    people = models.PositiveIntegerField(default=1, help_text="a collective grievance if more")
    started = models.DateTimeField()
    # How the complainant can be reached: "none", "notice", "identity" or "erased". Never how to
    # reach them.
    contact = models.CharField(max_length=10, default="none")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=60)
    open = models.BooleanField(default=True)
    outcome = models.CharField(max_length=60, blank=True)
    waiting_for = models.CharField(max_length=12, default="office")
    office_due = models.DateTimeField(null=True)
    office_limit = models.CharField(max_length=60, blank=True)
    complainant_due = models.DateTimeField(null=True)
    complainant_limit = models.CharField(max_length=60, blank=True)
    # When silence alone closes the case: until then "open" holds, afterwards it does not.
    ends_at = models.DateTimeField(null=True)
    updated = models.DateTimeField()
    seq = models.PositiveIntegerField()
    summary = models.TextField(blank=True, help_text="the staff's own words; searchable")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "serial"], name="gapless_number")]
        # Conditions, not a column "open" in front: SQLite does not take the bare condition
        # "open" for "open = 1". The order of each list is then the order of its index.
        indexes = [
            models.Index(
                fields=["owner", "office_due", "number"],
                condition=models.Q(open=True),
                name="desk_mine",
            ),
            models.Index(
                fields=["unit", "office_due", "number"],
                condition=models.Q(open=True),
                name="desk_unit",
            ),
            models.Index(
                fields=["unit", "office_due", "number"],
                condition=models.Q(open=True, owner__isnull=True),
                name="desk_unowned",
            ),
            # For the list of owners who came into conflict: few cases are about somebody.
            models.Index(
                fields=["about_unit", "unit"],
                condition=models.Q(open=True),
                name="desk_about_unit",
            ),
            models.Index(
                fields=["about_post", "unit"],
                condition=models.Q(open=True),
                name="desk_about_post",
            ),
        ]


class OpeningRequest(models.Model):
    """One officer asks the other to open an identity: the first's share, sealed to the second.

    ``wrap`` and ``reason`` are emptied once the identity is opened (for a new code: once that is
    issued); the row stays until the opening is explained, and then goes.
    """

    number = models.CharField(max_length=24, help_text="of the case")
    purpose = models.CharField(max_length=10, help_text="open or reissue")
    role = models.CharField(max_length=20, help_text="the first officer's")
    first = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked = models.DateTimeField()
    opened = models.DateTimeField(null=True)
    generation = models.PositiveIntegerField(help_text="of the second officer's key")
    wrap = models.BinaryField()
    reason = models.BinaryField(help_text="sealed under the case's key")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(opened__isnull=True),
                name="one_open_request",
            )
        ]


class Exclusion(models.Model):
    """A member of staff who must not see a case: recused, or decided it before."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="exclusions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "user", "reason"], name="one_exclusion")
        ]


class AskedUnit(models.Model):
    """A request for comment that waits for its answer: which unit, since when. What is asked lies
    in the vault; ``seq`` is the event that says where."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="one_asked_unit")]
        indexes = [models.Index(fields=["unit", "since"], name="asked_oldest")]


class Told(models.Model):
    """A consent in force: a unit that the complainant let know who they are. Who that is lies in
    the vault; here only that, since when, and of what scope."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    scope = models.CharField(max_length=10)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "unit"], name="one_told_unit")]
        indexes = [models.Index(fields=["unit", "since"], name="told_newest")]
