"""Every published example we know of, asked through the command line.

``tests/data/deadline-vectors.json`` says where each example comes from and how far it can
be trusted (official, case, guidance, another implementation, derived). Here each is
translated into options; a question is (options, due, words of the vector's expectation).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from huiyin.commands import deadline

VECTORS = {
    vector["id"]: vector
    for vector in json.loads(
        Path(__file__).parent.parent.joinpath("data", "deadline-vectors.json").read_text("utf-8")
    )
}

NY, PARIS, SHANGHAI = "--tz America/New_York", "--tz Europe/Paris", "--tz Asia/Shanghai"
CPR = "--calendar uk-england --clear --short-days 5"

QUESTIONS: dict[str, list[tuple[str, str, str]]] = {
    "V01": [("--start 1998-06-01 --period 3y --calendar cn", "2001-06-01", "2001-06-01")],
    "V03": [("--start 1999-12-31 --period 2m --calendar cn", "2000-02-29", "2000-02-29")],
    "V04": [
        ("--start 2007-10-30 --period 2m --calendar cn --roll forward", "2008-01-02", "2008-01-02")
    ],
    "V06": [(f"--start 2023-10-20 --period 3d --direction before {CPR}", "2023-10-16", "16 Oct")],
    "V08": [
        (
            "--start 2023-10-02 --period 14d --calendar uk-england --short-days 5",
            "2023-10-16",
            "16 Oct",
        )
    ],
    "V11": [
        (
            "--start 2007-08-22 --period 10d --calendar us-federal --roll forward",
            "2007-09-04",
            "2007-09-04",
        )
    ],
    "V12": [
        (
            "--start 2007-09-11 --period 10d --calendar us-federal --direction before "
            "--roll backward",
            "2007-08-31",
            "2007-08-31",
        )
    ],
    "V15": [
        ("--start 2025-11-30 --period 3m --calendar none", "2026-02-28", "2026-02-28"),
        ("--start 2023-11-30 --period 3m --calendar none", "2024-02-29", "2024-02-29"),
    ],
    "V17": [
        ("--start 2026-01-31 --period 3m --calendar none", "2026-04-30", "2026-04-30"),
        ("--start 2026-01-31 --period 3m --extend 1m --calendar none", "2026-05-31", "2026-05-31"),
    ],
    "V19": [("--start 1978-09-30 --period 4m --calendar uk-england", "1979-01-30", "1979-01-30")],
    "V22": [
        ("--start 1998-03-12 --period 3w --calendar eu-institutions", "1998-04-02", "1998-04-02")
    ],
    "V26": [("--start 2014-03-16 --period 20wd --calendar uk-any", "2014-04-14", "2014-04-14")],
    "V27": [("--start 2009-03-12 --period 20wd --calendar uk-any", "2009-04-14", "2009-04-14")],
    "V30": [
        (
            "--start 2008-10-05 --period 20d --calendar uk-any --roll forward",
            "2008-10-27",
            "2008-10-27",
        )
    ],
    # The event's local time lies in the gap; one hour on shows where it was placed.
    "V32": [
        (
            f"--start 2007-03-11T02:30 --period 1h --calendar none {NY}",
            "2007-03-11T04:30:00-04:00",
            "03:30-04:00",
        )
    ],
    "V34": [
        (
            f"--start 2025-09-26 --period 15d --calendar cn --roll {roll}",
            "2025-10-11",
            "2025-10-11",
        )
        for roll in ("none", "forward", "backward", "same-time")
    ],
    "V36": [
        ("--start 2024-12-01 --period 60d --calendar cn", "2025-01-30", "2025-01-30"),
        ("--start 2024-12-01 --period 60d --calendar cn --roll forward", "2025-02-05", "02-05"),
        ("--start 2024-12-01 --period 60d --calendar cn --extend 30d", "2025-03-01", "03-01"),
        (
            "--start 2024-12-01 --period 60d --calendar cn --extend 30d --roll forward",
            "2025-03-03",
            "2025-03-03",
        ),
    ],
    "V38": [("--start 2025-09-26 --period 5wd --calendar cn", "2025-10-10", "2025-10-10")],
    "V40": [("--start 2026-02-10 --period 20wd --calendar cn", "2026-03-16", "2026-03-16")],
    "V42": [
        ("--start 2026-09-18 --period 5wd --calendar cn", "2026-09-24", "2026-09-24"),
        ("--start 2026-09-18 --period 5d --short-days 10 --calendar cn", "2026-09-24", "09-24"),
    ],
    "V46": [
        (
            f"--start 2025-06-01T23:40 --period 1h --calendar cn {SHANGHAI}",
            "2025-06-02T00:40:00+08:00",
            "00:40",
        ),
        (
            f"--start 2025-06-02T00:40 --period 2h --calendar cn {SHANGHAI}",
            "2025-06-02T02:40:00+08:00",
            "02:40",
        ),
        (
            f"--start 2025-06-02T02:40 --period 2h --calendar cn {SHANGHAI}",
            "2025-06-02T04:40:00+08:00",
            "04:40",
        ),
    ],
    "V47": [
        (
            "--start 2025-06-01T10:23:00+08:00 --period 24h --calendar none",
            "2025-06-02T10:23:00+08:00",
            "10:23 next day",
        ),
        (
            "--start 2025-06-01T10:23:00+08:00 --period 24h --calendar none --from next-hour",
            "2025-06-02T11:00:00+08:00",
            "11:00 next day",
        ),
    ],
    "V48": [
        ("--start 2026-03-02 --period 20wd --calendar uk-any", "2026-03-31", "base 2026-03-31"),
        (
            "--start 2026-03-02 --period 20wd --calendar uk-any "
            "--exclude-closed 2026-03-09..2026-03-13",
            "2026-04-09",
            "2026-04-09",
        ),
    ],
    "V52": [
        ("--start 2025-04-16 --period 5wd --calendar uk-england", "2025-04-25", "ack 2025-04-25"),
        ("--start 2025-04-25 --period 10wd --calendar uk-england", "2025-05-12", "2025-05-12"),
        (
            "--start 2025-04-25 --period 10wd --extend 10wd --calendar uk-england",
            "2025-05-27",
            "2025-05-27",
        ),
    ],
    "V55": [("--start 2025-03-05 --period 8w --calendar uk-england", "2025-04-30", "2025-04-30")],
    "V58": [
        (
            f"--start 2025-03-08T20:30:00-05:00 --period 8h --calendar us-federal {NY}",
            "2025-03-09T05:30:00-04:00",
            "2025-03-09T05:30-04:00",
        )
    ],
    "V60": [
        (
            f"--start 2025-03-28T16:40:00+01:00 --period 72h --calendar none {PARIS}",
            "2025-03-31T17:40:00+02:00",
            "2025-03-31T17:40+02:00",
        ),
        (
            "--start 2025-03-28T16:40:00+01:00 --period 72h --calendar none --from next-hour "
            f"{PARIS}",
            "2025-03-31T18:00:00+02:00",
            "18:00+02:00",
        ),
    ],
    "V62": [
        ("--start 2025-12-29 --period 7d --calendar eu-institutions", "2026-01-05", "2026-01-05"),
        ("--start 2025-11-30 --period 3m --calendar eu-institutions", "2026-02-28", "2026-02-28"),
    ],
    "V64": [
        ("--start 2026-01-05 --period 30d --calendar in-central", "2026-02-04", "2026-02-04"),
        (
            "--start 2026-01-05 --period 30d --extend 5d --calendar in-central",
            "2026-02-09",
            "2026-02-09",
        ),
    ],
    "V65": [
        ("--start 2024-02-29 --period 1y --calendar none", "2025-02-28", "2025-02-28"),
        ("--start 2024-02-29 --period 4y --calendar none", "2028-02-29", "2028-02-29"),
    ],
}

# Examples of the same sources that the file does not hold.
MORE = [
    # CPR 2.8(3)(ii): at least 28 days after notice given on 1 October: 30 October.
    (f"--start 2023-10-01 --period 28d {CPR}", "2023-10-30", "CPR 2.8(3)(ii)"),
    # CPR 2.8(4): three clear days before a hearing on Monday 20 October: Tuesday 14 October.
    (f"--start 2003-10-20 --period 3d --direction before {CPR}", "2003-10-14", "CPR 2.8(4)"),
    # FRCP 6(a)(2)(C): hours ending on a Sunday run on to the same time on Monday.
    (
        f"--start 2026-06-05T10:23 --period 48h --calendar us-federal --roll same-time {NY}",
        "2026-06-08T10:23:00-04:00",
        "FRCP 6(a)(2)(C)",
    ),
    # Before 2009 FRCP 6 left out weekends and holidays in periods of less than 11 days.
    (
        "--start 2007-08-22 --period 10d --short-days 10 --calendar us-federal",
        "2007-09-06",
        "FRCP 6(a) before 2009",
    ),
    # Reg. 1182/71 art. 3(5): Maundy Thursday + 2 days holds two working days on Wednesday.
    (
        "--start 2026-04-02 --period 2d --calendar uk-england --roll forward --min-working-days 2",
        "2026-04-08",
        "Reg. 1182/71 art. 3(5), English bank holidays",
    ),
    # "The period of 6 months commencing on": 1 January to 30 June.
    ("--start 2025-01-01 --period 6m --from including --calendar none", "2025-06-30", "Trow"),
    ("--start 2025-08-31 --period 6m --from including --calendar none", "2026-02-28", "Trow"),
    # Alaveteli, spec/models/holiday_spec.rb: 20 working days, then 20 days with rolling.
    *[
        (f"--start {start} --period 20wd --calendar uk-any", due, "Alaveteli, working days")
        for start, due in (
            ("2008-10-01", "2008-10-29"),
            ("2007-02-01", "2007-03-01"),
            ("2008-02-01", "2008-02-29"),
            ("2009-03-13", "2009-04-15"),
            ("2009-03-14", "2009-04-15"),
            ("2009-03-15", "2009-04-15"),
            ("2009-03-16", "2009-04-16"),
        )
    ],
    *[
        (
            f"--start {start} --period 20d --roll forward --calendar uk-any",
            due,
            "Alaveteli, calendar days",
        )
        for start, due in (
            ("2008-10-01", "2008-10-21"),
            ("2008-10-04", "2008-10-24"),
            ("2008-10-06", "2008-10-27"),
            ("2008-10-07", "2008-10-27"),
            ("2008-12-04", "2008-12-24"),
            ("2008-12-05", "2008-12-29"),
            ("2009-03-17", "2009-04-06"),
        )
    ],
    # Toeters: 13 March gives 3 April, 16 March gives 6 April.
    ("--start 1998-03-13 --period 3w --calendar eu-institutions", "1998-04-03", "C-171/03"),
    ("--start 1998-03-16 --period 3w --calendar eu-institutions", "1998-04-06", "C-171/03"),
    # 政府信息公开条例 art. 33: third-party consultation sent on 10, back on 16 March.
    (
        "--start 2026-03-02 --period 20wd --calendar cn --exclude 2026-03-10..2026-03-16",
        "2026-04-03",
        "政府信息公开条例 33",
    ),
    # 民诉法解释 art. 125 at the turn of an hour: that hour is still the event's.
    (
        "--start 2025-06-01T10:00:00+08:00 --period 24h --calendar cn --from next-hour",
        "2025-06-02T11:00:00+08:00",
        "民诉法解释 125",
    ),
]


def _answer(arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    status = deadline.main([*arguments.split(), "--json"])
    printed = capsys.readouterr()
    assert status == 0, printed.err
    answer = json.loads(printed.out)
    assert isinstance(answer, dict)
    return answer


def test_every_vector_is_asked() -> None:
    assert set(QUESTIONS) == set(VECTORS)


@pytest.mark.parametrize(
    ("id", "arguments", "due", "words"),
    [
        pytest.param(id, *question, id=f"{id}.{n}-{VECTORS[id]['cls']}-{VECTORS[id]['source']}")
        for id, questions in QUESTIONS.items()
        for n, question in enumerate(questions, 1)
    ],
)
def test_vector(
    id: str, arguments: str, due: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in VECTORS[id]["expected"], "the question must be the vector's"
    assert _answer(arguments, capsys)["due"] == due


@pytest.mark.parametrize(("arguments", "due", "source"), MORE, ids=[f"{m[2]}-{m[0]}" for m in MORE])
def test_example_of_the_same_rules(
    arguments: str, due: str, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _answer(arguments, capsys)["due"] == due


def test_a_local_time_in_the_gap_is_read_with_the_offset_before_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (question,) = QUESTIONS["V32"]
    assert _answer(question[0], capsys)["start"] == "2007-03-11T03:30:00-04:00"


def test_the_next_working_day_is_not_monday_in_every_country(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """V26: with England alone the same question ends on Friday 11 April."""
    england = "--start 2014-03-16 --period 20wd --calendar uk-england"
    assert _answer(england, capsys)["due"] == "2014-04-11"
