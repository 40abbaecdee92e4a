"""The one exception of the domain: a refusal with a code and the facts behind it.

Texts, remedies and HTTP statuses live in ``huiyin/web/refusals/*.toml``; the rules know
only the code. Raising a Refusal means that nothing was changed.
"""

from __future__ import annotations


class Refusal(Exception):
    """A rule says no.

    ``code`` is a stable kebab-case name; ``data`` holds plain values that the text of the
    refusal may mention (never personal data).
    """

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data

    def __str__(self) -> str:
        facts = ", ".join(f"{key}={value!r}" for key, value in self.data.items())
        return f"{self.code}({facts})" if facts else self.code
