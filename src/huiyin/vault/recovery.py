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
from huiyin.vault.officers import (
    check_new_passphrase,
    existing,
    pass_on,
    reseal,
    unlocked,
)


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
    """Bring back what two shares open; returns (role, generation of the key in use afterwards).

    Shares of the present key make the role's next key, under the passphrase ``new``. Shares of a
    key that was replaced meanwhile seal what it opened to the present one; ``new`` is not used.
    Raises those of ``key_of`` and ``officers.check_new_passphrase``; ``shares-slip`` (role).
    """
    key = key_of(shares)
    if key.retired is None:
        check_new_passphrase(new)
    locked = bytes(key.recovery)[recovery.MARK_BYTES :]
    private = recovery.unlock(recovery.join(shares), key.role, key.generation, locked)
    with transaction.atomic():
        if key.retired is None:
            return key.role, pass_on(key, private, new, now, entropy)
        return key.role, reseal(key, private, existing(key.role))


def key_of(shares: Sequence[Share]) -> OfficerKey:
    """The key that these shares were printed for; nobody needs a new passphrase to be told.

    Raises ``shares-needed``, ``shares-same``, ``shares-differ``, ``officer-key-absent``,
    ``shares-outdated`` (a set that was used or replaced, or of a key that was handed over),
    ``recovery-absent`` (the key in use never had any).
    """
    recovery.join(shares)
    one, present = shares[0], existing(shares[0].role)
    key = OfficerKey.objects.filter(role=one.role, generation=one.generation).first()
    if key == present and not present.recovery:
        raise Refusal("recovery-absent", role=one.role, officer=one.role)
    if key is None or bytes(key.recovery)[: recovery.MARK_BYTES] != one.mark:
        raise Refusal("shares-outdated", role=one.role)
    return key
