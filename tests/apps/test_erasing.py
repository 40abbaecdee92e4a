"""Personal data dies on its day; the register, the events and the statistics stay."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from huiyin.cases import erasing, opening
from huiyin.cases.models import Case, OpeningRequest
from huiyin.cases.queries import history_of
from huiyin.cases.rebuilding import rebuild
from huiyin.cases.search import find
from huiyin.domain import receipts
from huiyin.domain.errors import Refusal
from huiyin.domain.verification import verify_receipt
from huiyin.history.models import Event
from huiyin.portal.receipts import receipt_bytes
from huiyin.register.checking import check
from huiyin.register.queries import vkey
from huiyin.register.verdicts import say
from huiyin.vault import queries as vault
from huiyin.vault.models import CaseKey, Content, Identity, Opening
from tests.apps.portal_journey import Resident, shown
from tests.people import NOW, Town

WHO = {"name": "Zhao Qiang", "phone": "13800138000"}
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def scrubbed(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Scrubbing needs files and no open transaction: tests/apps/test_bytes.py does it."""
    done: list[bool] = []
    monkeypatch.setattr(erasing, "scrub", lambda: done.append(True))
    return done


def withdrawn(town: Town, now: datetime = NOW, **more: object) -> tuple[Case, receipts.Code]:
    """A case that its complainant withdrew: kept for a year."""
    given, code = town.hand_in(now=now, identity=WHO, **more)
    number = given.case.number
    town.act("alice", number, "accept", now)
    town.act("bob", number, "assign", now, owner=town.id("bob"))
    town.act("bob", number, "summary", now, summary="Lamp at the heron bridge")
    town.complainant(number, "withdraw", now)
    return Case.objects.get(pk=number), code


def numbers(now: datetime) -> list[str]:
    return [lapse.number for lapse in erasing.due(now)]


def test_due_on_the_day_that_the_pack_sets_and_not_before(town: Town) -> None:
    case, _ = withdrawn(town)
    open_one, _ = town.hand_in()
    lapse = erasing.lapse_of(case, NOW + timedelta(days=400))
    assert lapse is not None and lapse.ended == NOW
    # The whole day of the anniversary still belongs to the period.
    assert lapse.due == datetime.fromisoformat("2027-03-03T00:00:00+08:00")
    second = timedelta(seconds=1)
    assert numbers(lapse.due - second) == []
    assert numbers(lapse.due) == [case.number]
    with pytest.raises(Refusal, match="erase-too-early"):
        erasing.erase(case.number, lapse.due - second)
    with pytest.raises(Refusal):
        erasing.erase(open_one.case.number, NOW + 9 * YEAR)
    assert vault.get_bytes([], case.vault) == {} and vault.case_keys(case.vault)


def test_what_happens_after_the_end_keeps_nothing_alive(town: Town) -> None:
    case, _ = withdrawn(town)
    town.act("bob", case.number, "note", NOW + timedelta(days=300), note="Looked again.")
    assert numbers(NOW + YEAR + timedelta(days=1)) == [case.number]


def test_a_case_that_silence_closed_counts_from_that_day(town: Town) -> None:
    given, _ = town.hand_in()
    number = given.case.number
    town.act("alice", number, "accept")
    town.act("bob", number, "assign", owner=town.id("bob"))
    decision = {"facts": "a", "reasons": "b", "basis": "c", "remedy": "d", "finding": "supported"}
    town.act("bob", number, "decide", **decision)
    town.act("bob", number, "deliver")
    case = Case.objects.get(pk=number)
    assert case.open and case.ends_at is not None
    lapse = erasing.lapse_of(case, NOW + 9 * YEAR)
    assert lapse is not None and lapse.ended == case.ends_at
    assert numbers(lapse.due - timedelta(hours=1)) == []
    assert numbers(lapse.due) == [number]


def test_erased_first_in_the_register_then_gone(town: Town, scrubbed: list[bool]) -> None:
    case, _ = withdrawn(town)
    other, _ = withdrawn(town, now=NOW + timedelta(days=200))
    events, later = Event.objects.count(), NOW + YEAR + timedelta(days=2)
    assert [lapse.number for lapse in erasing.erase_due(later)] == [case.number]
    last = history_of(case).stored[-1]
    assert (last.event.type, last.event_class, last.event.role) == ("erased", "erased", "system")
    assert Event.objects.count() == events + 1
    assert not CaseKey.objects.filter(stream=case.vault).exists()
    assert not Content.objects.filter(stream=case.vault).exists()
    assert not Identity.objects.filter(stream=case.vault).exists()
    kept = [row.index for row in history_of(case).stored if row.index in _openings()]
    assert kept == [last.index], "only the leaf of the erasure proves itself"
    case.refresh_from_db()
    assert case.summary == ""
    found = [one.number for one in find(town.actor("bob"), "heron bridge")]
    assert found == [other.number]
    # Everything of the other case is there, and the register is whole.
    assert vault.has_identity(other.vault) and other.summary
    assert check().faults == ()
    assert receipt_bytes(case, history_of(case), later)
    assert rebuild(case.number) == ()
    assert erasing.erase_due(later) == ()
    assert scrubbed == [True]


def _openings() -> set[int]:
    return set(Opening.objects.values_list("index", flat=True))


def test_the_complainant_sees_that_it_is_gone(town: Town) -> None:
    _, code = withdrawn(town)
    erasing.erase_due(NOW + YEAR + timedelta(days=2))
    resident = Resident()
    page = shown(resident.open(code.text))
    assert "Personal data erased" in page and "The lamp by the bridge" not in page
    assert "erased" in page.lower()
    assert resident.get("/follow/receipt/").status_code == 200
    assert "erased on schedule" in shown(resident.get("/follow/identity/"))


def test_the_receipt_from_before_and_the_one_after_both_verify(town: Town) -> None:
    """The older one proves what it holds; the newer one says how much was erased, and when."""
    case, _ = withdrawn(town)
    older = receipt_bytes(case, history_of(case), NOW)
    later = NOW + YEAR + timedelta(days=2)
    erasing.erase_due(later)
    town.hand_in(now=later)  # the register goes on
    verdict = verify_receipt(older, vkey=vkey(), now=later)
    assert (verdict.status, verdict.number) == ("valid", case.number)
    said = [say(finding, "en") for finding in verdict.findings]
    assert any("whether texts and names were erased since" in line for line in said)

    newer = receipt_bytes(case, history_of(case), later)
    verdict = verify_receipt(newer, vkey=vkey(), now=later)
    assert verdict.status == "valid"
    count = len(json.loads(older)["events"])
    found = {finding.code: finding.data for finding in verdict.findings}
    assert found["proved-erased"]["erased"] == count
    assert f"{count} event(s); they were erased on" in " ".join(
        say(finding, "en") for finding in verdict.findings
    )
    assert b"lamp" not in newer.lower()


def test_without_a_registered_erasure_no_receipt_may_begin_late(town: Town) -> None:
    case, _ = withdrawn(town)
    Opening.objects.filter(index=history_of(case).stored[0].index).delete()
    with pytest.raises(Refusal, match="receipt-erased"):
        receipt_bytes(case, history_of(case), NOW)


def test_a_request_of_the_officers_dies_with_the_case(town: Town) -> None:
    case, _ = withdrawn(town)
    OpeningRequest.objects.create(
        number=case.number,
        purpose="open",
        role="ombudsman",
        first_id=int(town.id("olga")),
        asked=NOW,
        generation=1,
        wrap=b"share",
        reason=b"sealed",
    )
    assert opening.requests(NOW)
    erasing.erase_due(NOW + YEAR + timedelta(days=2))
    assert not OpeningRequest.objects.exists()


def test_one_case_that_fails_does_not_keep_the_others(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, _ = withdrawn(town)
    second, _ = withdrawn(town)
    plain = erasing.erase

    def fails_once(number: str, now: datetime) -> None:
        if number == first.number:
            raise Refusal("stale", case=number, since=[])
        plain(number, now)

    monkeypatch.setattr(erasing, "erase", fails_once)
    done = erasing.erase_due(NOW + YEAR + timedelta(days=2))
    assert [lapse.number for lapse in done] == [second.number]
    assert first.number in caplog.text


def test_the_job_runs_every_day_and_once(town: Town) -> None:
    erasing.schedule(NOW)
    erasing.schedule(NOW)
    waiting = DBTaskResult.objects.filter(task_path__endswith="erase_daily", status="READY")
    assert waiting.count() == 1
    waiting.delete()
    withdrawn(town, now=NOW - 3 * YEAR)
    assert erasing.erase_daily.func() == 1
    assert waiting.count() == 1


def test_the_command_lists_first_and_then_erases(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    from huiyin.commands.erase import main

    case, _ = withdrawn(town, now=NOW - 3 * YEAR)
    assert main(["--due", "--dry-run"]) == 0
    assert "1 would be erased" in capsys.readouterr().out
    assert CaseKey.objects.filter(stream=case.vault).exists()
    assert main(["--due"]) == 0
    said = capsys.readouterr().out
    assert case.number in said and "1 erased" in said
    assert not CaseKey.objects.filter(stream=case.vault).exists()
