"""The vault's tables: ciphertext on one side, keys on the other, nothing readable.

Only ``acts``, ``files``, ``officers``, ``recovery`` and ``keys`` write here. No row is changed in
place, with five named exceptions: an officer's key (new passphrase, new printed shares, retired),
a share handed on to the officer's next key, the complainant's public key when a lost receipt code
is replaced, a content key wrapped anew when the server's key is exchanged, and the private half of
a case's file key when I is. Contents, openings and files refuse UPDATE by trigger
(migrations 0001, 0003). No column says who a complainant is, and
nothing here can be searched.
"""

from __future__ import annotations

from django.db import models

# A case's name in the vault: fixed before it has a number, so that sealing needs no lock.
STREAM_LENGTH = 32


class Content(models.Model):
    """A sealed text or file of a case: nonce + AES-256-GCM under C, bound to kind and id."""

    id = models.UUIDField(primary_key=True)
    stream = models.CharField(max_length=STREAM_LENGTH)
    kind = models.CharField(max_length=40)
    ciphertext = models.BinaryField()
    created = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["stream"], name="vault_content_stream")]


class CaseKey(models.Model):
    """C of a case, wrapped by the server's key-encryption key. Gone after erasure."""

    stream = models.CharField(max_length=STREAM_LENGTH, primary_key=True)
    wrapped_c = models.BinaryField()
    complainant_public = models.BinaryField()


class Opening(models.Model):
    """The key that opens the commitment of one leaf of the register; only erasure deletes it."""

    index = models.PositiveBigIntegerField(primary_key=True)
    key = models.BinaryField()


class Identity(models.Model):
    """The fields of an identity under I, and I sealed to the complainant's own key."""

    stream = models.CharField(max_length=STREAM_LENGTH, primary_key=True)
    sealed_identity = models.BinaryField()
    sealed_to_complainant = models.BinaryField()
    created = models.DateTimeField()


class IdentityShare(models.Model):
    """One of two XOR shares of I, sealed to one generation of an officer's key."""

    stream = models.CharField(max_length=STREAM_LENGTH)
    officer_role = models.CharField(max_length=20)
    generation = models.PositiveIntegerField()
    wrap = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "officer_role"], name="vault_one_share_per_role"
            )
        ]


class IdentityRelease(models.Model):
    """Consent: the keys of some identity fields for one recipient, under C."""

    stream = models.CharField(max_length=STREAM_LENGTH)
    recipient = models.CharField(max_length=60)
    wrap = models.BinaryField()
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "recipient"], name="vault_one_release")
        ]


class FileKey(models.Model):
    """The key pair that the originals of a case are sealed to; its private half lies under I.

    A pair, so that a file can come in at any time without anybody opening the identity.
    """

    stream = models.CharField(max_length=STREAM_LENGTH, primary_key=True)
    public = models.BinaryField()
    sealed_private = models.BinaryField()


class File(models.Model):
    """A file as it was handed in: its name and its bytes under a key of its own, which is
    sealed to the case's file key. ``original`` is what the event commits to."""

    id = models.UUIDField(primary_key=True)
    stream = models.CharField(max_length=STREAM_LENGTH)
    key = models.BinaryField()
    sealed_name = models.BinaryField()
    original = models.BinaryField()
    created = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["stream"], name="vault_file_stream")]


class FileWaiting(models.Model):
    """The key of a file under C, for the cleaner, and only until it has looked at the file."""

    id = models.UUIDField(primary_key=True)
    stream = models.CharField(max_length=STREAM_LENGTH)
    wrap = models.BinaryField()


class OfficerKey(models.Model):
    """A generation of an officer's key pair; the private half is locked by a passphrase."""

    role = models.CharField(max_length=20)
    generation = models.PositiveIntegerField()
    public = models.BinaryField()
    sealed_private = models.BinaryField()
    created = models.DateTimeField()
    retired = models.DateTimeField(null=True)
    # A second copy of the private half, locked by what two of three printed shares give.
    recovery = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "generation"], name="vault_one_generation"),
            models.UniqueConstraint(
                fields=["role"],
                condition=models.Q(retired__isnull=True),
                name="vault_one_current_key_per_role",
            ),
        ]
