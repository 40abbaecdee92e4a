"""Tables of the register: leaves, full tiles, the head, and takeovers by a new origin.

``Leaf``, ``Tile`` and ``Origin`` refuse UPDATE, DELETE and TRUNCATE by trigger (migration
0001); the owner of the database can still tamper, and ``ledger check`` finds it. The signing
key and the last signed checkpoint are files outside the database (keys.py, lastsigned.py).
"""

from __future__ import annotations

from django.db import models


class Leaf(models.Model):
    """One public leaf. The index comes from the tree size, never from a sequence.

    A plain integer key is SQLite's row id itself; PostgreSQL's holds 2^31 leaves, 200 years
    at ten million a year.
    """

    index = models.IntegerField(primary_key=True)
    data = models.BinaryField()
    hash = models.BinaryField()


class Tile(models.Model):
    """A full tile: 256 hashes, and their root, which is one hash of the tile above."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.IntegerField()
    hashes = models.BinaryField()
    root = models.BinaryField()


class Head(models.Model):
    """The tree as it stands: one row, with the checkpoint signed for it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField()
    root = models.BinaryField()
    frontier = models.BinaryField()
    checkpoint = models.TextField()
    at = models.DateTimeField()


class Origin(models.Model):
    """A takeover by a new log origin: the leaf's opening, in public (see acts.new_origin)."""

    index = models.IntegerField(primary_key=True)
    key = models.BinaryField()
    statement = models.TextField()


class Witness(models.Model):
    """How far one witness has followed, and what is wrong with it now ("" if nothing)."""

    vkey = models.CharField(max_length=400, primary_key=True)
    size = models.BigIntegerField(default=0)
    cosigned_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=40, default="")
    detail = models.CharField(max_length=300, default="")
    since = models.DateTimeField(null=True)


class Cosigned(models.Model):
    """A checkpoint that was sent to the witnesses, with the cosignatures that came back."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    enough = models.BooleanField(default=False)
    at = models.DateTimeField()


class Stamped(models.Model):
    """A checkpoint's text with the token of a time-stamping authority over it (RFC 3161)."""

    size = models.BigIntegerField(primary_key=True)
    text = models.TextField()
    token = models.BinaryField()
    stamped_at = models.DateTimeField(help_text="the time in the token")
    at = models.DateTimeField()
