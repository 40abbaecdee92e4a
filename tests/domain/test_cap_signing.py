"""Signatures on alerts: what holds, and every way in which one must not.

``xmlsec1`` (Debian) judges ours where it is installed; ``tests/foreign`` asks one more.
"""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from huiyin.alerts import signing
from huiyin.domain.cap import reading, rules
from huiyin.domain.cap.message import SIGNATURES
from huiyin.domain.errors import Refusal
from tests.domain.cap_world import NOW, SOUND, alert, passes_schema, text

YEARS = timedelta(days=36_500)
XMLSEC = shutil.which("xmlsec1")
needs_xmlsec = pytest.mark.skipif(XMLSEC is None, reason="xmlsec1 is not installed")


class Signer:
    """Somebody with a key and a certificate that they made themselves."""

    def __init__(self, name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
        who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(who)
            .issuer_name(who)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + YEARS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM)
        self.key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def sign(self, source: bytes) -> bytes:
        return signing.sign(source, self.key, self.certificate)


def _rsa(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@pytest.fixture(scope="module")
def office() -> Signer:
    return Signer("Model kindergarten", _rsa())


@pytest.fixture(scope="module")
def attacker() -> Signer:
    return Signer("attacker.example", _rsa())


def state(source: bytes, *pinned: Signer, now: datetime = NOW) -> str:
    return signing.verify(source, [s.certificate for s in pinned], now).state


def test_what_we_sign_verifies_and_still_conforms(office: Signer) -> None:
    signed = office.sign(text(SOUND))
    verdict = signing.verify(signed, [office.certificate], NOW)
    assert (verdict.state, verdict.signer) == ("valid", "CN=Model kindergarten")
    assert verdict.fingerprint.count(":") == 31
    assert passes_schema(signed)
    read = reading.read(signed)
    assert rules.judge(read) == ()
    assert (read.alert, read.signatures) == (SOUND, 1)


def test_the_method_is_the_one_that_was_decided(office: Signer) -> None:
    root = etree.fromstring(office.sign(text(SOUND)))
    assert root[-1].tag == f"{{{SIGNATURES}}}Signature"
    named = {
        e.tag.rpartition("}")[2]: e.get("Algorithm") for e in root.iter() if e.get("Algorithm")
    }
    assert named["SignatureMethod"] == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    assert named["DigestMethod"] == "http://www.w3.org/2001/04/xmlenc#sha256"
    assert named["CanonicalizationMethod"] == "http://www.w3.org/2001/10/xml-exc-c14n#"


def test_an_unsigned_message_is_no_fault_and_no_proof(office: Signer) -> None:
    assert state(text(SOUND), office) == "unsigned"


def test_only_a_pinned_certificate_counts(office: Signer, attacker: Signer) -> None:
    forged = attacker.sign(text(SOUND))  # brings its own certificate along
    assert state(forged, office) == "unknown"
    assert state(forged, attacker) == "valid"
    assert state(office.sign(text(SOUND)), attacker, office) == "valid"


def test_a_changed_word_breaks_it(office: Signer) -> None:
    signed = office.sign(text(SOUND))
    for old, new in (
        (b"south stairs", b"north stairs"),
        (b"Exercise", b"Actual"),
        (b">E<", b">W<"),
    ):
        assert old in signed
        assert state(signed.replace(old, new, 1), office) == "unknown"


def test_certificates_end(office: Signer) -> None:
    signed = office.sign(text(SOUND))
    assert state(signed, office, now=NOW + YEARS + timedelta(days=1)) == "expired"
    assert state(signed, office, now=NOW - timedelta(days=2)) == "expired"


def test_a_signature_over_a_part_covers_nothing(office: Signer) -> None:
    """Wrapping: a signed alert is carried inside another one, its signature moved up."""
    signed = etree.fromstring(office.sign(text(SOUND)))
    outer = etree.fromstring(text(alert(note="leave your posts")))
    signature = signed[-1]
    outer.append(signature)
    assert state(etree.tostring(outer), office) == "unknown"
    outer.remove(signature)
    signed.append(signature)
    holder = etree.SubElement(outer, f"{{{SIGNATURES}}}Object")
    holder.append(signed)
    assert state(etree.tostring(outer), office) in ("unknown", "unsigned")


def test_an_unsigned_addition_is_seen(office: Signer) -> None:
    """The reference names one element by its Id, and somebody adds to the rest."""
    signed = etree.fromstring(office.sign(text(SOUND)))
    extra = etree.SubElement(signed, f"{{{SIGNATURES}}}Object")
    extra.text = "unsigned words"
    assert state(etree.tostring(signed), office) == "unknown"


def test_two_signatures_are_not_judged_by_one(office: Signer, attacker: Signer) -> None:
    signed = etree.fromstring(office.sign(text(SOUND)))
    other = etree.fromstring(attacker.sign(text(SOUND)))
    signed.append(other[-1])
    assert state(etree.tostring(signed), office) == "unknown"


def test_a_weak_digest_is_not_believed(office: Signer) -> None:
    weak = office.sign(text(SOUND)).replace(b"xmldsig-more#rsa-sha256", b"xmldsig#rsa-sha1")
    assert state(weak, office) == "unknown"


@pytest.mark.parametrize("hurt", ["emptied", "dropped", "nonsense"])
def test_a_mutilated_signature_is_a_verdict_and_no_crash(office: Signer, hurt: str) -> None:
    signed = office.sign(text(SOUND))
    names = [one.tag for one in etree.fromstring(signed)[-1].iter()]
    for place in range(1, len(names)):
        root = etree.fromstring(signed)
        one = list(root[-1].iter())[place]
        if hurt == "dropped":
            one.getparent().remove(one)  # type: ignore[union-attr]
        else:
            one.text = None if hurt == "emptied" else "!"
        assert state(etree.tostring(root), office) in ("valid", "unknown"), (names[place], hurt)
    emptied = etree.fromstring(signed)
    emptied[-1].find(f"{{{SIGNATURES}}}SignatureValue").text = None  # type: ignore[union-attr]
    assert state(etree.tostring(emptied), office) == "unknown"


def test_a_pretty_printed_foreign_message_verifies(office: Signer) -> None:
    """White space that was signed belongs to the message; it is not stripped before judging."""
    pretty = text(SOUND).replace(b"><", b">\n  <")
    assert state(office.sign(pretty), office) == "valid"


def test_what_cannot_be_signed_is_refused(office: Signer, attacker: Signer) -> None:
    source = text(SOUND)
    with pytest.raises(Refusal, match="alert-signed"):
        office.sign(office.sign(source))
    small = Signer("small", _rsa(1024))
    curve = Signer("curve", ec.generate_private_key(ec.SECP256R1()))
    for key, certificate in (
        (office.key, attacker.certificate),
        (small.key, small.certificate),
        (curve.key, curve.certificate),
        (b"no key", office.certificate),
    ):
        with pytest.raises(Refusal, match="alert-key"):
            signing.sign(source, key, certificate)
    with pytest.raises(Refusal, match="alert-certificate"):
        signing.verify(source, [b"no certificate"], NOW)


@needs_xmlsec
def test_xmlsec1_accepts_ours_and_refuses_a_change(
    office: Signer, attacker: Signer, tmp_path: Path
) -> None:
    signed = office.sign(text(SOUND))
    assert _xmlsec(signed, office, tmp_path) == 0
    assert _xmlsec(signed.replace(b"south stairs", b"north stairs"), office, tmp_path) != 0
    assert _xmlsec(signed, attacker, tmp_path) != 0


def _xmlsec(source: bytes, trusted: Signer, folder: Path) -> int:
    (folder / "alert.xml").write_bytes(source)
    (folder / "trusted.pem").write_bytes(trusted.certificate)
    command = [str(XMLSEC), "--verify", "--enabled-key-data", "x509", "--trusted-pem"]
    done = subprocess.run(
        [*command, folder / "trusted.pem", folder / "alert.xml"], capture_output=True, check=False
    )
    return done.returncode
