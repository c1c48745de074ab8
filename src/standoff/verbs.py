"""The verbs of the command line as Python functions: plain arguments in, frozen values out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from standoff.case import Case, load
from standoff.forecast import Forecast, Settings, Workers
from standoff.forecast.simulate import Simulation
from standoff.game import Game, compile_case
from standoff.solver import Solution

Progress = Callable[[int, int], None]
Where = str | Path | Case


def _case(where: Where, overrides: Mapping[str, float | str] | None) -> Case:
    if isinstance(where, Case):
        return where
    return load(where, overrides=overrides)


def compile(where: Where, *, overrides: Mapping[str, float | str] | None = None) -> Game:
    """The game of a case at the medians of its priors."""
    structure = compile_case(_case(where, overrides))
    return structure.game(structure.at_quantile())


def solve(
    where: Where | Game,
    *,
    overrides: Mapping[str, float | str] | None = None,
    grid: int | dict[int, int] | None = None,
    grid_error: bool = True,
    threads: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
    play_from: int | None = None,
) -> Solution:
    """One solution: of a `Game`, or of a case at the medians of its priors, `overrides` apart.

    The rest as `standoff.solver.solve`. Raises CaseError, GameError, SolveError.
    """
    from standoff.solver import solve as run

    game = where if isinstance(where, Game) else compile(where, overrides=overrides)
    return run(
        game, grid=grid, grid_error=grid_error, threads=threads, time_limit=time_limit, progress=progress,
        play_from=play_from,
    )  # fmt: skip


def forecast(
    where: Where,
    *,
    as_of: date | None = None,
    overrides: Mapping[str, float | str] | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """A case over everything uncertain, weighed by what was known at `as_of`; see `standoff.forecast.forecast`."""
    from standoff.forecast.forecast import forecast as run

    folder = None if out is None else Path(out)
    case = _case(where, overrides)
    return run(case, as_of=as_of, settings=settings, workers=workers, out=folder, progress=progress)


def simulate(
    where: Where,
    paths: int = 100_000,
    *,
    overrides: Mapping[str, float | str] | None = None,
    stories: int = 0,
    seed: int = 0,
    grid: int | dict[int, int] | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Sampled paths of the case's game at the medians of its priors; see `standoff.forecast.simulate`."""
    from standoff.forecast.simulate import simulate as run

    case = _case(where, overrides)
    solution = solve(case, grid=grid, grid_error=False, play_from=0)
    return run(solution, paths, key=int(case.hash, 16), seed=seed, stories=stories, progress=progress)


def show(where: Where) -> dict[str, Any]:
    """The case in words: plain data by element, and `text`, the whole to be read aloud."""
    from standoff.case.words import describe

    return describe(_case(where, None).written)


def ledger(where: Where, *, as_of: date | None = None) -> dict[str, Any]:
    """The evidence as plain data: reports, claims, origins, conflicts, history."""
    from standoff.evidence.ledger import ledger as run

    return run(_case(where, None).evidence, as_of)


def anchor(file: str | Path, passage: str) -> dict[str, Any]:
    """Where a passage stands in a text, with its digest. Raises EvidenceError if it stands nowhere or twice."""
    from dataclasses import asdict

    from standoff.evidence import anchor_in_file

    return asdict(anchor_in_file(file, passage))


def new(name: str, folder: str | Path | None = None) -> Path:
    """Write a small commented case that runs at once; gives its folder. Raises CaseError if it cannot."""
    from standoff.case.new import new as run

    return run(name, folder)
