"""From a case to a forecast: draws, weights by history and testimony, the mixture, its bands.

A forecast is the weighted mixture over draws of what each draw's solution says from where history has left
it (docs/mathematics.md, section 4). The bands are across draws: how far the answer depends on what the
analyst is unsure of. Numerical error is in the certificate, apart.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.case import overrides
from standoff.case.asked import placed
from standoff.errors import CaseError, Problem, RunError
from standoff.forecast import weights as weighing
from standoff.forecast.advice import advice
from standoff.forecast.closed import first_closed
from standoff.forecast.draw import FAILED, IMPOSSIBLE, OK, Record, Task, run_draw
from standoff.forecast.draws import axes, sobol
from standoff.forecast.ensemble import CHUNK, Progress, Workers, run_chunks
from standoff.forecast.items import items_of
from standoff.forecast.kept_case import keep_case
from standoff.forecast.refining import log_balance, proposal_of
from standoff.forecast.settings import Settings
from standoff.forecast.signs import horizons, signs_of
from standoff.forecast.store import RunFolder, joined
from standoff.forecast.timeline import Timeline, latest, series_dates, timeline
from standoff.game import Structure, compile_case
from standoff.game.model import Floats
from standoff.game.plan import scope_of
from standoff.language.calendar import step_of, step_start, turns
from standoff.language.expressions import compile_expression

if TYPE_CHECKING:
    from standoff.case import Case

THIN = 16.0  # effective draws below which a forecast says that it is thin
REFINE_BELOW = 0.25  # refine when fewer than this share of the draws is effective
LEAST_REFINED = 4  # draws
CHECKED = 6  # draws solved again on the halved grid
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
BAND = ("p05", "p25", "p50", "p75", "p95")


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """A weighted ensemble at a date.

    `records`: draws [D, ...] as `standoff.forecast.draw.empty_record` describes. `log_weights` [M, D] by date of
    the series; `log_proposal` [D] log-density of the draws relative to the prior; `weights` [D] at the last date,
    summing to 1. `certificate` plain data.
    """

    case: Case = field(repr=False)
    structure: Structure = field(repr=False)
    task: Task = field(repr=False)
    settings: Settings
    as_of: date
    dates: tuple[date, ...]
    records: Record = field(repr=False)
    log_weights: Floats = field(repr=False)
    log_proposal: Floats = field(repr=False)
    weights: Floats = field(repr=False)
    certificate: dict[str, Any]
    refined: int
    warnings: tuple[str, ...]
    seconds: float
    folder: Path | None = None

    def __repr__(self) -> str:
        means = ", ".join(f"{name}: {band['mean']:.3f}" for name, band in self.outcomes.items())
        said = f", warnings={len(self.warnings)}" if self.warnings else ""
        return (
            f"Forecast({self.case.name!r}, as_of={self.as_of.isoformat()}, outcomes={{{means}}}, "
            f"draws={len(self.weights)}, effective_draws={self.effective_draws:.1f}{said})"
        )

    @property
    def outcomes(self) -> dict[str, dict[str, float]]:
        """name -> mean and quantiles of its probability."""
        return self.outcomes_at(len(self.dates) - 1)

    @property
    def effective_draws(self) -> float:
        """Kish's effective number of draws at the last date."""
        return weighing.effective(self.weights)

    @property
    def pareto_k(self) -> float:
        """Pareto k of the weights at the last date."""
        return weighing.pareto_k(self.weights)

    @property
    def drawn(self) -> int:
        """How many of the draws, the first ones, come from the prior; the others were placed by refinement."""
        return len(self.weights) - self.refined

    def weights_at(self, m: int) -> Floats:
        """Weights [D] at date m of the series."""
        return weighing.normalised(self.log_weights[m])

    def weights_before(self, row: int) -> Floats:
        """Weights [D] on the eve of the entry in this row of the history records."""
        return weighing.normalised(self.records["eve"][:, row] - self.log_proposal)

    def outcomes_at(self, m: int) -> dict[str, dict[str, float]]:
        """Outcome bands at date m of the series."""
        rows = bands(self.records["series"][:, m], self.weights_at(m))
        return dict(zip(self.structure.document.outcomes, rows, strict=True))

    def beliefs_at(self, m: int) -> dict[str, dict[str, dict[str, float]]]:
        """actor -> type -> band at date m of the series."""
        rows = bands(self.records["beliefs"][:, m], self.weights_at(m))
        result: dict[str, dict[str, dict[str, float]]] = {}
        at = 0
        for name, actor in self.structure.document.actors.items():
            if len(actor.types) > 1:
                result[name] = dict(zip(actor.types, rows[at : at + len(actor.types)], strict=True))
                at += len(actor.types)
        return result

    @property
    def beliefs(self) -> dict[str, dict[str, dict[str, float]]]:
        """actor -> type -> band at the last date."""
        return self.beliefs_at(len(self.dates) - 1)

    def by_date(self) -> dict[str, Any]:
        """Cumulative probability of every outcome by the end of every coming step, with bands."""
        clock = self.structure.document.clock
        first = self.task.lines[-1].step
        steps = range(first, turns(clock))
        ended = self.records["ended"][:, first:]
        result: dict[str, Any] = {
            "dates": [step_start(clock, t + 1).isoformat() for t in steps],
            "outcomes": {},
        }
        for o, name in enumerate(self.structure.document.outcomes):
            rows = bands(ended[:, :, o], self.weights)
            result["outcomes"][name] = {key: [row[key] for row in rows] for key in ("mean", *BAND)}
        return result

    def to_json(self) -> dict[str, Any]:
        """The contract for scripts (docs/scripts.md)."""
        from standoff import __version__

        return {
            "name": self.case.name,
            "case_hash": self.case.hash,
            "version": __version__,
            "as_of": self.as_of.isoformat(),
            "outcomes": self.outcomes,
            "beliefs": self.beliefs,
            "by_date": self.by_date(),
            "draws": len(self.weights),
            "failed": int((self.records["status"] != OK).sum()),
            "effective_draws": self.effective_draws,
            "pareto_k": _finite(self.pareto_k),
            "certificate": self.certificate,
            "seed": self.settings.seed,
            "warnings": list(self.warnings),
        }


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def bands(values: NDArray[np.float64], weights: Floats) -> list[dict[str, float]]:
    """Mean and quantiles of every column of values [D, N] over draws with weights [D]."""
    centre = weighing.mean(np.where(np.isfinite(values), values, 0.0), weights)
    # a column that is nan in some weighted draws averages over the others
    known = weighing.mean(np.isfinite(values).astype(float), weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.where(known > 0, centre / known, np.nan)
    spread = weighing.quantiles(values, weights, LEVELS)
    return [
        {"mean": float(centre[c]), **{name: float(spread[i, c]) for i, name in enumerate(BAND)}}
        for c in range(values.shape[1])
    ]


def make_task(case: Case, structure: Structure, as_of: date, settings: Settings) -> Task:
    """Everything the draws of a run share. Raises RunError if the history cannot be laid on the clock."""
    document = structure.document
    lines = tuple(
        timeline(document, structure.phases, case.evidence, day) for day in series_dates(case.evidence, document, as_of)
    )
    problems = _cannot_happen(case, structure, lines[-1])
    if problems:
        raise CaseError(problems)
    scope = scope_of(document)
    values = tuple(
        compile_expression(formula, scope)
        for question in document.questions
        for formula in (question.value or {}).values()
    )
    after = [(actor, move) for question in document.questions for actor, move in (question.after or {}).items()]
    acts = tuple((k, i) for k, phase in enumerate(structure.phases) if phase.choice for i in range(len(phase.acts)))
    return Task(
        structure=structure,
        axes=axes(structure),
        lines=lines,
        grid=settings.belief_grid(structure),
        entries=tuple(dict.fromkeys(signal.entry for signal in lines[-1].signals)),
        after=tuple(dict.fromkeys(after)),
        values=values,
        parameters=tuple(document.parameters),
        time_limit=settings.time_limit,
        acts=acts,
        signs=signs_of(structure),
        horizons=horizons(document.clock, lines[-1].step, as_of),
        items=items_of(structure, case.evidence, lines[-1]),
    )


def _cannot_happen(case: Case, structure: Structure, line: Timeline) -> list[Problem]:
    """The first history entry whose move is closed in every state that history can have reached."""
    at, moves = first_closed(structure, line)
    if at is None:
        return []
    entry = next(one for one in case.evidence.history if one.index == at)
    return [
        Problem(
            file=str(case.evidence.file),
            path=f"history.{entry.index}",
            found=f"{entry.who} {', '.join(entry.moves)} on {entry.when.text}, a move that is closed by then",
            expected=f"a move open at that point: {', '.join(moves) or 'none is'}",
            mend="Mend the date, the order of earlier entries, or the move's `when`.",
        )
    ]


def forecast(
    case: Case,
    *,
    as_of: date | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: Path | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Run a case over everything uncertain and weigh it by what was known at `as_of`.

    as_of: only what was published by then is used; the last publication if not given.
    out: a run folder; finished draws are kept there and an interrupted run resumes.
    workers: processes or a Dask scheduler; the numbers do not depend on it.
    progress: called as ``progress(draws done, draws)``.

    Raises CaseError or RunError where the history does not fit the case, and RunError when no draw makes
    the history possible.
    """
    began = time.perf_counter()
    settings = settings or Settings()
    workers = workers or Workers()
    day = as_of or latest(case.evidence, case.document)
    structure = compile_case(case)
    try:
        structure.refuse_columns()
    except CaseError as error:
        raise placed(error, case) from None
    task = make_task(case, structure, day, settings)
    folder = RunFolder(out) if out is not None else None
    if folder is not None:
        folder.open(manifest(case, day, settings))
    first = settings.draws if task.axes.size else 1  # with nothing uncertain, all draws would be the same
    points = sobol(task.axes.size, 0, first, settings.seed)
    records = run_chunks(task, points, folder, workers, 0, progress)
    log_proposal = np.zeros(first)
    refined = 0
    log_weights = records["loglik"].T.copy()
    good = weighing.normalised(log_weights[-1])
    if settings.refine and task.axes.size and 0 < weighing.effective(good) < REFINE_BELOW * first:
        refined = max(LEAST_REFINED, first // 2)
        proposal = proposal_of(points, log_weights[-1])
        more = proposal.draw(refined, np.random.default_rng([settings.seed, 1]))
        shown = None if progress is None else (lambda done, _: progress(first + done, first + refined))
        extra = run_chunks(task, more, folder, workers, -(-first // CHUNK), shown)
        records = joined([records, extra])
        log_proposal = log_balance(proposal, np.concatenate([points, more]), first, refined)
        log_weights = records["loglik"].T - log_proposal
    log_weights = np.where(np.isfinite(log_weights), log_weights, -np.inf)
    weights = weighing.normalised(log_weights[-1])
    if not weights.any():
        raise _nothing_left(records)
    certificate = _kept_certificate(folder, task, records, weights, settings, structure)
    if folder is not None:
        keep_case(case, folder.path)
    return Forecast(
        case=case,
        structure=structure,
        task=task,
        settings=settings,
        as_of=day,
        dates=tuple(line.as_of for line in task.lines),
        records=records,
        log_weights=log_weights,
        log_proposal=log_proposal,
        weights=weights,
        certificate=certificate,
        refined=refined,
        warnings=(
            *_set_by_hand(case),
            *(_over(case, day) or _unheard(case, task)),
            *_warnings(records, weights, certificate, settings.draws if task.axes.size else 0),
        ),
        seconds=time.perf_counter() - began,
        folder=out,
    )


def manifest(case: Case, as_of: date, settings: Settings) -> dict[str, Any]:
    """What identifies a run: two runs with the same manifest have the same numbers."""
    from standoff import __version__

    return {
        "case": case.name,
        "case_hash": case.hash,
        "as_of": as_of.isoformat(),
        "version": __version__,
        "seed": settings.seed,
        "draws": settings.draws,
        "grid": {str(n): m for n, m in settings.grid.items()} if isinstance(settings.grid, dict) else settings.grid,
        "quick": settings.quick,
        "refine": settings.refine,
        "check_grid": settings.check_grid,
        "time_limit": settings.time_limit,
        "chunk": CHUNK,
        "numpy": np.__version__,
    }


def _nothing_left(records: Record) -> RunError:
    """Why no draw weighs anything; what befell most draws comes first, with its commonest reason."""
    status = records["status"]
    impossible, failed = int((status == IMPOSSIBLE).sum()), int((status == FAILED).sum())
    commonest = FAILED if failed > impossible else IMPOSSIBLE
    reasons = Counter(records["reason"][status == commonest].tolist()).most_common(1)
    reason = reasons[0][0].rstrip(".") if reasons else "weights of zero"
    many = "one draw, which" if len(status) == 1 else f"{len(status)} draws, of which"
    if failed > impossible:
        share = "" if len(status) == 1 else "all " if failed == len(status) else f"{failed} "
        often = "" if failed == 1 else "most often: "
        rest = f"; {impossible} rule out what happened" if impossible else ""
        return RunError(
            Problem(
                found=f"{many} {share}failed ({often}{reason}){rest}",
                expected="draws that can be solved",
                mend="Mend what fails, or give it more time with --time-limit; `standoff solve` tries one draw alone.",
            )
        )
    told = [f"{impossible} rule it out"] * (impossible > 0) + [f"{failed} failed"] * (failed > 0)
    return RunError(
        Problem(
            path="history",
            found=f"{len(status)} draws, none of which allows what happened ({', '.join(told)}; most often: {reason})",
            expected="at least one draw in which the dated history is possible",
            mend="Look at that entry: its date, the move's `when`, or a prior that is too narrow.",
        )
    )


def _kept_certificate(
    folder: RunFolder | None, task: Task, records: Record, weights: Floats, settings: Settings, structure: Structure
) -> dict[str, Any]:
    """The certificate of these records, from the run folder if it was made before: it takes some solves."""
    of = hashlib.sha256(b"".join(records[name].tobytes() for name in ("u", "loglik", "seconds"))).hexdigest()[:32]
    found = folder.kept("certificate", of) if folder is not None else None
    if isinstance(found, dict):
        return found
    certificate = _certificate(task, records, weights, settings, structure)
    if folder is not None:
        folder.keep("certificate", of, certificate)
    return certificate


def _certificate(
    task: Task, records: Record, weights: Floats, settings: Settings, structure: Structure
) -> dict[str, Any]:
    """Numerical errors of the ensemble: worst residual, grid error on the weightiest draws."""
    from standoff.solver.grid import belief_grid, halved

    use = records["status"] == OK
    game_seconds = float(np.nansum(records["seconds"]))
    error: float | None = None
    checked = 0
    best = int(np.argmax(weights))
    game = structure.game(dict(zip(task.parameters, records["parameters"][best], strict=True)))
    grid = belief_grid(game, task.grid)
    if settings.check_grid and any(axis.m > 1 for axis in grid.axes):
        coarse = halved(game, grid)
        sizes = {axis.n: axis.m for axis in coarse.axes}
        coarser = replace(task, grid=sizes, lines=task.lines[-1:], only_walk=True)
        order = np.argsort(-weights, kind="stable")[:CHECKED]
        order = order[weights[order] > 0]
        moved, weight = np.zeros(records["series"].shape[2]), 0.0
        for d in order:
            again = run_draw(coarser, records["u"][d])
            if again["status"] == OK:
                moved = moved + weights[d] * (again["series"][-1] - records["series"][d, -1])
                weight += weights[d]
                checked += 1
        error = float(np.abs(moved / weight).max()) if weight > 0 else None
    elif settings.check_grid and not grid.axes:
        error = 0.0
    return {
        "residual": float(np.nanmax(records["residual"], initial=0.0)) if use.any() else None,
        "grid_error": error,
        "draws_checked": checked,
        "states": len(game.states),
        "belief_points": grid.size,
        "grid": grid.describe(),
        "flagged": int(records["flagged"].sum()),
        "near_splitting": int(records["splitting"].sum()),
        "node_updates": int(records["updates"].sum()),
        "seconds": game_seconds,
    }


def _set_by_hand(case: Case) -> tuple[str, ...]:
    """What to say of parameters fixed where their priors never are."""
    return tuple(f"Set by hand: {problem.found}." for problem in case.warnings if problem.path == overrides.PATH)


def _over(case: Case, day: date) -> tuple[str, ...]:
    """What to say where the case itself tells of an ending by that day, which no forecast is told."""
    end = case.document.ending
    if end is None or day < end.date:
        return ()
    title = case.document.outcomes[end.outcome].title or end.outcome.replace("_", " ")
    return (
        f"This case says that it ended on {end.date.isoformat()}: “{title}”. The forecast is not told, and takes the "
        "time since for one in which it went on. Ask for an earlier date.",
    )


def _unheard(case: Case, task: Task) -> tuple[str, ...]:
    """What to say of steps after the last publication: they count as quiet, though nobody may have been looking."""
    clock, line = case.document.clock, task.lines[-1]
    choices = [k for k, phase in enumerate(task.structure.phases) if phase.choice]
    days = [entry.known for entry in case.evidence.history]
    days += [report.published.last for report in case.evidence.reports.values()]
    last = max((day for day in days if day <= line.as_of), default=None)
    first = 0 if last is None else max(step_of(clock, last) + 1, 0)
    quiet = [t for t in range(first, line.step) if any((t, k) not in line.silent for k in choices)]
    if not quiet:
        return ()
    since = f"after {last.isoformat()}" if last is not None else f"by {line.as_of.isoformat()}"
    return (
        f"Nothing in the evidence was published {since}, yet the time from {step_start(clock, quiet[0])} on "
        "counts as one in which nothing happened that reports would have told of. If nobody was looking, declare it "
        "`unreported` in evidence.yaml.",
    )


def _warnings(records: Record, weights: Floats, certificate: dict[str, Any], asked: int) -> tuple[str, ...]:
    told = []
    drawn = asked > 0  # with nothing uncertain there is one draw, and it is enough
    failed = int((records["status"] == FAILED).sum())
    size, k = weighing.effective(weights), weighing.pareto_k(weights)
    if drawn and size < THIN:
        told.append(
            f"The forecast rests on few draws: {len(weights)} were made, and history leaves the weight of {size:.1f}. "
            f"Take the bands as too narrow. {advice(asked, size, THIN, failed)}"
        )
    elif drawn and np.isfinite(k) and k > 0.7:
        told.append(
            f"A few draws carry much of the weight (Pareto k {k:.2f}, above 0.7): averages are less certain than "
            "their bands say. More draws would help."
        )
    if failed:
        reason = records["reason"][records["status"] == FAILED][0]
        told.append(f"{failed} of {len(weights)} draws failed and weigh nothing; the first: {reason}")
    if certificate["flagged"]:
        told.append(
            f"{certificate['flagged']} of {certificate['node_updates']} nodes did not settle to 1e-8; the worst "
            f"residual is {certificate['residual']:.1e}."
        )
    error = certificate["grid_error"]
    if error is not None and error > 0.02:
        told.append(
            f"The computation is coarse: the chance of an outcome may be off by {100 * error:.0f} points, and smaller "
            "differences mean nothing. A run without --quick, or with a higher --grid, is finer and takes longer."
        )
    return tuple(told)


def as_of_series(made: Forecast) -> Sequence[dict[str, Any]]:
    """The forecast at every date of its series: outcomes, beliefs, effective draws, Pareto k."""
    return [
        {
            "as_of": day.isoformat(),
            "outcomes": made.outcomes_at(m),
            "beliefs": made.beliefs_at(m),
            "effective_draws": weighing.effective(made.weights_at(m)),
            "pareto_k": _finite(weighing.pareto_k(made.weights_at(m))),
        }
        for m, day in enumerate(made.dates)
    ]
