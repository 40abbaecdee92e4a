"""The secrets of second factors at rest: sealed under a key that follows from the web key.

Whoever reads the database alone could otherwise make everybody's codes. AES-256-GCM; a mark in
front tells what is sealed from what was stored before this was done, which goes on working and is
sealed by a migration.
"""

from __future__ import annotations

import base64
import os

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from huiyin.domain.errors import Refusal

MARK = "huiyin-1:"  # no secret of allauth's has a colon: they are base32 and hex
_INFO = b"huiyin/1 second factor"
_NONCE = 12


def _cipher() -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, _INFO).derive(settings.SECRET_KEY.encode()))


def seal(text: str) -> str:
    """The text sealed; what is sealed already stays as it is."""
    if text.startswith(MARK):
        return text
    nonce = os.urandom(_NONCE)
    sealed = nonce + _cipher().encrypt(nonce, text.encode(), _INFO)
    return MARK + base64.b64encode(sealed).decode()


def unseal(text: str) -> str:
    """The text in clear. Raises ``cryptography.exceptions.InvalidTag`` under another key."""
    if not text.startswith(MARK):
        return text
    sealed = base64.b64decode(text.removeprefix(MARK))
    return _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], _INFO).decode()


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no stubs
    """allauth asks here before it stores a secret and after it read one."""

    def encrypt(self, text: str) -> str:
        """Before storing."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """After reading. Raises Refusal ``second-factor-unreadable`` under another web key: an
        empty or made-up secret in its place would be one that somebody can guess."""
        try:
            return unseal(encrypted_text)
        except InvalidTag:
            raise Refusal("second-factor-unreadable") from None


def drop(login: str) -> int:
    """Forget all second factors of an account, for somebody who lost theirs; returns its number.

    Raises Refusal ``account-unknown``, ``second-factor-absent``.
    """
    # Here: a migration uses ``seal`` before there are models of this version.
    from allauth.mfa.models import Authenticator

    from huiyin.people.models import User

    user = User.objects.filter(username=login).first()
    if user is None:
        raise Refusal("account-unknown", name=login[:60])
    if not Authenticator.objects.filter(user=user).delete()[0]:
        raise Refusal("second-factor-absent", name=login[:60])
    return user.pk
