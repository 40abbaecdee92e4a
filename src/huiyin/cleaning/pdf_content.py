"""Drawing instructions of a PDF, read and written again without what nobody sees.

Comments vanish in the reading. Marks that carry words beside the page (``ActualText``, tags) are
left out, the text of layers that are switched off, and text in the mode "invisible", which is
where programs put what they think they have read in a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pikepdf

Hidden = Callable[[Any], bool]
_BEGIN = {"BMC", "BDC"}
_POINTS = {"MP", "DP"}
_SHOWS = {"Tj", "TJ", "'", '"'}
INVISIBLE = (3, 7)  # ISO 32000-1, table 106: neither fill nor stroke


class Drawing:
    """One stream of instructions while it is filtered."""

    def __init__(self, hidden: Hidden) -> None:
        self._hidden = hidden
        self._marks: list[bool] = []
        self._mode, self._saved = 0, list[int]()
        self.layers = self.unseen = 0

    def filtered(self, instructions: Iterable[Any]) -> list[Any]:
        """The instructions that draw something seen."""
        return [one for one in instructions if self._stays(one)]

    def _stays(self, one: Any) -> bool:
        if isinstance(one, pikepdf.ContentStreamInlineImage):
            return not any(self._marks)
        operator = str(one.operator)
        if operator in _BEGIN:
            self._begin(operator, one.operands)
            return False
        if operator == "EMC":
            if self._marks:
                self._marks.pop()
            return False
        if operator in _POINTS or (any(self._marks) and operator not in _STATE):
            return False
        return self._text_stays(operator, one.operands)

    def _begin(self, operator: str, operands: Any) -> None:
        off = (
            operator == "BDC"
            and len(operands) == 2
            and operands[0] == pikepdf.Name.OC
            and self._hidden(operands[1])
        )
        self.layers += off
        self._marks.append(bool(off))

    def _text_stays(self, operator: str, operands: Any) -> bool:
        if operator == "q":
            self._saved.append(self._mode)
        elif operator == "Q" and self._saved:
            self._mode = self._saved.pop()
        elif operator == "Tr" and len(operands) == 1:
            self._mode = int(operands[0])
        elif operator in _SHOWS and self._mode in INVISIBLE:
            self.unseen += 1
            return False
        return True


# Inside a layer that is off these still count for what comes after it.
_STATE = {"q", "Q", "cm", "BT", "ET", "Tr", "Tf", "Td", "TD", "Tm", "T*", "gs", "BX", "EX"}
