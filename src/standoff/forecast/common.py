"""Common draws: the same points for several cases, coordinate by coordinate of the same name.

A forecast's points stay as they are. Another case takes from each of them the coordinates that both share by name
(`named`), leaves aside what it has no use for, and gets what it alone is unsure of from further coordinates of a
scrambled Sobol sequence, so that the two together are points of one larger cube. A parameter fixed by hand drops
its coordinate and shifts no other. What refinement did to the points is undone for the coordinates that are left:
the balance heuristic of `standoff.forecast.refining`, with the others integrated out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from standoff.forecast.draw import FAILED, Task
from standoff.forecast.draws import Axes, axes, sobol_with
from standoff.forecast.ensemble import CHUNK, Progress, Workers, run_chunks
from standoff.forecast.forecast import Forecast
from standoff.forecast.refining import log_balance, marginal, proposal_of
from standoff.forecast.settings import Settings
from standoff.forecast.store import RunFolder
from standoff.forecast.timeline import Timeline
from standoff.game import Structure
from standoff.game.model import Floats

WALKS = "walks"


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Draws [D] as a case sees them: `u` [D, size], and `log_proposal` [D] relative to its prior. `drawn` of them,
    the first, come from the prior."""

    u: Floats
    log_proposal: Floats
    drawn: int


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """The same draws at the end of several lines: `log_weights` [D, M], `series` [D, M, outcomes], `beliefs` [D, M, K],
    and the `parameters` [D, P] of each draw, in the order of the document. A failed draw weighs nothing."""

    log_weights: Floats
    series: Floats
    beliefs: Floats
    parameters: Floats
    failed: int


def named(structure: Structure, coordinates: Axes) -> tuple[str, ...]:
    """What each coordinate stands for: a parameter's name, or ``actor: type`` for a drawn prior of a type."""
    actors = structure.document.actors
    return (*coordinates.parameters, *(f"{actor}: {list(actors[actor].types)[i]}" for actor, i in coordinates.types))


def points_like(made: Forecast, structure: Structure) -> Points:
    """The draws of `made` as points of the case of `structure`.

    Where the forecast has a single draw, nothing being uncertain in it, and the other case has not, there are as many
    as the settings say.
    """
    have = named(made.structure, made.task.axes)
    want = _told_as(have, made.task.axes, named(structure, axes(structure)), axes(structure))
    if have == want:
        return Points(made.records["u"], made.log_proposal, made.drawn)
    shared = [have.index(name) for name in want if name in have]
    extra = [name for name in want if name not in have]
    D = len(made.weights) if have else made.settings.draws if extra else 1
    drawn = made.drawn if have else D
    u = np.zeros((D, len(want)))
    if extra:
        # its own columns lie beyond those of the forecast, and are scrambled by themselves
        more = sobol_with(np.random.default_rng([made.settings.seed, 2]), len(have) + len(extra), 0, D)[:, len(have) :]
        for column, name in enumerate(extra):
            u[:, want.index(name)] = more[:, column]
    for name in want:
        if name in have:
            u[:, want.index(name)] = made.records["u"][:, have.index(name)]
    log_proposal = np.zeros(D)
    if have and made.refined and shared:
        first = slice(0, made.drawn)
        whole = proposal_of(made.records["u"][first], made.records["loglik"][first, -1])
        log_proposal = log_balance(marginal(whole, shared), made.records["u"][:, shared], made.drawn, made.refined)
    return Points(u, log_proposal, drawn)


def _told_as(have: tuple[str, ...], mine: Axes, want: tuple[str, ...], other: Axes) -> tuple[str, ...]:
    """The coordinates of the other case, called as in this one. Parameters of one file of posterior draws share a
    coordinate that bears the name of the first: where the first is another here and there, any that both hold tells
    that it is the same. No coordinate is given out twice."""
    lead = dict(mine.together)  # parameter -> the one whose coordinate it shares
    taken = set(have) & set(want)
    found = []
    for name in want:
        also = (name, *(each for each, first in other.together if first == name))
        known = (lead.get(each, each) for each in also)
        same = next((each for each in known if each in have and each not in taken), None)
        if name in have or same is None:
            found.append(name)
        else:
            taken.add(same)
            found.append(same)
    return tuple(found)


def walks(
    case_hash: str,
    structure: Structure,
    lines: Sequence[Timeline],
    points: Points,
    settings: Settings,
    *,
    workers: Workers | None = None,
    run: Path | None = None,
    progress: Progress | None = None,
) -> Walks:
    """Solve every draw once and walk it along all `lines`, of one case, in any order.

    `run`: a run folder, in which finished draws are kept and found again. Raises what `run_chunks` raises; a line
    that a draw rules out has log-weight -inf there.
    """
    coordinates = axes(structure)
    task = Task(
        structure=structure,
        axes=coordinates,
        lines=tuple(lines),
        grid=settings.belief_grid(structure),
        entries=(),
        parameters=tuple(structure.document.parameters),
        time_limit=settings.time_limit,
        only_walk=True,
    )
    u = points.u if coordinates.size else points.u[:1]  # with nothing uncertain all draws are the same
    folder = None if run is None else _folder(run, case_hash, task, u)
    records = run_chunks(task, u, folder, workers or Workers(), 0, progress)
    log_weights = records["loglik"].copy()
    log_weights[records["status"] == FAILED] = -np.inf
    log_weights = np.where(np.isfinite(log_weights), log_weights, -np.inf)
    found = [log_weights, records["series"], records["beliefs"], records["parameters"]]
    if len(u) < len(points.u):
        found = [np.repeat(array, len(points.u), axis=0) for array in found]
    failed = int((records["status"] == FAILED).sum())
    return Walks(found[0] - points.log_proposal[:, None], found[1], found[2], found[3], failed)


def _folder(run: Path, case_hash: str, task: Task, u: Floats) -> RunFolder:
    """The place of these walks in a run folder, named by all that decides their numbers."""
    from standoff import __version__

    said = {
        "walks": case_hash,
        "version": __version__,
        "numpy": np.__version__,
        "grid": str(task.grid),
        "time_limit": task.time_limit,
        "chunk": CHUNK,
        "lines": hashlib.sha256(repr(task.lines).encode()).hexdigest()[:32],
        "points": hashlib.sha256(np.ascontiguousarray(u).tobytes()).hexdigest()[:32],
    }
    key = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]
    folder = RunFolder(run / WALKS / key)
    folder.open(said)
    return folder
