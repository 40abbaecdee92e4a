"""The manual for residents, as chapters of this program.

The chapters are templates, so that they are translated, printed and read without a network
like every other page; the manual for offices, operators and auditors lies in docs/manual.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext


@dataclass(frozen=True)
class Chapter:
    """One chapter: its name in the address, title, one line about it."""

    name: str
    title: str
    text: str

    @property
    def template(self) -> str:
        """The body of the chapter."""
        return f"portal/manual/{self.name}.html"


def chapters() -> list[Chapter]:
    """All chapters in reading order."""
    return [
        Chapter(
            "hand-in",
            gettext("Handing in a complaint"),
            gettext("What is asked, what is not, and how to stay unknown."),
        ),
        Chapter(
            "code",
            gettext("Your receipt code"),
            gettext("What it opens, how to keep it, and what is lost without it."),
        ),
        Chapter(
            "follow",
            gettext("Following your case"),
            gettext("Dates, dialogue, review, and what to do when the office is silent."),
        ),
        Chapter(
            "verify",
            gettext("Proving that you complained"),
            gettext("How the receipt is checked without trusting the office."),
        ),
    ]


def chapter(name: str) -> Chapter | None:
    """A chapter by its name."""
    return next((found for found in chapters() if found.name == name), None)
