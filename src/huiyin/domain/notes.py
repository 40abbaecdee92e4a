"""Signed texts of the register: notes, checkpoints, proofs, cosignatures (C2SP, exactly).

Formats: signed-note, tlog-checkpoint, tlog-proof, tlog-cosignature of C2SP/C2SP. A note is text
with signatures below; a checkpoint is a note that states a tree's size and root; a tlog-proof is
an inclusion proof with its checkpoint. What a tree is stands in merkle.py; which keys to trust
is the caller's decision.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import decode64, encode64
from huiyin.domain.merkle import HASH_SIZE, MAX_SIZE

ED25519 = 0x01
COSIGNATURE = 0x04
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
MAX_NOTE = 1_000_000  # bytes; the reference implementation's own limit
MAX_SIGNATURES = 100
MAX_PATH = 63

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_HEX8 = re.compile(r"[0-9a-f]{8}", re.ASCII)


def _check_name(name: str) -> None:
    """Key names are non-empty, without spaces of any kind and without plus (signed-note)."""
    if not name or "+" in name or any(c.isspace() for c in name) or _CONTROL.search(name):
        raise Refusal("key-name-malformed")
    if not _is_unicode(name):
        raise Refusal("key-name-malformed")


def _is_unicode(text: str) -> bool:
    """False for half characters (lone surrogates), which have no UTF-8 form."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """SHA-256(name || 0x0A || algorithm || public key)[:4] (signed-note, "Signatures")."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under; ``str()`` gives the vkey line."""

    name: str
    algorithm: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which signatures name this key."""
        return key_id(self.name, self.algorithm, self.public)

    def __str__(self) -> str:
        encoded = encode64(bytes([self.algorithm]) + self.public)
        return f"{self.name}+{self.id.hex()}+{encoded}"

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """True if the Ed25519 signature (64 bytes) over ``message`` is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def parse_vkey(text: str) -> VerifierKey:
    """Read ``name+hex8+base64``; algorithms 0x01 (log) and 0x04 (witness).

    Raises Refusal: vkey-malformed, vkey-id-wrong, vkey-algorithm-unknown.
    """
    parts = text.split("+", 2)
    if len(parts) != 3 or not _HEX8.fullmatch(parts[1]):
        raise Refusal("vkey-malformed")
    try:
        _check_name(parts[0])
        data = decode64(parts[2])
    except Refusal:
        raise Refusal("vkey-malformed") from None
    if not data or data[0] not in (ED25519, COSIGNATURE):
        raise Refusal("vkey-algorithm-unknown", algorithm=data[0] if data else None)
    if len(data) != 33:
        raise Refusal("vkey-malformed")
    key = VerifierKey(parts[0], data[0], data[1:])
    if key.id.hex() != parts[1]:
        raise Refusal("vkey-id-wrong", said=parts[1], computed=key.id.hex())
    return key


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """An Ed25519 private key with the name it signs under. Never printed."""

    name: str
    seed: bytes
    private: Ed25519PrivateKey
    key: VerifierKey

    @classmethod
    def from_seed(cls, name: str, seed: bytes, algorithm: int = ED25519) -> Signer:
        """``seed``: 32 secret random bytes. Raises Refusal("key-name-malformed")."""
        _check_name(name)
        private = Ed25519PrivateKey.from_private_bytes(seed)
        public = private.public_key().public_bytes_raw()
        return cls(name, seed, private, VerifierKey(name, algorithm, public))

    @classmethod
    def parse(cls, text: str) -> Signer:
        """Read ``PRIVATE+KEY+name+hex8+base64``, as Go's note package writes it.

        Raises Refusal("signing-key-malformed").
        """
        parts = text.strip().split("+", 4)
        try:
            if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
                raise Refusal("signing-key-malformed")
            data = decode64(parts[4], 33)
            signer = cls.from_seed(parts[2], data[1:], data[0])
        except Refusal:
            raise Refusal("signing-key-malformed") from None
        if signer.key.id.hex() != parts[3]:
            raise Refusal("signing-key-malformed")
        return signer

    def to_text(self) -> str:
        """The secret line for a key file."""
        data = encode64(bytes([self.key.algorithm]) + self.seed)
        return f"PRIVATE+KEY+{self.name}+{self.key.id.hex()}+{data}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who says to have signed, and the bytes after the key id."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"\u2014 {self.name} {encode64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text (ending in a newline) and its signature lines, not yet verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(str(line) for line in self.signatures)


def parse_note(note: str) -> Note:
    """Split text and signatures at the last blank line. Raises Refusal("note-malformed")."""
    split = note.rfind("\n\n")
    if len(note) > MAX_NOTE or split < 0 or _CONTROL.search(note) or not note.endswith("\n"):
        raise Refusal("note-malformed")
    if not _is_unicode(note):
        raise Refusal("note-malformed")
    lines = note[split + 2 :].split("\n")[:-1]
    if not lines or len(lines) > MAX_SIGNATURES:
        raise Refusal("note-malformed")
    return Note(note[: split + 1], tuple(_parse_signature(line) for line in lines))


def _parse_signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    try:
        _check_name(name)
        data = decode64(encoded)
    except Refusal:
        raise Refusal("note-malformed") from None
    if dash != "\u2014" or len(data) < 5:
        raise Refusal("note-malformed")
    return Signature(name, data[:4], data[4:])


def sign(text: str, signer: Signer) -> Signature:
    """Sign a note's text, which must end in a newline."""
    return Signature(signer.name, signer.key.id, signer.private.sign(text.encode()))


def open_note(note: str, keys: Iterable[VerifierKey]) -> tuple[Note, tuple[VerifierKey, ...]]:
    """Verify the signatures of known keys; return the note and the keys that signed it.

    Unknown signers are ignored, a known key with a wrong signature fails the note
    (signed-note, "Verifying"). Raises Refusal: note-malformed, note-signature-wrong,
    note-signer-unknown (no known key signed).
    """
    parsed = parse_note(note)
    known = {(key.name, key.id): key for key in keys}
    signed = []
    for line in parsed.signatures:
        key = known.get((line.name, line.key_id))
        if key is None or key in signed:
            continue
        if not _verify_line(parsed.text, line, key):
            raise Refusal("note-signature-wrong", name=key.name)
        signed.append(key)
    if not signed:
        raise Refusal("note-signer-unknown", signers=[s.name for s in parsed.signatures][:5])
    return parsed, tuple(signed)


def _verify_line(text: str, line: Signature, key: VerifierKey) -> bool:
    if key.algorithm == COSIGNATURE:
        if len(line.signature) != 72:
            return False
        timestamp = int.from_bytes(line.signature[:8], "big")
        return key.accepts(_cosigned_message(text, timestamp), line.signature[8:])
    return key.accepts(text.encode(), line.signature)


# Cosignatures (tlog-cosignature) ----------------------------------------------------------------


def _cosigned_message(text: str, timestamp: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def cosign(text: str, signer: Signer, timestamp: int) -> Signature:
    """A witness's cosignature of a checkpoint text; ``timestamp`` in seconds since 1970 UTC.

    Raises Refusal("signing-key-malformed") if the signer is not of type 0x04.
    """
    if signer.key.algorithm != COSIGNATURE:
        raise Refusal("signing-key-malformed")
    signature = signer.private.sign(_cosigned_message(text, timestamp))
    return Signature(signer.name, signer.key.id, timestamp.to_bytes(8, "big") + signature)


def cosigned_at(note: Note, key: VerifierKey) -> int | None:
    """When the witness says to have seen the checkpoint (verified, seconds UTC), or None."""
    for line in note.signatures:
        named = (line.name, line.key_id) == (key.name, key.id)
        if named and key.algorithm == COSIGNATURE and _verify_line(note.text, line, key):
            return int.from_bytes(line.signature[:8], "big")
    return None


# Checkpoints (tlog-checkpoint) ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log states: under this origin, a tree of this size has this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text that is signed."""
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n"


def parse_decimal(text: str) -> int:
    """A number as C2SP writes it: ASCII, no sign, no leading zeros, below 2^63.

    Raises Refusal("size-malformed") or Refusal("size-too-large").
    """
    if text.isascii() and text.isdigit() and len(text) >= 19 and int(text[:25]) > MAX_SIZE:
        raise Refusal("size-too-large", size=text[:25], most=MAX_SIZE)
    if not _DECIMAL.fullmatch(text):
        raise Refusal("size-malformed", size=text[:25])
    return int(text)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text (extension lines after the third are allowed and ignored).

    Raises Refusal: checkpoint-malformed, size-malformed, size-too-large.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0]:
        raise Refusal("checkpoint-malformed")
    size = parse_decimal(lines[1])
    try:
        root = decode64(lines[2], HASH_SIZE)
    except Refusal:
        raise Refusal("checkpoint-malformed") from None
    if any(not line for line in lines[3:-1]):
        raise Refusal("checkpoint-malformed")
    return Checkpoint(lines[0], size, root)


def sign_checkpoint(size: int, root: bytes, signer: Signer) -> str:
    """The signed checkpoint note; the origin is the signer's name."""
    text = Checkpoint(signer.name, size, root).text()
    return f"{text}\n{sign(text, signer)}"


def open_checkpoint(
    note: str, key: VerifierKey, witnesses: Sequence[VerifierKey] = ()
) -> tuple[Checkpoint, Note]:
    """Verify that ``key`` signed the checkpoint under its own origin.

    Raises Refusal: those of ``open_note`` and ``parse_checkpoint``, note-signer-unknown if only
    witnesses signed, checkpoint-origin-wrong.
    """
    parsed, signed = open_note(note, [key, *witnesses])
    if key not in signed:
        raise Refusal("note-signer-unknown", signers=[s.name for s in parsed.signatures][:5])
    checkpoint = parse_checkpoint(parsed.text)
    if checkpoint.origin != key.name:
        raise Refusal("checkpoint-origin-wrong", origin=checkpoint.origin[:80], expected=key.name)
    return checkpoint, parsed


# Proofs (tlog-proof) ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TlogProof:
    """An inclusion proof with the checkpoint it leads to; ``extra`` is not authenticated."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = "" if self.extra is None else f"extra {encode64(self.extra)}\n"
        hashes = "".join(f"{encode64(h)}\n" for h in self.hashes)
        return f"{PROOF_HEADER}\n{extra}index {self.index}\n{hashes}\n{self.checkpoint}"


def parse_proof(text: str) -> TlogProof:
    """Read a tlog-proof; its checkpoint is not opened here.

    Raises Refusal: proof-malformed, proof-length-wrong, size-malformed, size-too-large.
    """
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines[0] != PROOF_HEADER:
        raise Refusal("proof-malformed")
    extra = None
    try:
        if len(lines) > 1 and lines[1].startswith("extra "):
            extra = decode64(lines.pop(1)[6:])
        if len(lines) < 2 or not lines[1].startswith("index "):
            raise Refusal("proof-malformed")
        if len(lines) - 2 > MAX_PATH:
            raise Refusal("proof-length-wrong", hashes=len(lines) - 2, needed=MAX_PATH)
        hashes = tuple(decode64(line, HASH_SIZE) for line in lines[2:])
    except Refusal as refusal:
        code = refusal.code if refusal.code != "base64-malformed" else "proof-malformed"
        raise Refusal(code, **refusal.data) from None
    return TlogProof(parse_decimal(lines[1][6:]), hashes, checkpoint, extra)
