"""Values become the text of a message: compact, in the standard's order, in canonical form.

The element is written as exclusive canonical XML would write it (no white space between elements,
no declaration inside, ``&``, ``<``, ``>`` and carriage return escaped), so that a signature made
over it holds with every reader, also with those that strip white space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from huiyin.domain.cap.message import FIELDS, NAMESPACE, Alert
from huiyin.domain.errors import Refusal

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
# What XML 1.0 cannot carry at all (section 2.2), escaped or not.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#xD;"}


def write(alert: Alert) -> str:
    """The message as text, ending without a line break. Checks nothing but the signs.

    A sign that XML cannot carry is ``Refusal("alert-unprintable")``.
    """
    return DECLARATION + element(alert)


def element(alert: Alert) -> str:
    """The message without the declaration: its own canonical form."""
    return f'<alert xmlns="{NAMESPACE}">{"".join(_children(alert))}</alert>'


def _children(value: object) -> Iterator[str]:
    for field in FIELDS[type(value)]:
        held = getattr(value, field.attribute)
        for one in held if isinstance(held, tuple) else (held,):
            if isinstance(one, str):
                # An empty text means "not there"; the dictionary has no use for empty elements.
                yield f"<{field.name}>{_escaped(one)}</{field.name}>" if one else ""
            else:
                yield f"<{field.name}>{''.join(_children(one))}</{field.name}>"


def _escaped(text: str) -> str:
    found = UNPRINTABLE.search(text)
    if found is not None:
        raise Refusal("alert-unprintable", sign=f"U+{ord(found.group()):04X}")
    return text.translate(_ESCAPES)
