"""Reads pytest's JUnit files and closes a test run: what was skipped and why, and the totals."""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def main(names: list[str]) -> int:
    totals: Counter[str] = Counter()
    for path in map(Path, names):
        for case in ElementTree.parse(path).iter("testcase"):
            outcome = _outcome(case)
            totals[outcome] += 1
            if outcome == "skipped":
                reason = case.find("skipped").get("message", "")
                print(
                    f"skipped ({path.stem}): {case.get('classname')}.{case.get('name')}: {reason}"
                )
    print(
        f"total: {totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped"
    )
    return 0 if totals["passed"] and not totals["failed"] else 1


def _outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
