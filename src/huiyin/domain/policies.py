"""Which logs and witnesses one trusts, and how many of them are enough (C2SP tlog-policy).

A policy is a text of a few lines: logs, named witnesses, groups of k out of n, one quorum. The
office submits its checkpoints to the witnesses of its policy; whoever verifies a receipt may
bring a policy of their own. Where the text comes from is the caller's business.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from huiyin.domain.errors import Refusal
from huiyin.domain.notes import COSIGNATURE, ED25519, VerifierKey, parse_vkey

NONE = "none"
MAX_TEXT = 100_000
MAX_LINES = 1_000

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COUNT = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log whose checkpoints count; ``url`` is "" or where it is served."""

    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A witness under the name that the policy uses; ``url`` is its submission prefix or ""."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """``need`` of the ``members`` (names of witnesses or groups) make the group a witness."""

    name: str
    need: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as read; ``quorum`` is the name of a witness or group, or "none"."""

    logs: tuple[KnownLog, ...]
    witnesses: tuple[KnownWitness, ...]
    groups: tuple[Group, ...]
    quorum: str

    def satisfied(self, cosigned: Collection[str]) -> bool:
        """True if witnesses of these names are enough."""
        held: dict[str, bool] = {w.name: w.name in cosigned for w in self.witnesses}
        for group in self.groups:  # members are defined on earlier lines
            held[group.name] = sum(held[name] for name in group.members) >= group.need
        return self.quorum == NONE or held[self.quorum]

    def needed(self) -> tuple[int, int]:
        """How many the quorum asks for, and out of how many: (2, 3); (0, n) for "none"."""
        for group in self.groups:
            if group.name == self.quorum:
                return group.need, len(group.members)
        return (0, len(self.witnesses)) if self.quorum == NONE else (1, 1)


@dataclass(frozen=True, slots=True)
class TrustedLogs:
    """Keys of logs that did not come out of the receipt: given by hand, of the page that offers
    the check, or of a policy."""

    given: VerifierKey | None
    page: VerifierKey | None
    logs: tuple[VerifierKey, ...]

    def for_(self, own: VerifierKey) -> VerifierKey | None:
        """The key to judge a receipt by that names ``own``; None: only ``own`` itself."""
        if self.given is not None:
            return self.given
        if self.logs:
            return own if own in self.logs else self.logs[0]
        return self.page if self.page is not None and self.page.name == own.name else None


class _Reading:
    """The lines read so far."""

    def __init__(self) -> None:
        self.logs: list[KnownLog] = []
        self.witnesses: dict[str, KnownWitness] = {}
        self.groups: dict[str, Group] = {}
        self.members: set[str] = set()
        self.quorum = ""

    def log(self, line: int, words: list[str]) -> None:
        if len(words) not in (1, 2):
            raise Refusal("policy-line-malformed", line=line)
        key = _key(line, words[0], ED25519)
        if any(known.key.public == key.public for known in self.logs):
            raise Refusal("policy-key-twice", line=line)
        self.logs.append(KnownLog(key, *words[1:]))

    def witness(self, line: int, words: list[str]) -> None:
        if len(words) not in (2, 3):
            raise Refusal("policy-line-malformed", line=line)
        self._new_name(line, words[0])
        key = _key(line, words[1], COSIGNATURE)
        if any(known.key.public == key.public for known in self.witnesses.values()):
            raise Refusal("policy-key-twice", line=line)
        self.witnesses[words[0]] = KnownWitness(words[0], key, *words[2:])

    def group(self, line: int, words: list[str]) -> None:
        if len(words) < 3:
            raise Refusal("policy-line-malformed", line=line)
        name, need, *members = words
        self._new_name(line, name)
        for member in members:
            self._known(line, member)
            if member in self.members:
                raise Refusal("policy-member-twice", line=line, name=member[:60])
            self.members.add(member)
        self.groups[name] = Group(name, _threshold(line, need, len(members)), tuple(members))

    def end(self, line: int, words: list[str]) -> None:
        if len(words) != 1 or self.quorum:
            raise Refusal("policy-line-malformed", line=line)
        if words[0] != NONE:
            self._known(line, words[0])
        self.quorum = words[0]

    def _new_name(self, line: int, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Refusal("policy-name-taken", line=line, name=name[:60])

    def _known(self, line: int, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise Refusal("policy-name-unknown", line=line, name=name[:60])


def parse_policy(text: str) -> Policy:
    """Read a policy (C2SP tlog-policy, "Policy file syntax and structure").

    Raises Refusal, each with ``line`` where it has one: policy-too-large, policy-line-malformed,
    policy-name-taken, policy-name-unknown, policy-key-twice, policy-key-malformed,
    policy-member-twice, policy-threshold-wrong, policy-quorum-missing.
    """
    if len(text) > MAX_TEXT or text.count("\n") > MAX_LINES:
        raise Refusal("policy-too-large", most=MAX_LINES)
    reading = _Reading()
    read = {"log": reading.log, "witness": reading.witness, "group": reading.group,
            "quorum": reading.end}  # fmt: skip
    for number, line in enumerate(text.split("\n"), 1):
        if _CONTROL.search(line):
            raise Refusal("policy-line-malformed", line=number)
        words = [word for word in re.split("[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            continue
        if words[0] not in read:
            raise Refusal("policy-line-malformed", line=number)
        read[words[0]](number, words[1:])
    if not reading.quorum:
        raise Refusal("policy-quorum-missing")
    return Policy(
        tuple(reading.logs),
        tuple(reading.witnesses.values()),
        tuple(reading.groups.values()),
        reading.quorum,
    )


def _key(line: int, text: str, algorithm: int) -> VerifierKey:
    try:
        key = parse_vkey(text)
    except Refusal as refusal:
        raise Refusal("policy-key-malformed", line=line, why=refusal.code) from None
    if key.algorithm != algorithm:
        raise Refusal("policy-key-malformed", line=line, why="vkey-algorithm-unknown")
    return key


def _threshold(line: int, need: str, members: int) -> int:
    words: Mapping[str, int] = {"any": 1, "all": members}
    if need in words:
        return words[need]
    if not _COUNT.fullmatch(need) or int(need) > members:
        raise Refusal("policy-threshold-wrong", line=line, need=need[:20], members=members)
    return int(need)
