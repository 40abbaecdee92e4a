"""A start that was interrupted is taken up again by the next one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

INTERRUPTED = """
from huiyin.commands import installation

def interrupted(*_, **__):
    raise KeyboardInterrupt

installation.configure()
content, installation._content = installation._content, interrupted
try:
    installation.prepare(demo=False, say=False)
except KeyboardInterrupt:
    pass
assert not installation.is_ready(False), "an empty installation passes for a ready one"
installation._content = content
installation.prepare(demo=False, say=False)
assert installation.is_ready(False)
"""


def test_a_start_interrupted_before_its_content_is_not_ready(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
    environment |= {"HUIYIN_DATA": str(tmp_path / "data"), "PYTHONPATH": "src"}
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_who_deletes_a_demonstration_without_its_keys_is_told_how_to_begin_anew(
    tmp_path: Path,
) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
    environment |= {
        "HUIYIN_DATA": str(tmp_path / "data"), "HUIYIN_LANGUAGE": "en", "PYTHONPATH": "src",
    }  # fmt: skip
    prepare = (
        "from huiyin.commands import installation; installation.configure();"
        "installation.prepare(demo={}, say=False)"
    )

    def run(demo: bool) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", prepare.format(demo)]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    assert run(demo=False).returncode == 0
    (tmp_path / "data").rename(tmp_path / "gone")
    again = run(demo=True)
    assert again.returncode == 2
    assert f"delete the folder {tmp_path / 'data-keys'} as well" in again.stderr
