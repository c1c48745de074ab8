"""Cases with a known ending, forecast at every date before it, and scored.

A case is solved once for each draw; the same solutions are walked to every date, so that the forecast at a date uses
only what was published by then (`standoff.forecast`, which at the last date gives the same numbers). Beside the model
stand, at the same draws: the model without hidden types, the model without strategy (`standoff.score.variants`), base
rates from the case's reference classes, and even odds.

A handful of famous cases illustrates and does not prove: they were chosen because they are known, their author knew
how they ended, and a few endings cannot tell a good forecaster from a lucky one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from standoff.case.checks.ending import finishing
from standoff.errors import Problem, ScoreError
from standoff.forecast import weights as weighing
from standoff.forecast.common import Points, Walks, walks
from standoff.forecast.draws import axes, sobol
from standoff.forecast.ensemble import Progress, Workers
from standoff.forecast.forecast import LEAST_REFINED, REFINE_BELOW, THIN
from standoff.forecast.outside import outside
from standoff.forecast.refining import log_balance, proposal_of
from standoff.forecast.settings import Settings
from standoff.forecast.timeline import Timeline, latest, series_dates, timeline
from standoff.game import Structure, compile_case
from standoff.game.model import Floats
from standoff.language.calendar import step_start, turns
from standoff.score import rules
from standoff.score.questions import by_deadline, docket
from standoff.score.runs import ending_of, order_in
from standoff.score.score import Scores, score
from standoff.score.table import Resolution, Said
from standoff.score.variants import unheard, without_strategy, without_types

if TYPE_CHECKING:
    from standoff.case import Case

MODEL, MERGED, COIN, BASE, EVEN = "standoff", "no hidden types", "no strategy", "base rates", "even odds"
MODELS = (MODEL, MERGED, COIN)
CAUTION = (
    "Famous cases illustrate and do not prove: they were chosen because they are known, whoever wrote them down knew "
    "how they ended, and so few endings cannot tell skill from luck."
)
Stage = Callable[[str], None]
Every = Literal["step", "news"]


@dataclass(frozen=True, slots=True)
class Point:
    """A forecast at a date: chances of the outcomes, and the effective draws behind them (None where none are)."""

    as_of: date
    chances: dict[str, float]
    effective_draws: float | None = None

    @property
    def thin(self) -> bool:
        """Whether too few draws carry it to be relied on."""
        return self.effective_draws is not None and self.effective_draws < THIN


@dataclass(frozen=True, slots=True)
class Told:
    """A case told again: its forecasts by forecaster. `resolution` is what its ending answers by the deadline. `news`:
    dates on which something became known; the others are the first days of steps. `draws` counts all of them, refined
    ones included. `silent`: by forecaster, dates at which none of its draws allows what was known, so that it has no
    forecast; what it said before stands."""

    case: Case = field(repr=False)
    resolution: Resolution
    points: dict[str, tuple[Point, ...]] = field(repr=False)
    news: tuple[date, ...]
    draws: int
    failed: dict[str, int]
    silent: dict[str, tuple[date, ...]]

    @property
    def name(self) -> str:
        """What the case is called."""
        return self.case.name

    @property
    def deadline(self) -> date:
        """When the clock runs out."""
        return _deadline(self.case)

    def said(self) -> list[Said]:
        """All its forecasts as rows of a table."""
        return [
            Said(who, self.name, point.as_of, self.deadline, point.chances)
            for who, points in self.points.items()
            for point in points
        ]


@dataclass(frozen=True, slots=True)
class Backtest:
    """Cases told again, and the scores of everybody over all of them."""

    cases: tuple[Told, ...]
    every: Every
    scores: Scores
    left_out: tuple[str, ...]
    settings: Settings

    def to_json(self) -> dict[str, Any]:
        """Plain data (docs/scripts.md)."""
        from standoff import __version__

        return {
            "caution": CAUTION,
            "every": self.every,
            "cases": [_case(one) for one in self.cases],
            "scores": self.scores.to_json(),
            "left_out": list(self.left_out),
            "draws": self.settings.draws,
            "seed": self.settings.seed,
            "version": __version__,
        }


def backtest(
    cases: Sequence[Case],
    *,
    every: Every = "step",
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: Path | None = None,
    progress: Progress | None = None,
    stage: Stage | None = None,
) -> Backtest:
    """Tell every case again and score it. Cases without an ending are left out, and named.

    every: forecast at each step and whenever something became known, or (`news`) only at the latter.
    out: a folder in which finished draws are kept, and found again. progress counts draws of all cases and variants;
    stage is told which are being solved. Raises ScoreError where no case has an ending, two have the same name, or no
    draw of a case allows what was known at any date, and what `standoff.forecast.walks` raises.
    """
    settings, say = settings or Settings(), stage or (lambda _: None)
    if every not in ("step", "news"):
        raise ScoreError(Problem(f"every={every!r}", "step or news", "Take one of them.", path="every"))
    names = [case.name for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        found = f"two cases called {', '.join(twice)}"
        raise ScoreError(Problem(found, "cases of different names", "Name each once."))
    ended = [case for case in cases if case.document.ending is not None]
    left_out = [case.name for case in cases if case.document.ending is None]
    told, count = [], _Count(progress, len(ended), settings.draws)
    for n, case in enumerate(ended):
        folder = None if out is None else out / case.name
        which = f"case {n + 1} of {len(ended)}, {case.name}" if len(ended) > 1 else case.name
        told.append(_told_again(case, which, every, settings, workers or Workers(), folder, count, say))
    if not told:
        named = f" ({', '.join(left_out)})" if left_out else ""
        mend = "Write `ending: {date: ..., outcome: ..., source: ...}` into case.yaml once it is known."
        raise ScoreError(Problem(f"no case with an ending{named}", "at least one", mend, path="ending"))
    scores = score(
        docket(
            [row for one in told for row in one.said()],
            [ending for one in told if (ending := ending_of(one.case.document, one.name)) is not None],
            as_of=max(one.resolution.resolved for one in told),
            outcomes={one.name: tuple(one.case.document.outcomes) for one in told},
            orders={one.name: order for one in told if (order := order_in(one.case.document)) is not None},
        ),
        seed=settings.seed,
    )
    return Backtest(tuple(told), every, scores, tuple(left_out), settings)


def dates_before(case: Case, resolution: Resolution, every: Every = "step") -> tuple[list[date], list[date]]:
    """(all dates, those with news): the start of the clock, every day on which something became known, and unless only
    `news` is asked for the first day of every step, up to the last news before the ending, or before a
    dated move by which the story was over: there the evidence stops."""
    clock = case.document.clock
    last = max(clock.start, min(latest(case.evidence, case.document), _over(case, resolution) - timedelta(days=1)))
    news = [day for day in series_dates(case.evidence, case.document, last) if day >= clock.start]
    starts = (step_start(clock, t) for t in range(turns(clock)))
    return sorted({*news, *(day for day in starts if day <= last and every == "step")}), news


def _deadline(case: Case) -> date:
    clock = case.document.clock
    return step_start(clock, turns(clock))


def _over(case: Case, resolution: Resolution) -> date:
    """The day from which it is known how a case ended: that of its ending, of a dated move that surely ended it, or of
    the end of the clock."""
    return min(
        [resolution.resolved, _deadline(case), *(one.known for one in finishing(case.document, case.evidence.history))]
    )


class _Count:
    """Draws done of all there are: three variants of every case. How many that is is known case by case: fewer where
    nothing is uncertain, more where a forecast is refined."""

    def __init__(self, progress: Progress | None, cases: int, draws: int) -> None:
        self.progress, self.before, self.all = progress, 0, cases * len(MODELS) * draws

    def __call__(self, done: int, _: int) -> None:
        if self.progress is not None:
            self.progress(self.before + done, self.all)

    def more(self, draws: int) -> None:
        """There are so many more, or fewer, than was thought."""
        self.all += draws

    def finished(self, draws: int) -> None:
        """So many are done, of one variant."""
        self.before += draws


def _told_again(
    case: Case,
    which_case: str,
    every: Every,
    settings: Settings,
    workers: Workers,
    folder: Path | None,
    count: _Count,
    say: Stage,
) -> Told:
    """One case at every date before its ending, by everybody."""
    resolution = ending_of(case.document, case.name, str(case.folder / "case.yaml"))
    assert resolution is not None
    written, resolution = resolution, by_deadline(resolution, _deadline(case), case.document.outcomes)
    if resolution is None:
        raise ScoreError(
            Problem(
                f"an ending on {written.resolved}, when the clock runs out on {_deadline(case)}",
                "what had happened by then, that day included", "Mend the ending, or lengthen the clock.",
                file=written.file, path="ending.date",
            )
        )  # fmt: skip
    over = _over(case, resolution)
    if over <= case.document.clock.start:
        raise ScoreError(
            Problem(
                f"an ending on {over}, when the clock starts on {case.document.clock.start}",
                "an ending after the start of the clock", "Mend one of them.", file=resolution.file, path="ending.date",
            )
        )  # fmt: skip
    structure = compile_case(case)
    document = structure.document
    days, news = dates_before(case, resolution, every)
    lines = [timeline(document, structure.phases, case.evidence, day) for day in days]

    def walked(which: str, what: Structure, along: Sequence[Timeline], points: Points) -> Walks:
        say(f"{which_case}: {which}")
        key = f"{case.hash} {which}"
        found = walks(key, what, along, points, settings, workers=workers, run=folder, progress=count)
        count.finished(len(points.u))
        return found

    size = axes(structure).size
    count.more(0 if size else len(MODELS) * (1 - settings.draws))
    points, model = _model(structure, lines, settings, walked, lambda more: count.more(len(MODELS) * more))
    found = {
        MODEL: model,
        MERGED: walked(MERGED, without_types(structure), [unheard(line) for line in lines], points),
        COIN: walked(COIN, without_strategy(structure), lines, points),
    }
    told = {who: _points(one, days, list(document.outcomes)) for who, one in found.items()}
    if not told[MODEL]:
        raise _never(case, len(model.log_weights), days)
    silent = {who: tuple(sorted({*days} - {one.as_of for one in told[who]})) for who in MODELS}
    told = {who: points for who, points in told.items() if points}
    base = [Point(day, outside(document, day)) for day in days]
    if base[0].chances:
        told[BASE] = tuple(base)
    told[EVEN] = tuple(Point(day, rules.even(document.outcomes)) for day in days)
    failed = {who: one.failed for who, one in found.items() if one.failed}
    left_out = {who: dates for who, dates in silent.items() if dates}
    return Told(case, resolution, told, tuple(news), len(model.log_weights), failed, left_out)


def _model(
    structure: Structure,
    lines: Sequence[Timeline],
    settings: Settings,
    walked: Any,
    more_to_come: Callable[[int], None],
) -> tuple[Points, Walks]:
    """The draws of a forecast at the last date, refined as it would be, walked to every date."""
    size = axes(structure).size
    first = settings.draws if size else 1
    u = sobol(size, 0, first, settings.seed)
    points = Points(u, np.zeros(first), first)
    model = walked(MODEL, structure, lines, points)
    good = weighing.normalised(model.log_weights[:, -1])
    if not (settings.refine and size and 0 < weighing.effective(good) < REFINE_BELOW * first):
        return points, model
    refined = max(LEAST_REFINED, first // 2)
    more_to_come(refined)
    proposal = proposal_of(u, model.log_weights[:, -1])
    more = proposal.draw(refined, np.random.default_rng([settings.seed, 1]))
    both = np.concatenate([u, more])
    density = log_balance(proposal, both, first, refined)
    extra = walked(MODEL, structure, lines, Points(more, np.zeros(refined), 0))
    whole = Walks(
        np.concatenate([model.log_weights, extra.log_weights]) - density[:, None],
        np.concatenate([model.series, extra.series]),
        np.concatenate([model.beliefs, extra.beliefs]),
        np.concatenate([model.parameters, extra.parameters]),
        model.failed + extra.failed,
    )
    return Points(both, density, first), whole


def _points(made: Walks, days: Sequence[date], outcomes: Sequence[str]) -> tuple[Point, ...]:
    """Forecasts at the dates at which some draw allows what was known."""
    found = []
    for m, day in enumerate(days):
        weights: Floats = weighing.normalised(made.log_weights[:, m])
        if not weights.any():
            continue
        means = weighing.mean(made.series[:, m], weights)
        means = np.maximum(means, 0.0)
        means = means / means.sum()  # away with rounding
        chances = dict(zip(outcomes, (float(value) for value in means), strict=True))
        found.append(Point(day, chances, weighing.effective(weights)))
    return tuple(found)


def _never(case: Case, draws: int, days: Sequence[date]) -> ScoreError:
    return ScoreError(
        Problem(
            f"{case.name}: {draws} draws, none of which allows what was known on any of {len(days)} dates",
            "a history that some draw allows",
            f"Ask for more --draws, or look at `standoff forecast {case.name} --as-of {days[0]}`.",
        )
    )


def scores_at(told: Told, point: Point) -> dict[str, float | None]:
    """The three scores of a forecast of a case."""
    happened, order = told.resolution.outcome, order_in(told.case.document)
    return {
        "log": rules.log_score(point.chances, happened),
        "brier": rules.brier(point.chances, happened),
        "ranked": None if order is None else rules.ranked(point.chances, happened, order),
    }


def _case(told: Told) -> dict[str, Any]:
    document = told.case.document
    order = order_in(document)
    return {
        "name": told.name,
        "title": document.title,
        "case_hash": told.case.hash,
        "ending": {
            "date": told.resolution.resolved.isoformat(), "outcome": told.resolution.outcome,
            "title": document.outcomes[told.resolution.outcome].title, "source": told.resolution.source,
        },
        "outcomes": {name: one.title for name, one in document.outcomes.items()},
        "order": None if order is None else [list(rank) for rank in order],
        "news": [day.isoformat() for day in told.news],
        "draws": told.draws,
        "failed": told.failed,
        "silent": {who: [day.isoformat() for day in dates] for who, dates in told.silent.items()},
        "deadline": told.deadline.isoformat(),
        "forecasts": {who: [_point(told, point) for point in points] for who, points in told.points.items()},
    }  # fmt: skip


def _point(told: Told, point: Point) -> dict[str, Any]:
    scores = scores_at(told, point)
    return {
        "as_of": point.as_of.isoformat(),
        "outcomes": point.chances,
        **{name: value if value is None or math.isfinite(value) else None for name, value in scores.items()},
        "effective_draws": point.effective_draws,
        "thin": point.thin,
    }
