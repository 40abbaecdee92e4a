"""``huiyin alert`` as somebody types it: exit status, words, files; no installation needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from huiyin import plans
from huiyin.cli import main
from huiyin.domain.cap import drafts, reading
from huiyin.domain.plans.reading import read_plan
from tests.domain.cap_world import SOUND
from tests.domain.test_cap_signing import Signer, _rsa

DRAFT = """\
sender: duty@kindergarten.example.org
restriction: staff on duty
note: 演练编号 2026-03
info:
  - language: zh-CN
    category: [Fire, Safety]
    event: 火灾
    responseType: Evacuate
    urgency: Immediate
    severity: Severe
    certainty: Observed
    onset: 2026-03-01T01:00:00Z
    senderName: 示范幼儿园
    headline: 二楼起火
    description: 二楼发现烟雾。
    instruction: 沿南侧楼梯疏散到操场。
    parameter: {level: red}
    area:
      - areaDesc: 教学楼
        circle: 31.2,121.4 0.2
"""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.yaml"
    path.write_text(DRAFT, "utf-8")
    return path


def test_compose_check_sign_verify(
    draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, signed = tmp_path / "a.xml", tmp_path / "s.xml"
    assert main(["alert", "compose", str(draft), "-o", str(plain)]) == 0
    alert = reading.read(plain.read_bytes()).alert
    assert (alert.status, alert.scope) == ("Exercise", "Restricted")
    assert alert.info[0].onset == "2026-03-01T01:00:00-00:00"
    assert alert.info[0].headline == "【演练】二楼起火"
    assert main(["alert", "check", "--house", str(plain)]) == 0
    assert "conforms" in capsys.readouterr().out
    _keys(tmp_path)
    key, pem = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    assert main(["alert", "sign", str(plain), "--key", key, "--certificate", pem,
                 "-o", str(signed)]) == 0  # fmt: skip
    verify = ["alert", "verify", str(signed), "--pin", pem]
    assert main([*verify, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "valid"
    assert main(["alert", "verify", str(plain), "--pin", pem, "--lang", "zh"]) == 1
    assert "没有签名" in capsys.readouterr().out


def _keys(folder: Path) -> None:
    office = Signer("office", _rsa())
    (folder / "key.pem").write_bytes(office.key)
    (folder / "cert.pem").write_bytes(office.certificate)


def test_each_fault_is_named_with_its_line_in_the_draft(
    draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft.write_text(DRAFT.replace(" 0.2", "").replace("    senderName: 示范幼儿园\n", ""), "utf-8")
    assert main(["alert", "compose", str(draft)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert any(f"{draft}:19: error circle-form" in line for line in lines)
    assert any(f"{draft}:5: error art64-issuer" in line for line in lines)


def test_a_draft_with_unknown_keys_is_told_all_at_once(
    draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft.write_text(DRAFT + "phone: 1\nnote: [a, b]\n", "utf-8")
    assert main(["alert", "compose", str(draft)]) == 2
    assert "already given in line 3" in capsys.readouterr().err
    draft.write_text(DRAFT.replace("note: 演练编号 2026-03", "note: [a, b]\nphone: 1"), "utf-8")
    assert main(["alert", "compose", str(draft)]) == 2
    err = capsys.readouterr().err
    assert f"{draft}:3:1: note: must be one value" in err
    assert f"{draft}:4:8: phone: is not known here" in err


def test_a_public_actual_alert_is_refused_in_words(
    draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    public = "status: Actual\nscope: Public\n" + DRAFT.replace("restriction: staff on duty\n", "")
    draft.write_text(public, "utf-8")
    assert main(["alert", "compose", str(draft), "--lang", "zh"]) == 2
    assert "面向公众的真实预警" in capsys.readouterr().err
    assert main(["alert", "compose", str(draft), "--authority", "county office"]) == 0


def test_check_prints_stable_json(
    draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "a.xml"
    assert main(["alert", "compose", str(draft), "-o", str(plain)]) == 0
    broken = plain.read_bytes().replace(b"31.2,121.4 0.2", b"31.2,121.4")
    plain.write_bytes(broken)
    assert main(["alert", "check", "--json", str(plain), str(plain)]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [f["rule"] for f in found] == ["circle-form", "circle-form", "identifier-reused"]
    assert set(found[0]) == {"file", "line", "path", "rule", "severity", "source", "text", "remedy"}
    assert found[0]["path"] == "info[0].area[0].circle[0]"


@pytest.mark.parametrize("name", plans.examples())
def test_a_plan_s_warnings_become_drafts_that_ask_for_the_rest(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, draft = tmp_path / "plan.yaml", tmp_path / "draft.yaml"
    path.write_bytes(plans.example(name)[0])
    plan, _ = read_plan(path.read_bytes())
    for warning, prepared in plan.warnings.items():
        assert main(["alert", "draft", str(path), warning, "-o", str(draft)]) == 0
        text = draft.read_text("utf-8")
        alert = drafts.read(draft.read_bytes()).alert
        assert (alert.status, alert.scope) == (prepared.status, prepared.scope)
        assert [i.instruction for i in alert.info] == list(prepared.measures.values())
        # A plan cannot say how bad it is: composing asks for it.
        assert main(["alert", "compose", str(draft), "--authority", "law"]) == 1
        err = capsys.readouterr().err
        assert "urgency" in err and "sender-form" in err and "art64-start" in err
        added = (
            "sender: duty@example.org\n"
            + ("addresses: staff\n" if prepared.scope == "Private" else "")
            + text.replace(
                "    category",
                "    urgency: Immediate\n    severity: Severe\n    certainty: Observed\n"
                "    onset: 2026-03-01T09:00:00+08:00\n    responseType: Evacuate\n    category",
            )
        )
        draft.write_text(added, "utf-8")
        assert main(["alert", "compose", str(draft), "--authority", "law"]) == 0, added
        composed = reading.read(capsys.readouterr().out.encode().strip()).alert
        assert len(composed.info) == len(plan.about.languages)
    assert main(["alert", "draft", str(path), "nothing"]) == 2
    assert "no warning “nothing”" in capsys.readouterr().err


def test_a_written_draft_is_read_back() -> None:
    written = drafts.write(SOUND)
    assert drafts.read(written.encode()).alert == SOUND


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "required"),
        (["check"], "required"),
        (["check", "no-such-file"], "No such file"),
        (["verify", "x"], "--pin"),
        (["check", "x", "--lang", "fr"], "--lang"),
    ],
)
def test_a_wrong_call_is_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["alert", *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_a_hostile_file_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.xml"
    path.write_text('<!DOCTYPE a [<!ENTITY x SYSTEM "/etc/passwd">]><a>&x;</a>')
    assert main(["alert", "check", str(path)]) == 2
    err = capsys.readouterr().err
    assert "document type" in err
    assert "root:" not in err


def test_the_command_needs_no_django() -> None:
    code = (
        "import sys; from huiyin.cli import main; main(['alert', 'check', '/nowhere']);"
        "sys.exit(any(m == 'django' or m.startswith('django.') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_half_written_is_left(draft: Path, tmp_path: Path) -> None:
    out = tmp_path / "sub" / "a.xml"
    assert main(["alert", "compose", str(draft), "-o", str(out)]) == 2
    out.parent.mkdir()
    assert main(["alert", "compose", str(draft), "-o", str(out)]) == 0
    assert [p.name for p in out.parent.iterdir()] == ["a.xml"]
