"""Getting an officer's key back from two of its three printed shares, without the passphrase.

The shares unlock a second copy of the private key (``domain.recovery``). Making them wants the
passphrase; using them makes a new key with a new passphrase, to which every share of an identity
is sealed again, so that the paper that was used opens nothing any more. No share is stored. The
event of each ceremony is written by the caller, in the same transaction.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from huiyin.domain import recovery, sealing
from huiyin.domain.errors import Refusal
from huiyin.domain.recovery import Share
from huiyin.vault.acts import Entropy
from huiyin.vault.models import OfficerKey
from huiyin.vault.officers import existing, pass_on, unlocked


def make_shares(role: str, passphrase: str, *, entropy: Entropy = os.urandom) -> tuple[Share, ...]:
    """Three new shares of the present key; shares printed before open nothing any more.

    Raises ``officer-key-absent``, ``passphrase-wrong`` (role).
    """
    key = existing(role)
    private = unlocked(key, passphrase)
    secret, mark = entropy(recovery.SECRET_BYTES), entropy(recovery.MARK_BYTES)
    nonce = entropy(sealing.NONCE_BYTES)
    locked = recovery.lock(secret, role, key.generation, private, nonce)
    OfficerKey.objects.filter(pk=key.pk).update(recovery=mark + locked)
    slope = entropy(recovery.SECRET_BYTES)
    return recovery.split(secret, slope, role, key.generation, mark)


def recover(
    shares: Sequence[Share], new: str, *, now: datetime, entropy: Entropy = os.urandom
) -> tuple[str, int]:
    """Make the role's next key from two shares; returns (role, generation).

    Raises ``shares-needed``, ``shares-same``, ``shares-differ``, ``shares-outdated`` (a set that
    was replaced, or of a key that is not the present one), ``recovery-absent`` (no shares were
    ever printed), ``passphrase-weak``.
    """
    sealing.check_passphrase(new)
    secret = recovery.join(shares)
    role = shares[0].role
    key = existing(role)
    if not key.recovery:
        raise Refusal("recovery-absent", role=role)
    held = bytes(key.recovery)
    mark, locked = held[: recovery.MARK_BYTES], held[recovery.MARK_BYTES :]
    if (shares[0].generation, shares[0].mark) != (key.generation, mark):
        raise Refusal("shares-outdated", role=role)
    private = recovery.unlock(secret, role, key.generation, locked)
    with transaction.atomic():
        return role, pass_on(key, private, new, now, entropy)
