"""The office's side of witnessing: which witnesses, sending them checkpoints, how far they follow.

Witnesses and quorum come from the file named by HUIYIN_WITNESSES (C2SP tlog-policy, with the
witnesses' addresses). Nothing waits for a witness: hand-in goes on while all are away, but a
witness that lags or refuses is shown to everybody. The rule of what an answer means is in
domain/witnessing.py; the schedule is in schedule.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from huiyin.domain.errors import Refusal
from huiyin.domain.notes import Note, cosigned_at, parse_note
from huiyin.domain.policies import KnownWitness, Policy, parse_policy
from huiyin.domain.witnessing import Submission, read_cosignature, trouble_of
from huiyin.register import keys, queries
from huiyin.register.models import Cosigned, Witness
from huiyin.register.sending import Reply, add_checkpoint

CONFLICT = "witness-conflict"
# A witness lags when it has missed this many rounds.
ROUNDS = 3


def policy() -> Policy | None:
    """The policy of this office, None if no file is named.

    Raises Refusal: policy-file-missing, and those of ``parse_policy``.
    """
    if settings.HUIYIN_WITNESSES is None:
        return None
    path = Path(settings.HUIYIN_WITNESSES)
    try:
        return _read(str(path), path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError):
        raise Refusal("policy-file-missing", path=str(path)) from None


@lru_cache(maxsize=4)
def _read(path: str, modified: int) -> Policy:
    return parse_policy(Path(path).read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Standing:
    """One witness as everybody may see it. ``trouble`` is a refusal code or ""."""

    name: str
    vkey: str
    size: int
    behind: int
    cosigned_at: datetime | None
    trouble: str
    detail: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Standings:
    """All witnesses, and the newest checkpoint that enough of them cosigned (None: none yet)."""

    witnesses: tuple[Standing, ...]
    quorum: str
    need: int
    of: int
    enough_size: int | None
    enough_at: datetime | None

    @property
    def loud(self) -> bool:
        """True if somebody must look: a witness lags, refuses or has seen another register."""
        return any(witness.trouble for witness in self.witnesses)


def standings(now: datetime) -> Standings | None:
    """How far each witness has followed; None if the office has no witnesses."""
    found = policy()
    if found is None:
        return None
    rows = {row.vkey: row for row in Witness.objects.all()}
    size = queries.head().size
    own = f"{keys.signer().name}\n"  # not what was cosigned under an older origin
    newest = Cosigned.objects.filter(enough=True, note__startswith=own).order_by("-size").first()
    need, members = found.needed()
    return Standings(
        witnesses=tuple(
            _standing(w, rows.get(str(w.key), Witness(vkey=str(w.key))), size, now)
            for w in found.witnesses
        ),
        quorum=found.quorum,
        need=need,
        of=members,
        enough_size=newest.size if newest else None,
        enough_at=newest.at if newest else None,
    )


def _standing(known: KnownWitness, row: Witness, size: int, now: datetime) -> Standing:
    behind, trouble, since = max(0, size - row.size), row.trouble, row.since
    patience = timedelta(minutes=ROUNDS * settings.HUIYIN_WITNESS_MINUTES)
    last = row.tried_at
    if not trouble and behind and (last is None or now - last > patience):
        trouble, since = "witness-lags", last
    return Standing(
        known.name, str(known.key), row.size, behind, row.cosigned_at, trouble, row.detail, since
    )


# Submitting -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Turn:
    """One witness in one round of submitting."""

    known: KnownWitness
    old: int
    reply: Reply | None = None
    trouble: str = ""
    detail: str = ""
    line: str = ""
    cosigned: datetime | None = None


def submit(now: datetime) -> Standings:
    """Send the newest checkpoint to every witness of the policy and keep what comes back.

    Takes as long as the slowest witness, at most some tens of seconds; no transaction is open
    meanwhile. Raises Refusal: policy-none, register-is-empty, and those of ``policy``.
    """
    found = policy()
    if found is None:
        raise Refusal("policy-none")
    head = queries.head()
    if not head.checkpoint:
        raise Refusal("register-is-empty")
    held = dict(Witness.objects.values_list("vkey", "size"))
    turns = [_Turn(w, min(held.get(str(w.key), 0), head.size)) for w in found.witnesses]
    _ask(turns, head, now)
    again = [turn for turn in turns if turn.trouble == CONFLICT]
    _ask(again, head, now)
    for turn in again:
        if turn.trouble == CONFLICT:  # its size changed twice within seconds: next round
            turn.trouble = "witness-unreachable"
    _keep(found, head, turns, now)
    result = standings(now)
    assert result is not None
    return result


def _ask(turns: Sequence[_Turn], head: queries.Head, now: datetime) -> None:
    """One request to each, all at once; the database is read before, not meanwhile."""
    bodies = []
    for turn in turns:
        path = queries.consistency(turn.old, head.size)
        bodies.append(Submission(turn.old, tuple(path), head.checkpoint).to_bytes())
    if not turns:
        return
    with ThreadPoolExecutor(len(turns)) as pool:
        replies = list(pool.map(add_checkpoint, [t.known.url for t in turns], bodies))
    for turn, reply in zip(turns, replies, strict=True):
        _understand(turn, reply, head, now)


def _understand(turn: _Turn, reply: Reply, head: queries.Head, now: datetime) -> None:
    turn.trouble, turn.detail = "", reply.problem
    if reply.status == 0:
        turn.trouble = "witness-unreachable"
    elif reply.status == 200:
        try:
            line, at = read_cosignature(
                head.checkpoint, reply.body, turn.known.key, int(now.timestamp())
            )
            turn.line, turn.cosigned = str(line), datetime.fromtimestamp(at, UTC)
        except Refusal as refusal:
            turn.trouble = refusal.code
    else:
        turn.trouble, size = trouble_of(reply.status, reply.content_type, reply.body, head.size)
        turn.detail = f"{reply.status} {reply.text}"
        if size is not None:
            turn.old = min(size, head.size)


@transaction.atomic
def _keep(found: Policy, head: queries.Head, turns: Sequence[_Turn], now: datetime) -> None:
    for turn in turns:
        row, _ = Witness.objects.get_or_create(vkey=str(turn.known.key))
        row.since = (row.since or now) if turn.trouble else None
        row.trouble, row.detail, row.tried_at = turn.trouble, turn.detail[:300], now
        if turn.cosigned is not None and head.size >= row.size:
            row.size, row.cosigned_at = head.size, turn.cosigned
        row.save()
    lines = [turn.line for turn in turns if turn.line]
    if lines:
        _keep_lines(found, head, lines, now)


def _keep_lines(found: Policy, head: queries.Head, lines: Sequence[str], now: datetime) -> None:
    """Add cosignatures to those that the checkpoint has; a newer one of a witness replaces."""
    old = Cosigned.objects.select_for_update().filter(size=head.size).first()
    signatures = {}
    notes = [head.checkpoint + "".join(lines)]
    if old is not None and parse_note(old.note).text == parse_note(head.checkpoint).text:
        notes.insert(0, old.note)
    for text in notes:
        for line in parse_note(text).signatures:
            signatures[line.name, line.key_id] = line
    note = Note(parse_note(head.checkpoint).text, tuple(signatures.values()))
    seen = [w.name for w in found.witnesses if cosigned_at(note, w.key) is not None]
    Cosigned.objects.update_or_create(
        size=head.size,
        defaults={"note": str(note), "enough": found.satisfied(seen), "at": now},
    )
