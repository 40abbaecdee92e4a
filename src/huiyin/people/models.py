"""Staff, units, places and roles: ordinary tables. Residents have no account and no row."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from huiyin.domain.access import STAFF_ROLES
from huiyin.people.refusing import pick


class Unit(models.Model):
    """An office, department, school or plant; units form a tree."""

    id = models.SlugField(primary_key=True, max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    name = models.JSONField(help_text="language → name")
    # A legal body of its own: supervision stops here, and reviews go from body to body.
    body = models.BooleanField(default=False)
    open = models.BooleanField(default=True, help_text="takes new cases")
    pack = models.CharField(max_length=60, blank=True, help_text="empty: as the unit above")
    zone = models.CharField(max_length=60, blank=True, help_text="empty: as the unit above")
    # Who reviews, level by level; empty: the next legal body above, then the one above that.
    reviews = models.JSONField(default=list, help_text="ids of reviewing units")
    about = models.JSONField(default=dict, help_text="opening, danger: language → text")
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]


class InForce(models.Model):
    """The pack by which a unit, and those below it, take new cases from a day on; before the
    first such day, the unit's ``pack``."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="laws")
    since = models.DateField()
    pack = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "since"], name="one_law_a_day")]
        ordering = ["unit", "since"]


class Place(models.Model):
    """A place that residents know by name; ``unit`` answers for what no lead covers there."""

    id = models.SlugField(primary_key=True, max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    name = models.JSONField(help_text="language → name")
    unit = models.ForeignKey(Unit, models.PROTECT)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]


class User(AbstractUser):
    """A member of staff."""

    display_name = models.JSONField(default=dict, help_text="language → name")
    post = models.JSONField(default=dict, help_text="language → post")
    # A password that an administrator gave: good until then, and only to choose one's own.
    once_until = models.DateTimeField(null=True)

    # Staff are addressed by their post; Django's two Western name fields do not fit.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    def get_full_name(self) -> str:
        """The display name in the reader's language; the user name if there is none."""
        return pick(self.display_name) or self.username


class Membership(models.Model):
    """One role of one person in one unit, from one day to another."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(r, r) for r in STAFF_ROLES])
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role", "since"], name="one_membership")
        ]


class Post(models.Model):
    """A position in a unit that a complaint can name, such as “head of the works office”."""

    id = models.SlugField(primary_key=True, max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.JSONField(help_text="language → name")
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]


class Tenure(models.Model):
    """Who holds a post, or held it. Never deleted: what somebody did in a post can be complained
    of after they have left it, so whoever ever held it is kept from such a case."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="tenures")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "user", "since"], name="one_tenure"),
        ]


class Revision(models.Model):
    """A mark that every change of units, places, categories or competences replaces, so
    that processes know when to read those small tables again."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)


class SignIn(models.Model):
    """One signed-in browser of a member of staff, for their own list. No address is kept."""

    session = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    since = models.DateTimeField()
    browser = models.CharField(max_length=40, blank=True)


class Counted(models.Model):
    """A count or a mark of the sign-in for a few minutes (``people/counting.py``). ``id`` is a
    digest under the web key; nobody is named."""

    id = models.BinaryField(primary_key=True, max_length=32)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)


class ApiToken(models.Model):
    """A key with which a member of staff's program uses the API in their name. Only the
    digest is kept."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=60)
    created = models.DateTimeField()
    expires = models.DateTimeField()
