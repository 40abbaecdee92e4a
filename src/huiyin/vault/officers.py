"""The two officers: their keys, their passphrases, and what only both together can open.

A private key exists in clear only while a passphrase is in hand. Nobody can reset a lost
passphrase: two of three printed shares bring the key back (``recovery``); without them the role
gets a new key, and identities sealed before open no more by this way (the complainant's own
code still opens them). The event that an opening needs, with
its reason, is written by ``cases``; this room only combines keys.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from huiyin.domain import recovery, sealing
from huiyin.domain.errors import Refusal
from huiyin.vault import queries
from huiyin.vault.acts import Entropy
from huiyin.vault.models import CaseKey, Identity, IdentityShare, OfficerKey
from huiyin.vault.queries import OFFICER_ROLES as ROLES
from huiyin.vault.queries import can_break_glass, current_officers

__all__ = [
    "ROLES",
    "Handed",
    "can_break_glass",
    "change_passphrase",
    "check_new_passphrase",
    "create_officer_key",
    "current_officers",
    "existing",
    "hand_over",
    "hand_share",
    "identity_key_with_handed",
    "open_identity",
    "open_with_handed",
    "other",
    "pass_on",
    "replace_complainant_key",
    "replace_key_with_handed",
    "reseal",
    "unlocked",
]

# Argon2id takes 64 MiB: one at a time, so that many requests cannot exhaust the memory.
_ONE_AT_A_TIME = threading.Lock()


def create_officer_key(
    role: str,
    passphrase: str,
    *,
    now: datetime,
    replace: bool = False,
    entropy: Entropy = os.urandom,
) -> int:
    """Make the key pair of an officer and return its generation (1, 2, …).

    With ``replace`` the former key is retired: it still opens what was sealed to it.
    Raises ``officer-role-unknown``, ``officer-key-exists`` (role, generation), and those of
    ``check_new_passphrase``.
    """
    _known(role)
    check_new_passphrase(passphrase)
    with transaction.atomic():
        current = _current(role)
        if current and not replace:
            raise Refusal(
                "officer-key-exists", role=role, officer=role, generation=current.generation
            )
        return _next_generation(role, current, passphrase, now, entropy).generation


def change_passphrase(role: str, old: str, new: str, *, entropy: Entropy = os.urandom) -> None:
    """Lock the same private key under a new passphrase.

    Raises ``officer-key-absent``, ``passphrase-wrong`` (role), and those of
    ``check_new_passphrase``.
    """
    check_new_passphrase(new)
    key = existing(role)
    private = unlocked(key, old)
    locked = _locked(new, role, key.generation, private, entropy)
    OfficerKey.objects.filter(pk=key.pk).update(sealed_private=locked)


def hand_over(
    role: str,
    old: str,
    new: str,
    *,
    now: datetime,
    entropy: Entropy = os.urandom,
) -> int:
    """Give the role to a successor: a new key, and every share re-sealed to it.

    The predecessor types ``old``, the successor ``new``. Returns the new generation; the
    old key opens nothing any more. Raises as ``change_passphrase``.
    """
    check_new_passphrase(new)
    former = existing(role)
    private = unlocked(former, old)
    with transaction.atomic():
        return pass_on(former, private, new, now, entropy)


def pass_on(former: OfficerKey, private: bytes, new: str, now: datetime, entropy: Entropy) -> int:
    """Make the role's next key and re-seal to it every share that ``private``, the former key,
    opens; returns the generation. Printed shares of the former key end here."""
    key = _next_generation(former.role, former, new, now, entropy)
    return reseal(former, private, key)


def reseal(former: OfficerKey, private: bytes, key: OfficerKey) -> int:
    """Seal to ``key`` every share that ``private``, the key ``former``, opens; returns the
    generation of ``key``. Printed shares of ``former`` end here."""
    role = former.role
    OfficerKey.objects.filter(pk=former.pk).update(recovery=b"")
    to = (key.generation, bytes(key.public))
    shares = IdentityShare.objects.filter(officer_role=role, generation=former.generation)
    for row in list(shares):
        share = sealing.open_share(private, row.stream, role, former.generation, bytes(row.wrap))
        wrap = sealing.seal_share(share, row.stream, role, to)
        IdentityShare.objects.filter(pk=row.pk).update(generation=key.generation, wrap=wrap)
    return key.generation


def open_identity(stream: str, passphrases: Mapping[str, str]) -> dict[str, str]:
    """Return the identity fields, given both officers' passphrases by role.

    Takes half a second. The caller has registered the opening first. Raises
    ``identity-absent``, ``identity-shares-absent`` (case), ``passphrase-missing`` (role),
    ``passphrase-wrong`` (role), ``share-of-former-key`` (role, generation; the passphrase is not
    that of the replaced key), ``seal-broken`` (a share or the identity was exchanged).
    """
    row = queries.identity_row(stream)
    return queries.open_fields(stream, _combined(stream, passphrases), queries.sealed_fields(row))


def replace_complainant_key(
    stream: str, passphrases: Mapping[str, str], complainant_public: bytes
) -> None:
    """Seal I to a new receipt code, after the person has proved in person who they are.

    The lost code opens the identity no more. The caller stores the new look-up id and
    writes the event. Raises as ``open_identity``.
    """
    _replace_key(stream, _combined(stream, passphrases), complainant_public)


def other(role: str) -> str:
    """The second of the two officers."""
    _known(role)
    return next(each for each in ROLES if each != role)


def hand_share(stream: str, role: str, passphrase: str, purpose: str) -> tuple[int, bytes]:
    """Open the share of ``role`` and re-seal it to the other officer, for one purpose.

    Returns (generation of the other's key, sealed share). The first officer's passphrase and
    key never leave their own session. Raises as ``open_identity``, and ``officer-key-absent``.
    """
    share = _share(_share_row(stream, role), passphrase)
    second = existing(other(role))
    to = (second.generation, bytes(second.public))
    return second.generation, sealing.hand_share(share, stream, purpose, second.role, to)


@dataclass(frozen=True, slots=True)
class Handed:
    """A share that the first officer handed over: to which key, for what, and its seal."""

    generation: int
    purpose: str
    wrap: bytes = field(repr=False)


def open_with_handed(stream: str, role: str, passphrase: str, handed: Handed) -> dict[str, str]:
    """Open the identity in the session of the second officer, in ``role``.

    Raises as ``open_identity``; ``share-outdated`` if this role has another key since,
    ``seal-broken`` also if the identity got another one.
    """
    key = _joined(stream, role, passphrase, handed)
    return queries.open_fields(stream, key, queries.sealed_fields(queries.identity_row(stream)))


def identity_key_with_handed(stream: str, role: str, passphrase: str, handed: Handed) -> bytes:
    """Return I itself, for what lies under it besides the fields (``files.opener``).

    Raises as ``open_with_handed``, and ``seal-broken`` if the shares give another key.
    """
    key = _joined(stream, role, passphrase, handed)
    queries.open_fields(stream, key, queries.sealed_fields(queries.identity_row(stream)))
    return key


def replace_key_with_handed(
    stream: str, role: str, passphrase: str, handed: Handed, complainant_public: bytes
) -> None:
    """``replace_complainant_key`` in the session of the second officer, in ``role``."""
    _replace_key(stream, _joined(stream, role, passphrase, handed), complainant_public)


def _joined(stream: str, role: str, passphrase: str, handed: Handed) -> bytes:
    row, key = _share_row(stream, role), existing(role)
    if key.generation != handed.generation:
        raise Refusal("share-outdated", role=role)
    if not passphrase:
        raise Refusal("passphrase-missing", role=role)
    private = unlocked(key, passphrase)
    if row.generation == key.generation:  # the usual case: one passphrase to stretch, not two
        own = sealing.open_share(private, stream, role, key.generation, bytes(row.wrap))
    else:
        own = _share(row, passphrase)
    given = sealing.take_share(
        private, stream, handed.purpose, role, handed.generation, handed.wrap
    )
    return sealing.join(own, given)


def _share_row(stream: str, role: str) -> IdentityShare:
    _known(role)
    if not queries.has_identity(stream):
        raise Refusal("identity-absent", case=stream)
    row = IdentityShare.objects.filter(stream=stream, officer_role=role).first()
    if row is None:
        raise Refusal("identity-shares-absent", case=stream)
    return row


def _replace_key(stream: str, identity_key: bytes, complainant_public: bytes) -> None:
    row = queries.identity_row(stream)
    queries.open_fields(stream, identity_key, queries.sealed_fields(row))
    wrap = sealing.seal_identity_key(identity_key, stream, complainant_public)
    with transaction.atomic(savepoint=False):
        Identity.objects.filter(stream=stream).update(sealed_to_complainant=wrap)
        CaseKey.objects.filter(stream=stream).update(complainant_public=complainant_public)


def _combined(stream: str, passphrases: Mapping[str, str]) -> bytes:
    """Return I from both shares."""
    rows = {row.officer_role: row for row in IdentityShare.objects.filter(stream=stream)}
    if not queries.has_identity(stream):
        raise Refusal("identity-absent", case=stream)
    if set(rows) != set(ROLES):
        raise Refusal("identity-shares-absent", case=stream)
    one, other = (_share(rows[role], passphrases.get(role, "")) for role in ROLES)
    return sealing.join(one, other)


def _share(row: IdentityShare, passphrase: str) -> bytes:
    role = row.officer_role
    if not passphrase:
        raise Refusal("passphrase-missing", role=role)
    key = OfficerKey.objects.filter(role=role, generation=row.generation).first()
    if key is None:
        raise Refusal("officer-key-absent", role=role, officer=role)
    return sealing.open_share(
        _unlocked_of_its_time(key, passphrase), row.stream, role, row.generation, bytes(row.wrap)
    )


def _unlocked_of_its_time(key: OfficerKey, passphrase: str) -> bytes:
    """As ``unlocked``; a passphrase that does not fit a replaced key may be right for today's."""
    try:
        return unlocked(key, passphrase)
    except Refusal as refusal:
        if key.retired is None or refusal.code != "passphrase-wrong":
            raise
        raise Refusal("share-of-former-key", role=key.role, generation=key.generation) from None


def _next_generation(
    role: str, current: OfficerKey | None, passphrase: str, now: datetime, entropy: Entropy
) -> OfficerKey:
    generation = current.generation + 1 if current else 1
    private = entropy(sealing.KEY_BYTES)
    locked = _locked(passphrase, role, generation, private, entropy)
    OfficerKey.objects.filter(role=role, retired__isnull=True).update(retired=now)
    return OfficerKey.objects.create(
        role=role,
        generation=generation,
        public=sealing.public_of(private),
        sealed_private=locked,
        created=now,
    )


def _locked(passphrase: str, role: str, generation: int, private: bytes, entropy: Entropy) -> bytes:
    salt, nonce = entropy(sealing.SALT_BYTES), entropy(sealing.NONCE_BYTES)
    with _ONE_AT_A_TIME:
        return sealing.lock_private(passphrase, role, generation, private, salt, nonce)


def unlocked(key: OfficerKey, passphrase: str) -> bytes:
    """Return the private key; raises ``passphrase-wrong`` (role), ``officer-key-foreign`` (role:
    somebody put another public key beside it, to which everything was sealed since)."""
    with _ONE_AT_A_TIME:
        private = sealing.unlock_private(
            passphrase, key.role, key.generation, bytes(key.sealed_private)
        )
    if sealing.public_of(private) != bytes(key.public):
        raise Refusal("officer-key-foreign", role=key.role)
    return private


def check_new_passphrase(passphrase: str) -> None:
    """Raises ``passphrase-weak``; ``passphrase-is-a-share``: a sheet typed one line too late would
    be a passphrase that somebody else keeps in a drawer."""
    sealing.check_passphrase(passphrase)
    try:
        recovery.parse(passphrase)
    except Refusal:
        return
    raise Refusal("passphrase-is-a-share")


def _known(role: str) -> None:
    if role not in ROLES:
        raise Refusal("officer-role-unknown", role=role, known=list(ROLES))


def _current(role: str) -> OfficerKey | None:
    return current_officers().get(role)


def existing(role: str) -> OfficerKey:
    """Return the role's present key; raises ``officer-role-unknown``, ``officer-key-absent``."""
    _known(role)
    key = _current(role)
    if key is None:
        raise Refusal("officer-key-absent", role=role, officer=role)
    return key
