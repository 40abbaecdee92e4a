"""Signed notes, checkpoints, proofs, cosignatures: the specifications' examples and limits."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain import notes
from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import encode64
from huiyin.domain.notes import Checkpoint, Signer, TlogProof

# C2SP signed-note, "Example".
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
LOG = Signer.from_seed("register.example/ledger", b"L" * 32)
WITNESS = Signer.from_seed("witness.example", b"W" * 32, notes.COSIGNATURE)
STRANGER = Signer.from_seed("stranger.example", b"S" * 32)
ROOT = bytes(range(32))
NOTE = notes.sign_checkpoint(7, ROOT, LOG)


def refused(code: str, note: str, *keys: notes.VerifierKey) -> None:
    with pytest.raises(Refusal) as found:
        notes.open_note(note, keys or [LOG.key])
    assert found.value.code == code


def test_the_specifications_example_key() -> None:
    key = notes.parse_vkey(SPEC_VKEY)
    assert (key.name, key.id.hex(), key.algorithm) == ("example.com/foo", "530d903a", 1)
    assert str(key) == SPEC_VKEY


@pytest.mark.parametrize(
    ("vkey", "code"),
    [
        ("", "vkey-malformed"),
        ("a+b", "vkey-malformed"),
        (SPEC_VKEY.upper(), "vkey-malformed"),
        (SPEC_VKEY.replace("example.com/foo", ""), "vkey-malformed"),
        (SPEC_VKEY.replace("example.com/foo", "example com"), "vkey-malformed"),
        (SPEC_VKEY.replace("example.com/foo", "example.org/foo"), "vkey-id-wrong"),
        (SPEC_VKEY.replace("530d903a", "530d903b"), "vkey-id-wrong"),
        (SPEC_VKEY[:-1] + "=", "vkey-malformed"),
        (SPEC_VKEY + "AAAA", "vkey-malformed"),
        ("a+00000000+", "vkey-algorithm-unknown"),
        ("a+00000000+AgAA", "vkey-algorithm-unknown"),
        ("\ud800+00000000+AQAA", "vkey-malformed"),
    ],
)
def test_other_keys_are_refused(vkey: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        notes.parse_vkey(vkey)


def test_a_signing_key_is_written_and_read_back() -> None:
    assert Signer.parse(LOG.to_text()).key == LOG.key
    assert LOG.to_text().startswith(f"PRIVATE+KEY+{LOG.name}+{LOG.key.id.hex()}+")
    for text in ("", "PRIVATE+KEY+a", LOG.to_text()[:-3], LOG.to_text().replace("ledger", "x")):
        with pytest.raises(Refusal, match="signing-key-malformed"):
            Signer.parse(text)


def test_a_checkpoint_is_the_three_lines_of_the_specification() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == [LOG.name, "7", base64.b64encode(ROOT).decode(), ""]
    dash, name, signature = lines[4].split(" ")
    assert (dash, name) == ("\u2014", LOG.name)
    raw = base64.b64decode(signature)
    assert raw[:4] == LOG.key.id
    assert len(raw) == 4 + 64
    assert LOG.key.accepts("\n".join([*lines[:3], ""]).encode(), raw[4:])


def test_a_signed_checkpoint_opens() -> None:
    checkpoint, note = notes.open_checkpoint(NOTE, LOG.key)
    assert checkpoint == Checkpoint(LOG.name, 7, ROOT)
    assert str(note) == NOTE


def test_unknown_signers_are_ignored_and_known_ones_must_be_right() -> None:
    text = notes.parse_note(NOTE).text
    both = f"{NOTE}{notes.sign(text, STRANGER)}"
    assert notes.open_note(both, [LOG.key])[1] == (LOG.key,)
    assert notes.open_note(both, [STRANGER.key, LOG.key])[1] == (LOG.key, STRANGER.key)
    lie = notes.Signature(STRANGER.name, STRANGER.key.id, bytes(64))
    assert notes.open_note(f"{NOTE}{lie}", [LOG.key])[1] == (LOG.key,)
    refused("note-signature-wrong", f"{NOTE}{lie}", LOG.key, STRANGER.key)
    refused("note-signer-unknown", NOTE, STRANGER.key)


def test_a_name_alone_is_not_a_key() -> None:
    impostor = Signer.from_seed(LOG.name, b"X" * 32)
    refused("note-signer-unknown", notes.sign_checkpoint(7, ROOT, impostor))
    disguised = notes.Signature(LOG.name, LOG.key.id, bytes(64))
    refused("note-signature-wrong", f"{notes.parse_note(NOTE).text}\n{disguised}")


def test_many_signatures_are_read() -> None:
    text = notes.parse_note(NOTE).text
    others = [Signer.from_seed(f"w{n}.example", bytes([n]) * 32) for n in range(20)]
    note = f"{text}\n{''.join(str(notes.sign(text, s)) for s in others)}{notes.sign(text, LOG)}"
    assert notes.open_note(note, [LOG.key])[1] == (LOG.key,)
    too_many = f"{text}\n{str(notes.sign(text, STRANGER)) * 101}"
    refused("note-malformed", too_many)


@pytest.mark.parametrize(
    "note",
    [
        "", "\n", "\n\n", "text\n", "text\n\n", NOTE[:-1], NOTE.replace("\n\n", "\n"),
        NOTE.replace("\u2014", "-"), NOTE.replace("\u2014 ", "\u2014"), NOTE + "\n",
        NOTE.replace("7\n", "7\r\n"), NOTE + "tail", NOTE.replace("=\n", "\n"),
        NOTE.replace("\u2014 register", "\u2014 reg ister"), "\ud800" + NOTE, "\x00" + NOTE,
        "a\n\n\u2014 b AAAA\n", NOTE + "\u2014 x+y AAAAAAA=\n", "x" * 1_000_001 + NOTE,
    ],
)  # fmt: skip
def test_other_texts_are_no_notes(note: str) -> None:
    refused("note-malformed", note)


def test_text_and_signatures_part_at_the_last_blank_line() -> None:
    text = "one\n\ntwo\n"
    note = f"{text}\n{notes.sign(text, LOG)}"
    assert notes.open_note(note, [LOG.key])[0].text == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\n7\n", "checkpoint-malformed"),
        ("\n7\nAAAA\n", "checkpoint-malformed"),
        (f"a\n07\n{encode64(ROOT)}\n", "size-malformed"),
        (f"a\n+7\n{encode64(ROOT)}\n", "size-malformed"),
        (f"a\n-7\n{encode64(ROOT)}\n", "size-malformed"),
        (f"a\n 7\n{encode64(ROOT)}\n", "size-malformed"),
        (f"a\n７\n{encode64(ROOT)}\n", "size-malformed"),
        (f"a\n\n{encode64(ROOT)}\n", "size-malformed"),
        (f"a\n{2**63}\n{encode64(ROOT)}\n", "size-too-large"),
        (f"a\n{'9' * 5000}\n{encode64(ROOT)}\n", "size-too-large"),
        (f"a\n7\n{encode64(ROOT[:-1])}\n", "checkpoint-malformed"),
        (f"a\n7\n{encode64(ROOT).rstrip('=')}\n", "checkpoint-malformed"),
        (f"a\n7\n{encode64(ROOT)}\n\n", "checkpoint-malformed"),
    ],
)
def test_other_texts_are_no_checkpoints(text: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        notes.parse_checkpoint(text)


def test_extension_lines_are_read_over() -> None:
    text = f"a\n{2**63 - 1}\n{encode64(ROOT)}\nsomething else\n"
    assert notes.parse_checkpoint(text) == Checkpoint("a", 2**63 - 1, ROOT)


def test_a_checkpoint_is_opened_under_its_own_origin_only() -> None:
    text = Checkpoint("other.example", 7, ROOT).text()
    with pytest.raises(Refusal, match="checkpoint-origin-wrong"):
        notes.open_checkpoint(f"{text}\n{notes.sign(text, LOG)}", LOG.key)


def test_a_witness_alone_does_not_make_a_checkpoint() -> None:
    text = Checkpoint(LOG.name, 7, ROOT).text()
    note = f"{text}\n{notes.cosign(text, WITNESS, 1)}"
    with pytest.raises(Refusal, match="note-signer-unknown"):
        notes.open_checkpoint(note, LOG.key, [WITNESS.key])


# Cosignatures ---------------------------------------------------------------------------------


def test_a_cosignature_carries_its_time() -> None:
    text = notes.parse_note(NOTE).text
    line = notes.cosign(text, WITNESS, 1_790_000_000)
    assert len(line.signature) == 8 + 64
    message = f"cosignature/v1\ntime 1790000000\n{text}".encode()
    assert WITNESS.key.accepts(message, line.signature[8:])
    _, note = notes.open_checkpoint(f"{NOTE}{line}", LOG.key, [WITNESS.key])
    assert notes.cosigned_at(note, WITNESS.key) == 1_790_000_000
    assert notes.cosigned_at(note, LOG.key) is None
    later = notes.Signature(line.name, line.key_id, b"\xff" * 8 + line.signature[8:])
    refused("note-signature-wrong", f"{NOTE}{later}", LOG.key, WITNESS.key)
    short = notes.Signature(line.name, line.key_id, line.signature[:-1])
    refused("note-signature-wrong", f"{NOTE}{short}", LOG.key, WITNESS.key)


def test_a_log_key_does_not_cosign() -> None:
    with pytest.raises(Refusal, match="signing-key-malformed"):
        notes.cosign(notes.parse_note(NOTE).text, LOG, 1)


# Proofs ---------------------------------------------------------------------------------------


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(max_size=40),
)
def test_proofs_both_ways(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    proof = TlogProof(index, tuple(hashes), NOTE, extra)
    assert notes.parse_proof(str(proof)) == proof


def test_a_proof_is_written_as_the_specification_says() -> None:
    assert str(TlogProof(3, (ROOT,), NOTE)) == (
        f"c2sp.org/tlog-proof@v1\nindex 3\n{encode64(ROOT)}\n\n{NOTE}"
    )


PROOF = str(TlogProof(3, (ROOT,), NOTE))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "proof-malformed"),
        (PROOF.replace("@v1", "@v2"), "proof-malformed"),
        (PROOF.replace("index", "number"), "proof-malformed"),
        (PROOF.split("\n\n")[0], "proof-malformed"),
        (PROOF.replace("index 3", "extra x\nindex 3"), "proof-malformed"),
        (PROOF.replace("index 3", "index 3\nAAAA"), "proof-malformed"),
        (PROOF.replace("index 3", "index three"), "size-malformed"),
        (PROOF.replace("index 3", f"index {2**64}"), "size-too-large"),
        (PROOF.replace("index 3", "index 3" + f"\n{encode64(ROOT)}" * 63), "proof-length-wrong"),
    ],
)
def test_other_texts_are_no_proofs(text: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        notes.parse_proof(text)
