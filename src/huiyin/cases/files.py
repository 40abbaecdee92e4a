"""The files of a case: adding, what the cleaner found, reading the copy, giving it as it is.

The office reads copies only, through ``domain.access`` like everything of a case, and each
reading is an entry. The original opens for the complainant, and for two officers together
(``opening``). What a file is and whether it is taken at all: ``filing``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.cases.acting import Done, Play, Request, perform
from huiyin.cases.filing import ABOUT, MOST_IN_CASE, Taken, leave_jobs, listed
from huiyin.cases.models import Case
from huiyin.cases.queries import facts_of, history_of, visible_to
from huiyin.cases.recording import History
from huiyin.cleaning.results import CLEANED as COPY_MADE
from huiyin.cleaning.results import Result
from huiyin.domain import filing as domain
from huiyin.domain.access import Actor, roles_on
from huiyin.domain.errors import Refusal
from huiyin.domain.filing import FileFacts, files_in
from huiyin.domain.packs import ActRule
from huiyin.domain.procedure import Act
from huiyin.domain.sniffing import KINDS, Kind
from huiyin.domain.states import Event
from huiyin.vault import acts as vault
from huiyin.vault import files as vault_files
from huiyin.vault import queries as sealed
from huiyin.vault.queries import ContentRef

COPY, REPORT = "file-copy", "file-report"


@dataclass(frozen=True)
class FileView:
    """A file with what is sealed about it. ``kind`` is None once it was erased.

    ``leaf`` and ``checked_leaf``: where its events stand in the register; ``sealed``: the hash
    of the sealed original that the first of them commits to.
    """

    facts: FileFacts
    kind: Kind | None
    size: int
    digest: str
    sealed: str
    leaf: int
    copy_kind: Kind | None
    copy_size: int
    copy_digest: str
    copy_sealed: str
    checked_leaf: int | None
    removed: Mapping[str, int]
    scan: str


def files_of(case: Case, history: History) -> tuple[FileView, ...]:
    """The files of a case. One query; none for a case without files."""
    found = files_in(history.events)
    if not found:
        return ()
    ids = {UUID(part) for file in found for part in (file.about, file.report) if part}
    texts = sealed.get(ids, case.vault)
    return tuple(_view(file, history, texts) for file in found)


def _view(file: FileFacts, history: History, texts: Mapping[UUID, str]) -> FileView:
    about = json.loads(texts.get(UUID(file.about), "{}"))
    report = json.loads(texts.get(UUID(file.report), "{}")) if file.report else {}
    added = history.stored[file.seq - 1]
    checked = history.stored[file.checked - 1] if file.checked else None
    return FileView(
        facts=file,
        kind=KINDS.get(about.get("media", "")),
        size=about.get("size", 0),
        digest=about.get("sha256", ""),
        sealed=_hash_in(added.content, file.id),
        leaf=added.index,
        copy_kind=KINDS.get(report.get("media", about.get("media", ""))),
        copy_size=report.get("size", 0),
        copy_digest=report.get("sha256", ""),
        copy_sealed=_hash_in(checked.content, file.copy) if checked else "",
        checked_leaf=checked.index if checked else None,
        removed=report.get("removed", {}),
        scan=report.get("scan", ""),
    )


def _hash_in(content: Sequence[Mapping[str, object]], ref: str) -> str:
    return next((str(one["sha256"]) for one in content if one["id"] == ref), "")


def file_of(case: Case, history: History, file_id: str) -> FileView:
    """One file of a case. Raises Refusal ``file-unknown``."""
    for file in files_of(case, history):
        if file.facts.id == file_id:
            return file
    raise Refusal("file-unknown")


# -- adding --------------------------------------------------------------------------------------


def digests(case: Case) -> list[str]:
    """What is there already, for telling the same file sent twice."""
    return [file.digest for file in files_of(case, history_of(case))]


def add(number: str, private_key: bytes, taken: Sequence[Taken], text: str, now: datetime) -> Done:
    """The complainant adds files, with a message if there is something to say.

    ``private_key`` follows from the receipt code. Raises Refusal ``file-too-many``,
    ``case-key-erased``, and those of the rules and of ``clean_text``.
    """
    request = Request(domain.ADD, {"message": text} if text.strip() else {})
    refs: list[ContentRef] = []

    def play(case: Case, history: History, rule: ActRule) -> Act:
        known = files_in(history.events)
        if len(known) + len(taken) > MOST_IN_CASE:
            raise Refusal("file-too-many", most=MOST_IN_CASE, most_in_all=MOST_IN_CASE)
        prepared = _prepared(case, private_key, taken, now)
        abouts = vault.put_many(case.vault, [(ABOUT, one.about) for one in taken], now=now)
        refs.extend((*prepared.refs, *abouts))
        return Act(rule.id, "complainant", None, {"files": listed(prepared.refs, abouts)})

    def half(case: Case, _: Sequence[Event]) -> tuple[ContentRef, ...]:
        leave_jobs(case.number, [ref for ref in refs if ref.kind == vault_files.ORIGINAL])
        return tuple(refs)

    return perform(number, request, play, now, half)


def _prepared(
    case: Case, private_key: bytes, taken: Sequence[Taken], now: datetime
) -> vault_files.PreparedFiles:
    """Seal and write the originals; the caller holds the case's row."""
    keys = sealed.case_keys(case.vault)
    identity_key = None
    if not vault_files.has_key(case.vault):
        identity_key = vault.identity_key_for_files(keys, private_key, now=now)
    uploads = [one.upload for one in taken]
    prepared = vault_files.prepare(keys, uploads, identity_key=identity_key, now=now)
    vault_files.write(prepared)
    return prepared


# -- the cleaner's look --------------------------------------------------------------------------

_RESULTS = {"cleaned": domain.CLEANED, "kept": domain.KEPT, "refused": domain.REFUSED}


def record_look(case: Case, file_id: str, done: Result, scan: str, now: datetime) -> Done:
    """Write down what came of a file, keep its copy, and take the server's way to it away.

    Raises Refusal ``file-unknown`` if somebody has looked already.
    """
    file = UUID(file_id)
    refs = [vault_files.commitment(case.vault, file)]

    def play(held: Case, history: History, rule: ActRule) -> Act:
        contents: list[tuple[str, str | bytes]] = [(REPORT, _report(done, scan))]
        if done.result == COPY_MADE:
            contents.append((COPY, done.copy))
        refs.extend(vault.put_many(held.vault, contents, now=now))
        data = {"file": file_id, "result": _RESULTS[done.result], "report": refs[1].id.hex}
        if done.reason:
            data["why"] = done.reason
        if done.result == COPY_MADE:
            data["copy"] = refs[2].id.hex
        return Act(rule.id, "system", None, data)

    def half(held: Case, _: Sequence[Event]) -> tuple[ContentRef, ...]:
        if not vault_files.looked_at(held.vault, file):
            raise Refusal("file-unknown")
        return tuple(refs)

    return perform(case.number, Request(domain.CHECKED, {}), play, now, half)


def _report(done: Result, scan: str) -> str:
    told: dict[str, object] = {"removed": done.removed, "scan": scan}
    if done.result == COPY_MADE:
        told |= {"media": done.media, "size": len(done.copy), "sha256": done.digest}
    return json.dumps(told, sort_keys=True)


# -- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Download:
    """A file on its way out. ``name`` says nothing of its content."""

    name: str
    media: str
    data: bytes


def read_copy(number: str, file_id: str, actor: Actor, now: datetime) -> Download:
    """The copy for a member of staff, leaving the entry that says so, once per person and day.

    Raises Refusal ``case-unknown`` (also for a case that the actor may not see),
    ``file-unknown``, ``file-without-copy``.
    """
    case = visible_to(actor).filter(number=number).first()
    if case is None:
        raise Refusal("case-unknown", number=number)
    history = history_of(case)
    file = file_of(case, history, file_id)
    if not file.facts.readable:
        raise Refusal("file-without-copy")
    copy = UUID(file.facts.copy)
    data = sealed.get_bytes([copy], case.vault).get(copy)
    kind = file.copy_kind if file.facts.state != domain.AS_IT_IS else file.kind
    if data is None or kind is None:  # erased on schedule
        raise Refusal("file-unknown")
    if not _read_today(file, actor, history, now):
        perform(number, Request(domain.READ, {}), _reader(actor, file_id), now)
    return Download(f"{number}-{file.facts.n}.{kind.ending}", kind.media, data)


def _read_today(file: FileView, actor: Actor, history: History, now: datetime) -> bool:
    zone = history.law.zone
    # An entry is never older than the one before it, even if a clock went back.
    today = max(now, history.state.last).astimezone(zone).date()
    return any(
        one.actor == actor.id and one.at.astimezone(zone).date() == today
        for one in file.facts.readings
    )


def _reader(actor: Actor, file_id: str) -> Play:
    def play(case: Case, history: History, rule: ActRule) -> Act:
        roles = roles_on(actor, facts_of(case, history.state))
        if not roles:
            raise Refusal("case-unknown", number=case.number)
        return Act(rule.id, roles[0], actor.id, {"file": file_id})

    return play


# -- the complainant's own -----------------------------------------------------------------------


def own_names(case: Case, private_key: bytes, files: Sequence[FileView]) -> dict[str, str]:
    """The names under which the complainant handed the files in, by their id."""
    if not files or not vault_files.has_key(case.vault):
        return {}
    names = vault_files.as_complainant(case.vault, private_key).names(
        UUID(file.facts.id) for file in files
    )
    return {file_id.hex: name for file_id, name in names.items()}


def own_original(case: Case, file_id: str, private_key: bytes) -> Download:
    """The file as it was handed in, for whoever holds the receipt code.

    Raises Refusal ``file-unknown``, ``seal-broken`` (another case's code).
    """
    file = file_of(case, history_of(case), file_id)
    opener = vault_files.as_complainant(case.vault, private_key)
    own = UUID(file.facts.id)
    data, name = opener.original(own), opener.names([own])[own]
    if file.kind is None:
        raise Refusal("file-unknown")
    return Download(name or f"{file.facts.n}.{file.kind.ending}", file.kind.media, data)


def give_as_it_is(number: str, file_id: str, private_key: bytes, now: datetime) -> Done:
    """The complainant lets the office see a file that could not be cleaned, as it is.

    Only the receipt code can do it: the server cannot open the original. Raises Refusal
    ``file-unknown``, ``file-given-already`` (there is a copy), ``seal-broken``.
    """
    refs: list[ContentRef] = []

    def play(case: Case, history: History, rule: ActRule) -> Act:
        file = file_of(case, history, file_id)
        if file.facts.state != domain.KEPT:
            raise Refusal("file-given-already")
        opener = vault_files.as_complainant(case.vault, private_key)
        data = opener.original(UUID(file_id))
        refs.append(vault.put(case.vault, COPY, data, now=now))
        return Act(rule.id, "complainant", None, {"file": file_id, "copy": refs[0].id.hex})

    def half(case: Case, _: Sequence[Event]) -> tuple[ContentRef, ...]:
        return tuple(refs)

    return perform(number, Request(domain.GIVEN, {}), play, now, half)
