"""Which rows SQL gives equals what the access rule says, in any organisation, both ways.

``visible_to`` and ``takeable_by`` repeat ``domain.access`` in SQL so that a desk needs no loop;
here both are asked about drawn organisations, roles, cases and exclusions.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from huiyin.cases import conflicts
from huiyin.cases.models import AskedUnit, Case, Category, Exclusion
from huiyin.cases.queries import asked_of_units, desk, soon_until, takeable_by, visible_to
from huiyin.domain.access import Actor, CaseFacts, candidates, excluded, may
from huiyin.domain.receipts import number as case_number
from huiyin.people.directory import directory, touch
from huiyin.people.models import Membership, Post, Tenure, Unit, User
from huiyin.people.queries import actor_of, actors_reaching
from tests import strategies_cases as s
from tests.people import NOW

TODAY = date(2026, 3, 2)
some = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # Shrinking a world of tables takes minutes and makes little clearer.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


World = tuple[list[s.Office], list[s.Post], list[s.Standing], list[tuple[int, int, bool]]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    offices = draw(s.organisations())
    size = len(offices)
    return offices, draw(s.posts(size)), draw(s.standings(size)), draw(s.tenures)


def _build(
    offices: list[s.Office],
    posts: list[s.Post],
    standings: list[s.Standing],
    tenures: list[tuple[int, int, bool]] = (),  # type: ignore[assignment]  # read only
) -> tuple[list[Actor], dict[str, CaseFacts]]:
    """The rows of a drawn world; actors as people.queries gives them, facts by number."""
    for n, office in enumerate(offices):
        parent = f"u{office.parent}" if office.parent is not None else None
        Unit.objects.create(id=f"u{n}", parent_id=parent, body=office.body, name={}, order=n)
    touch()
    users = [User.objects.create(username=f"p{n}") for n in range(s.STAFF)]
    for post in posts:
        until = TODAY - timedelta(days=post.ended) if post.ended else None
        Membership.objects.create(
            user=users[post.person],
            role=post.role,
            unit_id=f"u{post.unit}",
            since=date(2020, 1, 1),
            until=until,
        )
    for n in range(s.POSTS):
        Post.objects.create(id=f"post{n}", unit_id="u0", name={})
    for post, person, over in tenures:
        until = TODAY - timedelta(days=400) if over else None
        Tenure.objects.create(
            post_id=f"post{post}", user=users[person], since=date(2020, 1, 1), until=until
        )
    touch()
    Category.objects.create(id="c", name={})
    facts = {
        case_number(2026, serial): _case(users, serial, standing)
        for serial, standing in enumerate(standings, 1)
    }
    return [actor_of(user.pk, TODAY) for user in users], facts


def _case(users: list[User], serial: int, at: s.Standing) -> CaseFacts:
    owner = users[at.owner] if at.owner is not None else None
    about = f"u{at.about}" if at.about is not None else None
    case = Case.objects.create(
        number=case_number(2026, serial),
        year=2026,
        serial=serial,
        lookup=serial.to_bytes(32),
        vault=f"{serial:032x}",
        pack="any",
        kind="any",
        language="en",
        category_id="c",
        about_unit_id=about,
        about_post_id=f"post{at.post}" if at.post is not None else None,
        unit_id=f"u{at.unit}",
        owner=owner,
        level=at.level,
        stage="any",
        started=NOW - timedelta(days=at.days_ago),
        updated=NOW,
        office_due=NOW,
        seq=1,
    )
    for reason, people in (("recused", at.recused), ("decided", at.decided)):
        for person in people:
            Exclusion.objects.create(case=case, user=users[person], reason=reason)
    return CaseFacts(
        unit=f"u{at.unit}",
        owner=str(owner.pk) if owner else None,
        level=at.level,
        about_unit=about,
        about_post_holders=_holders(at.post),
        deciders=frozenset(str(users[p].pk) for p in at.decided),
        recused=frozenset(str(users[p].pk) for p in at.recused),
        started=case.started,
    )


def _holders(post: int | None) -> frozenset[str]:
    """Read from the rows themselves, not from the directory that the queries ask."""
    rows = Tenure.objects.filter(post_id=f"post{post}").values_list("user_id", flat=True)
    return frozenset(map(str, rows))


def test_rows_and_rule_agree_in_every_organisation(db: None) -> None:
    met: set[str] = set()

    @some
    @given(world=worlds())
    def everywhere(world: World) -> None:
        with transaction.atomic():
            # The database refuses some of these owners; the rule must hold without its help.
            conflicts.drop(connection)
            actors, facts = _build(*world)
            for actor in actors:
                _agree(actor, facts, met)
            _candidates_agree(tuple(actors), facts)
            connection.check_constraints()  # PostgreSQL makes no trigger while some wait
            conflicts.create(connection)
            _database_agrees(actors, facts, met)
            transaction.set_rollback(True)

    everywhere()
    # The drawn worlds must have met each way of being kept out, or nothing was shown.
    assert met >= {
        *(
            "reads",
            "takes",
            "answers",
            "answers-complained-of",
            "complained-of-unit",
            "complained-of-post",
            "recused",
        ),
        "decided-before",
        *("left", "refused", "let"),
    }


def _agree(actor: Actor, facts: dict[str, CaseFacts], met: set[str]) -> None:
    seen = set(visible_to(actor).values_list("number", flat=True))
    takes = set(takeable_by(actor).values_list("number", flat=True))
    lists = desk(actor, NOW, soon_until(NOW)).named()
    shown = {case.number for rows in lists.values() for case in rows}
    assert seen == {n for n, f in facts.items() if may(actor, "read", f)}
    assert takes == {n for n, f in facts.items() if may(actor, "take", f)}
    for unit in Unit.objects.values_list("id", flat=True):
        # Each case asks this unit; then who may answer, by rule and by rows.
        AskedUnit.objects.all().delete()
        AskedUnit.objects.bulk_create(
            AskedUnit(case_id=number, unit_id=unit, seq=1, since=NOW) for number in facts
        )
        answers = {row.case_id for row in asked_of_units(actor, NOW, 100)}
        asked = {n: replace(f, asked=unit) for n, f in facts.items()}
        assert answers == {n for n, f in asked.items() if may(actor, "comment", f)}
        assert not answers & seen, "nobody answers for themselves"
        met |= {"answers"} if answers else set()
        met |= (
            {"answers-complained-of"}
            if any(facts[n].about_unit == unit for n in answers)
            else set()
        )
    for number, each in facts.items():
        if why := excluded(actor, each):
            met.add(why)
            assert number not in seen | takes | shown
    # A desk never shows a row that its reader may neither read nor take.
    assert shown <= seen | takes
    met |= ({"reads"} if seen else set()) | ({"takes"} if takes else set())


def _database_agrees(actors: list[Actor], facts: dict[str, CaseFacts], met: set[str]) -> None:
    """Whom the rule excludes from a case without an owner, the triggers refuse as its owner; and
    nobody else."""
    Case.objects.update(owner=None)
    for number, each in facts.items():
        for actor in actors:
            free = excluded(actor, replace(each, owner=None)) is None
            assert _database_lets(number, actor) == free, (number, actor, each)
            met |= {"let" if free else "refused"}
            if each.about_unit and each.about_unit not in actor.line and not free:
                met |= {"left"} if each.about_unit in dict(actor.left) else set()


def _database_lets(number: str, actor: Actor) -> bool:
    try:
        with transaction.atomic():
            Case.objects.filter(pk=number).update(owner_id=int(actor.id))
            Case.objects.filter(pk=number).update(owner=None)
    except IntegrityError:
        return False
    return True


def _candidates_agree(actors: tuple[Actor, ...], facts: dict[str, CaseFacts]) -> None:
    """Whom the office is offered as owner: everybody who may, nobody who is excluded."""
    for each in facts.values():
        role = "reviewer" if each.level else "owner"
        reaching = actors_reaching(each.unit, [role], TODAY)
        offered = {a.id for a in candidates(reaching, each)}
        assert offered == {a.id for a in candidates(actors, each)}
        assert not {a.id for a in actors if excluded(a, each)} & offered


@pytest.mark.parametrize("actor", [Actor(""), Actor("0")])
def test_nobody_sees_nothing(db: None, actor: Actor) -> None:
    with transaction.atomic():
        _build([s.Office(None, True)], [], [s.Standing(0, None, 0, None, frozenset(), frozenset())])
        assert not visible_to(actor).exists() and not takeable_by(actor).exists()
        transaction.set_rollback(True)
    assert directory().units == {}
