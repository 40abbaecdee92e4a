"""A resident's browser without JavaScript, for the tests of the portal.

It walks as a person does: opens a page, fills in its form with what the page carries along,
follows the redirect. It knows addresses and field names, and nothing of the inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from huiyin.cases.models import Case
from tests.people import Town

TEXT = "The lamp by the bridge has been dark for three weeks.\nMy neighbour fell."
DECISION = {
    "facts": "The lamp has been dark since February.",
    "reasons": "The town answers for lamps.",
    "basis": "City rules, art. 1.",
    "remedy": "It will be repaired within ten days.",
    "finding": "supported",
}

# What is answered in a plain journey, question by question.
ANSWERS: dict[str, dict[str, Any]] = {
    "place": {"place": "jixi", "where": "At the old bridge"},
    "category": {"category": "roads", "find": ""},
    "about": {"about_unit": "", "about": ""},
    "what": {"text": TEXT},
    "remedy": {"remedy": "Repair it."},
    "files": {"whole": "1"},
    "people": {"together": "alone"},
    "reach": {"reach": ["none"]},
}


@dataclass
class Resident:
    """One browser."""

    language: str = "en"
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def get(self, path: str, **more: Any) -> HttpResponse:
        """Open a page."""
        return self.client.get(path, headers={"accept-language": self.language}, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> HttpResponse:
        """Send a form. The token of forged-form protection is taken from its cookie."""
        if "csrftoken" not in self.client.cookies:
            self.get("/follow/")
        token = self.client.cookies["csrftoken"].value
        body = {"csrfmiddlewaretoken": token, **(data or {})}
        return self.client.post(path, body, headers={"accept-language": self.language}, **more)

    def begin(self) -> HttpResponse:
        """Press "Begin"."""
        self.get("/hand-in/")
        return self.post("/hand-in/")

    def answer(self, **changes: dict[str, Any]) -> HttpResponse:
        """Answer all questions; ``changes`` replace the plain answers or add questions."""
        answers = {**ANSWERS, **changes}
        answer = self.begin()
        for _ in range(len(answers) + 1):
            step = answer.headers["Location"].split("/")[2]
            if step == "check":
                return self.get("/hand-in/check/")
            answer = self.post(f"/hand-in/{step}/", answers[step])
            assert answer.status_code == 302, (step, shown(answer))
        raise AssertionError("the questions do not end")

    def hand_in(self, **changes: dict[str, Any]) -> tuple[Case, str]:
        """Hand in and note the code; returns the case and the code. The case is open then."""
        assert self.answer(**changes).status_code == 200
        assert self.post("/hand-in/check/").headers["Location"] == "/hand-in/receipt/"
        code = code_on(self.get("/hand-in/receipt/"))
        number = number_on(self.get("/hand-in/receipt/"))
        answer = self.post("/hand-in/receipt/", {"last": code[-5:]})
        assert answer.headers["Location"] == "/follow/"
        return Case.objects.get(number=number), code

    def open(self, code: str) -> HttpResponse:
        """Open a case by its code."""
        answer = self.post("/follow/", {"code": code})
        assert answer.status_code == 302, shown(answer)
        return self.get("/follow/")

    def seen(self, path: str = "/follow/") -> str:
        """The length of the history that the page of a form carries."""
        found = re.search(r'name="seen" value="(\d+)"', self.get(path).content.decode())
        assert found, path
        return found[1]


def shown(answer: HttpResponse) -> str:
    """The page's words without markup."""
    main = answer.content.decode().split("<main")[-1].split("</main>")[0]
    text = re.sub(r"<[^>]+>", " ", main)
    return re.sub(r"\s+", " ", text.replace("&#x27;", "'").replace("&quot;", '"')).strip()


def code_on(answer: HttpResponse) -> str:
    """The receipt code that the page shows."""
    groups = re.findall(r'class="hy-code__group">([0-9A-Z]{5})<', answer.content.decode())
    assert len(groups) == 5, shown(answer)
    return "-".join(groups)


def number_on(answer: HttpResponse) -> str:
    """The case number that the page shows."""
    found = re.search(r'hy-receipt__number"[^>]*>([^<]+)<', answer.content.decode())
    assert found, shown(answer)
    return found[1]


def decide(town: Town, number: str) -> None:
    """The works office takes the case and answers it; today, as the browser does."""
    now = timezone.now()
    town.act("alice", number, "accept", now)
    town.act("alice", number, "assign", now, owner=town.id("bob"))
    town.act("bob", number, "decide", now, **DECISION)
