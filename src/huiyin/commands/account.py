"""``huiyin account``: make staff accounts, give and end roles, set passwords.

The first account of an installation is made here; later ones can be made on the pages.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from huiyin.commands import installation
from huiyin.domain.access import STAFF_ROLES


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin account", description=__doc__)
    sub = parser.add_subparsers(dest="what", required=True)
    add = sub.add_parser("add", help="make an account with one role")
    add.add_argument("name")
    add.add_argument("--role", choices=STAFF_ROLES, required=True)
    add.add_argument("--unit", required=True)
    grant = sub.add_parser("grant", help="give one more role")
    grant.add_argument("name")
    grant.add_argument("--role", choices=STAFF_ROLES, required=True)
    grant.add_argument("--unit", required=True)
    password = sub.add_parser("password", help="set a password")
    password.add_argument("name")
    token = sub.add_parser("token", help="make a key for a program that acts as this account")
    token.add_argument("name")
    token.add_argument("--label", default="", help="what the program is, for the list of keys")
    post = sub.add_parser("post", help="a post that complaints can name")
    post.add_argument("name", help="a short id of the post, such as head-of-works")
    post.add_argument("--unit", required=True)
    post.add_argument("--called", action="append", required=True, metavar="LANGUAGE=WORDS")
    hold = sub.add_parser("hold", help="somebody takes a post")
    leave = sub.add_parser("leave", help="somebody has left a post")
    for each in (hold, leave):
        each.add_argument("name")
        each.add_argument("post")
    sub.add_parser("list", help="accounts and their roles")
    for each in (add, grant, password, token, post, hold, leave, sub.choices["list"]):
        each.add_argument("--data")
        each.add_argument("--password-stdin", action="store_true")
    return parser


def _password(args: argparse.Namespace) -> str:
    if args.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Once more: "):
        raise SystemExit("huiyin account: the two passwords differ; nothing was changed")
    return first


def main(argv: list[str]) -> int:
    """Exit 0, or 2 with one line that says what is wrong."""
    args = _parser().parse_args(argv)
    installation.configure(args.data)
    installation.prepare(demo=installation.is_demo(), say=False, register=False)
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from huiyin.domain.errors import Refusal
    from huiyin.people import acts

    try:
        if args.what == "list":
            _list()
        elif args.what == "token":
            # Shown once: only its digest is kept.
            print(acts.make_token(args.name, args.label, os.urandom(32), timezone.now()))
        elif args.what == "post":
            called = dict(one.split("=", 1) for one in args.called if "=" in one)
            acts.add_post(args.name, called or {"en": args.called[0]}, args.unit)
        elif args.what == "hold":
            acts.hold_post(args.name, args.post)
        elif args.what == "leave":
            acts.leave_post(args.name, args.post, timezone.localdate())
        elif args.what == "password":
            acts.set_password(args.name, _password(args))
        else:
            if args.what == "add":
                acts.add_account(args.name, _password(args))
            acts.grant(args.name, args.role, args.unit)
    except Refusal as refusal:
        print(f"huiyin account: {refusal}", file=sys.stderr)
        return 2
    except ValidationError as error:
        print(f"huiyin account: {' '.join(error.messages)}", file=sys.stderr)
        return 2
    return 0


def _list() -> None:
    from huiyin.people.models import User

    for user in User.objects.prefetch_related("memberships").order_by("username"):
        roles = ", ".join(f"{m.role} in {m.unit_id}" for m in user.memberships.all())
        print(f"{user.username}\t{roles or 'no role'}")
