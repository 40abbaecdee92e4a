"""The API: one NinjaAPI with the routers of the rooms, errors as RFC 9457, its own page.

Whatever goes wrong below ``/api/`` is answered as problem details: here what the operations
raise, in ``middleware`` what Django answers before and around them.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.parser import Parser

from huiyin.cases.api import router as office
from huiyin.domain.errors import Refusal
from huiyin.portal.api import router as public
from huiyin.portal.api_reaching import router as reaching
from huiyin.web.middleware import problem, too_large

MOST_MISTAKES = 10
LONGEST_NAME = 80


class Json(Parser):
    """JSON as RFC 8259 has it: UTF-8, no NaN; and nothing else, so that no foreign web page
    can make a browser send it without asking (a form cannot send this content type)."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value. Raises Refusal ``content-type-unknown``, ValueError if it is no
        JSON; ninja hands both on inside an HttpError."""
        if request.content_type != "application/json":
            raise Refusal("content-type-unknown", given=(request.content_type or "")[:LONGEST_NAME])
        return json.loads(request.body.decode("utf-8-sig"), parse_constant=_no_constant)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


class Page(DocsBase):
    """The operations as a plain page: no script, nothing from anybody else."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page, made from the same OpenAPI document that machines read."""
        schema = api.get_openapi_schema()
        operations = [
            {"method": method.upper(), "path": path, **_told(operation, schema)}
            for path, methods in schema["paths"].items()
            for method, operation in methods.items()
        ]
        return render(request, "api.html", {"operations": operations, "info": schema["info"]})


def _told(operation: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "id": operation["operationId"],
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "office": "office" in operation.get("tags", ()),
        "code": _schemes(operation) == {"ReceiptCode"},
        "fields": _fields(body.get("schema", {}), schema),
        "parameters": operation.get("parameters", []),
    }


def _schemes(operation: dict[str, Any]) -> set[str]:
    return {name for each in operation.get("security", ()) for name in each}


def _fields(shape: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    name = shape.get("$ref", "").rpartition("/")[2]
    found = schema["components"]["schemas"].get(name, {})
    needed = found.get("required", ())
    return [{"name": n, "required": n in needed} for n in found.get("properties", ())]


PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457 problem details; `code` never changes, the words are translated.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "data"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "data": {"type": "object"},
    },
}
_ANY = {"400": "The request cannot be read", "422": "A value is missing or wrong"}
_WITH_BODY = {
    "409": "The case has moved on, or this was done before; `data` says what",
    "413": "The body is too large",
    "415": "The body is not application/json",
}
_WITH_KEY = {
    "401": "Who asks is not known",
    "403": "Who asks may not do this",
    "404": "No such case for who asks",
    "410": "It was erased on schedule",
    "429": "Too many wrong codes from this network; `Retry-After` says when",
}


TITLE = gettext_noop("Huiyin: hand in, follow and handle grievances")
ABOUT = gettext_noop(
    "Errors are RFC 9457 problem details with a stable `code`; their words, this text and the "
    "summaries follow Accept-Language. The longer descriptions of operations and fields are in "
    "English only."
)


class Api(NinjaAPI):
    """NinjaAPI whose OpenAPI document also tells the refusals."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """The document with RFC 9457 problems as the other answers of each operation, its title
        and summaries in the language asked for."""
        schema = super().get_openapi_schema(**kwargs)
        schema["info"] |= {"title": gettext(TITLE), "description": gettext(ABOUT)}
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["summary"] = gettext(operation["summary"])
                told = dict(_ANY)
                told |= _WITH_BODY if "requestBody" in operation else {}
                told |= _WITH_KEY if "security" in operation else {}
                told["default"] = "Any other refusal"
                answers = {str(status): value for status, value in operation["responses"].items()}
                answers |= {status: _problem(words) for status, words in sorted(told.items())}
                operation["responses"] = answers
        return schema


def _problem(words: str) -> dict[str, Any]:
    shape = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": shape}}}


api = Api(
    title=TITLE,
    version="1",
    description=ABOUT,
    urls_namespace="api",
    parser=Json(),
    docs=Page(),
)
api.add_router("", public)
api.add_router("", reaching)
api.add_router("", office)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem(refusal)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The mistakes by their place in the body; values are not echoed, they may be private."""
    fields = []
    for each in error.errors[:MOST_MISTAKES]:
        place = ".".join(map(str, each.get("loc", ())[1:]))
        place = place.removeprefix("body.")[:LONGEST_NAME] or "body"
        fields.append(f"{place}: {each.get('msg', '')}")
    return problem(Refusal("request-invalid", fields=fields))


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, Refusal):
        return problem(error.__cause__)
    return problem(Refusal("request-unreadable", reason=str(error)))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: Any) -> HttpResponse:
    return too_large()


@api.exception_handler(UnreadablePostError)
def _broken_off(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(Refusal("request-unreadable", reason="broken off"))


@api.exception_handler(AuthenticationError)
def _unauthenticated(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(Refusal("sign-in-needed"))
