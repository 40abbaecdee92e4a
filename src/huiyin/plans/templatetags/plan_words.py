"""Texts of plans in templates: the one in the reader's language, or a near one."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from huiyin.people.refusing import pick

register = template.Library()


@register.filter
def in_language(texts: Mapping[str, str]) -> str:
    """The text in the reader's language."""
    return pick(texts)
