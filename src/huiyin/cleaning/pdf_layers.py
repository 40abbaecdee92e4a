"""Which layers (optional content) of a PDF are switched off when it is opened.

ISO 32000-1, 8.11: groups have a state in the document's default configuration; a membership
asks several groups by a policy. An expression (``VE``) is taken as hidden: it is rare, and
showing too little is the safe mistake.
"""

from __future__ import annotations

from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf


class Layers:
    """The states of one document's layers."""

    def __init__(self, source: Pdf) -> None:
        told = source.Root.get(Name.OCProperties)
        default = told.get(Name.D) if isinstance(told, Dictionary) else None
        known = default if isinstance(default, Dictionary) else Dictionary()
        self._all_off = known.get(Name.BaseState) == Name.OFF
        self._on = {one.objgen for one in _listed(known, Name.ON)}
        self._off = {one.objgen for one in _listed(known, Name.OFF)}

    def hides(self, layer: Any) -> bool:
        """Whether what belongs to ``layer`` (a group or a membership) is not shown."""
        if not isinstance(layer, Dictionary):
            return False
        if layer.get(Name.Type) != Name.OCMD:
            return self._is_off(layer)
        if Name.VE in layer:
            return True
        return self._by_policy(layer)

    def _is_off(self, group: Any) -> bool:
        if group.objgen in self._off:
            return True
        return self._all_off and group.objgen not in self._on

    def _by_policy(self, membership: Any) -> bool:
        groups = membership.get(Name.OCGs)
        several = list(groups) if isinstance(groups, Array) else [groups]
        off = [self._is_off(one) for one in several if isinstance(one, Dictionary)]
        if not off:
            return False
        policy = str(membership.get(Name.P, "/AnyOn"))
        shown = {
            "/AllOn": not any(off),
            "/AnyOff": any(off),
            "/AllOff": all(off),
        }.get(policy, not all(off))
        return not shown


def _listed(known: Any, name: Name) -> list[Any]:
    found = known.get(name)
    if not isinstance(found, Array):
        return []
    return [one for one in found if isinstance(one, Dictionary)]
