"""Keeping what a resident's browser is in the middle of, without being able to read it.

A sitting is a JSON value sealed under a key derived from a random cookie; the row's id is
derived from the same cookie. Drafts and opened cases live here, the receipt code only until
the complainant has noted it. Expired rows are deleted by whoever comes next.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from huiyin.domain.errors import Refusal
from huiyin.portal.models import Sitting, SittingFile


@dataclass(frozen=True)
class Purpose:
    """A kind of sitting: its cookie, and how long it lives after its last use."""

    cookie: str
    life: timedelta


# The cookies go to every page of this host and not only below /hand-in/ and /follow/, because
# "Exit this page" must be able to delete both rows; nothing else reads them. A draft lives
# longer: writing down what happened takes its time.
DRAFT = Purpose("huiyin_draft", timedelta(hours=4))
FOLLOW = Purpose("huiyin_follow", timedelta(minutes=60))


@dataclass
class Open:
    """An opened sitting: the cookie's secret and the value, to be changed in place."""

    purpose: Purpose
    secret: bytes
    value: dict[str, Any] = field(default_factory=dict)
    expires: datetime | None = None


def _derive(secret: bytes, purpose: Purpose, what: str) -> bytes:
    info = f"huiyin/1/sitting/{purpose.cookie}/{what}".encode()
    return HKDF(SHA256(), 32, None, info).derive(secret)


def begin(purpose: Purpose) -> Open:
    """A new, empty sitting; nothing is stored before ``keep``."""
    return Open(purpose, secrets.token_bytes(32))


def resume(request: HttpRequest, purpose: Purpose) -> Open | None:
    """The sitting that the browser's cookie opens, or None if there is none or it expired."""
    try:
        secret = bytes.fromhex(request.COOKIES.get(purpose.cookie, ""))
    except ValueError:
        return None
    row = Sitting.objects.filter(
        id=_derive(secret, purpose, "id"), expires__gt=timezone.now()
    ).first()
    if row is None:
        return None
    sealed = bytes(row.sealed)
    try:
        plain = AESGCM(_derive(secret, purpose, "key")).decrypt(sealed[:12], sealed[12:], None)
    except InvalidTag:
        return None
    return Open(purpose, secret, json.loads(plain), row.expires)


def keep(sitting: Open, answer: HttpResponse, now: datetime | None = None) -> HttpResponse:
    """Store the sitting and give its cookie to the browser; returns ``answer``."""
    now = now or timezone.now()
    nonce = os.urandom(12)
    plain = json.dumps(sitting.value).encode()
    sealed = nonce + AESGCM(_derive(sitting.secret, sitting.purpose, "key")).encrypt(
        nonce, plain, None
    )
    own, expires = _derive(sitting.secret, sitting.purpose, "id"), now + sitting.purpose.life
    Sitting.objects.filter(expires__lte=now).delete()
    SittingFile.objects.filter(expires__lte=now).delete()
    Sitting.objects.update_or_create(id=own, defaults={"sealed": sealed, "expires": expires})
    if sitting.purpose == DRAFT:
        SittingFile.objects.filter(sitting=own).update(expires=expires)
    answer.set_cookie(
        sitting.purpose.cookie,
        sitting.secret.hex(),
        httponly=True,
        samesite="Strict",
        secure=settings.SECURE,
    )
    return answer


def refresh(sitting: Open, answer: HttpResponse, now: datetime | None = None) -> HttpResponse:
    """Prolong an unchanged sitting, at most every quarter of its life: reading a page must not
    queue for the writer's lock each time. Returns ``answer``."""
    now = now or timezone.now()
    fresh = sitting.expires is not None and sitting.expires - now > sitting.purpose.life * 3 / 4
    return answer if fresh else keep(sitting, answer, now)


def end(request: HttpRequest, purpose: Purpose, answer: HttpResponse) -> HttpResponse:
    """Delete the sitting and its cookie; returns ``answer``."""
    try:
        secret = bytes.fromhex(request.COOKIES.get(purpose.cookie, ""))
    except ValueError:
        secret = b""
    if secret:
        own = _derive(secret, purpose, "id")
        Sitting.objects.filter(id=own).delete()
        SittingFile.objects.filter(sitting=own).delete()
    answer.delete_cookie(purpose.cookie, samesite="Strict")
    return answer


# -- files of a draft ----------------------------------------------------------------------------

# All drafts together; whoever finds no room hands in at once and adds the file afterwards.
MOST_IN_DRAFTS = 1_000_000_000


def put_file(sitting: Open, data: bytes, now: datetime) -> str:
    """Seal a file into the draft and return its id, which the draft has to remember.

    Raises Refusal ``file-no-room``.
    """
    used = SittingFile.objects.aggregate(all=Sum("size"))["all"] or 0
    if used + len(data) > MOST_IN_DRAFTS:
        raise Refusal("file-no-room")
    file, nonce = os.urandom(32), os.urandom(12)
    sealed = nonce + AESGCM(_file_key(sitting, file)).encrypt(nonce, data, None)
    SittingFile.objects.create(
        id=file,
        sitting=_derive(sitting.secret, sitting.purpose, "id"),
        size=len(data),
        sealed=sealed,
        expires=now + sitting.purpose.life,
    )
    return file.hex()


def take_file(sitting: Open, file: str) -> bytes | None:
    """A file of the draft, or None if it is gone."""
    row = SittingFile.objects.filter(id=bytes.fromhex(file)).first()
    if row is None:
        return None
    sealed = bytes(row.sealed)
    try:
        plain = AESGCM(_file_key(sitting, bytes(row.id)))
        return plain.decrypt(sealed[:12], sealed[12:], None)
    except InvalidTag:
        return None


def drop_files(sitting: Open, *files: str) -> None:
    """Take files out of the draft; all of them if none is named."""
    rows = SittingFile.objects.filter(sitting=_derive(sitting.secret, sitting.purpose, "id"))
    if files:
        rows = rows.filter(id__in=[bytes.fromhex(file) for file in files])
    rows.delete()


def _file_key(sitting: Open, file: bytes) -> bytes:
    return _derive(sitting.secret, sitting.purpose, "file/" + file.hex())
