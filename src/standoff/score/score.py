"""Scores by forecaster, and forecasters compared on the questions they share.

A forecaster's score of a question is the mean over the days its forecasts were in force (`time`), or that of its last
or first forecast alone. Of two forecasters only the questions that both forecast count, and of these only the days on
which both had a forecast standing. Intervals are by resampling whole questions, never days: the days of one question
are one story.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from standoff.errors import Problem, ScoreError
from standoff.score import calibration, rules
from standoff.score.questions import Docket, Question
from standoff.score.table import Said

Take = Literal["time", "last", "first"]
RULES = ("log", "brier", "ranked")
ENOUGH = 5  # questions below which no interval is given
RESAMPLES = 4000


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of one forecaster on one question. `log` may be infinite, `ranked` is None without an order. `days` are
    those its forecasts were in force."""

    question: str
    forecaster: str
    log: float
    brier: float
    ranked: float | None
    chance: float  # that it gave to what happened, in the same mean
    forecasts: int
    days: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A forecaster over all its questions: mean scores, how often it ruled out what happened, calibration.

    `even` is the mean Brier score that even odds would have had on the same questions.
    """

    forecaster: str
    questions: int
    log: float
    brier: float
    ranked: float | None
    even: float
    ruled_out: tuple[str, ...]
    sharpness: float
    curve: tuple[calibration.Bin, ...]
    murphy: calibration.Murphy | None


@dataclass(frozen=True, slots=True)
class Paired:
    """How much less two forecasters lost, one against the other: mean over common questions of a's score less b's,
    below 0 where a is better, with a 95 % interval of a bootstrap over questions (None below `ENOUGH` of them or where
    a difference is infinite). `better`: share of the questions on which a is better, ties counting half."""

    a: str
    b: str
    rule: str
    questions: int
    difference: float | None
    low: float | None
    high: float | None
    better: float


@dataclass(frozen=True, slots=True)
class Scores:
    """What was scored."""

    docket: Docket
    take: Take
    floor: float
    scored: tuple[Scored, ...]
    standings: tuple[Standing, ...]
    paired: tuple[Paired, ...]
    seed: int

    def to_json(self) -> dict[str, Any]:
        """Plain data (docs/scripts.md); an infinite score is null, and told by `ruled_out`."""
        return {
            "as_of": self.docket.as_of.isoformat(),
            "take": self.take,
            "floor": self.floor,
            "seed": self.seed,
            "forecasters": [_standing(one) for one in self.standings],
            "questions": [
                {
                    "question": one.name, "happened": one.happened, "resolved": one.resolved.isoformat(),
                    "ends": one.ends.isoformat(), "outcomes": list(one.outcomes),
                    "order": None if one.order is None else [list(rank) for rank in one.order],
                }
                for one in self.docket.questions
            ],
            "scores": [
                {
                    "question": one.question, "forecaster": one.forecaster, "log": _finite(one.log), "brier": one.brier,
                    "ranked": one.ranked, "chance": one.chance, "ruled_out": math.isinf(one.log),
                    "forecasts": one.forecasts, "days": one.days,
                }
                for one in self.scored
            ],
            "paired": [
                {
                    "a": one.a, "b": one.b, "rule": one.rule, "questions": one.questions, "difference": one.difference,
                    "low": one.low, "high": one.high, "better": one.better,
                }
                for one in self.paired
            ],
            "open": [
                {"question": one.name, "deadline": one.deadline.isoformat(), "why": one.why}
                for one in self.docket.open
            ],
            "remarks": list(self.docket.remarks),
        }  # fmt: skip


def score(docket: Docket, *, take: Take = "time", floor: float = 0.0, seed: int = 0) -> Scores:
    """Score everything in a docket.

    take: which forecasts of a question count: all by the time they were in force, the last, or the first.
    floor: no chance counts as less than this, by mixing with even odds; 0 clips nothing.
    seed: of the bootstrap and of the bands of calibration. Raises ScoreError for a take or a floor that is none.
    """
    if take not in ("time", "last", "first"):
        raise ScoreError(Problem(f"take={take!r}", "time, last or first", "Take one of them.", path="take"))
    stood = {(q.name, who): _spells(q, who, take, floor) for q in docket.questions for who in q.said}
    scored = {(q.name, who): _scored(q, who, stood[q.name, who]) for q in docket.questions for who in q.said}
    people = list(dict.fromkeys(who for _, who in scored))
    shared = {who: [q for q in docket.questions if who in q.said] for who in people}
    standings = [_standing_of(who, shared[who], scored, stood, seed) for who in people]
    standings.sort(key=lambda one: (-one.questions, one.brier))
    paired = []
    for a, b in combinations([one.forecaster for one in standings], 2):
        common = [q for q in shared[a] if b in q.said]
        paired += [_pair(common, a, b, rule, scored, stood, seed) for rule in RULES] if common else []
    found = tuple(one for one in paired if one is not None)
    return Scores(docket, take, floor, tuple(scored.values()), tuple(standings), found, seed)


@dataclass(frozen=True, slots=True)
class _Spell:
    """A forecast and the days it was in force: from `start` to `end`, not included; `scores` are those of `RULES`."""

    chances: dict[str, float]
    scores: tuple[float | None, ...]
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days


_Stood = dict[tuple[str, str], list[_Spell]]  # by question and forecaster: what counts
_ByBoth = dict[tuple[str, str], Scored]


def _spells(question: Question, who: str, take: Take, floor: float) -> list[_Spell]:
    """What counts of a forecaster's forecasts. The last day is one on which a forecast stood, so that what was said on
    the eve, or on the day of a deadline, counts a day."""
    said = question.said[who]
    end = max(question.ends, said[-1].made + timedelta(days=1))
    chosen = {"time": said, "last": said[-1:], "first": said[:1]}[take]
    ends = [one.made for one in chosen[1:]] + [end]
    found = []
    for one, until in zip(chosen, ends, strict=True):
        chances = _chances(one, question, floor)
        found.append(_Spell(chances, _scores(chances, question), one.made, until))
    return found


def _chances(one: Said, question: Question, floor: float) -> dict[str, float]:
    whole = {name: one.chances.get(name, 0.0) for name in question.outcomes}
    return rules.floored(whole, floor) if floor else whole


def _scores(chances: dict[str, float], question: Question) -> tuple[float | None, ...]:
    happened, order = question.happened, question.order
    ranked = None if order is None else rules.ranked(chances, happened, order)
    return rules.log_score(chances, happened), rules.brier(chances, happened), ranked


def _mean(spells: Sequence[_Spell], rule: int) -> float | None:
    """Mean over days of a score (its place in `RULES`)."""
    values = [(spell.scores[rule], spell.days) for spell in spells]
    known = [(value, days) for value, days in values if value is not None]
    if len(known) < len(values):
        return None
    if any(math.isinf(value) for value, _ in known):
        return math.inf
    return math.fsum(value * days for value, days in known) / sum(days for _, days in known)


def _scored(question: Question, who: str, spells: Sequence[_Spell]) -> Scored:
    log, brier, ranked = (_mean(spells, rule) for rule in range(len(RULES)))
    assert log is not None
    assert brier is not None
    days = sum(spell.days for spell in spells)
    chance = math.fsum(spell.chances[question.happened] * spell.days for spell in spells) / days
    return Scored(question.name, who, log, brier, ranked, chance, len(spells), days)


def _standing_of(who: str, questions: Sequence[Question], scored: _ByBoth, stood: _Stood, seed: int) -> Standing:
    said = _statements(who, questions, stood)
    mine = [scored[q.name, who] for q in questions]
    ranks = [one.ranked for one in mine if one.ranked is not None]
    weights = [spell.days / one.days for one in mine for spell in stood[one.question, who]]
    return Standing(
        who,
        len(mine),
        _average([one.log for one in mine]),
        _average([one.brier for one in mine]),
        _average(ranks) if len(ranks) == len(mine) else None,
        _average([rules.brier(rules.even(q.outcomes), q.happened) for q in questions]),
        tuple(one.question for one in mine if math.isinf(one.log)),
        calibration.sharpness([list(s.chances.values()) for q in questions for s in stood[q.name, who]], weights),
        tuple(calibration.curve(said, seed=seed)),
        calibration.murphy(said),
    )


def _statements(who: str, questions: Sequence[Question], stood: _Stood) -> calibration.Statements:
    """Every outcome of every forecast of somebody as a statement; the forecasts of a question weigh 1 together."""
    rows: list[tuple[float, float, float, int, float]] = []
    for number, question in enumerate(questions):
        spells = stood[question.name, who]
        total = sum(spell.days for spell in spells)
        for spell in spells:
            before = 0.0
            for name, chance in spell.chances.items():
                rows.append((chance, float(name == question.happened), spell.days / total, number, before))
                before += chance
    table = np.array(rows, float).reshape(-1, 5)
    return calibration.Statements(table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(np.int64), table[:, 4])


def _pair(
    common: Sequence[Question], a: str, b: str, rule: str, scored: _ByBoth, stood: _Stood, seed: int
) -> Paired | None:
    """None where the two share no question that this rule can score."""
    found = []
    for question in common:
        ours, theirs = stood[question.name, a], stood[question.name, b]
        start = max(ours[0].start, theirs[0].start)
        one, other = (
            getattr(scored[question.name, who], rule)
            if spells[0].start == start or len(spells) == 1
            else _mean(_from(spells, start), RULES.index(rule))
            for who, spells in ((a, ours), (b, theirs))
        )
        if one is not None and other is not None:
            found.append(0.0 if one == other else one - other)
    if not found:
        return None
    differences = np.array(found)
    better = float(((differences < 0) + 0.5 * (differences == 0)).mean())
    if not np.isfinite(differences).all():
        return Paired(a, b, rule, len(found), None, None, None, better)
    low = high = None
    if len(found) >= ENOUGH:
        low, high = interval(differences, seed)
    return Paired(a, b, rule, len(found), float(differences.mean()), low, high, better)


def interval(differences: Any, seed: int) -> tuple[float, float]:
    """95 % interval of the mean of differences [Q], one a question, by the percentiles of a bootstrap."""
    values = np.asarray(differences, float)
    low, high = np.quantile(values[_picks(seed, len(values))].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


@lru_cache(maxsize=2)
def _picks(seed: int, count: int) -> NDArray[np.int32]:
    """[RESAMPLES, count] the same resampling for every pair, so that their intervals can be set side by side."""
    return np.random.default_rng([seed, count]).integers(0, count, (RESAMPLES, count), dtype=np.int32)


def _from(spells: Sequence[_Spell], start: date) -> list[_Spell]:
    """What is left of spells from a day on; the last one keeps a day if nothing else is."""
    left = [replace(s, start=max(s.start, start)) for s in spells if s.end > start]
    return left or [replace(spells[-1], start=start, end=start + timedelta(days=1))]


def _average(values: Sequence[float]) -> float:
    return math.inf if any(math.isinf(value) for value in values) else math.fsum(values) / len(values)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _standing(one: Standing) -> dict[str, Any]:
    parts = one.murphy
    return {
        "forecaster": one.forecaster,
        "questions": one.questions,
        "log": _finite(one.log),
        "brier": one.brier,
        "ranked": one.ranked,
        "even": one.even,
        "ruled_out": list(one.ruled_out),
        "sharpness": one.sharpness,
        "calibration": [each.to_json() for each in one.curve],
        "murphy": None
        if parts is None
        else {
            "score": parts.score, "reliability": parts.reliability, "resolution": parts.resolution,
            "uncertainty": parts.uncertainty, "within": parts.within,
        },
    }  # fmt: skip
