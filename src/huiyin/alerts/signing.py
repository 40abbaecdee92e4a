"""Signatures on alerts: enveloped XML signatures (CAP 1.2, section 3.3.4) against pinned keys.

Signed with RSA and SHA-256 over exclusive canonical XML. A signature proves nothing by the
certificate that it brings along (anybody can make one), so only certificates that the reader was
given beforehand count. A message that cannot be verified is still a message: the standard forbids
to drop it, so ``verify`` gives a verdict and never raises for a bad signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from signxml import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConfiguration,
    SignatureConstructionMethod,
    SignatureMethod,
    XMLSigner,
    XMLVerifier,
)
from signxml.exceptions import InvalidCertificate, InvalidSignature, SignXMLException

from huiyin.alerts import schema
from huiyin.domain.cap.message import SIGNATURES
from huiyin.domain.errors import Refusal

LEAST_BITS = 2048
_SIGNATURE = f"{{{SIGNATURES}}}Signature"
_METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.ECDSA_SHA256,
        SignatureMethod.ECDSA_SHA384,
    }
)
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})


@dataclass(frozen=True, slots=True)
class Verdict:
    """``valid``; ``unsigned``; ``unknown`` (no pinned key made it, or what it covers was changed:
    the two cannot be told apart without trusting the message); ``expired`` (a pinned certificate
    whose time is over). ``signer`` and ``fingerprint`` (SHA-256) name the pinned certificate."""

    state: str
    signer: str = ""
    fingerprint: str = ""


def sign(source: bytes, key: bytes, certificate: bytes) -> bytes:
    """The message with one enveloped signature as its last element.

    ``key`` and ``certificate`` are PEM. Refusals: ``alert-signed`` (has one already),
    ``alert-key`` (no RSA key, too short, or not that of the certificate), those of reading.
    """
    root = schema.element(source)
    if root.find(_SIGNATURE) is not None:
        raise Refusal("alert-signed")
    _check_pair(key, certificate)
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed = signer.sign(root, key=key, cert=certificate.decode("ascii"))
    return bytes(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))


def verify(source: bytes, pinned: Sequence[bytes], now: datetime) -> Verdict:
    """What the signature is worth to somebody who trusts the certificates ``pinned`` (PEM).

    Refusals: ``alert-certificate`` (a pinned file is none), those of reading.
    """
    root = schema.element(source)
    certificates = [load(text) for text in pinned]
    count = len(root.findall(_SIGNATURE))
    if count == 0:
        return Verdict("unsigned")
    if count > 1 or sum(1 for _ in root.iter(_SIGNATURE)) > 1:
        return Verdict("unknown")
    verdict = Verdict("unknown")
    for certificate in certificates:
        state = _state(root, certificate, now)
        if state != "unknown":
            verdict = Verdict(state, certificate.subject.rfc4514_string(), print_of(certificate))
        if state == "valid":
            break
    return verdict


def load(text: bytes) -> x509.Certificate:
    """A certificate from PEM. Raises ``Refusal("alert-certificate")``."""
    try:
        return x509.load_pem_x509_certificate(text)
    except ValueError as error:
        raise Refusal("alert-certificate") from error


def print_of(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, in pairs as openssl shows it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _state(root: etree._Element, certificate: x509.Certificate, now: datetime) -> str:
    configuration = SignatureConfiguration(
        location="./",
        expect_references=1,
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        verification_time=now,
    )
    expired = not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    try:
        result = XMLVerifier().verify(
            root, x509_cert=certificate, expect_config=configuration, parser=schema.parser()
        )
    except InvalidCertificate:
        return "expired" if expired else "unknown"
    # TypeError: signxml meets an element that has no text.
    except (InvalidSignature, SignXMLException, TypeError, ValueError, etree.LxmlError):
        return "unknown"
    return "valid" if _covers_all(root, result.signed_xml) else "unknown"


def _covers_all(root: etree._Element, signed: etree._Element | None) -> bool:
    """Whether what was signed is the whole message but for the signature itself."""
    if signed is None:
        return False
    whole = etree.fromstring(etree.tostring(root), schema.parser())
    for signature in whole.findall(_SIGNATURE):
        whole.remove(signature)
    return _canonical(whole) == _canonical(signed)


def _canonical(element: etree._Element) -> bytes:
    return bytes(etree.tostring(element, method="c14n", exclusive=True, with_comments=False))


def _check_pair(key: bytes, certificate: bytes) -> None:
    try:
        private = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        raise Refusal("alert-key") from error
    if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < LEAST_BITS:
        raise Refusal("alert-key")
    if private.public_key() != load(certificate).public_key():
        raise Refusal("alert-key")
