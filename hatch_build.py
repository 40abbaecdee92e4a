"""Compiles the messages when a wheel is built, so that the wheel carries .mo and git need not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MessagesHook(BuildHookInterface):
    """Adds one .mo per .po under src/huiyin/locale to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        sys.path.insert(0, str(root / "scripts"))
        from compile_messages import compile_all

        for target in compile_all(root / "src/huiyin/locale", only_stale=False):
            relative = target.relative_to(root)
            build_data["force_include"][str(target)] = str(relative.relative_to("src"))
