"""Short ways through the office's pages for tests: a signed-in browser of one of the cast."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.people import Town

DECISION = {
    "facts": "The lamp has been dark since February.",
    "reasons": "The town answers for lamps.",
    "basis": "City rules, art. 1.",
    "remedy": "It will be repaired within ten days.",
    "finding": "supported",
}
REVIEW = {**DECISION, "review-finding": "changed"}
RESPONSE = {
    "facts": "The wall is wet.",
    "reasons": "We answer for walls.",
    "remedy": "Repair by Friday.",
    "finding": "upheld",
}


def ago(days: int) -> datetime:
    """That many days before now: pages read the real clock."""
    return timezone.now() - timedelta(days=days)


class Desk:
    """The browser of one member of staff."""

    def __init__(self, town: Town, name: str, language: str = "en") -> None:
        self.client = Client(headers={"accept-language": language})
        self.client.force_login(town.users[name])

    def get(self, page: str, *args: Any, **query: str) -> HttpResponse:
        """A page by the name of its address."""
        return self.client.get(reverse(page, args=args), query)

    def case(self, number: str) -> HttpResponse:
        """The page of a case."""
        return self.get("cases:case", number)

    def form(self, number: str, act: str) -> HttpResponse:
        """The page of an act."""
        return self.get("cases:act", number, act)

    def post(self, number: str, act: str, step: str = "", **values: str) -> HttpResponse:
        """The form of an act sent as the page holds it, without following the answer."""
        found = re.search(rb'name="seen" value="(\d+)"', self.form(number, act).content)
        values.setdefault("seen", found[1].decode() if found else "")
        if step:
            values["step"] = step
        return self.client.post(reverse("cases:act", args=[number, act]), values)

    def act(self, number: str, act: str, **values: str) -> HttpResponse:
        """The act filled in, checked and sent."""
        answer = self.post(number, act, **values)
        if answer.status_code == 200 and b'value="send"' in answer.content:
            answer = self.post(number, act, step="send", **values)
        assert answer.status_code == 302, (act, answer.status_code, text(answer)[:2000])
        return answer


def text(answer: HttpResponse) -> str:
    """What the main part of a page says, without markup."""
    page = answer.content.decode()
    main = page[page.find("<main") : page.find("</main>")] or page
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
