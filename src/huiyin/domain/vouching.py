"""Who vouches for a signed state: the log's key, witnesses, a policy, a checkpoint from elsewhere.

Shared by the checks of receipts (verification.py) and of an auditor's package (openings.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from huiyin.domain.errors import Refusal
from huiyin.domain.findings import INVALID, Finding, Stop, guard
from huiyin.domain.notes import (
    ED25519,
    Checkpoint,
    Note,
    VerifierKey,
    cosigned_at,
    open_checkpoint,
    parse_vkey,
)
from huiyin.domain.opened import FUTURE
from huiyin.domain.policies import Policy, TrustedLogs


@dataclass(frozen=True, slots=True)
class Trust:
    """What the reader trusts: keys of logs from elsewhere, witnesses, perhaps a policy and the
    own clock (``now``, aware; None: no time is held against it)."""

    logs: TrustedLogs
    witnesses: tuple[VerifierKey, ...]
    policy: Policy | None
    now: datetime | None = None

    @classmethod
    def of(
        cls,
        *,
        vkey: str | None = None,
        page: str | None = None,
        witnesses: Sequence[str] = (),
        policy: Policy | None = None,
        now: datetime | None = None,
    ) -> Trust:
        """Read the keys as the caller gave them. Raises Refusal for a malformed one."""
        logs = TrustedLogs(
            given=None if vkey is None else log_key(vkey),
            page=None if page is None else log_key(page),
            logs=tuple(log.key for log in policy.logs) if policy else (),
        )
        keys = [parse_vkey(witness) for witness in witnesses]
        keys += [w.key for w in policy.witnesses if w.key not in keys] if policy else []
        return cls(logs, tuple(keys), policy, now)


def log_key(vkey: str) -> VerifierKey:
    """A key of a log, none of a witness. Raises Refusal: as ``parse_vkey``,
    vkey-algorithm-unknown."""
    key = parse_vkey(vkey)
    if key.algorithm != ED25519:
        raise Refusal("vkey-algorithm-unknown", algorithm=key.algorithm)
    return key


def choose_key(
    receipt: Mapping[str, object], known: TrustedLogs, findings: list[Finding]
) -> VerifierKey:
    """The key to judge by, and in ``findings`` where it came from. ``receipt`` names the log's
    ``origin`` and ``vkey``. Raises Stop if it is of another log than the trusted one."""
    own = guard(INVALID, "receipt-", lambda: log_key(str(receipt["vkey"])))
    if own.name != receipt["origin"]:
        raise Stop(INVALID, "receipt-origin-wrong", origin=receipt["origin"], key=own.name)
    trusted = known.for_(own)
    if trusted is None:
        findings.append(Finding("open-key", "open", {"vkey": str(own)}))
        return own
    if trusted != own:
        code = "receipt-origin-foreign" if trusted.name != own.name else "receipt-key-foreign"
        raise Stop(INVALID, code, expected=trusted.name, origin=own.name)
    from_page = known.given is None and not known.logs
    code, kind = ("open-key-page", "open") if from_page else ("proved-key", "proved")
    findings.append(Finding(code, kind, {"origin": trusted.name, "vkey": str(own)}))
    return trusted


def vouched(
    signed: Checkpoint, note: Note, key: VerifierKey, trust: Trust, checkpoint: str | None
) -> list[Finding]:
    """What others say of a signed state: witnesses, the policy, a checkpoint from elsewhere."""
    findings = _witnessed(note, trust)
    findings += [] if trust.policy is None else _quorum(note, trust.policy)
    findings += [] if checkpoint is None else [_compare(checkpoint, key, signed)]
    return findings


def _witnessed(note: Note, trust: Trust) -> list[Finding]:
    times = {key.name: cosigned_at(note, key) for key in trust.witnesses}
    seen = {name: at for name, at in times.items() if at is not None}
    latest = None if trust.now is None else (trust.now + FUTURE).timestamp()
    if latest is not None and any(at > latest for at in seen.values()):
        name, at = max(seen.items(), key=lambda item: item[1])
        return [Finding("witness-in-future", "failed", {"witness": name, "time": at})]
    if not seen:
        return [Finding("open-witness", "open")]
    return [
        Finding("proved-witness", "proved", {"witness": name, "time": at})
        for name, at in seen.items()
    ]


def _quorum(note: Note, policy: Policy) -> list[Finding]:
    """Whether the policy's witnesses are enough."""
    seen = [w.name for w in policy.witnesses if cosigned_at(note, w.key) is not None]
    need, members = policy.needed()
    data = {"quorum": policy.quorum, "need": need, "of": members, "seen": len(seen)}
    if not policy.satisfied(seen):
        return [Finding("witness-quorum-missing", "failed", data)]
    return [Finding("proved-quorum", "proved", data)] if seen else []


def _compare(note: str, key: VerifierKey, signed: Checkpoint) -> Finding:
    try:
        other, _ = open_checkpoint(note, key)
    except Refusal as refusal:
        return Finding("other-" + refusal.code, "failed", refusal.data)
    data = {"size": signed.size, "other": other.size}
    if other.size != signed.size:
        code = "open-other-smaller" if other.size < signed.size else "open-other-larger"
        return Finding(code, "open", data)
    if other.root != signed.root:
        return Finding("other-root-differs", "failed", data)
    return Finding("proved-other", "proved", data)
