"""``huiyin account``: make staff accounts, give and end roles, set passwords, close accounts.

The first account of an installation is made here; later ones can be made on the pages of the
administration. Both go through the same acts, so that each change is an event in the register.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from datetime import datetime

from huiyin.commands import installation
from huiyin.domain.access import STAFF_ROLES


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin account", description=__doc__)
    sub = parser.add_subparsers(dest="what", required=True)
    for what, told in (
        ("add", "make an account with one role"),
        ("grant", "give one more role"),
        ("end", "end a role; open cases lose their owner and wait to be assigned"),
    ):
        one = sub.add_parser(what, help=told)
        one.add_argument("name")
        one.add_argument("--role", choices=STAFF_ROLES, required=True)
        one.add_argument("--unit", required=True)
    for what, told in (
        ("password", "set a password"),
        ("reset", "give a password that only serves to choose a new one; it is printed once"),
        ("close", "the account signs in no more; its open cases wait to be assigned"),
        ("open", "the account may sign in again"),
        ("drop-factors", "forget the second factors of somebody who lost theirs"),
    ):
        sub.add_parser(what, help=told).add_argument("name")
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
    for each in sub.choices.values():
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
    from django.db import transaction
    from django.utils import timezone

    from huiyin.domain.errors import Refusal
    from huiyin.people.refusing import explain

    try:
        with transaction.atomic():
            _do(args, timezone.now())
    except Refusal as refusal:
        words = explain(refusal, "en")
        print(f"huiyin account: {words.text} {words.remedy}", file=sys.stderr)
        return 2
    except ValidationError as error:
        print(f"huiyin account: {' '.join(error.messages)}", file=sys.stderr)
        return 2
    return 0


def _do(args: argparse.Namespace, now: datetime) -> None:
    from django.utils import timezone

    from huiyin.administration import account_acts as acts
    from huiyin.administration import post_acts as posts
    from huiyin.administration.recording import OPERATOR
    from huiyin.people.acts import make_token

    today = timezone.localdate(now)
    if args.what == "list":
        _list()
    elif args.what == "token":
        # Shown once: only its digest is kept.
        print(make_token(args.name, args.label, os.urandom(32), now))
    elif args.what == "post":
        called = dict(one.split("=", 1) for one in args.called if "=" in one)
        posts.add(args.name, called or {"en": args.called[0]}, args.unit, OPERATOR, now)
    elif args.what == "hold":
        posts.hold(args.name, args.post, today, OPERATOR, now)
    elif args.what == "leave":
        posts.leave(args.name, args.post, today, OPERATOR, now)
    elif args.what == "password":
        acts.set_password(args.name, _password(args), OPERATOR, now)
    elif args.what == "reset":
        print(acts.reset(args.name, os.urandom(15), OPERATOR, now))
    elif args.what == "close":
        _freed(acts.deactivate(args.name, today, OPERATOR, now))
    elif args.what == "drop-factors":
        acts.drop_factors(args.name, OPERATOR, now)
    elif args.what == "open":
        acts.activate(args.name, OPERATOR, now)
    elif args.what == "end":
        _freed(acts.end_role(args.name, args.role, args.unit, today, OPERATOR, now))
    else:
        if args.what == "add":
            acts.add_account_with(args.name, _password(args), OPERATOR, now)
        acts.grant(args.name, args.role, args.unit, today, today, OPERATOR, now)


def _freed(count: int) -> None:
    if count:
        print(f"{count} open cases have no owner now and wait to be assigned.")


def _list() -> None:
    from huiyin.people.models import User

    for user in User.objects.prefetch_related("memberships").order_by("username"):
        held = [m for m in user.memberships.all() if m.until is None]
        roles = ", ".join(f"{m.role} in {m.unit_id}" for m in held)
        closed = "" if user.is_active else "\tclosed"
        print(f"{user.username}\t{roles or 'no role'}{closed}")
