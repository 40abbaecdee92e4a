"""The public API: hand in, follow, write, act; and the tables one needs for that."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from ninja import Router

from huiyin import packs
from huiyin.cases.acting import Request, by_complainant
from huiyin.cases.catalog import Catalog, catalog
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.recording import dues_of
from huiyin.cases.story import Reader, tell
from huiyin.cases.submitting import HandIn, submit
from huiyin.cases.telling import story_out
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import pick, tag_of
from huiyin.domain.receipts import Code, make
from huiyin.people.directory import directory
from huiyin.portal import api_shapes as shapes
from huiyin.portal.acts import find_case
from huiyin.portal.receipts import first_receipt, receipt_bytes

router = Router(tags=["public"])
SCHEME = "receipt "
KEY_LENGTHS = range(16, 129)


def _tag() -> str:
    return tag_of(translation.get_language() or settings.LANGUAGE_CODE)


def _code_for(request: HttpRequest) -> Code:
    """The receipt code of a new case: random, or the same one for the same Idempotency-Key.

    The key never suffices to find the code: it is mixed with the web secret.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return make(os.urandom(15))
    if len(key) not in KEY_LENGTHS:
        raise Refusal("idempotency-key-length", least=KEY_LENGTHS.start, most=KEY_LENGTHS.stop - 1)
    secret = settings.SECRET_KEY.encode()
    return make(hmac.digest(secret, b"idempotency|" + key.encode(), hashlib.sha256)[:15])


@router.post("/cases", response={201: shapes.Registered}, summary="Hand in a complaint")
def hand_in(request: HttpRequest, body: shapes.NewCase) -> HttpResponse:
    """Registers the complaint at once and answers with number, code and receipt.

    Repeat a request whose answer was lost with the same `Idempotency-Key` (16 to 128
    characters, a UUID for instance): it gives the same case.
    """
    now = timezone.now()
    given = body.dict(exclude={"contact", "identity"})
    command = HandIn(
        **given,
        contact=body.contact.dict() if body.contact else {},
        identity=body.identity.dict() if body.identity else {},
    )
    code = _code_for(request)
    done = submit(command, code=code, now=now)
    if done.written is not None:
        receipt = first_receipt(done, now)
    else:
        receipt = receipt_bytes(done.case, history_of(done.case), now)
    answer = {
        "number": done.case.number,
        "code": code.text,
        "receipt": json.loads(receipt),
        "due": dues_of(done.law, done.state),
    }
    # Ready JSON: a second validation of our own answer would only cost time.
    return HttpResponse(
        json.dumps(answer, ensure_ascii=False), content_type="application/json", status=201
    )


def _followed(request: HttpRequest) -> Case:
    """The case whose code the caller shows. Wrong codes are counted per network, so that
    guessing is slow; a code that is merely mistyped says where (its check character)."""
    header = request.headers.get("Authorization", "")
    if not header.lower().startswith(SCHEME):
        raise Refusal("receipt-code-needed")
    address = request.META.get("REMOTE_ADDR", "")
    return find_case(header[len(SCHEME) :], address, timezone.now()).case


def _story(case: Case) -> dict[str, Any]:
    reader = Reader("complainant", _tag())
    return story_out(tell(case, history_of(case), reader, timezone.now()))


@router.get("/follow", response=shapes.Followed, summary="Follow my case")
def follow(request: HttpRequest) -> dict[str, Any]:
    """Send the receipt code as `Authorization: Receipt XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`."""
    return _story(_followed(request))


@router.get("/follow/receipt", summary="The receipt file of the whole case so far")
def follow_receipt(request: HttpRequest) -> HttpResponse:
    """Grows with the case; check it with `huiyin verify`."""
    case = _followed(request)
    body = receipt_bytes(case, history_of(case), timezone.now())
    return HttpResponse(body, content_type="application/json")


@router.post("/follow/messages", response={201: shapes.Followed}, summary="Write to the office")
def message(request: HttpRequest, body: shapes.MessageIn) -> tuple[int, dict[str, Any]]:
    """Adds a message to the dialogue; it also answers an open question."""
    case = _followed(request)
    done = by_complainant(
        case.number, Request("message", {"message": body.text}, body.seen), timezone.now()
    )
    return 201, _story(done.case)


@router.post("/follow/acts", response={201: shapes.Followed}, summary="Act on my case")
def act(request: HttpRequest, body: shapes.ActIn) -> tuple[int, dict[str, Any]]:
    """One of the acts that `GET /follow` lists as open."""
    case = _followed(request)
    done = by_complainant(
        case.number, Request(body.act, body.values, body.seen), timezone.now()
    )
    return 201, _story(done.case)


def _category(table: Catalog, parent: str | None, tag: str) -> list[dict[str, Any]]:
    return [
        {"id": c.id, "name": pick(c.name, tag), "children": _category(table, c.id, tag)}
        for c in table.children.get(parent, [])
        if c.open
    ]


@router.get("/categories", response=list[shapes.CategoryOut], summary="What a case can be about")
def categories(request: HttpRequest) -> list[dict[str, Any]]:
    """The tree of categories."""
    return _category(catalog(), None, _tag())


@router.get("/units", response=list[shapes.UnitOut], summary="The units")
def units(request: HttpRequest) -> list[dict[str, Any]]:
    """All units, parents before children where they were made in that order."""
    return [
        {
            "id": u.id,
            "name": pick(u.name, _tag()),
            "parent": u.parent,
            "open": u.open,
            "pack": u.pack,
        }
        for u in directory().units.values()
    ]


@router.get("/packs", response=list[shapes.PackOut], summary="The law in force here")
def packs_in_force(request: HttpRequest) -> list[dict[str, Any]]:
    """Each procedure with its limits, articles and sources."""
    names = sorted({u.pack for u in directory().units.values() if u.pack})
    return [_pack(name) for name in names]


def _pack(name: str) -> dict[str, Any]:
    pack, tag = packs.load(name), _tag()
    return {
        "id": pack.id,
        "version": pack.version,
        "title": pick(pack.title, tag),
        "calendar": pack.calendar,
        "limits": [
            {
                "id": limit.id,
                "title": pick(limit.title, tag),
                "period": str(limit.rule.period) if limit.rule else None,
                "article": limit.basis.article,
                "source": pick(pack.sources[limit.basis.source].title, tag),
                "verified": limit.basis.verified,
            }
            for limit in pack.limits.values()
        ],
    }
