"""Small call-outs and staffings, and slow, obvious ways to compute them: the tests' oracles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

from hypothesis import strategies as st

from huiyin.domain.simulation.answering import Rate, Try, certain, chances
from huiyin.domain.simulation.calls import Callout, Group, Post, Turn
from huiyin.domain.simulation.sampling import Draws
from huiyin.domain.simulation.staffing import Need, Staffing

CHANCES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 0.95, 1.0])


def turn(person: str, chance: float, tries: int = 1, ring: int = 30, wait: int = 10) -> Turn:
    """Somebody with one telephone and independent tries."""
    one = Try("mobile", certain(chance), ring, wait, "net")
    return Turn(person, (one,) * tries)


def star(people: Mapping[str, float], *, parallel: bool = True, talk: int = 60) -> Callout:
    """Everybody called by the system, each a post of their own."""
    posts = tuple(Post(f"post {person}", (turn(person, p),)) for person, p in people.items())
    return Callout((Group(posts, parallel, talk=talk),))


def tree(chances: list[float], fan_out: int, *, take_over: bool, parallel: bool) -> Callout:
    """Person n calls those numbered fan_out·n + 1 … fan_out·n + fan_out."""

    def post(n: int) -> Post:
        below = [m for m in range(fan_out * n + 1, fan_out * n + fan_out + 1) if m < len(chances)]
        group = Group(tuple(map(post, below)), parallel, take_over, talk=60)
        return Post(f"r{n}", (turn(f"p{n}", chances[n]),), (group,) if below else ())

    return Callout((Group((post(0),), parallel, take_over, talk=60),))


@st.composite
def callouts(draw: st.DrawFn, most: int = 6) -> Callout:
    """A plain call-out of a few people, with posts of several, nested groups, retries."""
    left = list(range(draw(st.integers(1, most))))

    def one() -> Turn:
        tries = draw(st.integers(1, 2))
        ring, wait = draw(st.sampled_from([(30, 0), (20, 10), (30, 30)]))
        carriers = ["net", ""]
        return Turn(
            f"p{left.pop()}",
            tuple(
                Try(draw(st.sampled_from(["mobile", "sms"])), rate, ring, wait, carrier)
                for rate, carrier in [
                    (draw(rates()), draw(st.sampled_from(carriers))) for _ in range(tries)
                ]
            ),
        )

    def group(depth: int) -> Group:
        posts = []
        for _ in range(draw(st.integers(1, 2))):
            turns = [one() for _ in range(draw(st.integers(1, 2))) if left]
            below = depth < 2 and left and draw(st.booleans())
            calls = (group(depth + 1),) if below and turns else ()
            posts.append(Post(f"role {len(left)} {depth} {len(posts)}", tuple(turns), calls))
        return Group(
            tuple(posts),
            parallel=draw(st.booleans()),
            take_over=draw(st.booleans()),
            talk=draw(st.sampled_from([0, 60])),
            outside=draw(st.sampled_from([0, 90])),
        )

    return Callout(tuple(group(0) for _ in range(draw(st.integers(1, 2)))))


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    """A rate that is known, or one that is not."""
    if draw(st.booleans()):
        return certain(draw(CHANCES))
    return Rate(draw(st.sampled_from([0.5, 2.0])), draw(st.sampled_from([0.5, 3.0])))


@st.composite
def staffings(draw: st.DrawFn, people: int = 7, roles: int = 4, doubles: bool = True) -> Staffing:
    """A few roles with limits, minimums and pairs that may be doubled."""
    names = [f"p{n}" for n in range(draw(st.integers(0, people)))]
    needs = tuple(
        Need(f"r{n}", draw(st.integers(1, 2)), tuple(p for p in names if draw(st.booleans())))
        for n in range(draw(st.integers(1, roles)))
    )
    pairs = [frozenset(pair) for pair in combinations([need.role for need in needs], 2)]
    double = frozenset(pair for pair in pairs if doubles and draw(st.integers(0, 4)) == 0)
    limits = {need.role: draw(st.sampled_from([60, 300])) for need in needs if draw(st.booleans())}
    return Staffing(needs, double, limits)


class Scripted(Draws):
    """Draws that make each person answer at a given attempt, or never (None)."""

    def __init__(self, answers: Mapping[str, int | None]) -> None:
        self.answers = answers

    def attempts(self, person: str, count: int) -> list[float]:
        return [-1.0 if self.answers[person] == number else 2.0 for number in range(count)]


def every_outcome(
    callout: Callout, down: frozenset[str] = frozenset()
) -> Iterator[tuple[float, Scripted]]:
    """Every way in which people may answer, with its probability."""
    turns = list(callout.turns())
    ways = []
    for one in turns:
        mine = list(enumerate(chances(one.tries, down)))
        ways.append([*mine, (None, 1.0 - sum(p for _, p in mine))])
    for chosen in product(*ways):
        probability = 1.0
        for _, p in chosen:
            probability *= p
        if probability > 0:
            script = {t.person: n for t, (n, _) in zip(turns, chosen, strict=True)}
            yield probability, Scripted(script)


def covers(staffing: Staffing, times: Mapping[str, int]) -> bool:
    """Whether the people fill all places, each in time, by trying everything."""
    return _covers(staffing, sorted(times.items()), {n.role: n.minimum for n in staffing.needs})


def _covers(staffing: Staffing, left: list[tuple[str, int]], lacking: dict[str, int]) -> bool:
    if not any(lacking.values()):
        return True
    if not left:
        return False
    (person, at), rest = left[0], left[1:]
    mine = [
        n.role
        for n in staffing.needs
        if lacking[n.role] and person in n.holders and at <= staffing.limit(n.role)
    ]
    for size in range(len(mine) + 1):
        for roles in combinations(mine, size):
            if all(frozenset(pair) in staffing.double for pair in combinations(roles, 2)):
                after = {r: n - (r in roles) for r, n in lacking.items()}
                if _covers(staffing, rest, after):
                    return True
    return False
