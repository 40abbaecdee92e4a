"""The register as static files that any C2SP tlog-tiles client reads from a folder or server.

Tiles never change, so a tree of the size in the checkpoint can be written while the server
runs, and full tiles that are there already are left alone. The checkpoint comes last.
"""

from __future__ import annotations

from pathlib import Path

from huiyin.domain.errors import Refusal
from huiyin.domain.tiles import TILE_WIDTH, TileName, all_tiles
from huiyin.register.queries import head, published, tile_bytes


def export(folder: Path) -> int:
    """Write ``checkpoint`` and ``tile/…`` below ``folder``; returns the tree size.

    Raises Refusal: register-is-empty, tile-too-short (rows are missing).
    """
    now = head()
    if not now.checkpoint:
        raise Refusal("register-is-empty")
    for name in all_tiles(now.size):
        path = folder / name.path()
        if not (name.width == TILE_WIDTH and path.exists()):
            _write(path, _whole(name))
    note = published()
    # With the cosignatures that it has, unless the register has grown meanwhile.
    same = note.startswith(now.checkpoint.partition("\n\n")[0] + "\n\n")
    _write(folder / "checkpoint", (note if same else now.checkpoint).encode())
    return now.size


def _whole(name: TileName) -> bytes:
    body = tile_bytes(name)
    if body is None:
        raise Refusal("tile-too-short", level=name.level, number=name.number)
    return body


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(body)
    temporary.replace(path)
