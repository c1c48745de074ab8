"""Two cases, dates or settings side by side, over the same draws, and which of the two differences did what.

Side A is its own plain forecast; B walks the same draws, parameter by parameter of the same name
(`standoff.forecast.common`). With A's and B's evidence under A's and B's assumptions there are four corners; the effect
of the evidence is its mean over the two orders in which the differences can be put in, that of the assumptions too,
and both add up to the whole difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from standoff.analysis.assumptions import Assumption, assumptions, same_assumptions
from standoff.analysis.corners import Quantities, line_of, of_forecast, same_line, shared
from standoff.analysis.enough import Thin, advised
from standoff.analysis.items import Differences, differences, titles_of
from standoff.analysis.paired import Corner, corner, key_of, per_draw, resampled
from standoff.case import Case
from standoff.errors import Problem, RunError, StandoffError
from standoff.forecast import Forecast, Settings, Workers, forecast
from standoff.forecast.common import Points, points_like, walks
from standoff.forecast.ensemble import Progress
from standoff.forecast.timeline import Timeline, latest
from standoff.forecast.weights import effective
from standoff.game import Structure, compile_case
from standoff.language.calendar import step_start, turns
from standoff.language.document import CaseDocument

Rows = list[dict[str, float]]


@dataclass(frozen=True, slots=True)
class Side:
    """One side: a case, as known at a date."""

    case: Case
    as_of: date

    @property
    def name(self) -> str:
        """What it is called: the case, or for the copy of a case in a run's folder that run."""
        folder = self.case.folder
        if folder.name == "case" and (folder.parent / "manifest.json").is_file():
            return folder.parent.name
        return self.case.name

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        clock = self.case.document.clock
        return {
            "name": self.name,
            "title": self.case.document.title,
            "case_hash": self.case.hash,
            "as_of": self.as_of.isoformat(),
            "clock_ends": step_start(clock, turns(clock)).isoformat(),
            "set": dict(self.case.overrides),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two sides over common draws.

    `corners`: by (evidence, assumptions), each ``"a"`` or ``"b"``, as far as they could be computed; `missing` says why
    others could not. `difference`, `evidence`, `assumed` and `interaction` [Q] have the band of a paired bootstrap;
    None where an end is thin, or the corners for it are missing. `per_draw` [Q] is about the same draw in both.
    """

    a: Side
    b: Side
    made: Forecast = field(repr=False)
    kept: Quantities = field(repr=False)
    corners: dict[tuple[str, str], Corner] = field(repr=False)
    missing: dict[tuple[str, str], Problem]
    difference: Rows | None = field(repr=False)
    evidence: Rows | None = field(repr=False)
    assumed: Rows | None = field(repr=False)
    interaction: Rows | None = field(repr=False)
    split: str
    per_draw: list[dict[str, Any]] | None = field(repr=False)
    assumptions: tuple[Assumption, ...]
    items: Differences
    draws: int

    @property
    def thin(self) -> Thin | None:
        """Why there is no difference: the thinner side."""
        found = [one for one in (self.corners["a", "a"].thin, self.corners["b", "b"].thin) if one is not None]
        return advised(min(found, key=lambda one: one.effective_draws), self.made) if found else None

    def to_json(self) -> dict[str, Any]:
        """The contract for scripts (docs/scripts.md)."""
        from standoff import __version__

        def picked(rows: Sequence[Any] | None, q: int) -> Any:
            return None if rows is None else rows[q]

        sides = {name: self.corners[name, name] for name in ("a", "b")}
        bands = {name: None if one.thin else one.bands for name, one in sides.items()}
        rows = [
            {
                "a": picked(bands["a"], q),
                "b": picked(bands["b"], q),
                "difference": picked(self.difference, q),
                "per_draw": picked(self.per_draw, q),
                "evidence": picked(self.evidence, q),
                "assumptions": picked(self.assumed, q),
                "interaction": picked(self.interaction, q),
            }
            for q in range(len(self.kept))
        ]
        outcomes, beliefs = self.kept.laid_out(rows)
        documents: tuple[CaseDocument, CaseDocument] = (self.a.case.document, self.b.case.document)
        own_only = {
            "a": [name for name in documents[0].outcomes if name not in documents[1].outcomes],
            "b": [name for name in documents[1].outcomes if name not in documents[0].outcomes],
        }
        thin = self.thin
        return {
            "a": {**self.a.to_json(), "effective_draws": effective(sides["a"].weights)},
            "b": {**self.b.to_json(), "effective_draws": effective(sides["b"].weights)},
            "thin": None if thin is None else thin.to_json(),
            "outcomes": {
                name: {"title": documents[1].outcomes[name].title or name.replace("_", " "), **row}
                for name, row in outcomes.items()
            },
            "beliefs": {
                actor: {
                    kind: {"title": documents[1].actors[actor].types[kind].title or kind.replace("_", " "), **row}
                    for kind, row in kinds.items()
                }
                for actor, kinds in beliefs.items()
            },
            "actors": {actor: documents[1].actors[actor].title or actor.replace("_", " ") for actor in beliefs},
            "only_in": own_only,
            "split": self.split,
            "corners": [
                {
                    "evidence": e,
                    "assumptions": s,
                    "effective_draws": effective(one.weights),
                    "outcomes": None if one.thin else dict(zip(self.kept.outcomes, one.means.tolist(), strict=False)),
                    "why": None if one.thin is None else one.thin.say,
                }
                for (e, s), one in self.corners.items()
            ]
            + [
                {"evidence": e, "assumptions": s, "effective_draws": 0.0, "outcomes": None, "why": _because(problem)}
                for (e, s), problem in self.missing.items()
            ],
            "differs": {
                "assumptions": [one.to_json() for one in self.assumptions],
                "evidence": [item.to_json() for item in self.items.items],
                "reports": [
                    {"id": one.id, "title": one.title, "published": one.published.text} for one in self.items.reports
                ],
            },
            "draws": self.draws,
            "refined": self.made.refined,
            "seed": self.made.settings.seed,
            "version": __version__,
        }


def _because(problem: Problem) -> str:
    return f"{problem.path}: {problem.found}" if problem.path else problem.found


def compare(
    a: Case,
    b: Case,
    *,
    as_of_a: date | None = None,
    as_of_b: date | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    folder: Callable[[Case, date], Path] | None = None,
    progress: Progress | None = None,
    made: Forecast | None = None,
) -> Comparison:
    """Compare case `b` with case `a`, each as known at its date (its last publication if not given).

    folder: names the run folder of a forecast that is made for this; draws of the comparison are kept under it too.
    made: A's forecast, where it is there already. Costs one solve a draw for each case that differs in its
    assumptions; a date of the series of one and the same case costs nothing more.

    Raises RunError for a date before a case's clock, cases without an outcome in common, and what forecasts raise.
    """
    one = Side(a, as_of_a or latest(a.evidence, a.document))
    other = Side(b, as_of_b or latest(b.evidence, b.document))
    kept = shared(a.document, b.document)
    problems = [problem for side in (one, other) if (problem := too_early(side.case, side.as_of))]
    if problems:
        raise RunError(problems)
    alike = same_assumptions(a, b)
    later = made is None and a.hash == b.hash and one.as_of <= other.as_of  # its series may hold the earlier date
    e0, base = ("b", other) if later else ("a", one)
    tell = Telling(progress, 2 if alike else 3)
    if made is None:
        out = None if folder is None else folder(base.case, base.as_of)
        made = forecast(base.case, as_of=base.as_of, settings=settings, workers=workers, out=out, progress=tell.next())
    structures = {"a": made.structure, "b": made.structure if alike else compile_case(b)}
    found = differences(a.evidence, one.as_of, b.evidence, other.as_of, titles_of(b.document))
    bodies = {"a": (found.before, one.as_of), "b": (found.now, other.as_of)}
    lines: dict[tuple[str, str], Timeline] = {}
    missing: dict[tuple[str, str], Problem] = {}
    for s in ("a",) if alike else ("a", "b"):
        for e, (body, day) in bodies.items():
            try:
                lines[e, s] = line_of(structures[s], body, day)
            except StandoffError as error:
                if e == s or (alike and e == "b"):
                    raise
                missing[e, s] = error.problems[0]
    # whether both bodies say the same hangs on the clock that they are laid on
    same = {s: ("a", s) in lines and ("b", s) in lines and same_line(lines["a", s], lines["b", s]) for s in ("a", "b")}
    points = {s: points_like(made, structures[s]) for s in ("a", "b")}
    drawn = len(points["b"].u)
    corners = {(e0, "a"): of_forecast(made, kept, draws=drawn)}
    if later and one.as_of in made.dates:
        corners["a", "a"] = of_forecast(made, kept, made.dates.index(one.as_of), draws=drawn)
    if same["a"]:
        corners["a", "a"] = corners["b", "a"] = corners[e0, "a"]
    for s, case in (("a", a), ("b", b)):
        asked = {e: line for (e, at), line in lines.items() if at == s and (e, s) not in corners}
        if same[s]:
            asked = {e: line for e, line in asked.items() if e == s}
        if asked:
            corners |= _walked(case, s, structures[s], asked, points[s], made, kept, drawn, workers, tell.next())
    if alike:
        corners["a", "b"], corners["b", "b"] = corners["a", "a"], corners["b", "a"]
    elif same["b"]:
        corners["a", "b"] = corners["b", "b"]
    _possible(corners, missing, other)
    tell.end()
    return _comparison(one, other, made, kept, corners, missing, found, points["b"])


class Telling:
    """Progress over several passes as one."""

    def __init__(self, progress: Progress | None, passes: int) -> None:
        self.progress = progress
        self.count, self.at = passes, -1

    def next(self) -> Progress | None:
        self.at += 1
        at, progress = self.at, self.progress
        if progress is None:
            return None
        return lambda done, of: progress(min(at, self.count - 1) * of + done, self.count * of)

    def end(self) -> None:
        if self.progress is not None:
            self.progress(1, 1)


def too_early(case: Case, day: date) -> Problem | None:
    """A date at which a case has nothing to say."""
    start = case.document.clock.start
    if day >= start:
        return None
    return Problem(
        file=str(case.folder),
        path="as_of",
        found=f"{day.isoformat()}, before the clock of {case.name} starts",
        expected=f"{start.isoformat()} or later",
        mend="Name a later date.",
    )


def _walked(
    case: Case,
    s: str,
    structure: Structure,
    lines: dict[str, Timeline],
    points: Points,
    made: Forecast,
    kept: Quantities,
    draws: int,
    workers: Workers | None,
    progress: Progress | None,
) -> dict[tuple[str, str], Corner]:
    """The corners of one set of assumptions, for each of these lines."""
    ran = walks(
        case.hash, structure, list(lines.values()), points, made.settings,
        workers=workers, run=made.folder, progress=progress,
    )  # fmt: skip
    certain = points.u.shape[1] == 0
    found = {}
    for m, e in enumerate(lines):
        values = kept.pick(structure.document, ran.series[:, m], ran.beliefs[:, m])
        weights = ran.log_weights[:, m]
        if len(values) == 1 and draws > 1:
            values, weights = np.repeat(values, draws, axis=0), np.repeat(weights, draws)
        found[e, s] = corner(weights, values, certain=certain)
    return found


def _possible(corners: dict[tuple[str, str], Corner], missing: dict[tuple[str, str], Problem], b: Side) -> None:
    """Corners in which no draw allows what happened go to the missing; B must not be one of them."""
    for at in [at for at, one in corners.items() if not one.weights.any()]:
        found = Problem(
            file=b.case.evidence.file,
            path="history",
            found="a history that no draw allows",
            expected="at least one draw in which it is possible",
            mend="Look at the assumptions that differ: they rule out what happened.",
        )
        if at == ("b", "b"):
            raise RunError(found)
        missing[at] = found
        del corners[at]


def _comparison(
    a: Side,
    b: Side,
    made: Forecast,
    kept: Quantities,
    corners: dict[tuple[str, str], Corner],
    missing: dict[tuple[str, str], Problem],
    found: Differences,
    points: Points,
) -> Comparison:
    first, last = corners["a", "a"], corners["b", "b"]
    rows: dict[str, Rows | None] = dict.fromkeys(("difference", "evidence", "assumed", "interaction"))
    split = "none"
    moved = None
    usable = {at: one for at, one in corners.items() if not one.thin}
    if ("a", "a") in usable and ("b", "b") in usable:
        order = list(usable)
        place = {at: i for i, at in enumerate(order)}
        key = key_of((a.case.hash, a.as_of), (b.case.hash, b.as_of), made.settings.seed)
        again = resampled([usable[at] for at in order], points.drawn, key)

        def sum_of(**signs: float) -> Rows:
            weights = [0.0] * len(order)
            for at, sign in signs.items():
                weights[place[at[0], at[1]]] += sign
            return again.contrast(weights)

        rows["difference"] = sum_of(bb=1, aa=-1)
        moved = per_draw(first, last)
        if ("b", "a") in usable and ("a", "b") in usable:
            split = "both orders"
            rows["evidence"] = sum_of(ba=0.5, aa=-0.5, bb=0.5, ab=-0.5)
            rows["assumed"] = sum_of(ab=0.5, aa=-0.5, bb=0.5, ba=-0.5)
            rows["interaction"] = sum_of(bb=1, ba=-1, ab=-1, aa=1)
        elif ("b", "a") in usable:
            split = "evidence first"
            rows["evidence"], rows["assumed"] = sum_of(ba=1, aa=-1), sum_of(bb=1, ba=-1)
        elif ("a", "b") in usable:
            split = "assumptions first"
            rows["assumed"], rows["evidence"] = sum_of(ab=1, aa=-1), sum_of(bb=1, ab=-1)
    return Comparison(
        a=a,
        b=b,
        made=made,
        kept=kept,
        corners=corners,
        missing=missing,
        difference=rows["difference"],
        evidence=rows["evidence"],
        assumed=rows["assumed"],
        interaction=rows["interaction"],
        split=split,
        per_draw=moved,
        assumptions=tuple(assumptions(a.case, b.case)),
        items=found,
        draws=len(last.weights),
    )
