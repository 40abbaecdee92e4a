"""The tree against the recursion of RFC 6962, written here once more as naively as it reads."""

from __future__ import annotations

import hashlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain import merkle, tiles
from huiyin.domain.errors import Refusal

SIZES = [0, 1, 2, 3, 5, 255, 256, 257, 511, 513, 1000]
DATA = [b"leaf %d" % number for number in range(1000)]
LEAVES = [merkle.leaf_hash(data) for data in DATA]


@cache
def naive_root(begin: int, end: int) -> bytes:
    """MTH(D[begin:end]) of RFC 6962 section 2.1."""
    if begin == end:
        return hashlib.sha256(b"").digest()
    if end - begin == 1:
        return hashlib.sha256(b"\x00" + DATA[begin]).digest()
    k = 1
    while k * 2 < end - begin:
        k *= 2
    left, right = naive_root(begin, begin + k), naive_root(begin + k, end)
    return hashlib.sha256(b"\x01" + left + right).digest()


def naive_path(index: int, begin: int, end: int) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962 section 2.1.1."""
    if end - begin <= 1:
        return []
    k = 1
    while k * 2 < end - begin:
        k *= 2
    if index < begin + k:
        return [*naive_path(index, begin, begin + k), naive_root(begin + k, end)]
    return [*naive_path(index, begin + k, end), naive_root(begin, begin + k)]


def naive_consistency(old: int, begin: int, end: int, whole: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2."""
    if old == end:
        return [] if whole else [naive_root(begin, end)]
    k = 1
    while k * 2 < end - begin:
        k *= 2
    if old <= begin + k:
        return [
            *naive_consistency(old, begin, begin + k, whole),
            naive_root(begin + k, end),
        ]
    return [*naive_consistency(old, begin + k, end, False), naive_root(begin, begin + k)]


def stored_tile(level: int, number: int) -> list[bytes]:
    begin = number * 256
    if level == 0:
        return LEAVES[begin : begin + 256]
    return [naive_root(at * 256, at * 256 + 256) for at in range(len(LEAVES) // 256)]


NODE = tiles.node_source(stored_tile)
PLACES = st.integers(1, 1000).flatmap(
    lambda size: st.tuples(st.integers(0, size - 1), st.just(size))
)
SIZE_PAIRS = st.integers(2, 1000).flatmap(
    lambda new: st.tuples(st.integers(1, new - 1), st.just(new))
)


@pytest.mark.parametrize("size", SIZES)
def test_roots_agree_with_the_recursion(size: int) -> None:
    root = merkle.Frontier().extend(LEAVES[:size]).root()
    assert root == naive_root(0, size)
    assert merkle.range_root(0, size, NODE) == root


@pytest.mark.parametrize("size", [s for s in SIZES if s])
def test_inclusion_proofs_agree_and_verify(size: int) -> None:
    root = naive_root(0, size)
    for index in sorted({0, 1, size // 2, size - 2, size - 1, 255, 256} & set(range(size))):
        path = merkle.inclusion_proof(index, size, NODE)
        assert path == naive_path(index, 0, size)
        assert merkle.verify_inclusion(index, size, LEAVES[index], path, root)


@pytest.mark.parametrize("new", SIZES)
def test_consistency_proofs_agree_and_verify(new: int) -> None:
    for old in [s for s in SIZES if s <= new] + [s + 4 for s in SIZES if s + 4 <= new]:
        path = merkle.consistency_proof(old, new, NODE)
        if 0 < old < new:
            assert path == naive_consistency(old, 0, new)
        roots = naive_root(0, old), naive_root(0, new)
        assert merkle.verify_consistency(old, new, *roots, path)


@pytest.mark.slow
def test_seventy_thousand_leaves() -> None:
    leaves = [merkle.leaf_hash(b"%d" % number) for number in range(70_000)]
    roots = [merkle.Frontier().extend(leaves[at : at + 256]).root() for at in range(0, 69_888, 256)]

    def tile(level: int, number: int) -> list[bytes]:
        if level == 2:
            return [tiles.subtree_root(roots[:256])]
        return (leaves if level == 0 else roots)[number * 256 : number * 256 + 256]

    node = tiles.node_source(tile)
    row = leaves  # the tree once more, as a plain pyramid with an unpaired last node
    while len(row) > 1:
        pairs = [merkle.node_hash(a, b) for a, b in zip(row[::2], row[1::2], strict=False)]
        row = pairs + row[len(pairs) * 2 :]
    root = merkle.Frontier().extend(leaves).root()
    assert merkle.range_root(0, 70_000, node) == row[0] == root
    for index in (0, 65_535, 65_536, 69_999):
        path = merkle.inclusion_proof(index, 70_000, node)
        assert merkle.verify_inclusion(index, 70_000, leaves[index], path, root)
    path = merkle.consistency_proof(65_537, 70_000, node)
    old = merkle.Frontier().extend(leaves[:65_537]).root()
    assert merkle.verify_consistency(65_537, 70_000, old, root, path)


def test_empty_root_is_the_hash_of_nothing() -> None:
    assert merkle.EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")


@given(st.integers(0, 900), st.integers(1, 20))
def test_new_leaves_are_proved_from_the_frontier_alone(old: int, count: int) -> None:
    frontier = merkle.Frontier().extend(LEAVES[:old])
    grown, paths = merkle.grow(frontier, LEAVES[old : old + count])
    assert grown.root() == naive_root(0, old + count)
    assert paths == [naive_path(index, 0, old + count) for index in range(old, old + count)]
    assert merkle.Frontier.from_bytes(grown.size, grown.to_bytes()) == grown


@settings(max_examples=200)
@given(
    st.integers(1, 1000).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))),
    st.data(),
)
def test_a_changed_proof_is_refused(place: tuple[int, int], data: st.DataObject) -> None:
    index, size = place
    path, root = naive_path(index, 0, size), naive_root(0, size)
    leaf = LEAVES[index]
    assert merkle.verify_inclusion(index, size, leaf, path, root)
    assert not merkle.verify_inclusion(index, size, LEAVES[index - 1], path, root) or size == 1
    assert not merkle.verify_inclusion(index, size, leaf, [*path, leaf], root)
    assert not merkle.verify_inclusion(size, size, leaf, path, root)
    assert not merkle.verify_inclusion(-1, size, leaf, path, root)
    if path:
        assert not merkle.verify_inclusion(index, size, leaf, path[:-1], root)
        at = data.draw(st.integers(0, len(path) - 1))
        bit = data.draw(st.integers(0, 255))
        wrong = bytearray(path[at])
        wrong[bit // 8] ^= 1 << bit % 8
        assert not merkle.verify_inclusion(
            index, size, leaf, [*path[:at], bytes(wrong), *path[at + 1 :]], root
        )


@settings(max_examples=200)
@given(
    st.integers(2, 1000).flatmap(lambda new: st.tuples(st.integers(1, new - 1), st.just(new))),
    st.data(),
)
def test_a_changed_consistency_proof_is_refused(
    sizes: tuple[int, int], data: st.DataObject
) -> None:
    old, new = sizes
    path = naive_consistency(old, 0, new)
    old_root, new_root = naive_root(0, old), naive_root(0, new)
    assert merkle.verify_consistency(old, new, old_root, new_root, path)
    assert not merkle.verify_consistency(old, new, new_root, new_root, path)
    assert not merkle.verify_consistency(old, new, old_root, old_root, path)
    assert not merkle.verify_consistency(new, old, old_root, new_root, path)
    assert not merkle.verify_consistency(old, new, old_root, new_root, [*path, new_root])
    assert not merkle.verify_consistency(old, new, old_root, new_root, path[:-1])
    at = data.draw(st.integers(0, len(path) - 1))
    wrong = [*path[:at], hashlib.sha256(path[at]).digest(), *path[at + 1 :]]
    assert not merkle.verify_consistency(old, new, old_root, new_root, wrong)


def test_equal_and_empty_trees_need_no_path() -> None:
    root = naive_root(0, 5)
    assert merkle.verify_consistency(5, 5, root, root, [])
    assert not merkle.verify_consistency(5, 5, root, naive_root(0, 6), [])
    assert not merkle.verify_consistency(5, 5, root, root, [root])
    assert merkle.verify_consistency(0, 5, merkle.EMPTY_ROOT, root, [])
    assert not merkle.verify_consistency(0, 5, root, root, [])
    assert not merkle.verify_consistency(0, 0, merkle.EMPTY_ROOT, root, [])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (2**63, 2**63)])
def test_places_outside_the_tree_are_refused(index: int, size: int) -> None:
    with pytest.raises(Refusal, match="leaf-outside-tree"):
        merkle.inclusion_proof(index, size, NODE)


def test_sizes_out_of_order_are_refused() -> None:
    with pytest.raises(Refusal, match="sizes-out-of-order"):
        merkle.consistency_proof(6, 5, NODE)


def test_a_wrong_length_is_named_with_the_right_one() -> None:
    with pytest.raises(Refusal) as found:
        merkle.root_from_inclusion(0, 1000, LEAVES[0], [])
    assert (found.value.code, found.value.data["needed"]) == ("proof-length-wrong", 10)


def test_a_tree_of_two_to_the_sixty_three_costs_no_more_than_its_path() -> None:
    path = [LEAVES[0]] * 63
    root = merkle.root_from_inclusion(0, 2**63, LEAVES[1], path)
    assert merkle.verify_inclusion(0, 2**63, LEAVES[1], path, root)
    assert not merkle.verify_inclusion(0, 2**63 - 1, LEAVES[1], path[:-1], root)


# Tiles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (tiles.TileName(0, 0), "tile/0/000"),
        (tiles.TileName(1, 999, 7), "tile/1/999.p/7"),
        (tiles.TileName(None, 1000), "tile/entries/x001/000"),
        (tiles.TileName(2, 1_234_067, 255), "tile/2/x001/x234/067.p/255"),
    ],
)
def test_tile_paths_both_ways(name: tiles.TileName, path: str) -> None:
    assert name.path() == path
    assert tiles.parse_path(path) == name


@pytest.mark.parametrize(
    "path",
    ["", "tile/0/1", "tile/0/0000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
     "tile/0/x000/001", "tile/00/001", "tile/0/001/002", "tile/8/000", "tile/99/000",
     "tile/0/x001", "tile/-1/000", "tile/0/000.p/", "tile/0/٠٠٠", "tile/0/000\n",
     "tile/entries/../checkpoint"],
)  # fmt: skip
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(Refusal, match="tile-path-malformed"):
        tiles.parse_path(path)


def test_the_tiles_of_a_tree() -> None:
    names = [name.path() for name in tiles.all_tiles(70_000)]
    assert len(names) == 274 + 274 + 2 + 1
    assert {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"} <= set(names)
    assert [name.path() for name in tiles.all_tiles(256)] == [
        "tile/entries/000", "tile/0/000", "tile/1/000.p/1",
    ]  # fmt: skip
    assert list(tiles.all_tiles(0)) == []


def test_a_tile_that_lacks_hashes_is_named() -> None:
    node = tiles.node_source(lambda level, number: LEAVES[:3])
    with pytest.raises(Refusal, match="tile-too-short"):
        node(2, 0)


@given(st.lists(st.binary(max_size=300), max_size=30))
def test_bundles_both_ways(entries: list[bytes]) -> None:
    assert tiles.unbundle(tiles.bundle(entries)) == entries


def test_bundles_know_their_limits() -> None:
    assert tiles.unbundle(tiles.bundle([b"x" * 65_535])) == [b"x" * 65_535]
    with pytest.raises(Refusal, match="leaf-too-long"):
        tiles.bundle([b"x" * 65_536])
    for broken in (b"\x00", b"\x00\x05abc"):
        with pytest.raises(Refusal, match="bundle-malformed"):
            tiles.unbundle(broken)
