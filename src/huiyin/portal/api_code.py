"""The receipt code as the key of the API: every operation on one's own case begins here."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyHeader

from huiyin.cases.models import Case
from huiyin.domain.errors import Refusal
from huiyin.portal.acts import Found, find_case

SCHEME = "receipt "


class ReceiptCode(APIKeyHeader):
    """`Authorization: Receipt XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`"""

    param_name = "Authorization"

    def authenticate(self, request: HttpRequest, key: str | None) -> Case:
        """The case whose code the caller shows. Wrong codes are counted per network, so that
        guessing is slow; a code that is merely mistyped says where (its check character)."""
        if key is None or not key.lower().startswith(SCHEME):
            raise Refusal("receipt-code-needed")
        address = request.META.get("REMOTE_ADDR", "")
        found = find_case(key[len(SCHEME) :], address, timezone.now())
        request.found = found  # type: ignore[attr-defined]  # for what the code itself opens
        return found.case


by_code = ReceiptCode()


def found_by(request: HttpRequest) -> Found:
    """The case and the code of a request that ``by_code`` has let in."""
    return request.found  # type: ignore[attr-defined,no-any-return]  # set by ReceiptCode
