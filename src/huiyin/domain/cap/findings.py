"""What a check finds: which rule, where in the message, and the facts behind it.

Words, sources and remedies of the rules are data (``huiyin/alerts/rules.toml``); here is only
which of them let a message pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# These conform; somebody will stumble over them all the same. Every other rule is an error.
WARNINGS = frozenset(
    {
        "area-shapeless",
        "element-idle",
        "error-note",
        "headline-long",
        "info-missing",
        "language-doubtful",
        "polygon-long",
        "resource-nowhere",
        "restriction-idle",
        "text-markup",
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong. ``path`` as in ``info[0].area[1].polygon[0]``; ``line`` is 0 where the
    message was not read from a file."""

    rule: str
    path: str
    line: int = 0
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        return self.rule not in WARNINGS
