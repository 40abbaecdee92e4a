"""Who gets what at every address: the table below against every route there is.

A new route without an entry fails the first test: say here who may use it, then it passes.
Each entry is (answer to GET, answer to POST). An answer is a status, or a rule that gives one
for a person and a case. Whatever the status, no answer may hold the content of a case for
somebody who may not read that case, or anybody's identity or notice address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.http import HttpResponse

from huiyin.domain.receipts import check_letter
from tests.apps import matrix_world as matrix
from tests.apps.matrix_world import ANYBODY, CAST, PEOPLE, World
from tests.people import Town

# Who may read which case: owner, supervisor and registrar above it; from the first review on
# the reviewers. Those complained of and those who decided before are not among them.
READERS = {
    "own": {"alice", "bob", "sun"},
    "unowned": {"alice", "sun"},
    "complained": {"alice", "sun"},
    "review": {"rao", "rita"},
    "other": {"ruth", "omar", "susan"},
}
# Who may become the owner of a case that has none, seeing what it is about but no content.
TAKERS = {"unowned": {"bob", "bella"}}
OFFICE = {name for name, (role, _) in CAST.items() if role}
OFFICERS = {"peng", "olga"}
SEARCHERS = OFFICE - {"peng", "olga", "audrey", "adam", "pia"}
# Who speaks for a unit that is asked for its comment.
SPEAKERS = {"bob", "bella", "wang", "sun", "omar", "susan"}

# The plan of the works office is Bob's, Pia keeps all plans there, Sun supervises. A post in the
# unit or above it reads it.
PLAN_READERS = {"alice", "bob", "bella", "sun", "peng", "adam", "pia"}
PLAN_WRITERS = {"bob", "sun", "pia"}
PLAN_MAKERS = {"alice", "bob", "bella", "wang", "sun", "ruth", "omar", "susan", "pia"}

Rule = Callable[[str, str], int]
Answer = int | Rule
NO_SUCH_METHOD = 405


def sign_in_first(person: str, api: bool, otherwise: int) -> int:
    """Nobody signed in is sent to the sign-in page, a program is told 401."""
    return (401 if api else 302) if person == ANYBODY else otherwise


def for_some(people: set[str], status: int = 200, *, api: bool = False, no: int = 403) -> Rule:
    """``status`` for these people, ``no`` for the rest of the signed-in."""
    return lambda person, _: sign_in_first(person, api, status if person in people else no)


def signed_in(status: int = 200) -> Rule:
    """The same for everybody who has signed in."""
    return for_some(set(CAST), status)


def of_case(status: int = 200, *, api: bool = False, takers: int = 404) -> Rule:
    """``status`` for the readers of the case; for the others it does not exist."""

    def rule(person: str, relation: str) -> int:
        found = status if person in READERS[relation] else 404
        if person in TAKERS.get(relation, ()):
            found = takers
        return sign_in_first(person, api, found)

    return rule


def taking(person: str, relation: str) -> int:
    """Whoever may take the case, and whoever has it already, is sent to it."""
    has = (person, relation) in {("bob", "own"), ("rao", "review"), ("omar", "other")}
    takes = person in TAKERS.get(relation, ())
    return sign_in_first(person, False, 302 if has or takes else 404)


def letters(person: str, relation: str) -> int:
    """The letter of acceptance, for readers; a case without one has none for them either."""
    if relation in ("own", "review"):
        return of_case()(person, relation)
    return sign_in_first(person, False, 404)


def acting(status: int, not_hers: int, *, api: bool = False) -> Rule:
    """The note that readers may write; Rita may read the review, but it is Rao's to handle."""

    def rule(person: str, relation: str) -> int:
        if (person, relation) == ("rita", "review"):
            return not_hers
        return of_case(status, api=api)(person, relation)

    return rule


def of_plan(status: int = 200, *, writers: bool = False) -> Rule:
    """``status`` for the readers of the plan, or for its writers alone; for the others it does
    not exist."""

    def rule(person: str, _: str) -> int:
        if writers and person in PLAN_READERS - PLAN_WRITERS:
            return 403
        return sign_in_first(person, False, status if person in PLAN_READERS else 404)

    return rule


def nobody_else(in_: int, out: int) -> Rule:
    """``in_`` for the signed-in, ``out`` for the others."""
    return lambda person, _: out if person == ANYBODY else in_


# The town's roster: who has a post in the town reads it, members serve, Sun supervises.
ROSTER_READERS = {"alice", "bob", "bella", "wang", "sun", "peng", "adam", "pia"}
ROSTER_MEMBERS = {"bob", "bella", "wang"}


def of_roster(status: int = 200, people: set[str] = ROSTER_READERS) -> Rule:
    """``status`` for these people; other readers may not, for the rest it does not exist."""

    def rule(person: str, _: str) -> int:
        otherwise = 403 if person in ROSTER_READERS else 404
        return sign_in_first(person, False, status if person in people else otherwise)

    return rule


PAGE = (200, NO_SUCH_METHOD)
ADMINISTRATORS = {"adam"}
ADMINISTERING = for_some(ADMINISTRATORS)
CODE_NEEDED = 401
TABLE: dict[str, tuple[Answer, Answer]] = {
    # the public's pages
    "": PAGE,
    "about/": PAGE,
    "accessibility/": PAGE,
    "law/": PAGE,
    "law/<slug:pack>/": PAGE,
    "law/<slug:pack>/diagram.svg": PAGE,
    "manual/": PAGE,
    "manual/<slug:name>/": PAGE,
    "privacy/": PAGE,
    "refuse/": PAGE,
    "register/": PAGE,
    "register/counts.json": PAGE,
    "register/today/": PAGE,
    "statistics/": PAGE,
    "verify/": (200, 422),
    "verify/offline.html": PAGE,
    "exit/": (405, 302),
    "i18n/setlang/": (302, 302),
    "hand-in/": (200, 302),
    "hand-in/<slug:step>/": (404, 404),  # no draft begun
    "hand-in/check/": (404, 404),
    "hand-in/files/": (404, 404),
    "hand-in/receipt/": (404, 404),
    "hand-in/receipt/file/": (404, NO_SUCH_METHOD),
    "hand-in/receipt/receipt.pdf": (404, NO_SUCH_METHOD),
    "follow/": (200, 422),
    "join/<str:token>/": (404, 404),  # no such link
    "join/<str:token>/<slug:mark>/": (404, NO_SUCH_METHOD),
    "follow/act/<slug:act>/": (CODE_NEEDED, CODE_NEEDED),
    "follow/files/": (CODE_NEEDED, CODE_NEEDED),
    "follow/files/<slug:file>/": (CODE_NEEDED, NO_SUCH_METHOD),
    "follow/files/<slug:file>/give/": (NO_SUCH_METHOD, CODE_NEEDED),
    "follow/forget/": (NO_SUCH_METHOD, 200),
    "follow/identity/": (CODE_NEEDED, NO_SUCH_METHOD),
    "follow/contact/": (CODE_NEEDED, CODE_NEEDED),
    "follow/consent/": (CODE_NEEDED, CODE_NEEDED),
    "follow/consent/take-back/": (NO_SUCH_METHOD, CODE_NEEDED),
    "follow/letter/<int:seq>.pdf": (CODE_NEEDED, NO_SUCH_METHOD),
    "follow/message/": (NO_SUCH_METHOD, CODE_NEEDED),
    "follow/receipt/": (CODE_NEEDED, NO_SUCH_METHOD),
    "follow/receipt.pdf": (CODE_NEEDED, NO_SUCH_METHOD),
    # the register
    "ledger/checkpoint": PAGE,
    "ledger/timestamp/<int:size>/text": (404, NO_SUCH_METHOD),
    "ledger/timestamp/<int:size>/token": (404, NO_SUCH_METHOD),
    "ledger/^tile/(?P<path>[0-9a-z/.]{1,60})$": PAGE,
    # one's own account
    "accounts/login/": (nobody_else(302, 200), nobody_else(302, 200)),
    "accounts/logout/": (nobody_else(200, 302), 302),
    "accounts/inactive/": PAGE,
    "accounts/reauthenticate/": (signed_in(), signed_in()),
    "accounts/password/change/": (signed_in(), signed_in()),
    "accounts/2fa/": (signed_in(), signed_in(NO_SUCH_METHOD)),
    "accounts/2fa/authenticate/": (302, 302),
    # To change the second factor one shows the password once more.
    "accounts/2fa/reauthenticate/": (302, 302),
    "accounts/2fa/totp/activate/": (302, 302),
    "accounts/2fa/totp/deactivate/": (signed_in(404), signed_in(404)),
    "accounts/2fa/recovery-codes/": (signed_in(404), signed_in(NO_SUCH_METHOD)),
    "accounts/2fa/recovery-codes/download/": (signed_in(404), signed_in(404)),
    "accounts/2fa/recovery-codes/generate/": (302, 302),
    "accounts/2fa/webauthn/": (signed_in(), signed_in(NO_SUCH_METHOD)),
    "accounts/2fa/webauthn/add/": (302, 302),
    "accounts/2fa/webauthn/reauthenticate/": (302, 302),
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": (302, 302),
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": (302, 302),
    "accounts/2fa/webauthn/login/": (302, 302),
    "accounts/sessions/": (signed_in(), signed_in(302)),
    # the office's pages
    "desk/": (signed_in(), signed_in(NO_SUCH_METHOD)),
    "desk/recusal/": (
        for_some({"alice", "sun", "ruth", "susan"}),
        signed_in(NO_SUCH_METHOD),
    ),
    "desk/released/": (for_some(SEARCHERS), signed_in(NO_SUCH_METHOD)),
    "desk/comments/": (for_some(SPEAKERS), signed_in(NO_SUCH_METHOD)),
    # A request that waits, and who may answer it: test_answering.py.
    "desk/comments/<slug:mark>/": (signed_in(404), signed_in(404)),
    "desk/openings/": (for_some({"sun", "susan"}), signed_in(NO_SUCH_METHOD)),
    "desk/find/": (for_some(SEARCHERS), signed_in(NO_SUCH_METHOD)),
    "cases/<str:number>/": (of_case(takers=200), signed_in(NO_SUCH_METHOD)),
    "cases/<str:number>/take/": (signed_in(NO_SUCH_METHOD), taking),
    "cases/<str:number>/act/<slug:act>/": (acting(200, 409), acting(422, 409)),
    # The cases of this matrix have no file; who reads one is held by test_file_pages.py.
    "cases/<str:number>/files/<slug:file>/": (signed_in(NO_SUCH_METHOD), signed_in(404)),
    # What a complainant released to a unit; here nobody released anything.
    "cases/<str:number>/identity/": (signed_in(404), signed_in(404)),
    "cases/<str:number>/letter/<int:seq>.pdf": (letters, signed_in(NO_SUCH_METHOD)),
    # The officers show their password once more before anything with a passphrase.
    "officers/": (for_some(OFFICERS), signed_in(NO_SUCH_METHOD)),
    "officers/ask/": (for_some(OFFICERS, 302), for_some(OFFICERS, 302)),
    "officers/cases/<str:number>/": (for_some(OFFICERS, 302), for_some(OFFICERS, 302)),
    # the administration
    "administration/": (ADMINISTERING, for_some(ADMINISTRATORS)),
    "administration/units/": (ADMINISTERING, for_some(ADMINISTRATORS)),
    "administration/units/add/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    "administration/units/<slug:unit>/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    "administration/units/<slug:unit>/close/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    "administration/units/<slug:unit>/law/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    "administration/places/add/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    "administration/places/<slug:place>/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    "administration/categories/": (ADMINISTERING, for_some(ADMINISTRATORS)),
    "administration/categories/add/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    "administration/categories/<slug:category>/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    "administration/categories/<slug:category>/leads/": (
        ADMINISTERING,
        for_some(ADMINISTRATORS, 422),
    ),
    "administration/accounts/": (ADMINISTERING, for_some(ADMINISTRATORS)),
    "administration/accounts/add/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    "administration/accounts/<str:login>/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    "administration/calendars/": (ADMINISTERING, for_some(ADMINISTRATORS)),
    "administration/calendars/import/": (ADMINISTERING, for_some(ADMINISTRATORS, 422)),
    # duty rosters
    "rosters/": (signed_in(), signed_in(NO_SUCH_METHOD)),
    "rosters/new/": (for_some({"sun", "susan"}), for_some({"sun", "susan"}, 422)),
    "rosters/mine/": (signed_in(), signed_in()),
    "rosters/feed/<str:token>.ics": (404, NO_SUCH_METHOD),  # an address that nobody made
    "rosters/<slug:roster>/": (of_roster(), signed_in(NO_SUCH_METHOD)),
    "rosters/<slug:roster>/check/": (of_roster(), signed_in(NO_SUCH_METHOD)),
    "rosters/<slug:roster>/changes/": (of_roster(), of_roster(422)),
    "rosters/<slug:roster>/swap/": (of_roster(200, ROSTER_MEMBERS), of_roster(422, ROSTER_MEMBERS)),
    "rosters/<slug:roster>/handover/": (
        of_roster(200, ROSTER_MEMBERS),
        of_roster(422, ROSTER_MEMBERS),
    ),
    "rosters/<slug:roster>/reach/": (of_roster(200, {"sun"}), of_roster(422, {"sun"})),
    "rosters/<slug:roster>/schedule/": (of_roster(200, {"sun"}), of_roster(422, {"sun"})),
    # No temporary schedule stands there: who may change it gets no further.
    "rosters/<slug:roster>/schedule/<int:temporary>/": (
        of_roster(409, {"sun"}),
        of_roster(409, {"sun"}),
    ),
    "rosters/<slug:roster>/propose/": (of_roster(200, {"sun"}), of_roster(422, {"sun"})),
    "rosters/<slug:roster>/duties/<slug:duty>/": (
        of_roster(200, {"sun"}),
        of_roster(422, {"sun"}),
    ),
    "rosters/<slug:roster>/setup/": (of_roster(200, {"sun"}), of_roster(422, {"sun"})),
    # plans
    "plans/": (signed_in(), signed_in(NO_SUCH_METHOD)),
    "plans/new/": (for_some(PLAN_MAKERS), for_some(PLAN_MAKERS, 422)),
    "plans/<slug:plan>/": (of_plan(), signed_in(NO_SUCH_METHOD)),
    "plans/duties/": (signed_in(), signed_in(NO_SUCH_METHOD)),
    "plans/<slug:plan>/duties/": (of_plan(), of_plan(422, writers=True)),
    "plans/<slug:plan>/alerts/": (of_plan(), signed_in(NO_SUCH_METHOD)),
    "plans/<slug:plan>/alerts/new/<slug:warning>/": (
        of_plan(writers=True),
        of_plan(422, writers=True),
    ),
    "plans/<slug:plan>/alerts/<slug:alert>/file/": (of_plan(404), signed_in(NO_SUCH_METHOD)),
    "plans/<slug:plan>/alerts/<slug:alert>/update/": (
        of_plan(404, writers=True),
        of_plan(404, writers=True),
    ),
    "plans/<slug:plan>/alerts/<slug:alert>/cancel/": (
        of_plan(404, writers=True),
        of_plan(404, writers=True),
    ),
    "plans/<slug:plan>/alerts/<slug:alert>/sign/": (
        signed_in(NO_SUCH_METHOD),
        of_plan(422, writers=True),
    ),
    "plans/<slug:plan>/document.pdf": (of_plan(), signed_in(NO_SUCH_METHOD)),
    "plans/<slug:plan>/document.docx": (of_plan(), signed_in(NO_SUCH_METHOD)),
    "plans/<slug:plan>/versions/": (of_plan(), signed_in(NO_SUCH_METHOD)),
    "plans/<slug:plan>/print/": (of_plan(), signed_in(NO_SUCH_METHOD)),
    "plans/<slug:plan>/file/": (of_plan(), signed_in(NO_SUCH_METHOD)),
    "plans/<slug:plan>/simulate/": (of_plan(), signed_in(NO_SUCH_METHOD)),
    "plans/<slug:plan>/import/": (of_plan(writers=True), of_plan(422, writers=True)),
    "plans/<slug:plan>/act/<slug:act>/": (signed_in(NO_SUCH_METHOD), signed_in(404)),
    "plans/<slug:plan>/organisation/": (of_plan(), of_plan(422, writers=True)),
    "plans/<slug:plan>/organisation/file/": (of_plan(), signed_in(NO_SUCH_METHOD)),
    "plans/<slug:plan>/organisation/edit/": (of_plan(writers=True), of_plan(422, writers=True)),
    "plans/<slug:plan>/organisation/edit/<path:place>/": (
        of_plan(writers=True),
        of_plan(422, writers=True),
    ),
    "plans/<slug:plan>/edit/": (of_plan(writers=True), of_plan(422, writers=True)),
    "plans/<slug:plan>/edit/<path:pointer>/": (of_plan(writers=True), of_plan(422, writers=True)),
    # the API
    "api/v1/": (404, 404),
    "api/v1/docs": (200, 200),
    "api/v1/openapi.json": (200, 200),
    "api/v1/categories": PAGE,
    "api/v1/units": PAGE,
    "api/v1/places": PAGE,
    "api/v1/packs": PAGE,
    "api/v1/cases": (NO_SUCH_METHOD, 422),
    "api/v1/cases/with-files": (NO_SUCH_METHOD, 422),
    "api/v1/follow": (CODE_NEEDED, NO_SUCH_METHOD),
    "api/v1/follow/receipt": (CODE_NEEDED, NO_SUCH_METHOD),
    "api/v1/follow/contact": (CODE_NEEDED, NO_SUCH_METHOD),
    "api/v1/follow/identity": (NO_SUCH_METHOD, NO_SUCH_METHOD),  # PUT and DELETE, by the code
    "api/v1/follow/notice": (NO_SUCH_METHOD, NO_SUCH_METHOD),
    "api/v1/follow/consents": (NO_SUCH_METHOD, CODE_NEEDED),
    "api/v1/follow/consents/<unit>": (NO_SUCH_METHOD, NO_SUCH_METHOD),
    "api/v1/follow/messages": (NO_SUCH_METHOD, CODE_NEEDED),
    "api/v1/follow/acts": (NO_SUCH_METHOD, CODE_NEEDED),
    "api/v1/follow/files": (CODE_NEEDED, CODE_NEEDED),
    "api/v1/follow/files/<file>": (CODE_NEEDED, NO_SUCH_METHOD),
    "api/v1/follow/files/<file>/give": (NO_SUCH_METHOD, CODE_NEEDED),
    "api/v1/desk": (for_some(OFFICE, api=True), NO_SUCH_METHOD),
    "api/v1/search": (for_some(SEARCHERS, api=True), NO_SUCH_METHOD),
    "api/v1/cases/<number>": (of_case(api=True), NO_SUCH_METHOD),
    "api/v1/cases/<number>/files": (of_case(api=True), NO_SUCH_METHOD),
    # No case of this matrix has a file; test_file_pages.py and test_file_api.py have.
    "api/v1/cases/<number>/files/<file>": (NO_SUCH_METHOD, for_some(set(), 404, api=True, no=404)),
    "api/v1/cases/<number>/acts": (NO_SUCH_METHOD, acting(422, 403, api=True)),
}
# Enough to notice an address that should not be the same for all and is.
SOME = (ANYBODY, "alice", "bob", "omar", "adam", "otto")
# Addresses that show the content of a case to those who may read it.
SHOWS = {"cases/<str:number>/", "api/v1/cases/<number>"}
VALUES = {
    "path:pointer": "scope",
    "path:place": "people/-",
    "slug:duty": "role-1",
    "int:temporary": "1",
    "slug:step": "what",
    "int:size": "1",
    "slug:act": "note",
    "int:seq": "2",
    "int:pk": "1",
    "slug:pack": "cn-xinfang-2022",
    "slug:name": "hand-in",
    "str:token": "nothing",
    "slug:mark": "0" * 32,
    "slug:warning": "inside",
    "slug:alert": "nothing",
    "slug:unit": "works",
    "slug:place": "jixi",
    "slug:category": "roads",
    "str:login": "bob",
    "slug:file": "0" * 32,
    "file": "0" * 32,
    "unit": "works",
    "slug:roster": matrix.ROSTER,
}


def test_every_route_has_an_entry_and_every_entry_a_route() -> None:
    assert set(matrix.routes()) == set(TABLE)


def path_of(route: str, number: str) -> str:
    """The route with values in place of its parameters; ``number``: the case meant."""
    if "^tile/" in route:
        return "/ledger/tile/0/000.p/1"
    path = re.sub(r"<(?:str:)?number>", number, route)
    path = re.sub(r"<([^>]+)>", lambda found: VALUES[found[1]], path)
    return "/" + path + ("?q=lamp" if route.endswith(("find/", "search")) else "")


@pytest.fixture
def world(town: Town) -> World:
    """The five cases and a browser for each of the cast."""
    world = matrix.build(town)
    VALUES["slug:plan"] = world.plan
    return world


def test_everybody_gets_what_the_table_says(world: World, subtests: pytest.Subtests) -> None:
    """On PostgreSQL the addresses of cases alone: what decides elsewhere asks no table of cases."""
    of_cases = [route for route in TABLE if "number>" in route]
    for route in sorted(TABLE if connection.vendor == "sqlite" else of_cases):
        with subtests.test(route=route):
            assert not list(_wrong(world, route))


def _wrong(world: World, route: str) -> Iterator[tuple[object, ...]]:
    """What differs from the table: method, case, person, what came, what the table says."""
    same_for_all = all(isinstance(answer, int) for answer in TABLE[route])
    for person in SOME if same_for_all else PEOPLE:
        client = matrix.client_of(world, person)
        for relation in matrix.RELATIONS if "number>" in route else [""]:
            path = path_of(route, world.numbers.get(relation, ""))
            for method, expected in zip(("GET", "POST"), TABLE[route], strict=True):
                answer = matrix.ask(client, method, path)
                status = expected if isinstance(expected, int) else expected(person, relation)
                if answer.status_code != status:
                    yield method, relation, person, answer.status_code, status
                text = _text(answer)
                if told := _leaks(text, person):
                    yield method, relation, person, "learns of", told
                reads = route in SHOWS and person in READERS[relation]
                if status == 200 and reads and matrix.planted(relation) not in text:
                    yield method, relation, person, "does not see the content"


def _text(answer: HttpResponse) -> str:
    parts = answer.streaming_content if answer.streaming else [answer.content]
    return b"".join(parts).decode("utf-8", "replace")


def _leaks(text: str, person: str) -> list[str]:
    told = [
        relation
        for relation, readers in READERS.items()
        if matrix.planted(relation) in text and person not in readers
    ]
    return told + [each for each in (matrix.IDENTITY, matrix.ADDRESS) if each in text]


def test_whoever_may_not_see_a_case_gets_the_answer_for_no_case(world: World) -> None:
    """Word for word, apart from the number: its existence is not disclosed."""
    client = matrix.client_of(world, "wang")
    number, nothing = world.numbers["own"], "2026-000999-" + check_letter("2026000999")
    for route in (r for r in TABLE if "number>" in r):
        for method in ("GET", "POST"):
            pages = [
                _text(matrix.ask(client, method, path_of(route, each))).replace(each, "…")
                for each in (number, nothing)
            ]
            assert _still(pages[0]) == _still(pages[1]), route


def _still(page: str) -> str:
    """The page without its token against forged forms, which is new each time."""
    return re.sub(r'"[A-Za-z0-9]{64}"', "", page)
