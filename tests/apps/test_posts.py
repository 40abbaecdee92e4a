"""A complaint about a post: whoever holds or ever held it is kept out, everywhere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from huiyin.cases import conflicts, queries
from huiyin.cases.models import Case
from huiyin.cases.queries import desk, facts_of, history_of, soon_until, takeable_by, visible_to
from huiyin.cases.rebuilding import rebuild
from huiyin.cases.search import find
from huiyin.domain.access import excluded
from huiyin.domain.errors import Refusal
from huiyin.people import acts
from huiyin.people.directory import directory
from tests.apps.office import Desk, ago, text
from tests.apps.portal_journey import Resident, shown
from tests.people import CAST, NOW, SINCE, Town

HEAD = "head-of-works"


@pytest.fixture
def posted(town: Town) -> Town:
    """Bob heads the works office; Bella did until last year."""
    acts.add_post(HEAD, {"en": "Head of the works office", "zh-Hans": "建设办主任"}, "works")
    acts.hold_post("bob", HEAD, SINCE)
    acts.hold_post("bella", HEAD, date(2015, 1, 1))
    acts.leave_post("bella", HEAD, date(2019, 12, 31))
    return town


def about_head(town: Town, **more: object) -> Case:
    return town.hand_in(about_post=HEAD, **more)[0].case


def test_holders_past_and_present_are_kept_out_and_nobody_else(posted: Town) -> None:
    acts.grant("wang", "owner", "works", SINCE)
    case = about_head(posted)
    assert case.unit_id == "works" and case.about_unit_id is None
    facts = facts_of(case, history_of(case).state)
    for name in CAST:
        kept_out = excluded(posted.actor(name), facts)
        assert kept_out == ("complained-of-post" if name in ("bob", "bella") else None), name
    assert rebuild(case.number) == ()


def test_no_page_list_search_or_act_shows_it_to_them(posted: Town) -> None:
    acts.grant("wang", "owner", "works", SINCE)
    acts.grant("bob", "supervisor", "town", SINCE)  # even one who would read everything there
    number = about_head(posted).number
    posted.act("alice", number, "summary", summary="A lamp and a head of office.")
    bob, desk_of_bob = posted.actor("bob"), Desk(posted, "bob")
    assert not visible_to(bob).exists() and not takeable_by(bob).exists()
    assert not any(rows.exists() for rows in desk(bob, NOW, soon_until(NOW)).named().values())
    assert not list(find(bob, "lamp")) and not list(find(bob, number))
    for answer in (desk_of_bob.case(number), desk_of_bob.form(number, "note")):
        assert answer.status_code == 404
    with pytest.raises(Refusal, match="case-unknown"):
        posted.act("bob", number, "note", note="Mine.")
    with pytest.raises(Refusal, match="case-unknown"):
        posted.act("bob", number, "assign", owner=posted.id("bob"))
    with pytest.raises(Refusal, match="owner-excluded"):
        posted.act("alice", number, "assign", owner=posted.id("bella"))
    page = text(Desk(posted, "alice").case(number))
    assert "Head of the works office" in page and "Nobody who holds or held it" in page
    options = Desk(posted, "alice").form(number, "assign").content.decode()
    assert "Wang" in options and "Bella" not in options and "Bob" not in options


def test_the_database_says_no_exactly_where_the_rule_does(posted: Town) -> None:
    case = about_head(posted)
    facts = facts_of(case, history_of(case).state)
    for name in CAST:
        allowed = True
        try:
            with transaction.atomic():
                Case.objects.filter(pk=case.pk).update(owner_id=int(posted.id(name)))
                transaction.set_rollback(True)
        except IntegrityError:
            allowed = False
        assert allowed == (excluded(posted.actor(name), facts) is None), name


def test_the_case_climbs_where_all_who_could_own_it_are_in_conflict(posted: Town) -> None:
    assert about_head(posted).unit_id == "town", "Bob and Bella are all the owners of works"
    acts.grant("chen", "owner", "town", SINCE)  # reaches works too, and is free
    assert about_head(posted).unit_id == "works"
    assert posted.hand_in()[0].case.unit_id == "works", "without a post nothing changes"


def test_nobody_above_either_leaves_it_where_it_belongs_for_the_supervisor(posted: Town) -> None:
    acts.add_post("all", {"en": "All"}, "city")
    for name in ("bob", "bella"):
        acts.hold_post(name, "all", SINCE)
    given, _ = posted.hand_in(about_post="all")
    assert given.case.unit_id == "town"
    assert visible_to(posted.actor("sun")).filter(pk=given.case.pk).exists()


def test_a_review_climbs_past_reviewers_in_conflict(posted: Town) -> None:
    from tests.apps.matrix_world import DECISION

    acts.add_post("bench", {"en": "The review bench"}, "county")
    for name in ("rao", "rita"):
        acts.hold_post(name, "bench", SINCE)
    given, _ = posted.hand_in(about_post="bench")
    number, day = given.case.number, timedelta(days=1)
    posted.act("alice", number, "accept")
    posted.act("alice", number, "assign", owner=posted.id("bob"))
    posted.act("bob", number, "decide", NOW + day, **DECISION)
    posted.act("bob", number, "deliver", NOW + day)
    posted.complainant(number, "ask-review", NOW + 2 * day, message="No.")
    case = Case.objects.get(pk=number)
    assert case.unit_id == "city"
    assert visible_to(posted.actor("chen")).filter(pk=number).exists()
    assert not visible_to(posted.actor("rao")).filter(pk=number).exists()


def test_an_officer_in_the_post_opens_no_identity(posted: Town) -> None:
    from huiyin.cases import opening

    acts.hold_post("peng", HEAD, SINCE)
    case = about_head(posted, identity={"name": "Zhao"})
    with pytest.raises(Refusal, match="officer-excluded"):
        opening.case_for(posted.actor("peng"), case.number)
    assert opening.case_for(posted.actor("olga"), case.number).pk == case.pk


def test_posts_are_made_once_and_held_by_accounts(posted: Town) -> None:
    with pytest.raises(Refusal, match="post-exists"):
        acts.add_post(HEAD, {"en": "Again"}, "works")
    with pytest.raises(Refusal, match="unit-unknown"):
        acts.add_post("x", {"en": "X"}, "nowhere")
    with pytest.raises(Refusal, match="post-unknown"):
        acts.hold_post("bob", "nothing")
    with pytest.raises(Refusal, match="account-unknown"):
        acts.hold_post("nobody", HEAD)
    with pytest.raises(Refusal, match="post-unknown"):
        posted.hand_in(about_post="nothing")
    assert directory().posts_of(posted.id("bella")) == {HEAD}


def test_the_resident_chooses_a_post_and_reads_it_again(posted: Town) -> None:
    resident = Resident()
    about = {"about_unit": "", "about_post": HEAD, "about": ""}
    assert "Head of the works office" in shown(resident.answer(about=about))
    assert resident.post("/hand-in/check/").status_code == 302
    assert Case.objects.get().about_post_id == HEAD


def test_without_posts_nobody_is_asked_for_one(town: Town) -> None:
    resident = Resident()
    resident.begin()
    assert "about_post" not in resident.get("/hand-in/about/").content.decode()


def test_the_triggers_of_an_upgraded_database_know_posts(posted: Town) -> None:
    """Made before there were posts; 0011 makes them anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'cases_owner_update'")
        else:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'cases_check_owner'")
        assert "people_tenure" in cursor.fetchone()[0]
    assert conflicts.present(connection)


# -- an owner who comes into conflict later --------------------------------------------------------


def test_the_desk_says_whose_owner_came_into_conflict(posted: Town) -> None:
    acts.grant("wang", "owner", "works", SINCE)
    case = about_head(posted, now=ago(2))
    number = case.number
    posted.act("alice", number, "accept", ago(2))
    posted.act("alice", number, "assign", ago(2), owner=posted.id("wang"))
    sun = Desk(posted, "sun")
    assert "needs another owner" not in text(sun.get("cases:desk"))
    acts.hold_post("wang", HEAD)
    assert "1 case needs another owner" in text(sun.get("cases:desk"))
    assert number in text(sun.get("cases:recusal")) and "Wang" in text(sun.get("cases:recusal"))
    assert number not in text(Desk(posted, "susan").get("cases:recusal"))
    # Wang sees nothing of it any more, and whoever replaces him ends the conflict.
    assert Desk(posted, "wang").case(number).status_code == 404
    acts.grant("chen", "owner", "town", SINCE)
    assert sun.act(number, "assign", owner=posted.id("chen"))
    assert "No owner is in conflict" in text(sun.get("cases:recusal"))


def test_a_row_is_not_repaired_to_an_owner_who_came_into_conflict(posted: Town) -> None:
    acts.grant("wang", "owner", "works", SINCE)
    number = about_head(posted, now=ago(2)).number
    posted.act("alice", number, "accept", ago(2))
    posted.act("alice", number, "assign", ago(2), owner=posted.id("wang"))
    acts.hold_post("wang", HEAD)
    Case.objects.filter(pk=number).update(owner=None)
    with pytest.raises(Refusal, match="owner-in-conflict"):
        rebuild(number)
    acts.grant("chen", "owner", "town", SINCE)
    posted.act("sun", number, "assign", owner=posted.id("chen"), now=ago(1))
    assert rebuild(number) == () and Case.objects.get(pk=number).owner_id == int(posted.id("chen"))


def test_moving_into_the_unit_complained_of_counts_too(posted: Town) -> None:
    acts.grant("chen", "owner", "town", SINCE)
    number = posted.hand_in(about_unit="wages", now=ago(2))[0].case.number
    posted.act("alice", number, "accept", ago(2))
    posted.act("alice", number, "assign", ago(2), owner=posted.id("bob"))
    assert number not in text(Desk(posted, "sun").get("cases:recusal"))
    acts.grant("bob", "registrar", "wages", SINCE)
    assert number in text(Desk(posted, "sun").get("cases:recusal"))


def test_whoever_stands_aside_is_out_of_the_case_at_once(posted: Town) -> None:
    """The act “Stand aside”: no owner, no sight of it, and never offered again."""
    number = posted.hand_in(now=ago(2))[0].case.number
    posted.act("alice", number, "accept", ago(2))
    posted.act("alice", number, "assign", ago(2), owner=posted.id("bob"))
    assert Desk(posted, "bob").act(number, "recuse", reason="My cousin lives there.")
    assert Case.objects.get(pk=number).owner_id is None
    assert Desk(posted, "bob").case(number).status_code == 404
    assert "Bob" not in Desk(posted, "alice").form(number, "assign").content.decode()


def test_the_list_costs_what_is_about_somebody_not_what_exists(posted: Town) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the plan of a small table says nothing on PostgreSQL")
    with CaptureQueriesContext(connection) as asked:
        queries.needs_recusal(posted.actor("sun"), NOW, NOW.date())
    plans = []
    with connection.cursor() as cursor:
        for query in asked:
            if "cases_case" in query["sql"]:
                cursor.execute("EXPLAIN QUERY PLAN " + query["sql"])
                plans.append(str(cursor.fetchall()))
    assert "desk_about_unit" in plans[0] and "desk_about_post" in plans[1], plans
