"""The public API: hand in, follow, write, act; and the tables one needs for that."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop
from ninja import Router, Status

from huiyin import packs
from huiyin.cases.acting import Request, by_complainant
from huiyin.cases.api_shapes import ActIn, StoryOut
from huiyin.cases.catalog import Catalog, catalog
from huiyin.cases.file_rows import FILE_ANSWER, files_out
from huiyin.cases.files import add, digests, give_as_it_is, own_original
from huiyin.cases.filing import sort_out
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.recording import dues_of
from huiyin.cases.story import Reader, tell
from huiyin.cases.submitting import HandedIn, HandIn, submit
from huiyin.cases.telling import story_out
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import TAGS, pick, tag_of
from huiyin.domain.receipts import Code, make, private_key
from huiyin.people.directory import directory
from huiyin.people.downloads import download
from huiyin.portal import api_shapes as shapes
from huiyin.portal.api_code import by_code, found_by
from huiyin.portal.api_files import decoded, refused_out
from huiyin.portal.receipts import first_receipt, receipt_bytes

KEY_LENGTHS = range(16, 129)


router = Router(tags=["public"])


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


KEY_HEADER = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "description": "A fresh UUID: the same key again gives the same case.",
            "schema": {
                "type": "string",
                "minLength": KEY_LENGTHS.start,
                "maxLength": KEY_LENGTHS.stop - 1,
            },
        }
    ]
}


def _command(body: shapes.NewCase) -> HandIn:
    given = {name: value for name, value in body.model_dump().items() if value is not None}
    for name in ("contact", "identity"):
        told = given.get(name, {})
        given[name] = {field: value for field, value in told.items() if value is not None}
    given["language"] = _language(body.language)
    return HandIn(**given)


def _language(wanted: str) -> str:
    """A language of ours for any tag that a program may send (``zh-CN``, ``en-GB``); one that
    we do not know is left as it is and refused with the list of those that we do."""
    if wanted in TAGS:
        return wanted
    try:
        return translation.get_supported_language_variant(wanted.lower())
    except LookupError:
        return wanted


@router.post(
    "/cases",
    response={201: shapes.Registered},
    summary=gettext_noop("Hand in a complaint"),
    openapi_extra=KEY_HEADER,
)
def hand_in(request: HttpRequest, body: shapes.NewCase) -> HttpResponse:
    """Registers the complaint at once and answers with number, code and receipt.

    Repeat a request whose answer was lost with the same `Idempotency-Key` (16 to 128
    characters, a UUID for instance): it gives the same case.
    """
    now = timezone.now()
    code = _code_for(request)
    done = submit(_command(body), code=code, now=now)
    return _registered(done, code, now)


def _registered(done: HandedIn, code: Code, now: datetime, **more: object) -> HttpResponse:
    answer = {
        "number": done.case.number,
        "code": code.text,
        "due": dues_of(done.law, done.state),
        **more,
    }
    # The receipt is JSON already: it is put in as it is, and nothing is validated twice.
    body = json.dumps(answer, ensure_ascii=False)[:-1].encode()
    whole = body + b',"receipt":' + _receipt(done, now) + b"}"
    return HttpResponse(whole, content_type="application/json", status=201)


@router.post(
    "/cases/with-files",
    response={201: shapes.RegisteredWithFiles},
    summary=gettext_noop("Hand in a complaint with files"),
    openapi_extra=KEY_HEADER,
)
def hand_in_with_files(request: HttpRequest, body: shapes.NewCaseWithFiles) -> HttpResponse:
    """As `POST /cases`, with files in base64. The complaint is registered whatever its files are:
    those that are not taken stand in `refused` with what to do."""
    now = timezone.now()
    code = _code_for(request)
    done = sort_out(decoded(body.files))
    command = replace(_command(body.case), files=done.taken)
    handed_in = submit(command, code=code, now=now)
    files = files_out(handed_in.case)
    return _registered(handed_in, code, now, files=files, refused=refused_out(done))


def _receipt(done: HandedIn, now: datetime) -> bytes:
    if done.written is not None:
        return first_receipt(done, now)
    return receipt_bytes(done.case, history_of(done.case), now)


def _story(case: Case) -> dict[str, Any]:
    reader = Reader("complainant", _tag())
    return story_out(tell(case, history_of(case), reader, timezone.now()))


@router.get("/follow", auth=by_code, response=StoryOut, summary=gettext_noop("Follow my case"))
def follow(request: HttpRequest) -> dict[str, Any]:
    """Send the receipt code as `Authorization: Receipt XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`."""
    return _story(request.auth)  # type: ignore[attr-defined]  # ninja's own mark


@router.get(
    "/follow/receipt",
    auth=by_code,
    response=dict[str, Any],
    summary=gettext_noop("The receipt file of the whole case so far"),
)
def follow_receipt(request: HttpRequest, words: bool = True) -> HttpResponse:
    """Grows with the case; check it with `huiyin verify`. It holds the texts that it proves;
    `words=false` leaves them out, for a receipt to show to others."""
    case = request.auth  # type: ignore[attr-defined]  # ninja's own mark
    body = receipt_bytes(case, history_of(case), timezone.now(), None if words else ())
    return HttpResponse(body, content_type="application/json")


@router.post(
    "/follow/messages",
    auth=by_code,
    response={201: StoryOut},
    summary=gettext_noop("Write to the office"),
)
def message(request: HttpRequest, body: shapes.MessageIn) -> Status[dict[str, Any]]:
    """Adds a message to the dialogue; it also answers an open question."""
    return _act(request, Request("message", {"message": body.text}, body.seen))


@router.post(
    "/follow/acts", auth=by_code, response={201: StoryOut}, summary=gettext_noop("Act on my case")
)
def act(request: HttpRequest, body: ActIn) -> Status[dict[str, Any]]:
    """One of the acts that `GET /follow` lists as open."""
    return _act(request, Request(body.act, body.fields_given(), body.seen))


@router.get(
    "/follow/files", auth=by_code, response=shapes.FilesOut, summary=gettext_noop("My files")
)
def my_files(request: HttpRequest) -> dict[str, Any]:
    """What became of each file of the case."""
    return {"files": files_out(found_by(request).case), "refused": []}


@router.post(
    "/follow/files",
    auth=by_code,
    response={201: shapes.FilesOut},
    summary=gettext_noop("Add files to my case"),
)
def add_my_files(request: HttpRequest, body: shapes.MoreFiles) -> Status[dict[str, Any]]:
    """Adds files in base64, with a message if `text` is not empty. Those that are not taken stand
    in `refused`; if none is taken, the first refusal is the answer."""
    found = found_by(request)
    done = sort_out(decoded(body.files), digests(found.case))
    if not done.taken:
        raise done.refused[0][1]
    key = private_key(found.code)
    add(found.case.number, key, done.taken, body.text, timezone.now())
    return Status(201, {"files": files_out(found.case), "refused": refused_out(done)})


@router.get(
    "/follow/files/{file}",
    auth=by_code,
    summary=gettext_noop("My original"),
    openapi_extra=FILE_ANSWER,
)
def my_original(request: HttpRequest, file: str) -> HttpResponse:
    """The file as it was handed in; only the receipt code opens it."""
    found = found_by(request)
    out = own_original(found.case, file, private_key(found.code))
    return download(out.name, out.media, out.data)


@router.post(
    "/follow/files/{file}/give",
    auth=by_code,
    response=shapes.FilesOut,
    summary=gettext_noop("Give it as it is"),
)
def give_mine(request: HttpRequest, file: str) -> dict[str, Any]:
    """Lets the office see a file that could not be cleaned, with everything hidden in it."""
    found = found_by(request)
    give_as_it_is(found.case.number, file, private_key(found.code), timezone.now())
    return {"files": files_out(found.case), "refused": []}


def _act(request: HttpRequest, wanted: Request) -> Status[dict[str, Any]]:
    case = request.auth  # type: ignore[attr-defined]  # ninja's own mark
    done = by_complainant(case.number, wanted, timezone.now())
    return Status(201, _story(done.case))


def _category(table: Catalog, parent: str | None, tag: str) -> list[dict[str, Any]]:
    found = []
    for category in table.children.get(parent, []):
        below = _category(table, category.id, tag)
        # A group whose members are all closed cannot be chosen and would look like one.
        if category.open and (below or not table.children.get(category.id)):
            name = pick(category.name, tag)
            found.append({"id": category.id, "name": name, "children": below})
    return found


@router.get(
    "/categories",
    response=list[shapes.CategoryOut],
    summary=gettext_noop("What a case can be about"),
)
def categories(request: HttpRequest) -> list[dict[str, Any]]:
    """The tree of categories."""
    return _category(catalog(), None, _tag())


@router.get("/units", response=list[shapes.UnitOut], summary=gettext_noop("The units"))
def units(request: HttpRequest) -> list[dict[str, Any]]:
    """All units; complaints go to the open ones. Usually Huiyin finds the right one itself."""
    tag, today = _tag(), timezone.localdate()
    return [
        {
            "id": u.id,
            "name": pick(u.name, tag),
            "parent": u.parent,
            "open": u.open,
            "pack": u.pack_on(today),
        }
        for u in directory().units.values()
    ]


@router.get("/places", response=list[shapes.PlaceOut], summary=gettext_noop("The places"))
def places(request: HttpRequest) -> list[dict[str, Any]]:
    """All places by name; the unit that is competent depends on place and category."""
    tag = _tag()
    return [
        {"id": p.id, "name": pick(p.name, tag), "parent": p.parent}
        for p in directory().places.values()
    ]


@router.get("/packs", response=list[shapes.PackOut], summary=gettext_noop("The law in force here"))
def packs_in_force(request: HttpRequest) -> list[dict[str, Any]]:
    """Each procedure with its limits, articles and sources."""
    names = sorted({pack for u in directory().units.values() for pack in u.packs})
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
