"""What changed in a forecast since an earlier one, and because of which items.

From the earlier forecast to the present one in single steps, each of which changes one thing: the draws the earlier
run had made; the assumptions, all together; then the evidence, item by item in the order in which it became known,
and between them the time in which nothing was reported. What a step did is the difference of means after and before it,
so that the steps add up to the whole change. All of them are walked over the draws of the present forecast: one
solve a draw for all the evidence, and one more if the assumptions changed.

A step after which too few draws would carry the answer, or which cannot stand alone (an entry that needs another to be
possible), is told together with the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from standoff.analysis.assumptions import Assumption, assumptions, same_assumptions
from standoff.analysis.compare import Telling, too_early
from standoff.analysis.corners import Quantities, line_of, of_forecast, same_line, shared
from standoff.analysis.enough import Thin, advised
from standoff.analysis.items import Body, Differences, Item, differences, titles_of
from standoff.analysis.paired import Corner, corner, key_of, resampled
from standoff.case import Case
from standoff.errors import Problem, RunError, StandoffError
from standoff.forecast import Forecast, Workers
from standoff.forecast.common import points_like, walks
from standoff.forecast.earlier import Earlier
from standoff.forecast.ensemble import Progress
from standoff.forecast.forecast import BAND
from standoff.forecast.kept_case import kept_case
from standoff.forecast.timeline import Timeline
from standoff.forecast.weights import effective
from standoff.game import compile_case

Row = dict[str, float | None]
SAME = 1e-9  # a step that moves nothing by more


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that changed: an item of the evidence (`item`), or `kind` draws, assumptions or time. Of time, `day` is
    its last day and `since` its first."""

    kind: str
    title: str
    day: date
    since: date | None = None
    item: Item | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        if self.item is not None:
            return {**self.item.to_json(), "since": None}
        found = {"kind": self.kind, "what": "passed" if self.kind == "time" else "changed", "id": self.kind}
        since = None if self.since is None else self.since.isoformat()
        more: dict[str, Any] = {"when": None, "because": [], "who": None, "corrected": []}
        return {**found, "title": self.title, "date": self.day.isoformat(), **more, "since": since}


@dataclass(frozen=True, slots=True)
class Step:
    """Parts that were put in together, and what that did to each quantity [Q]; the band is None where no draws are
    compared."""

    parts: tuple[Part, ...]
    by: tuple[Row, ...]
    effective_draws: float


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """From `before` [Q] to `now` [Q]: their difference `total` [Q], and the `steps` that add up to it.

    `since` is the date of the earlier forecast, `folder` its run, if there was one. `why` says why there are no steps
    where there are none; `thin` why there is no number at all.
    """

    made: Forecast = field(repr=False)
    kept: Quantities = field(repr=False)
    since: date
    folder: Path | None
    before: tuple[float, ...] = field(repr=False)
    now: tuple[float, ...] = field(repr=False)
    total: tuple[Row, ...] = field(repr=False)
    steps: tuple[Step, ...] = field(repr=False)
    assumptions: tuple[Assumption, ...]
    items: Differences | None = field(repr=False)
    reported: bool
    thin: Thin | None = None
    why: str | None = None

    @property
    def status(self) -> str:
        """``thin``, ``unchanged`` (nothing that decides a number), ``unexplained`` (no steps), or ``changed``."""
        if self.thin is not None:
            return "thin"
        moved = any(abs(row["mean"] or 0.0) > SAME for row in self.total)
        parts = any(step.parts for step in self.steps)
        if self.why is not None:
            return "unexplained"
        return "changed" if moved or parts else "unchanged"

    def to_json(self) -> dict[str, Any]:
        """The contract for scripts (docs/scripts.md)."""
        document = self.made.structure.document
        rows = [
            None if self.thin else {"before": self.before[q], "now": self.now[q], "change": self.total[q]}
            for q in range(len(self.kept))
        ]
        outcomes, beliefs = self.kept.laid_out(rows)
        empty = {"before": None, "now": None, "change": None}
        return {
            "status": self.status,
            "since": self.since.isoformat(),
            "folder": None if self.folder is None else self.folder.name,
            "as_of": self.made.as_of.isoformat(),
            "case_hash": self.made.case.hash,
            "reported": self.reported,
            "thin": None if self.thin is None else self.thin.to_json(),
            "why": self.why,
            "outcomes": {
                name: {"title": document.outcomes[name].title or name.replace("_", " "), **(row or empty)}
                for name, row in outcomes.items()
            },
            "beliefs": {
                actor: {
                    kind: {
                        "title": document.actors[actor].types[kind].title or kind.replace("_", " "),
                        **(row or empty),
                    }
                    for kind, row in kinds.items()
                }
                for actor, kinds in beliefs.items()
            },
            "actors": {actor: document.actors[actor].title or actor.replace("_", " ") for actor in beliefs},
            "steps": [self._step(step) for step in self.steps],
            "assumptions": [one.to_json() for one in self.assumptions],
            "reports": []
            if self.items is None
            else [{"id": one.id, "title": one.title, "published": one.published.text} for one in self.items.reports],
            "draws": len(self.made.weights),
            "effective_draws": self.made.effective_draws,
            "seed": self.made.settings.seed,
        }

    def _step(self, step: Step) -> dict[str, Any]:
        outcomes, beliefs = self.kept.laid_out(step.by)
        return {
            "parts": [part.to_json() for part in step.parts],
            "effective_draws": step.effective_draws,
            "outcomes": outcomes,
            "beliefs": beliefs,
        }


@dataclass(frozen=True, slots=True)
class _Stop:
    """A place on the way: the parts put in since the last one, and the line there, or why there is none."""

    parts: tuple[Part, ...]
    line: Timeline | None


def change(
    made: Forecast,
    *,
    since: date | None = None,
    earlier: Earlier | None = None,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Change:
    """What changed from an earlier forecast to `made`.

    earlier: the run to start from (`standoff.forecast.earlier`); without one, the same case as known at the date
    `since`. Draws are kept under `made`'s run folder, if it has one.

    Raises RunError for a start later than `made`, before the clock, of another case, or a run that left no numbers.
    """
    start = earlier.as_of if earlier is not None else since
    if start is None:
        raise ValueError("change needs an earlier run or a date")
    check_start(made.case, made.as_of, start if earlier is None else earlier)
    before = made.case
    if earlier is not None and earlier.case_hash != made.case.hash:
        try:
            before = kept_case(earlier.folder, earlier.case_hash)
        except StandoffError as error:
            return _totals(made, earlier, error.problems[0])
    return _stepwise(made, before, start, earlier, workers, Telling(progress, 2))


def check_start(case: Case, as_of: date, start: Earlier | date) -> None:
    """Whether a change can be told from there, which is known before anything is solved. Raises RunError."""
    day = start.as_of if isinstance(start, Earlier) else start
    early = too_early(case, day)
    problems = [early] if early else []
    if day > as_of:
        problems.append(_backwards(day, as_of))
    if isinstance(start, Earlier) and start.name != case.name:
        problems.append(_another(start, case))
    if problems:
        raise RunError(problems)


def _stepwise(
    made: Forecast, before: Case, start: date, earlier: Earlier | None, workers: Workers | None, tell: Telling
) -> Change:
    kept = shared(made.structure.document, before.document)
    found = differences(before.evidence, start, made.case.evidence, made.as_of, titles_of(made.structure.document))
    alike = same_assumptions(before, made.case)
    assumed = tuple(assumptions(before, made.case))
    stops = _stops(made, found, start, assumed, alike)
    corners: list[Corner | None] = _walked(made, kept, stops, workers, tell)
    if not alike:
        corners[0] = _old(made, before, kept, found, start, workers, tell)
    tell.end()
    use = [i for i, one in enumerate(corners) if one is not None and one.weights.any() and one.thin is None]
    last = corners[-1]
    assert last is not None
    reported = _reported(earlier, kept)
    thin = last.thin or (corners[0].thin if corners[0] is not None and corners[0].weights.any() else None)
    whole = made, kept, start, None if earlier is None else earlier.folder
    if thin is not None:
        return Change(*whole, (), (), (), (), assumed, found, reported is not None, advised(thin, made))
    if not use or use[0] != 0:
        if reported is None:
            raise RunError(_no_start(before, start))
        use = [i for i in use if i > 0]
    usable = [one for i in use if (one := corners[i]) is not None]
    key = key_of((before.hash, start), (made.case.hash, made.as_of), made.settings.seed)
    again = resampled(usable, made.drawn, key)
    steps: list[Step] = []
    first = usable[0].means
    if reported is not None:
        at = use[0]
        told = () if at == 0 else _parts(stops[1 : at + 1])
        drawn = Part("draws", "the earlier run's own draws, settings or version", start)
        rows = tuple(_bare(float(first[q]) - reported[q]) for q in range(len(kept)))
        if told or any(abs(row["mean"] or 0.0) > SAME for row in rows):
            steps.append(Step((drawn, *told), rows, effective(usable[0].weights)))
    for i in range(1, len(use)):
        signs = [0.0] * len(use)
        signs[i - 1], signs[i] = -1.0, 1.0
        told = _parts(stops[use[i - 1] + 1 : use[i] + 1])
        rows = tuple(dict(row) for row in again.contrast(signs))
        idle = all(abs(row["mean"] or 0.0) <= SAME for row in rows) and all(part.kind == "time" for part in told)
        if told and not idle:
            steps.append(Step(told, rows, effective(usable[i].weights)))
    signs = [0.0] * len(use)
    signs[0] -= 1.0
    signs[-1] += 1.0  # which may be the same corner
    total = again.contrast(signs)
    shift = [0.0] * len(kept) if reported is None else [float(first[q]) - reported[q] for q in range(len(kept))]
    return Change(
        *whole,
        before=tuple(reported or first.tolist()),
        now=tuple(last.means.tolist()),
        total=tuple({name: value + shift[q] for name, value in row.items()} for q, row in enumerate(total)),
        steps=tuple(steps),
        assumptions=assumed,
        items=found,
        reported=reported is not None,
    )


def _parts(stops: Sequence[_Stop]) -> tuple[Part, ...]:
    return tuple(part for stop in stops for part in stop.parts)


def _stops(made: Forecast, found: Differences, start: date, assumed: Sequence[Assumption], alike: bool) -> list[_Stop]:
    """All places from the earlier evidence to the present one, under the present assumptions; the first stands for the
    earlier case."""
    structure = made.structure

    def place(parts: tuple[Part, ...], body: Body, day: date) -> _Stop:
        try:
            return _Stop(parts, line_of(structure, body, day))
        except StandoffError:
            return _Stop(parts, None)

    body, today = found.before, start
    stops = [place((), body, today)]
    if not alike:
        names = ", ".join(one.title for one in assumed[:3]) or "the case"
        more = f" and {len(assumed) - 3} more" if len(assumed) > 3 else ""
        stops.append(_Stop((Part("assumptions", names + more, start),), stops[0].line))
        stops[0] = _Stop((), None)
    for item in found.items:
        if item.day > today:
            stops.append(place((_time(today, item.day),), body, item.day))
            today = item.day
        body = body.after([item])
        stops.append(place((Part(item.kind, item.title, item.day, item=item),), body, today))
    if made.as_of > today:
        stops.append(place((_time(today, made.as_of),), body, made.as_of))
    return stops


def _time(first: date, last: date) -> Part:
    return Part("time", f"nothing else reported, {first.isoformat()} to {last.isoformat()}", last, first)


def _walked(
    made: Forecast, kept: Quantities, stops: list[_Stop], workers: Workers | None, tell: Telling
) -> list[Corner | None]:
    """The corner of every stop, each different line walked once; the last is the forecast as it is."""
    document = made.structure.document
    final = stops[-1].line
    lines: list[Timeline] = []
    where: list[int | None] = []
    for stop in stops:
        if stop.line is None:
            where.append(None)
            continue
        if final is not None and same_line(stop.line, final):
            where.append(-1)
            continue
        at = next((i for i, line in enumerate(lines) if same_line(line, stop.line)), None)
        if at is None:
            at = len(lines)
            lines.append(stop.line)
        where.append(at)
    present = of_forecast(made, kept)
    found: list[Corner] = []
    if lines:
        points = points_like(made, made.structure)
        ran = walks(
            made.case.hash, made.structure, lines, points, made.settings,
            workers=workers, run=made.folder, progress=tell.next(),
        )  # fmt: skip
        certain = made.task.axes.size == 0
        found = [
            corner(ran.log_weights[:, m], kept.pick(document, ran.series[:, m], ran.beliefs[:, m]), certain=certain)
            for m in range(len(lines))
        ]
    corners = [None if at is None else present if at < 0 else found[at] for at in where]
    corners[-1] = present
    return corners


def _old(
    made: Forecast,
    before: Case,
    kept: Quantities,
    found: Differences,
    start: date,
    workers: Workers | None,
    tell: Telling,
) -> Corner | None:
    """The earlier case with the earlier evidence, over the present draws; None if it cannot be had."""
    try:
        structure = compile_case(before)
        line = line_of(structure, found.before, start)
        points = points_like(made, structure)
        if len(points.u) != len(made.weights):
            return None
        ran = walks(
            before.hash, structure, [line], points, made.settings,
            workers=workers, run=made.folder, progress=tell.next(),
        )  # fmt: skip
    except StandoffError:
        return None
    values = kept.pick(structure.document, ran.series[:, 0], ran.beliefs[:, 0])
    return corner(ran.log_weights[:, 0], values, certain=points.u.shape[1] == 0)


def _reported(earlier: Earlier | None, kept: Quantities) -> list[float] | None:
    """What the earlier run said of each quantity, if it said it of all."""
    if earlier is None:
        return None
    found = [earlier.mean("outcomes", name) for name in kept.outcomes]
    found += [earlier.mean("beliefs", actor, kind) for actor, kind in kept.types]
    known = [value for value in found if value is not None]
    return known if len(known) == len(found) else None


def _bare(value: float) -> Row:
    """A difference that has no band."""
    return {"mean": value, **dict.fromkeys(BAND)}


def _totals(made: Forecast, earlier: Earlier, problem: Problem) -> Change:
    """Only from where to where: what the run was made of is not known any more."""
    kept = shared(made.structure.document, made.case.document)
    said = [name for name in kept.outcomes if earlier.mean("outcomes", name) is not None]
    kinds = [kind for kind in kept.types if earlier.mean("beliefs", *kind) is not None]
    kept = replace(kept, outcomes=tuple(said), types=tuple(kinds))
    before = _reported(earlier, kept)
    if not said or before is None:
        raise RunError(
            Problem(
                file=str(earlier.folder),
                found=f"a run whose case is not there ({problem.found}) and that left no forecast",
                expected="a copy of its case, or its forecast.json",
                mend="Start from a date instead, `--since DATE`, or make that run again from the case as it was.",
            )
        )
    last = of_forecast(made, kept)
    whole = made, kept, earlier.as_of, earlier.folder
    if last.thin is not None:
        return Change(*whole, (), (), (), (), (), None, True, advised(last.thin, made))
    now = last.means.tolist()
    total = tuple(_bare(now[q] - before[q]) for q in range(len(kept)))
    why = f"What did it cannot be told apart: {problem.found}."
    return Change(*whole, tuple(before), tuple(now), total, (), (), None, True, None, why)


def _backwards(start: date, as_of: date) -> Problem:
    return Problem(
        path="since",
        found=f"a start on {start.isoformat()}, after {as_of.isoformat()}",
        expected="an earlier date, or a run as of one",
        mend="Ask for a later --as-of; for two dates in any order there is `standoff compare`.",
    )


def _another(earlier: Earlier, case: Case) -> Problem:
    return Problem(
        file=str(earlier.folder),
        path="since",
        found=f"a run of {earlier.name}",
        expected=f"a run of {case.name}",
        mend=f"For two cases there is `standoff compare`; the run holds a copy of its case: {earlier.folder / 'case'}.",
    )


def _no_start(before: Case, start: date) -> Problem:
    return Problem(
        file=str(before.folder),
        path="since",
        found=f"no draw that allows what was known on {start.isoformat()}, and no run that left its numbers",
        expected="a start that can be forecast",
        mend="Start from another date with `--since`.",
    )
