"""One draw, from a point of the unit cube to everything it has to say.

A draw is solved once; the same solution is walked to every date of the series. A draw that fails is a
result too: its status says why, and it weighs nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import StandoffError
from standoff.forecast import signs as watching
from standoff.forecast.draws import Axes, parameters_at, type_priors_at
from standoff.forecast.forward import Course, course, course_of
from standoff.forecast.history import Places, Trail, Walk, before_now, moved_on, outcomes, walk
from standoff.forecast.items import Items
from standoff.forecast.silence import Silence
from standoff.forecast.timeline import Timeline
from standoff.game import Structure
from standoff.game.model import Floats, Game
from standoff.language.calendar import step_start, turns
from standoff.language.expressions import Compiled
from standoff.solver import Solution, solve

OK, FAILED, IMPOSSIBLE = 0, 1, 2
Record = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What every draw of a run shares. `lines`: one timeline per date of the series, the last at `as_of`.

    `after` and `values` are what the case's questions ask for: (actor, move) and formulas. `names` labels the
    columns of the records.
    """

    structure: Structure
    axes: Axes
    lines: tuple[Timeline, ...]
    grid: int | dict[int, int] | None
    entries: tuple[int, ...]  # history entries with a likelihood of their own
    after: tuple[tuple[str, str], ...] = ()
    values: tuple[Compiled, ...] = ()
    parameters: tuple[str, ...] = ()
    time_limit: float | None = None
    acts: tuple[tuple[int, int], ...] = field(default=())  # (phase, move) columns of `next`
    only_walk: bool = False  # series, beliefs and loglik only, of lines in any order: nothing of what comes next
    signs: tuple[watching.Sign, ...] = field(default=(), repr=False)  # what can be seen, rows of `sign_seen`
    horizons: tuple[int, ...] = ()  # steps before which it may be
    items: Items | None = None  # every item of evidence, and what is without it (`Items.blank`)

    def __repr__(self) -> str:
        return f"Task({self.structure!r}, dates={len(self.lines)}, grid={self.grid})"


def empty_record(task: Task) -> Record:
    """A record of the right shapes filled with nan; float64 unless said.

    ``series`` [M, E] outcomes and ``beliefs`` [M, K] at every date, ``loglik`` [M]; at the last date
    ``ended`` [T, E], ``levels`` [T, F, L] given that the story goes on (chance ``alive`` [T]), ``state`` [F, L],
    ``next`` [moves, 1 + n] (all types, then each) given that the actor has a choice (chance ``next_given``),
    ``after`` [questions, E] given that the move is seen (chance ``after_given`` [questions]), ``values``
    [formulas]; ``sign_seen`` and ``sign_unseen`` [signs + 1, 1 + horizons, 1 + K + E] at the very next turn and by
    each horizon (`standoff.forecast.signs`); ``likelihood`` [H], ``shift`` [H, K], ``expected`` [H, 2] and ``eve`` [H]
    per history entry;
    `standoff.forecast.items.Items.blank` for what is noted of every item of evidence.
    """
    document = task.structure.document
    M, E = len(task.lines), len(document.outcomes)
    K = sum(len(actor.types) for actor in document.actors.values() if len(actor.types) > 1)
    F = len(document.factors)
    L = max((len(factor.levels) for factor in document.factors.values()), default=1)
    n = max((len(actor.types) for actor in document.actors.values()), default=1)
    T, H = turns(document.clock), len(task.entries)

    def blank(*shape: int) -> Floats:
        return np.full(shape, np.nan)

    return {
        "u": blank(task.axes.size),
        "parameters": blank(len(task.parameters)),
        "status": np.array(OK, np.int8),
        "reason": np.array("", "U240"),
        "loglik": blank(M),
        "series": blank(M, E),
        "beliefs": blank(M, K),
        "priors": blank(K),
        "ended": blank(T, E),
        "levels": blank(T, F, L),
        "alive": blank(T),
        "state": blank(F, L),
        "next": blank(len(task.acts), 1 + max(n, 1)),
        "next_given": blank(len(task.acts), 1 + max(n, 1)),
        "after": blank(len(task.after), E),
        "after_given": blank(len(task.after)),
        "sign_seen": blank(len(task.signs) + 1, 1 + len(task.horizons), 1 + K + E),
        "sign_unseen": blank(len(task.signs) + 1, 1 + len(task.horizons), 1 + K + E),
        "values": blank(len(task.values)),
        "likelihood": blank(H),
        "expected": blank(H, 2),
        "eve": blank(H),
        "shift": blank(H, K),
        "residual": blank(),
        "flagged": np.array(0, np.int64),
        "splitting": np.array(0, np.int64),
        "updates": np.array(0, np.int64),
        "seconds": blank(),
        **(task.items.blank(M, E) if task.items is not None and not task.only_walk else {}),
    }


def run_draw(task: Task, u: Floats) -> Record:
    """Solve and walk one draw at the point u [size]. Never raises for what the draw contains."""
    began = time.perf_counter()
    record = empty_record(task)
    record["u"][:] = u
    try:
        _run(task, u, record)
    except StandoffError as error:
        record["status"] = np.array(FAILED, np.int8)
        record["reason"] = np.array(str(error.problems[0])[:240], "U240")
    except Exception as error:  # whatever it is, it is one draw's, and the ensemble goes on
        record["status"] = np.array(FAILED, np.int8)
        record["reason"] = np.array(f"{type(error).__name__}: {error}"[:240], "U240")
    record["seconds"] = np.array(time.perf_counter() - began)
    return record


def _run(task: Task, u: Floats, record: Record) -> None:
    structure = task.structure
    parameters = structure.settle(parameters_at(structure, task.axes, u))
    record["parameters"][:] = [parameters[name] for name in task.parameters]
    game = structure.game(parameters, type_priors_at(structure, task.axes, u, parameters))
    last = task.lines[-1]
    K = len(game.phases)
    before = (before_now(line.step, line.phase, K) for line in task.lines)
    ends = {at for at in before if at is not None}
    ends_without = task.items.kept if task.items is not None else set()
    if task.only_walk:
        far = max(line.step for line in task.lines)
        solution = solve(
            game, grid=task.grid, threads=1, grid_error=False, keep=ends, own_until=far + 1, time_limit=task.time_limit
        )
        _walk_all(task, solution, Silence(structure, parameters), parameters, record)
        return
    solution = solve(
        game, grid=task.grid, threads=1, grid_error=False,
        keep={*ends, *_coming(game, last), *watching.kept_for(task.horizons, K), *ends_without},
        own_until=last.step + 1, play_from=last.step, time_limit=task.time_limit,
    )  # fmt: skip
    certificate = solution.certificate
    record["residual"] = np.array(certificate.residual)
    record["flagged"] = np.array(certificate.flagged)
    record["splitting"] = np.array(certificate.near_splitting)
    record["updates"] = np.array(certificate.node_updates)
    if solution.priors:
        record["priors"][:] = np.concatenate(solution.priors)
    silence = Silence(structure, parameters)
    here: Walk | None = None
    trail = Trail() if task.items is None else task.items.trail()
    for m, line in enumerate(task.lines):
        here = walk(solution, silence, line, parameters, trail)
        record["loglik"][m] = here.loglik
        if not np.isfinite(here.loglik):
            if line is last:
                record["status"] = np.array(IMPOSSIBLE, np.int8)
                what = f"history.{here.impossible} cannot happen in this draw"
                silent = "something is sure to be seen in this draw that history does not have"
                record["reason"] = np.array(what if here.impossible >= 0 else silent, "U240")
            continue
        record["series"][m] = outcomes(solution, here)
        if solution.priors:
            record["beliefs"][m] = np.concatenate(here.places.mean_beliefs())
        if task.items is not None:
            record["held"][m] = task.items.readings.measure(here.places)
    if here is None:
        return
    if task.items is not None:
        task.items.note(solution, silence, here, trail, parameters, record)
    for row, entry in enumerate(task.entries):
        if entry in here.expected:
            record["expected"][row], record["eve"][row] = here.expected[entry], here.eve[entry]
        if entry in here.likelihood:
            record["likelihood"][row] = here.likelihood[entry]
            if solution.priors:
                record["shift"][row] = np.concatenate(here.shift[entry])
    if not np.isfinite(here.loglik):
        return
    absorbed: list[Floats] = []
    alive: list[Floats] = []

    def note(over: Floats, there: Floats) -> None:
        absorbed.append(over)
        alive.append(there)

    record["sign_seen"][:, 1:], record["sign_unseen"][:, 1:] = watching.ahead(
        task.signs, solution, silence, here.places, here.step, here.phase, task.horizons, note
    )
    whole = len(absorbed) == game.steps - here.step  # else the horizons end before the clock does, or there are none
    if whole:
        forward = course_of(game, here.step, absorbed, alive)
    else:
        forward = course(solution, here.places, here.step, here.phase)
    _present(task, solution, here, forward, parameters, record)


def _walk_all(
    task: Task, solution: Solution, silence: Silence, parameters: dict[str, float], record: Record
) -> None:
    """Where every line leaves the draw; a line it rules out has ``loglik`` -inf, and the others stand."""
    if solution.priors:
        record["priors"][:] = np.concatenate(solution.priors)
    trail = Trail()
    for m, line in enumerate(task.lines):
        here = walk(solution, silence, line, parameters, trail)
        record["loglik"][m] = here.loglik
        if np.isfinite(here.loglik):
            record["series"][m] = outcomes(solution, here)
            if solution.priors:
                record["beliefs"][m] = np.concatenate(here.places.mean_beliefs())


def _coming(game: Game, line: Timeline) -> list[tuple[int, int]]:
    """(step, phase) of the turns that come next, one for every phase, in the order in which they come."""
    turns = ((line.step if k >= line.phase else line.step + 1, k) for k in range(len(game.phases)))
    return sorted((t, k) for t, k in turns if t < game.steps)


def _present(
    task: Task, solution: Solution, here: Walk, ahead: Course, parameters: dict[str, float], record: Record
) -> None:
    """Everything about the last date: what may come next, by when it ends, what the questions ask."""
    game = solution.game
    record["state"][:] = _levels(game, here.places)
    record["ended"][here.step :] = ahead.ended
    record["ended"][: here.step] = 0.0
    record["levels"][here.step :] = ahead.levels
    record["alive"][here.step :] = ahead.alive
    chosen = np.zeros((len(task.acts), record["next"].shape[1]))
    mass = np.zeros_like(chosen)
    told = np.zeros((len(task.after), len(game.outcomes)))
    told_mass = np.zeros(len(task.after))
    places = here.places
    for t, k in _coming(game, task.lines[-1]):
        alive = np.nonzero(places.states < len(game.states))[0]
        if not len(alive):
            break
        phase = game.phases[k]
        weights, states = places.weights[alive], places.states[alive]
        beliefs = tuple(belief[alive] for belief in places.beliefs)
        nodes = solution.look(t, k, states, beliefs, full=True)
        watching.at_turn(task.signs, solution, k, places, nodes, record["sign_seen"][:, 0], record["sign_unseen"][:, 0])
        places = moved_on(solution, places, k, nodes)  # for the turns after this one
        if not phase.choice:
            continue
        own = beliefs[game.secret.index(phase.actor)] if phase.actor in game.secret else np.ones((len(alive), 1))
        share = weights[:, None] * own * (nodes.count[:, :1] > 0)  # [D, n]
        for c, (at, move) in enumerate(task.acts):
            if at != k:
                continue
            play = (nodes.play * (nodes.move == move)[:, :, None]).sum(axis=1)  # [D, n]
            chosen[c, 0] += float((share * play).sum())
            chosen[c, 1 : 1 + own.shape[1]] += (share * play).sum(axis=0)
            mass[c, 0] += float(share.sum())
            mass[c, 1 : 1 + own.shape[1]] += share.sum(axis=0)
        for q, (actor, name) in enumerate(task.after):
            if phase.label == actor and name in phase.moves:
                seen = weights[:, None] * nodes.seen * (nodes.label == phase.moves.index(name))
                told_mass[q] += float(seen.sum())
                told[q] += np.einsum("do,doc->c", seen, nodes.columns[:, :, game.pay_columns :])
    with np.errstate(invalid="ignore", divide="ignore"):
        record["next"][:] = np.where(mass > 0, chosen / mass, np.nan)
        record["after"][:] = np.where(told_mass[:, None] > 1e-12, told / told_mass[:, None], np.nan)
    record["next_given"][:] = mass
    record["after_given"][:] = np.where(told_mass > 1e-12, told_mass, 0.0)
    if task.values:
        record["values"][:] = _values(task, game, here, parameters)


def _levels(game: Game, places: Places) -> Floats:
    """[F, L] probability of every level of every factor now."""
    most = max((len(levels) for levels in game.levels), default=1)
    result = np.zeros((len(game.factors), most))
    alive = places.states < len(game.states)
    for f in range(len(game.factors)):
        np.add.at(result[f], game.states[places.states[alive], f], places.weights[alive])
    return result


def _values(task: Task, game: Game, here: Walk, parameters: dict[str, float]) -> Floats:
    """Expected value of the questions' formulas over where the story may stand."""
    alive = here.places.states < len(game.states)
    states, weights = here.places.states[alive], here.places.weights[alive]
    if not len(states):
        return np.full(len(task.values), np.nan)
    values: dict[str, Any] = dict(parameters)
    for f, name in enumerate(game.factors):
        values[name] = game.states[states, f].astype(float)
    values["step"] = here.step / task.structure.document.clock.parts
    values["date"] = float(step_start(task.structure.document.clock, here.step).toordinal())
    results = [np.broadcast_to(np.asarray(formula(values), float), states.shape) for formula in task.values]
    return np.array([float(weights @ result) / float(weights.sum()) for result in results])
