"""Scores by forecaster, and forecasters compared on the questions they share.

A forecaster's score of a question is a mean over days: from its first forecast to the deadline, whenever the question
resolves. On each day the forecast that stands is held against what happened in the end; days after the resolution cost
nothing. So the weight of a day is known on that day, and saying what one believes is the best that one can do
(docs/mathematics.md, section 11). A mean over the days up to the resolution alone is not proper: an early end leaves
fewer days to divide by, and whoever overstates it gains. `first` counts the first day alone.

Of two forecasters only the questions that both forecast count, and of these only the days from the first on which both
had a forecast standing. Intervals are by resampling whole questions, never days: the days of one question are one
story.
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

Take = Literal["time", "first"]
RULES = ("log", "brier", "ranked")
ENOUGH = 5  # questions below which no interval is given
RESAMPLES = 4000


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of one forecaster on one question. `log` may be infinite, `ranked` is None without an order.

    `days` are those the scores are means over, from its first forecast to the deadline; on `open` of them the question
    had not resolved, the others cost nothing.
    """

    question: str
    forecaster: str
    log: float
    brier: float
    ranked: float | None
    chance: float  # that it gave to what happened, the mean over the open days
    forecasts: int
    days: int
    open: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A forecaster over all its questions: mean scores, how often it ruled out what happened, calibration.

    `even` and `even_log` are the mean Brier and log scores of even odds on the same questions and days.
    `brier_while_open` is the mean over open days alone, easier to read than `brier` and not proper.
    """

    forecaster: str
    questions: int
    log: float
    brier: float
    ranked: float | None
    even: float
    even_log: float
    brier_while_open: float
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
    remarks: tuple[str, ...]

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
                    "deadline": one.deadline.isoformat(), "outcomes": list(one.outcomes),
                    "order": None if one.order is None else [list(rank) for rank in one.order],
                }
                for one in self.docket.questions
            ],
            "scores": [
                {
                    "question": one.question, "forecaster": one.forecaster, "log": _finite(one.log), "brier": one.brier,
                    "ranked": one.ranked, "chance": one.chance, "ruled_out": math.isinf(one.log),
                    "forecasts": one.forecasts, "days": one.days, "open": one.open,
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
            "remarks": list(self.remarks),
        }  # fmt: skip


def score(docket: Docket, *, take: Take = "time", floor: float = 0.0, seed: int = 0) -> Scores:
    """Score everything in a docket.

    take: which days of a question count: all from the first forecast to the deadline, or the first alone.
    floor: no chance counts as less than this, by mixing with even odds; 0 clips nothing.
    seed: of the bootstrap and of the bands of calibration. Raises ScoreError for a take or a floor that is none.
    """
    if take not in ("time", "first"):
        raise ScoreError(Problem(f"take={take!r}", "time or first", "Take one of them.", path="take"))
    stood = {(q.name, who): _record(q, who, take, floor) for q in docket.questions for who in q.said}
    scored = {(q.name, who): _scored(q, who, stood[q.name, who]) for q in docket.questions for who in q.said}
    people = list(dict.fromkeys(who for _, who in scored))
    shared = {who: [q for q in docket.questions if who in q.said] for who in people}
    standings = [_standing_of(who, shared[who], scored, stood, seed) for who in people]
    standings.sort(key=lambda one: (-one.questions, one.brier))
    paired = []
    for a, b in combinations([one.forecaster for one in standings], 2):
        common = [q for q in shared[a] if b in q.said]
        both = [_since_both(q, stood[q.name, a], stood[q.name, b], take) for q in common]
        paired += [_pair(both, a, b, rule, seed) for rule in RULES] if common else []
    found = tuple(one for one in paired if one is not None)
    remarks = (*docket.remarks, *_left_standing(take, docket, scored))
    return Scores(docket, take, floor, tuple(scored.values()), tuple(standings), found, seed, remarks)


@dataclass(frozen=True, slots=True)
class _Spell:
    """A forecast and the days on which it stood, from `start` to `end`, not included; `scores` are those of `RULES`."""

    chances: dict[str, float]
    scores: tuple[float | None, ...]
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class _Record:
    """What counts of somebody's forecasts of a question: `spells` on `days` that were fixed on the first of them. The
    spells end with the question, which may be sooner. `whole` is all that stood until the resolution."""

    spells: tuple[_Spell, ...]
    days: int
    whole: tuple[_Spell, ...]

    @property
    def open(self) -> int:
        return sum(spell.days for spell in self.spells)

    def mean(self, rule: int) -> float | None:
        """Mean over the days of a score (its place in `RULES`)."""
        values = [(spell.scores[rule], spell.days) for spell in self.spells]
        known = [(value, days) for value, days in values if value is not None]
        if len(known) < len(values):
            return None
        if any(math.isinf(value) for value, _ in known):
            return math.inf
        return math.fsum(value * days for value, days in known) / self.days


_Stood = dict[tuple[str, str], _Record]  # by question and forecaster
_ByBoth = dict[tuple[str, str], Scored]


def _record(question: Question, who: str, take: Take, floor: float) -> _Record:
    said = question.said[who]
    ends = [one.made for one in said[1:]] + [question.resolved]
    spells = []
    for one, end in zip(said, ends, strict=True):
        chances = _chances(one, question, floor)
        spells.append(_Spell(chances, _scores(chances, question), one.made, end))
    return _from(tuple(spells), question, said[0].made, take)


def _from(whole: tuple[_Spell, ...], question: Question, start: date, take: Take) -> _Record:
    """What counts from a day on. The deadline itself is a day only for what was first said on it."""
    end = start + timedelta(days=1)
    if take == "time":
        end = max(end, question.deadline)
    left = [replace(s, start=max(s.start, start), end=min(s.end, end)) for s in whole if s.start < end]
    return _Record(tuple(spell for spell in left if spell.days > 0), (end - start).days, whole)


def _chances(one: Said, question: Question, floor: float) -> dict[str, float]:
    whole = {name: one.chances.get(name, 0.0) for name in question.outcomes}
    return rules.floored(whole, floor) if floor else whole


def _scores(chances: dict[str, float], question: Question) -> tuple[float | None, ...]:
    happened, order = question.happened, question.order
    ranked = None if order is None else rules.ranked(chances, happened, order)
    return rules.log_score(chances, happened), rules.brier(chances, happened), ranked


def _scored(question: Question, who: str, record: _Record) -> Scored:
    log, brier, ranked = (record.mean(rule) for rule in range(len(RULES)))
    assert log is not None
    assert brier is not None
    chance = math.fsum(spell.chances[question.happened] * spell.days for spell in record.spells) / record.open
    return Scored(question.name, who, log, brier, ranked, chance, len(record.spells), record.days, record.open)


def _left_standing(take: Take, docket: Docket, scored: _ByBoth) -> list[str]:
    """A remark where nobody ever changed a forecast, and a question ended early."""
    changed = any(len(said) > 1 for question in docket.questions for said in question.said.values())
    if take == "first" or changed or all(one.open == one.days for one in scored.values()):
        return []
    return [
        "Nobody changed a forecast. Over days each counts as said anew on every day that it stood; what was said once "
        "and left alone is fairly scored on its first day only (take first)."
    ]


def _standing_of(who: str, questions: Sequence[Question], scored: _ByBoth, stood: _Stood, seed: int) -> Standing:
    said = _statements(who, questions, stood)
    mine = [scored[q.name, who] for q in questions]
    ranks = [one.ranked for one in mine if one.ranked is not None]
    records = [stood[q.name, who] for q in questions]
    weights = [spell.days / record.days for record in records for spell in record.spells]
    open_ = [one.open / one.days for one in mine]
    even = [rules.even(q.outcomes) for q in questions]
    return Standing(
        who,
        len(mine),
        _average([one.log for one in mine]),
        _average([one.brier for one in mine]),
        _average(ranks) if len(ranks) == len(mine) else None,
        _average([rules.brier(odds, q.happened) * w for odds, q, w in zip(even, questions, open_, strict=True)]),
        _average([rules.log_score(odds, q.happened) * w for odds, q, w in zip(even, questions, open_, strict=True)]),
        _average([one.brier * one.days / one.open for one in mine]),
        tuple(one.question for one in mine if math.isinf(one.log)),
        calibration.sharpness([list(s.chances.values()) for record in records for s in record.spells], weights),
        tuple(calibration.curve(said, seed=seed)),
        calibration.murphy(said),
    )


def _statements(who: str, questions: Sequence[Question], stood: _Stood) -> calibration.Statements:
    """Every outcome of every forecast of somebody as a statement. What is said of a question weighs the share of its
    days on which it stood, 1 together if the question stays open to its deadline: weights that made early ends up to 1
    would bend the curve of right forecasts, as weights known on the day do not."""
    rows: list[tuple[float, float, float, int, float]] = []
    for number, question in enumerate(questions):
        record = stood[question.name, who]
        for spell in record.spells:
            before = 0.0
            for name, chance in spell.chances.items():
                rows.append((chance, float(name == question.happened), spell.days / record.days, number, before))
                before += chance
    table = np.array(rows, float).reshape(-1, 5)
    return calibration.Statements(table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(np.int64), table[:, 4])


def _since_both(question: Question, ours: _Record, theirs: _Record, take: Take) -> tuple[_Record, _Record]:
    """Two records of a question from the first day on which both had a forecast."""
    start = max(ours.whole[0].start, theirs.whole[0].start)
    one, other = (
        each if each.whole[0].start == start else _from(each.whole, question, start, take) for each in (ours, theirs)
    )
    return one, other


def _pair(both: Sequence[tuple[_Record, _Record]], a: str, b: str, rule: str, seed: int) -> Paired | None:
    """None where the two share no question that this rule can score."""
    found = []
    for ours, theirs in both:
        one, other = (each.mean(RULES.index(rule)) for each in (ours, theirs))
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
        "even_log": one.even_log,
        "brier_while_open": one.brier_while_open,
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
