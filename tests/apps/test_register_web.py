"""The register over HTTP, as a stranger with a C2SP client reads it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from huiyin.domain import merkle, notes, tiles
from huiyin.register import queries

from .register_world import fill

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]


@pytest.fixture
def web(settings: Any) -> Client:
    settings.ROOT_URLCONF = "huiyin.register.urls"
    settings.MIDDLEWARE = []
    return Client()


def test_an_empty_register_has_no_checkpoint(web: Client) -> None:
    assert web.get("/checkpoint").status_code == 404
    assert web.get("/tile/0/000.p/1").status_code == 404


def test_a_stranger_reads_checkpoint_tiles_and_entries(web: Client) -> None:
    leaves = fill(700)
    answer = web.get("/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "max-age=5" in answer["Cache-Control"]
    key = notes.parse_vkey(queries.vkey())
    checkpoint, _ = notes.open_checkpoint(answer.content.decode(), key)
    for name in tiles.all_tiles(checkpoint.size):
        answer = web.get(f"/{name.path()}")
        assert answer.status_code == 200, name
        assert "immutable" in answer["Cache-Control"]
        first = name.number * 256
        if name.level is None:
            entries = tiles.unbundle(answer.content)
            assert [*map(merkle.leaf_hash, entries)] == leaves[first : first + name.width]
        else:
            assert len(answer.content) == 32 * name.width

    def tile(level: int, number: int) -> list[bytes]:
        name = tiles.TileName(level, number, tiles.width_at(700, level, number))
        return merkle.split_hashes(web.get(f"/{name.path()}").content)

    assert merkle.range_root(0, 700, tiles.node_source(tile)) == checkpoint.root


@pytest.mark.parametrize(
    "path",
    ["0/003", "0/002", "0/002.p/189", "1/000", "1/000.p/3", "2/000.p/1", "entries/002",
     "entries/002.p/189", "0/1", "0/000.p/256", "9/000", "entries/x001/000", "0/../../checkpoint"],
)  # fmt: skip
def test_what_is_not_in_the_tree_is_not_found(web: Client, path: str) -> None:
    fill(700)
    assert web.get(f"/tile/{path}").status_code == 404


def test_a_smaller_part_of_a_full_tile_is_still_served(web: Client) -> None:
    leaves = fill(700)
    assert web.get("/tile/0/000.p/3").content == b"".join(leaves[:3])
    assert web.post("/checkpoint").status_code == 405
