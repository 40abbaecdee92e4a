"""Texts in several languages, as packs, calendars and tables hold them.

``{"zh-Hans": …, "zh-Hant": …, "en": …}`` with BCP 47 tags; ``pick`` chooses one, falling back
to a near language and never to nothing while there is a text at all.
"""

from __future__ import annotations

from collections.abc import Mapping

# The codes that pages and events use, and the tags of data files.
TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en", "ar": "ar"}
_NEAR = {
    "zh-Hant": ("zh-Hans", "en"),
    "zh-Hans": ("zh-Hant", "en"),
    "ar": ("en",),
    "en": (),
}


def tag_of(code: str) -> str:
    """The data-file tag of a page language code such as ``zh-hans``; unknown codes give en."""
    return TAGS.get(code.lower(), "en")


def pick(texts: Mapping[str, str] | str | None, tag: str) -> str:
    """The text in ``tag``, else in a near language, else any; "" if there is none."""
    if texts is None or isinstance(texts, str):
        return texts or ""
    for name in (tag, *_NEAR.get(tag, ()), "en", "zh-Hans"):
        if texts.get(name):
            return texts[name]
    return next(iter(texts.values()), "")
