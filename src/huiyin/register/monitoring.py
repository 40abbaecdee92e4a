"""Following a published register like an outsider: only what anybody can fetch, nothing trusted.

Each visit fetches the checkpoint and every entry since the last visit, rebuilds the tree from
one's own memory of it, and compares: signature, growth, dates, published counts. What is kept
between visits is a few hundred bytes. Needs no Django; the clock is the caller's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from huiyin.domain.errors import Refusal
from huiyin.domain.findings import Finding
from huiyin.domain.leaves import parse_leaf, parse_object
from huiyin.domain.merkle import (
    HASH_SIZE,
    Frontier,
    consistency_proof,
    leaf_hash,
    range_root,
    split_hashes,
    verify_consistency,
)
from huiyin.domain.notes import Checkpoint, Note, VerifierKey, cosigned_at, open_checkpoint
from huiyin.domain.policies import Policy
from huiyin.domain.tiles import (
    TILE_WIDTH,
    TileName,
    node_source,
    nodes_at,
    subtree_root,
    unbundle,
    width_at,
)
from huiyin.register.sending import Reply

Fetch = Callable[[str], Reply]
# A day is UTC and clocks differ; an entry is back-dated only beyond this.
TOLERANCE = timedelta(days=1)
MOST_NEW = 5_000_000  # entries that one visit reads


@dataclass(slots=True)
class Memory:
    """What a visit leaves for the next: the tree, its signed note, when, and the counts."""

    frontier: Frontier = field(default_factory=Frontier)
    note: str = ""
    visited: datetime | None = None
    latest_day: date | None = None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)


class Fault(Exception):
    """The register contradicts itself or its past."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.finding = Finding(code, "failed", data)


@dataclass(frozen=True, slots=True)
class Visit:
    """What was found, and the memory for the next visit (None: keep the old one)."""

    findings: tuple[Finding, ...]
    memory: Memory | None
    note: str = ""

    @property
    def exit_status(self) -> int:
        """0 sound, 1 a fault."""
        return 0 if self.memory is not None else 1


def visit(
    url: str, key: VerifierKey, memory: Memory, fetch: Fetch, now: datetime,
    policy: Policy | None = None, counts_url: str = "",
) -> Visit:  # fmt: skip
    """Follow the register at ``url`` once. ``now``: aware.

    Raises Refusal("monitor-unreachable") if it does not answer as a register: that proves
    nothing against it. What contradicts is a finding.
    """
    findings: list[Finding] = []
    note = _text(fetch, f"{url}/checkpoint")
    try:
        checkpoint, opened = _open(note, key)
        findings.append(_ok("monitor-signature", origin=key.name, size=checkpoint.size))
        reader = _Reader(url, checkpoint.size, fetch)
        _compare_sizes(memory, checkpoint)
        grown = _follow(reader, checkpoint, memory, now)
        findings.append(_grown(memory, checkpoint))
        findings.append(_ok("monitor-days", new=checkpoint.size - memory.frontier.size))
        findings.append(_witnessed(opened, policy))
        findings.append(_published(counts_url, reader, grown))
    except Fault as fault:
        return Visit((*findings, fault.finding), None, note)
    grown.note, grown.visited = note, now
    return Visit(tuple(findings), grown, note)


def _ok(code: str, **data: object) -> Finding:
    return Finding(code, "proved", data)


def _text(fetch: Fetch, url: str) -> str:
    return _body(fetch(url), url).decode("utf-8", "replace")


def _body(reply: Reply, url: str) -> bytes:
    if reply.status != 200:
        why = reply.problem or f"{reply.status} {reply.text}"
        raise Refusal("monitor-unreachable", url=url, why=why[:200])
    return reply.body


def _open(note: str, key: VerifierKey) -> tuple[Checkpoint, Note]:
    try:
        return open_checkpoint(note, key)
    except Refusal as refusal:
        raise Fault("monitor-checkpoint", why=refusal.code, **refusal.data) from None


def _compare_sizes(memory: Memory, now: Checkpoint) -> None:
    old = memory.frontier.size
    if now.size < old:
        raise Fault("monitor-shrunk", old=old, new=now.size)
    if now.size == old and old and now.root != memory.frontier.root():
        raise Fault("monitor-fork", old=old, new=now.size)
    if now.size - old > MOST_NEW:
        raise Fault("monitor-too-many", new=now.size - old, most=MOST_NEW)


def _grown(memory: Memory, now: Checkpoint) -> Finding:
    if not memory.note:
        return Finding("monitor-first-visit", "open", {"size": now.size})
    visited = "" if memory.visited is None else f"{memory.visited:%Y-%m-%d %H:%M} UTC"
    return _ok("monitor-grown", old=memory.frontier.size, new=now.size, visited=visited)


# Fetching ---------------------------------------------------------------------------------------


class _Reader:
    """Tiles and entries of a register of one size."""

    def __init__(self, url: str, size: int, fetch: Fetch) -> None:
        self.url, self.size, self.fetch = url, size, fetch
        self.odd = False  # a tile does not hold the hashes of its entries
        self.roots: dict[tuple[int, int], bytes] = {}  # of full tiles that were read

    def _tile(self, level: int | None, number: int) -> tuple[bytes, int]:
        """A tile as wide as the size says, or a full one in its place if it has grown since; and
        how many hashes or entries it must have, no fewer and no more."""
        width = width_at(self.size, level or 0, number)
        url = f"{self.url}/{TileName(level, number, width).path()}"
        reply = self.fetch(url)
        if reply.status == 404 and width < TILE_WIDTH:
            reply = self.fetch(f"{self.url}/{TileName(level, number).path()}")
            width = TILE_WIDTH
        return _body(reply, url), width

    def hashes(self, level: int, number: int) -> list[bytes]:
        """The hashes of a tile, no more than belong to the size; none if it has a wrong length."""
        data, width = self._tile(level, number)
        whole = len(data) == width * HASH_SIZE
        return split_hashes(data)[: width_at(self.size, level, number)] if whole else []

    def entries(self, begin: int) -> Iterator[bytes]:
        """The entries from ``begin`` on, in order."""
        for number in range(begin // TILE_WIDTH, -(-nodes_at(self.size, 0) // TILE_WIDTH)):
            try:
                data, width = self._tile(None, number)
                found = unbundle(data)
            except Refusal as refusal:
                if refusal.code == "monitor-unreachable":
                    raise
                raise Fault("monitor-entries", index=number * TILE_WIDTH) from None
            if len(found) != width:
                first = number * TILE_WIDTH
                raise Fault("monitor-entries", index=first + min(len(found), width))
            found = found[: width_at(self.size, 0, number)]
            self._compare(number, [leaf_hash(data) for data in found])
            yield from found[max(0, begin - number * TILE_WIDTH) :]

    def _compare(self, number: int, hashes: list[bytes]) -> None:
        """Hold a bundle against its tile. What differs is told only when the entries turn out
        to be those that were signed; else it is they that were changed."""
        self.odd |= self.hashes(0, number) != hashes
        if len(hashes) == TILE_WIDTH:
            self.roots[0, number] = subtree_root(hashes)

    def check_upper_tiles(self) -> bool:
        """Whether the tiles above hold the roots of the tiles that were read."""
        level, roots = 1, self.roots
        while roots:
            above: dict[tuple[int, int], bytes] = {}
            for number in sorted({number // TILE_WIDTH for _, number in roots}):
                hashes, first = self.hashes(level, number), number * TILE_WIDTH
                if any(roots.get((level - 1, first + at), h) != h for at, h in enumerate(hashes)):
                    return False
                if len(hashes) == TILE_WIDTH:
                    above[level, number] = subtree_root(hashes)
            level, roots = level + 1, above
        return True


# Following --------------------------------------------------------------------------------------


def _follow(reader: _Reader, now: Checkpoint, memory: Memory, at: datetime) -> Memory:
    """The memory grown by the new entries, after their root was compared with the signed one."""
    grown = Memory(
        memory.frontier, latest_day=memory.latest_day, counts=Counter(memory.counts)
    )  # fmt: skip
    hashes = _read_entries(reader, memory, grown, at)
    grown.frontier = memory.frontier.extend(hashes)
    if grown.frontier.root() != now.root:
        raise _why_not(reader, memory, now)
    sound = not reader.odd and reader.check_upper_tiles()
    if not sound or (now.size and _root_of_tiles(reader) != now.root):
        raise Fault("monitor-tiles", size=now.size)
    return grown


def _read_entries(reader: _Reader, memory: Memory, grown: Memory, at: datetime) -> Iterable[bytes]:
    earliest = None if memory.visited is None else memory.visited.date() - TOLERANCE
    latest = at.date() + TOLERANCE
    for index, data in enumerate(reader.entries(memory.frontier.size), memory.frontier.size):
        try:
            leaf = parse_leaf(data)
        except Refusal as refusal:
            raise Fault("monitor-leaf", index=index, why=refusal.code) from None
        before = grown.latest_day
        if earliest is not None and leaf.day < earliest:
            raise Fault("monitor-back-dated", index=index, day=leaf.day, bound=memory.visited)
        if before is not None and leaf.day < before - TOLERANCE:
            raise Fault("monitor-back-dated", index=index, day=leaf.day, bound=before)
        if leaf.day > latest:
            raise Fault("monitor-future", index=index, day=leaf.day)
        grown.latest_day = leaf.day if before is None else max(before, leaf.day)
        grown.counts[leaf.event_class, leaf.day.isoformat()[:7]] += 1
        yield leaf_hash(data)


def _why_not(reader: _Reader, memory: Memory, now: Checkpoint) -> Fault:
    """Entries do not lead to the signed root: is it they, or was the register forked?"""
    old = memory.frontier.size
    try:
        path = consistency_proof(old, now.size, node_source(reader.hashes))
        same = verify_consistency(old, now.size, memory.frontier.root(), now.root, path)
    except Refusal as refusal:
        if refusal.code == "monitor-unreachable":
            raise
        same = False
    code = "monitor-entries-differ" if same else "monitor-fork"
    return Fault(code, old=old, new=now.size)


def _root_of_tiles(reader: _Reader) -> bytes:
    try:
        return range_root(0, reader.size, node_source(reader.hashes))
    except Refusal as refusal:
        if refusal.code == "monitor-unreachable":
            raise
        return b""


# Witnesses and published counts -----------------------------------------------------------------


def _witnessed(note: Note, policy: Policy | None) -> Finding:
    if policy is None:
        return Finding("monitor-no-policy", "open", {})
    seen = [w.name for w in policy.witnesses if cosigned_at(note, w.key) is not None]
    need, members = policy.needed()
    data = {"seen": len(seen), "need": need, "of": members}
    if policy.satisfied(seen):
        return Finding("monitor-witnessed", "proved", data)
    return Finding("monitor-not-witnessed", "open", data)  # the newest state may be minutes old


def _published(url: str, reader: _Reader, grown: Memory) -> Finding:
    """The counts that the office publishes, against those of the entries themselves."""
    reply = reader.fetch(url) if url else Reply(404)
    if reply.status != 200:
        return Finding("monitor-no-counts", "open", {})
    try:
        said = parse_object(reply.body)
        counted, rows = said.get("counted"), said.get("counts")
        if type(counted) is not int or not isinstance(rows, list):
            raise Refusal("json-malformed", at=0)
        published = Counter({(str(r["class"]), str(r["month"])): r["count"] for r in rows})
    except (Refusal, TypeError, KeyError):
        raise Fault("monitor-counts-malformed") from None
    if counted != grown.frontier.size:
        data = {"counted": counted, "size": grown.frontier.size}
        return Finding("monitor-counts-other-size", "open", data)
    for name, month in sorted(published.keys() | grown.counts.keys()):
        found, given = grown.counts[name, month], published[name, month]
        if found != given:
            raise Fault("monitor-counts", name=name, month=month, found=found, published=given)
    return _ok("monitor-counts-agree", counted=counted)
