"""Asks other people's verifiers. Runs in their environment and imports nothing of Huiyin.

Reads a JSON list of questions from standard input, writes a JSON list of answers: for each
question, what every verifier that can judge it says (true, or false with its reason).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import metamorphic_log
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from proofbundle import checkpoint as bundle_checkpoint
from proofbundle import merkle as bundle_merkle
from proofbundle import tlogproof
from tlog_scales import backend, reader, signing, tlog

Answer = dict[str, Any]


def attempt(step: Callable[[], object]) -> bool | str:
    """True unless the verifier returns False, returns a verdict that is not ok, or raises."""
    try:
        verdict = step()
    except Exception as error:  # whatever a foreign library raises is its "no"
        return f"{type(error).__name__}: {error}"
    if isinstance(verdict, dict):
        return True if verdict["ok"] else json.dumps(verdict, default=str)
    return verdict is not False


def checkpoint(note: str, vkey: str) -> Answer:
    """Is this note signed by this log?"""
    return {
        "proofbundle": attempt(lambda: bundle_checkpoint.verify_checkpoint(note, vkey)),
        "metamorphic-log": attempt(lambda: metamorphic_log.checkpoint_verify(note, [vkey])),
        "tlog-scales": attempt(
            lambda: tlog.Checkpoint.from_text(note).verify(signing.Vkey.from_string(vkey))
        ),
    }


def inclusion(proof: str, leaf: str, vkey: str) -> Answer:
    """Does this tlog-proof show that the leaf (base64) is in the log?"""
    data = base64.b64decode(leaf)

    def in_rust() -> None:
        parsed = tlogproof.parse_tlog_proof(proof)
        metamorphic_log.checkpoint_verify_inclusion(
            parsed["checkpoint"], [vkey], parsed["index"], bundle_merkle.leaf_hash(data),
            list(parsed["proof"]),
        )  # fmt: skip

    return {
        "proofbundle": attempt(lambda: tlogproof.verify_tlog_proof(proof, data, vkey)),
        "metamorphic-log": attempt(in_rust),
    }


def consistency(old: str, new: str, vkey: str, path: list[str]) -> Answer:
    """Does the path show that the newer checkpoint extends the older one?"""
    hashes = [base64.b64decode(item) for item in path]

    def heads() -> tuple[tlog.Checkpoint, tlog.Checkpoint]:
        return tlog.Checkpoint.from_text(old), tlog.Checkpoint.from_text(new)

    def in_bundle() -> bool:
        a, b = heads()
        return bundle_merkle.verify_consistency(a.size, b.size, hashes, a.root_hash, b.root_hash)

    def in_scales() -> None:
        a, b = heads()
        tlog.ConsistencyProof(a.size, b.size, hashes).check(a.root_hash, b.root_hash)

    return {
        "proofbundle": attempt(in_bundle),
        "metamorphic-log": attempt(
            lambda: metamorphic_log.checkpoint_verify_consistency(old, new, [vkey], hashes)
        ),
        "tlog-scales": attempt(in_scales),
    }


def cosignature(note: str, vkey: str, witness: str) -> Answer:
    """Did this witness cosign?"""
    return {
        "proofbundle": attempt(
            lambda: bundle_checkpoint.verify_witnessed_checkpoint(note, vkey, [witness])
        )
    }


def receipt(text: str, vkey: str) -> Answer:
    """Does a receipt hold, by its written form alone: proofs, commitments, chain, one case?"""

    def check() -> bool:
        said = json.loads(text)
        previous = ""
        for item in said["events"]:
            leaf, event = json.loads(item["leaf"]), item["event"].encode()
            proof = tlogproof.verify_tlog_proof(item["proof"], item["leaf"].encode(), vkey)
            digest = hmac.digest(base64.b64decode(item["key"]), event, "sha256")
            told = json.loads(event)
            if not proof["ok"] or leaf["commitment"] != base64.b64encode(digest).decode():
                return False
            if told["case"] != said["number"] or told["prev"] != previous:
                return False
            previous = base64.b64encode(hashlib.sha256(event).digest()).decode()
        return bool(said["events"])

    return {"proofbundle and the standard library": attempt(check)}


def cosign(note: str, name: str, seed: str, timestamp: int) -> Answer:
    """The note with a foreign witness's cosignature."""
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed))
    return {"note": bundle_checkpoint.cosign_checkpoint(note, key, name, timestamp)}


def tiles(folder: str, vkey: str, indexes: list[int], sizes: list[int]) -> Answer:
    """Can a foreign client rebuild root, proofs and entries from the exported files alone?"""

    def read() -> None:
        log = reader.TilesReader(backend.LocalBackend(Path(folder)))
        head = log.get_checkpoint()
        head.verify(signing.Vkey.from_string(vkey))
        if log.calculate_root_hash() != head.root_hash:
            raise ValueError("tiles do not lead to the signed root")
        for index in indexes:
            leaf = bundle_merkle.leaf_hash(log.get_entry(index))
            log.get_inclusion_proof(index, head.size).check(leaf, head.root_hash)
        for size in sizes:
            log.get_consistency_proof(size, head.size).check(log.mth(0, size), head.root_hash)

    return {"tlog-scales": attempt(read)}


QUESTIONS: dict[str, Callable[..., Answer]] = {
    "checkpoint": checkpoint,
    "inclusion": inclusion,
    "consistency": consistency,
    "cosignature": cosignature,
    "receipt": receipt,
    "cosign": cosign,
    "tiles": tiles,
}

if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump([QUESTIONS[question.pop("ask")](**question) for question in asked], sys.stdout)
