"""Scores over days are proper: on average nobody does better than by what it believes, whenever a question may end.

All histories of a small process are enumerated, each a question of its own, and scores are averaged with the exact
chances of the histories.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.score import rules
from standoff.score.questions import Docket, docket
from standoff.score.score import Scores, Take, score
from standoff.score.table import Resolution, Said

START = date(2031, 1, 1)
ORDER = (("war",), ("truce",), ("calm",))
OUTCOMES = ("war", "truce", "calm")
chance = st.floats(0.02, 0.98)
Chances = dict[str, float]
Report = Callable[[tuple[int, ...]], Chances]  # signals seen so far, one a day -> what is said


@dataclass(frozen=True)
class Process:
    """Each day begins with a signal; then the question may end, in war or in a truce, as a hidden kind has it. What is
    still open at the deadline ends calm."""

    days: int
    prior: float
    signal: tuple[float, float]  # by kind
    ends: tuple[float, float]  # chance that it ends on a day, by kind
    war: tuple[float, float]  # of what ends early

    def histories(self) -> list[tuple[tuple[int, ...], str, float]]:
        """(signals of the open days, what happened, chance)."""
        found = []
        for length in range(1, self.days + 1):
            for seen in itertools.product((0, 1), repeat=length):
                by_kind = self._weights(seen, length - 1)
                war = math.fsum(w * e * o for w, e, o in zip(by_kind, self.ends, self.war, strict=True))
                truce = math.fsum(w * e * (1 - o) for w, e, o in zip(by_kind, self.ends, self.war, strict=True))
                found += [(seen, "war", war), (seen, "truce", truce)]
                if length == self.days:
                    found.append((seen, "calm", math.fsum(by_kind) - war - truce))
        return found

    def _weights(self, seen: tuple[int, ...], open_days: int) -> list[float]:
        return [
            prior * math.prod(s if one else 1 - s for one in seen) * (1 - end) ** open_days
            for prior, s, end in zip((self.prior, 1 - self.prior), self.signal, self.ends, strict=True)
        ]

    def belief(self, seen: tuple[int, ...]) -> Chances:
        """Chances of the outcomes where the question is open and this was seen."""
        now, left = self._weights(seen, len(seen) - 1), self.days - len(seen) + 1
        early = [w * (1 - (1 - end) ** left) / math.fsum(now) for w, end in zip(now, self.ends, strict=True)]
        war = math.fsum(e * o for e, o in zip(early, self.war, strict=True))
        return {"war": war, "truce": math.fsum(early) - war, "calm": 1 - math.fsum(early)}

    def docket(self, reports: Mapping[str, Report]) -> Docket:
        """Every history as a question, with a forecast of everybody on every day on which it was open."""
        said, endings = [], []
        deadline = START + timedelta(days=self.days)
        for n, (seen, happened, _) in enumerate(self.histories()):
            endings.append(Resolution(f"q{n}", happened, START + timedelta(days=len(seen))))
            for who, report in reports.items():
                for t in range(len(seen)):
                    made, chances = START + timedelta(days=t), report(seen[: t + 1])
                    said.append(Said(who, f"q{n}", made, deadline, chances))
        return docket(said, endings, as_of=deadline, outcomes=dict.fromkeys(_names(endings), OUTCOMES), order=ORDER)

    def expected(self, made: Scores, who: str, rule: str) -> float:
        """Expected score of a forecaster."""
        odds = {f"q{n}": odds for n, (_, _, odds) in enumerate(self.histories())}
        return math.fsum(odds[one.question] * getattr(one, rule) for one in made.scored if one.forecaster == who)


def _names(endings: list[Resolution]) -> list[str]:
    return [one.question for one in endings]


processes = st.builds(
    Process, st.integers(1, 4), chance, st.tuples(chance, chance), st.tuples(chance, chance), st.tuples(chance, chance)
)
forecasts = st.tuples(chance, chance).map(
    lambda pair: {"war": pair[0] * pair[1], "truce": pair[0] * (1 - pair[1]), "calm": 1 - pair[0]}
)


def tilted(belief: Chances, by: tuple[float, float]) -> Chances:
    """A belief with the odds of both early ends changed by so much, in logarithms."""
    odds = {name: chance * math.exp(more) for (name, chance), more in zip(belief.items(), (*by, 0.0), strict=True)}
    return {name: value / math.fsum(odds.values()) for name, value in odds.items()}


@settings(max_examples=40, deadline=None)
@given(
    process=processes,
    tilt=st.tuples(st.floats(-0.6, 0.6), st.floats(-0.6, 0.6)),
    other=st.dictionaries(st.integers(0, 29), forecasts, max_size=3),
    take=st.sampled_from(["time", "first"]),
)
def test_nobody_expects_to_gain_by_saying_what_it_does_not_believe(
    process: Process, tilt: tuple[float, float], other: dict[int, Chances], take: Take
) -> None:
    """Neither by leaning a little to one side on every day, where the gain of a score that is not proper shows first,
    nor by saying anything else on some of the days that can come, whatever was seen by then."""
    nodes = sorted({seen[: t + 1] for seen, _, _ in process.histories() for t in range(len(seen))})
    odd = {nodes[n % len(nodes)]: chances for n, chances in other.items()}
    made = score(
        process.docket(
            {
                "truth": process.belief,
                "leaning": lambda seen: tilted(process.belief(seen), tilt),
                "odd": lambda seen: odd.get(seen) or process.belief(seen),
            }
        ),
        take=take,
    )
    for rule in ("log", "brier", "ranked"):
        truth, *others = (process.expected(made, who, rule) for who in ("truth", "leaning", "odd"))
        assert all(truth <= each + 1e-9 for each in others)


def test_the_reviewed_example() -> None:
    """An end that comes with chance 0.03 a day, else calm after 40 days. Who triples its odds gains by the mean over
    open days, and loses by what is printed."""
    h, days = 0.03, 40
    deadline = START + timedelta(days=days)
    said, endings, odds = [], [], []
    for end in range(1, days + 1):
        endings.append(Resolution(f"q{end}", "war" if end < days else "calm", START + timedelta(days=end)))
        odds.append((1 - h) ** (end - 1) * (h if end < days else 1))
        for t in range(end):
            belief = 1 - (1 - h) ** (days - 1 - t)
            more = 3 * belief / (1 + 2 * belief)
            for who, war in (("truth", belief), ("overstates", more)):
                said.append(Said(who, f"q{end}", START + timedelta(days=t), deadline, {"war": war, "calm": 1 - war}))
    assert math.fsum(odds) == pytest.approx(1)
    takes: tuple[Take, ...] = ("time", "first")
    for take in takes:
        made = score(docket(said, endings, as_of=deadline), take=take)
        by = {(one.question, one.forecaster): one for one in made.scored}
        gains = [[by[q.question, "truth"], by[q.question, "overstates"]] for q in endings]
        for rule in ("log", "brier"):
            gain = math.fsum(p * (getattr(a, rule) - getattr(b, rule)) for p, (a, b) in zip(odds, gains, strict=True))
            assert gain < -0.05
        open_days = math.fsum(
            p * (a.log * a.days / a.open - b.log * b.days / b.open) for p, (a, b) in zip(odds, gains, strict=True)
        )
        assert (open_days > 0.03) is (take == "time")


def test_right_forecasts_are_calibrated_whenever_questions_end() -> None:
    """In every bin, what was said and what came true weigh the same on average over all histories."""
    process = Process(4, 0.6, (0.7, 0.2), (0.3, 0.05), (0.9, 0.5))
    everything = process.docket({"truth": process.belief})
    said: dict[float, float] = {}
    for question, (_, _, odds) in zip(everything.questions, process.histories(), strict=True):
        one = Docket(everything.as_of, (question,), (), ())
        for each in score(one).standings[0].curve:
            said[each.low] = said.get(each.low, 0.0) + odds * each.weight * (each.came - each.said)
    assert len(said) > 4
    assert all(value == pytest.approx(0, abs=1e-12) for value in said.values())


def test_what_is_left_standing_is_said_anew_every_day() -> None:
    """The best forecast that may never be changed is the belief of the first day by `first`, and the mean of the
    beliefs of open days by `time`."""
    process = Process(4, 0.6, (0.5, 0.5), (0.3, 0.1), (0.9, 0.5))  # signals tell nothing: days are all there is
    first = process.belief((0,))
    open_ = [math.fsum(process._weights((), t)) for t in range(4)]
    beliefs = [process.belief((0,) * (t + 1)) for t in range(4)]
    mean = {
        name: math.fsum(w * one[name] for w, one in zip(open_, beliefs, strict=True)) / math.fsum(open_)
        for name in OUTCOMES
    }
    assert mean["calm"] > first["calm"] + 0.1
    made = process.docket({"first": lambda _: first, "mean": lambda _: mean})
    by_time, by_first = score(made, take="time"), score(made, take="first")
    for rule in ("log", "brier"):
        assert process.expected(by_time, "mean", rule) < process.expected(by_time, "first", rule) - 0.001
        assert process.expected(by_first, "first", rule) < process.expected(by_first, "mean", rule) - 0.001


@settings(deadline=None)
@given(
    mine=st.dictionaries(st.integers(0, 12), forecasts, min_size=1, max_size=4),
    theirs=st.dictionaries(st.integers(0, 12), forecasts, min_size=1, max_size=4),
    more=st.integers(1, 12),
    happened=st.sampled_from(OUTCOMES),
)
def test_against_a_slow_obvious_twin(
    mine: dict[int, Chances], theirs: dict[int, Chances], more: int, happened: str
) -> None:
    end = max(*mine, *theirs) + more
    happened = happened if end <= 12 else "unresolved"  # by the deadline
    said = [
        Said(who, "q", START + timedelta(days=t), START + timedelta(days=12), chances)
        for who, record in (("a", mine), ("b", theirs))
        for t, chances in record.items()
    ]
    answer = Resolution("q", happened, START + timedelta(days=end))
    made = score(docket(said, [answer], as_of=answer.resolved, outcomes={"q": (*OUTCOMES, "unresolved")}))

    def mean(record: dict[int, Chances], start: int) -> float:
        days = range(start, max(12, start + 1))
        open_days = [day for day in days if day < end]
        costs = [rules.brier(record[max(t for t in record if t <= day)], happened) for day in open_days]
        return math.fsum(costs) / len(days)

    common = max(min(mine), min(theirs))
    by = {one.forecaster: one for one in made.scored}
    assert by["a"].brier == pytest.approx(mean(mine, min(mine)))
    assert by["b"].brier == pytest.approx(mean(theirs, min(theirs)))
    (pair,) = (one for one in made.paired if one.rule == "brier")
    ours = mean(mine, common) - mean(theirs, common)
    assert pair.difference == pytest.approx(ours if pair.a == "a" else -ours, abs=1e-12)
