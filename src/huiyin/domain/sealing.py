"""How content and identity are sealed, and to whom: bytes and keys in, bytes out.

Per case there are two random keys. C (content) is wrapped by the server's key-encryption
key. I (identity) is sealed with HPKE (RFC 9180, base mode, X25519, HKDF-SHA256,
AES-256-GCM) to the complainant, and as two XOR shares to the privacy officer and to the
ombudsman, whose private keys open only with their passphrases (Argon2id, RFC 9106).
Every seal is bound to its case and its purpose, so nothing can be moved from one case,
field or recipient to another. Rows, files and who may ask are not here.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from huiyin.domain.errors import Refusal

KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16
_FORMAT = len(b"huiyin/1").to_bytes(4) + b"huiyin/1"
_PAD_BLOCK = 64
_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_LOCK_FORMAT = b"\x01"  # Argon2id v1.3, 64 MiB, 3 passes, 4 lanes (RFC 9106 section 4)


def context(*parts: str) -> bytes:
    """Return the canonical form of (format, *parts): each part after its length.

    The lengths make it injective: ("ab", "c") and ("a", "bc") differ.
    """
    canonical = _FORMAT
    for part in parts:
        encoded = part.encode()
        canonical += len(encoded).to_bytes(4) + encoded
    return canonical


def seal(key: bytes, case: str, field: str, plain: bytes, nonce: bytes) -> bytes:
    """Return nonce + AES-256-GCM(plain) bound to case and field.

    ``key`` 32 random bytes, ``nonce`` 12 random bytes that this key never met before.
    """
    return nonce + AESGCM(key).encrypt(nonce, plain, context("seal", case, field))


def unseal(key: bytes, case: str, field: str, sealed: bytes) -> bytes:
    """Return what ``seal`` sealed; raises ``seal-broken`` (case, field) if anything differs."""
    nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, body, context("seal", case, field))
    except (InvalidTag, ValueError) as error:
        raise Refusal("seal-broken", case=case, field=field) from error


def wrap(kek: bytes, case: str, content_key: bytes, nonce: bytes) -> bytes:
    """Wrap C by the server's key-encryption key (32 bytes), bound to the case."""
    return seal(kek, case, "content-key", content_key, nonce)


def unwrap(kek: bytes, case: str, wrapped: bytes) -> bytes:
    """Return C; raises ``seal-broken`` (case, field="content-key")."""
    return unseal(kek, case, "content-key", wrapped)


def public_of(private: bytes) -> bytes:
    """Return the X25519 public key (32 bytes) of a private key (32 bytes)."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal_to(public: bytes, purpose: str, case: str, recipient: str, plain: bytes) -> bytes:
    """Seal ``plain`` so that only the holder of the recipient's private key can open it.

    HPKE single shot; ``info`` binds purpose, case and recipient. The ephemeral key is
    drawn inside the library, which offers no way to pass it: two seals of one text differ.
    """
    key = X25519PublicKey.from_public_bytes(public)
    return _HPKE.encrypt(plain, key, info=context(purpose, case, recipient))


def open_with(private: bytes, purpose: str, case: str, recipient: str, sealed: bytes) -> bytes:
    """Return what ``seal_to`` sealed; raises ``seal-broken`` (case, field=purpose)."""
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        return _HPKE.decrypt(sealed, key, info=context(purpose, case, recipient))
    except (InvalidTag, ValueError) as error:
        raise Refusal("seal-broken", case=case, field=purpose) from error


def split(secret: bytes, randomness: bytes) -> tuple[bytes, bytes]:
    """Return two shares of ``secret``; each alone is random and says nothing about it.

    ``randomness`` must be as long as the secret and used once (a one-time pad).
    """
    if len(randomness) != len(secret):
        raise ValueError("a share must be as long as the secret")
    return randomness, bytes(a ^ b for a, b in zip(secret, randomness, strict=True))


def join(one: bytes, other: bytes) -> bytes:
    """Return the secret of two shares, in either order."""
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


@dataclass(frozen=True, slots=True)
class Shares:
    """The identity key of one case, cut in two and sealed to the two officers."""

    privacy_officer: bytes
    ombudsman: bytes


def seal_shares(
    identity_key: bytes,
    case: str,
    publics: Mapping[str, tuple[int, bytes]],
    randomness: bytes,
) -> Shares:
    """Return both sealed shares.

    ``publics`` maps ``privacy_officer`` and ``ombudsman`` to (generation, public key).
    """
    one, other = split(identity_key, randomness)
    return Shares(
        privacy_officer=seal_share(one, case, "privacy_officer", publics["privacy_officer"]),
        ombudsman=seal_share(other, case, "ombudsman", publics["ombudsman"]),
    )


def seal_share(share: bytes, case: str, role: str, to: tuple[int, bytes]) -> bytes:
    """Seal one share to (generation, public key) of the officer in ``role``."""
    generation, public = to
    return seal_to(public, "identity-share", case, f"{role}/{generation}", share)


def open_share(private: bytes, case: str, role: str, generation: int, sealed: bytes) -> bytes:
    """Return one share; raises ``seal-broken`` if it belongs to another case, role or key."""
    return open_with(private, "identity-share", case, f"{role}/{generation}", sealed)


def hand_share(share: bytes, case: str, purpose: str, role: str, to: tuple[int, bytes]) -> bytes:
    """Seal one officer's opened share to the officer in ``role``, for one case and purpose.

    The receiver's own share and this one together give I: whoever hands it over has agreed.
    """
    generation, public = to
    return seal_to(public, "share-handed-over", case, f"{role}/{generation}/{purpose}", share)


def take_share(
    private: bytes, case: str, purpose: str, role: str, generation: int, sealed: bytes
) -> bytes:
    """Return a share that was handed over; raises ``seal-broken`` for any other case, purpose,
    receiver or key."""
    return open_with(private, "share-handed-over", case, f"{role}/{generation}/{purpose}", sealed)


def seal_identity_key(identity_key: bytes, case: str, complainant_public: bytes) -> bytes:
    """Seal I to the complainant's own key."""
    return seal_to(complainant_public, "identity", case, "complainant", identity_key)


def open_identity_key(complainant_private: bytes, case: str, sealed: bytes) -> bytes:
    """Return I; raises ``seal-broken`` for a key that is not this complainant's."""
    return open_with(complainant_private, "identity", case, "complainant", sealed)


def field_key(identity_key: bytes, case: str, field: str) -> bytes:
    """Return the key of one identity field, so that one field can be released alone."""
    info = context("identity-field", case, field)
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=info).derive(identity_key)


def seal_field(identity_key: bytes, case: str, field: str, value: str, nonce: bytes) -> bytes:
    """Seal one identity field under its own key, padded so that its length says little."""
    return seal(
        field_key(identity_key, case, field), case, f"identity/{field}", _padded(value), nonce
    )


def unseal_field(key: bytes, case: str, field: str, sealed: bytes) -> str:
    """Return an identity field, given its ``field_key``; raises ``seal-broken``."""
    return _unpadded(unseal(key, case, f"identity/{field}", sealed))


def seal_consent(
    identity_key: bytes, case: str, fields: list[str], recipient: str, public: bytes
) -> bytes:
    """Re-seal the keys of the named fields to a recipient: what consent is, in bytes."""
    return seal_to(public, "consent", case, recipient, _field_keys(identity_key, case, fields))


def open_consent(private: bytes, case: str, recipient: str, sealed: bytes) -> dict[str, bytes]:
    """Return {field: field key} that the complainant released; raises ``seal-broken``."""
    return _read_keys(open_with(private, "consent", case, recipient, sealed))


def wrap_consent(
    content_key: bytes,
    identity_key: bytes,
    case: str,
    fields: list[str],
    recipient: str,
    nonce: bytes,
) -> bytes:
    """Put the keys of the named fields under C for a recipient that has no key of its own.

    Consent lowers these fields to the content tier: from then on access rules protect
    them, no longer cryptography. That is what the complainant is told when agreeing.
    """
    keys = _field_keys(identity_key, case, fields)
    return seal(content_key, case, f"consent/{recipient}", keys, nonce)


def unwrap_consent(
    content_key: bytes, case: str, recipient: str, sealed: bytes
) -> dict[str, bytes]:
    """Return {field: field key} of a ``wrap_consent``; raises ``seal-broken``."""
    return _read_keys(unseal(content_key, case, f"consent/{recipient}", sealed))


def seal_file_private(identity_key: bytes, case: str, private: bytes, nonce: bytes) -> bytes:
    """Put the private half of a case's file key under I: whoever opens I opens the originals."""
    return seal(field_key(identity_key, case, "files"), case, "file-private", private, nonce)


def open_file_private(identity_key: bytes, case: str, sealed: bytes) -> bytes:
    """Return the private half; raises ``seal-broken``."""
    return unseal(field_key(identity_key, case, "files"), case, "file-private", sealed)


def seal_file_key(public: bytes, case: str, file: str, key: bytes) -> bytes:
    """Seal the key of one file to the case's file key."""
    return seal_to(public, "file", case, file, key)


def open_file_key(private: bytes, case: str, file: str, sealed: bytes) -> bytes:
    """Return the key of one file; raises ``seal-broken`` for any other case or file."""
    return open_with(private, "file", case, file, sealed)


def lock_private(
    passphrase: str, role: str, generation: int, private: bytes, salt: bytes, nonce: bytes
) -> bytes:
    """Return an officer's private key locked by a passphrase.

    ``salt`` 16 and ``nonce`` 12 random bytes. Takes about a quarter of a second and
    64 MiB; the caller sees to it that not many run at once.
    """
    key = _from_passphrase(passphrase, salt)
    bound = context("officer", role, str(generation))
    return _LOCK_FORMAT + salt + nonce + AESGCM(key).encrypt(nonce, private, bound)


def unlock_private(passphrase: str, role: str, generation: int, locked: bytes) -> bytes:
    """Return the private key; raises ``passphrase-wrong`` (role)."""
    salt = locked[1 : 1 + SALT_BYTES]
    nonce = locked[1 + SALT_BYTES : 1 + SALT_BYTES + NONCE_BYTES]
    body = locked[1 + SALT_BYTES + NONCE_BYTES :]
    if locked[:1] != _LOCK_FORMAT or not body:
        raise Refusal("seal-broken", case="", field=f"officer/{role}")
    key = _from_passphrase(passphrase, salt)
    try:
        return AESGCM(key).decrypt(nonce, body, context("officer", role, str(generation)))
    except InvalidTag as error:
        raise Refusal("passphrase-wrong", role=role) from error


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that can be guessed: ``passphrase-weak`` (words, characters).

    Enough is: five different words, or 16 characters of which at least eight differ.
    """
    plain = _plain_passphrase(passphrase)
    words = len({word.casefold() for word in plain.split(" ") if len(word) > 1})
    long_enough = len(plain) >= 16 and len(set(plain.casefold())) >= 8
    if words < 5 and not long_enough:
        raise Refusal("passphrase-weak", words=words, characters=len(plain))


def _plain_passphrase(passphrase: str) -> str:
    # NFKC and single spaces: the same words typed on another keyboard open the same key.
    return " ".join(unicodedata.normalize("NFKC", passphrase).split())


def _from_passphrase(passphrase: str, salt: bytes) -> bytes:
    return hash_secret_raw(
        _plain_passphrase(passphrase).encode(),
        salt,
        time_cost=3,
        memory_cost=64 * 1024,
        parallelism=4,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def _padded(value: str) -> bytes:
    """Return the value with 0x80 and zeros up to a whole block (ISO/IEC 7816-4)."""
    plain = value.encode() + b"\x80"
    return plain + bytes(-len(plain) % _PAD_BLOCK)


def _unpadded(padded: bytes) -> str:
    return padded.rstrip(b"\0")[:-1].decode()


def _field_keys(identity_key: bytes, case: str, fields: list[str]) -> bytes:
    keys = {field: field_key(identity_key, case, field).hex() for field in sorted(fields)}
    return json.dumps(keys, ensure_ascii=False, separators=(",", ":")).encode()


def _read_keys(plain: bytes) -> dict[str, bytes]:
    return {field: bytes.fromhex(key) for field, key in json.loads(plain).items()}
