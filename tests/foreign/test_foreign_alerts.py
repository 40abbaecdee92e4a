"""Alerts as we write them, judged by a validator and a parser that are not ours."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from huiyin.domain.cap import times
from tests.domain.cap_world import SOUND, text
from tests.domain.test_cap_signing import Signer, _rsa

JUDGE = Path(__file__).parents[2] / "build" / "foreign" / "venv" / "bin" / "python"
pytestmark = pytest.mark.skipif(not JUDGE.exists(), reason="run scripts/test_foreign.sh")


def judge(source: bytes) -> dict[str, Any]:
    script = Path(__file__).with_name("judge_alert.py")
    done = subprocess.run([JUDGE, script], input=source, capture_output=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_others_read_what_we_wrote() -> None:
    answer = judge(text(SOUND))
    assert answer["schema"] is True
    assert answer["signature"] is False  # not signed yet
    info = SOUND.info[0]
    assert (answer["sender"], answer["status"]) == (SOUND.sender, "Exercise")
    assert times.read(SOUND.sent) == datetime.fromisoformat(answer["sent"])
    assert (answer["event"], answer["instruction"]) == (info.event, info.instruction)
    assert tuple(answer["categories"]) == info.category
    assert tuple(answer["polygons"]) == info.area[0].polygon


def test_others_take_the_signed_one_and_see_a_change() -> None:
    signed = Signer("office", _rsa()).sign(text(SOUND))
    answer = judge(signed)
    assert (answer["schema"], answer["signature"]) == (True, True)
    changed = judge(signed.replace(b"south stairs", b"north stairs"))
    assert (changed["schema"], changed["signature"]) == (True, False)


def test_others_let_pass_what_only_we_refuse() -> None:
    open_shape = text(SOUND).replace(b" 31.20,121.40<", b"<")
    assert judge(open_shape)["schema"] is True
