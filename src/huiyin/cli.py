"""``huiyin``: one command, one table of what it can do.

Each command is a module of ``huiyin.commands`` with ``main(argv) -> int``, imported only
when called, so that ``huiyin verify`` and ``huiyin deadline`` need neither Django nor data.
"""

from __future__ import annotations

import importlib
import sys

COMMANDS = {
    "serve": "run the whole system: web server and job worker",
    "work": "run the job worker alone",
    "demo": "fill an empty data folder with demo data",
    "verify": "check a receipt offline",
    "deadline": "count a period",
    "pack": "check, show and list rule packs",
    "plan": "check, lint, compare and show emergency plans",
    "calendar": "show and check working-day calendars",
    "ledger": "key, check and export of the register",
    "witness": "follow registers of others and cosign them",
    "monitor": "check a published register from outside",
    "rebuild": "write the rows of all cases anew from their events",
    "erase": "destroy personal data whose time is over",
    "backup": "copy a running installation into archives",
    "restore": "bring an installation back from its archives",
    "officers": "keys of the privacy officer and the ombudsman",
    "account": "make staff accounts and set passwords",
}


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()]
    return "usage: huiyin COMMAND …\n\n" + "\n".join(lines) + "\n\nhuiyin COMMAND --help says more"


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns its exit status (2 for an unknown command)."""
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_help())
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        print(f"huiyin: no command {name!r}; there are: {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return int(importlib.import_module(f"huiyin.commands.{name}").main(arguments[1:]) or 0)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
