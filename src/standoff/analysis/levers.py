"""What pulling levers makes of a draw: the game from now on with changed parameters, solved for the steps to come.

A change is a tuple of words, applied in order: ``lever:NAME`` pulls a lever of the case, ``low:PARAMETER`` and
``high:PARAMETER`` move a drawn parameter to the 5 % and the 95 % quantile of its prior. What has happened, and what is
believed by now, stays as it was in the draw: a change is announced today and everyone plays by it from now on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.errors import GameError, Problem, SolveError, StandoffError
from standoff.forecast.draw import Task
from standoff.forecast.draws import parameters_at, type_priors_at
from standoff.forecast.forward import course
from standoff.forecast.history import Places, moved_on, walk
from standoff.forecast.silence import Silence
from standoff.game import compile_case
from standoff.game.model import Floats, Game, Phase
from standoff.game.plan import Amounts, amounts_by_actor, scope_of
from standoff.language.document import CaseDocument
from standoff.language.expressions import Compiled, compile_expression
from standoff.language.priors import quantile
from standoff.solver import Solution, solve

if TYPE_CHECKING:
    from standoff.forecast import Forecast

Change = tuple[str, ...]
Plain = dict[str, Any]
TAILS = {"low": 0.05, "high": 0.95}


@dataclass(frozen=True, slots=True)
class Pull:
    """A lever ready to be pulled: parameter -> formula, and what the commitment costs whom."""

    sets: tuple[tuple[str, Compiled], ...]
    costs: Amounts


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """What every piece of work shares: the task (its last line says what is known now) and the ways out.

    `peaceful` and `safe` are indices of outcomes; `ways` (phase, move or event) that may end the story peacefully.
    """

    task: Task
    pulls: Mapping[str, Pull]
    peaceful: tuple[int, ...]
    safe: tuple[int, ...]
    ways: tuple[tuple[int, int], ...]


def present(made: Forecast) -> Present:
    """The present of a forecast, compiled so that its levers may take parameters beyond their priors."""
    document = made.structure.document
    pulls = {name: _pull(document, name) for name in document.levers}
    structure = compile_case(document, also=lambda values: _beyond(pulls, values)) if pulls else made.structure
    task = replace(made.task, structure=structure, lines=made.task.lines[-1:])
    peaceful = peaceful_outcomes(document)
    ways = tuple(
        (k, i)
        for k, phase in enumerate(structure.phases)
        for i, act in enumerate(phase.acts)
        if any(way.outcome in peaceful for way in act.ways)
    )
    return Present(task, pulls, peaceful, safe_outcomes(document), ways)


def peaceful_outcomes(document: CaseDocument) -> tuple[int, ...]:
    """Indices of the outcomes that count as a peaceful settlement."""
    return tuple(o for o, outcome in enumerate(document.outcomes.values()) if outcome.peaceful)


def safe_outcomes(document: CaseDocument) -> tuple[int, ...]:
    """Indices of the outcomes without violence: those the case does not call violent; if it calls none violent, the
    peaceful ones and `unresolved`."""
    outcomes = document.outcomes
    if any(outcome.violent for outcome in outcomes.values()):
        return tuple(o for o, outcome in enumerate(outcomes.values()) if not outcome.violent)
    return tuple(o for o, (name, outcome) in enumerate(outcomes.items()) if outcome.peaceful or name == "unresolved")


def _pull(document: CaseDocument, name: str) -> Pull:
    lever, still = document.levers[name], scope_of(document, clock=False)
    sets = tuple((parameter, compile_expression(value, still)) for parameter, value in lever.sets.items())
    return Pull(sets, amounts_by_actor(lever.costs or None, document, still, None))


def _beyond(pulls: Mapping[str, Pull], values: dict[str, float]) -> Iterable[dict[str, float]]:
    """Parameters with each lever pulled, and with all, as far as they are numbers."""
    for names in ([name] for name in pulls):
        yield _set(pulls, names, values)
    yield _set(pulls, list(pulls), values)


def _set(pulls: Mapping[str, Pull], names: Sequence[str], values: dict[str, float]) -> dict[str, float]:
    values = dict(values)
    for name in names:
        new = {parameter: float(formula(values)) for parameter, formula in pulls[name].sets}
        values |= {parameter: value for parameter, value in new.items() if math.isfinite(value)}
    return values


def changed(shared: Present, settled: Mapping[str, float], change: Change) -> tuple[dict[str, float], set[str]]:
    """All parameters of a draw under a change, and the derived ones that it takes out of their formulas' hands.

    What is set later in the change sees what was set before. Raises GameError where a lever sets no number.
    """
    structure = shared.task.structure
    derived = {name for name, _ in structure.derived}
    values, fixed = dict(settled), set[str]()
    for word in change:
        kind, _, name = word.partition(":")
        if kind == "lever":
            new = {parameter: float(formula(values)) for parameter, formula in shared.pulls[name].sets}
        else:
            new = {name: float(quantile(structure.uncertain()[name], TAILS[kind]))}
        for parameter, value in new.items():
            if not math.isfinite(value):
                raise GameError(
                    Problem(
                        path=f"levers.{name}.sets.{parameter}",
                        found=f"`{structure.document.levers[name].sets[parameter]}` gives no number",
                        expected="a finite number",
                        mend="Mend the formula of the lever.",
                    )
                )
        fixed |= derived & set(new)
        values = structure.settle(values | new, fixed)
    return values, fixed


def pull_piece(shared: Present, piece: Plain) -> Plain:
    """One draw: ``u`` [size], ``place`` (None: found first), ``changes``; plain data, the same for any worker.

    Gives ``place``, ``found`` (a result for every change, see `_pulled`; ``bad``: why it makes no game) and, where
    ``next`` is asked for, ``next``: what follows if a move or event is seen at its next turn. Or ``lost``: why the draw
    cannot be used, because its present is no game or solving it was stopped by the time limit or for want of memory.
    """
    try:
        return _piece(shared, piece)
    except StandoffError as error:
        return {"lost": _reason(error)}


def _piece(shared: Present, piece: Plain) -> Plain:
    structure, axes = shared.task.structure, shared.task.axes
    u = np.asarray(piece["u"], float)
    settled = structure.settle(parameters_at(structure, axes, u))
    types = type_priors_at(structure, axes, u, settled)
    place = piece["place"] or _stand(shared, settled, types)
    here = Places(
        np.array(place["states"], np.int64),
        tuple(np.array(belief, float).reshape(len(place["states"]), -1) for belief in place["beliefs"]),
        np.array(place["weights"], float),
        np.zeros(len(place["states"]), np.int64),
    )
    found = [_tried(shared, settled, types, here, tuple(change)) for change in piece["changes"]]
    result = {"place": place, "found": found}
    if piece.get("next"):
        result["next"] = _next(shared, structure.game(settled, types), here)
    return result


def _stand(shared: Present, settled: dict[str, float], types: Mapping[str, Floats]) -> Plain:
    """Where the draw stands now: solved whole and walked through its history."""
    task, line = shared.task, shared.task.lines[-1]
    game = task.structure.game(settled, types)
    solution = solve(
        game, grid=task.grid, threads=1, grid_error=False, own_until=line.step + 1, time_limit=task.time_limit
    )
    places = walk(solution, Silence(task.structure, settled), line, settled).places
    return {
        "states": places.states.tolist(),
        "beliefs": [belief.tolist() for belief in places.beliefs],
        "weights": places.weights.tolist(),
    }


def _tried(
    shared: Present, settled: dict[str, float], types: Mapping[str, Floats], here: Places, change: Change
) -> Plain:
    try:
        values, fixed = changed(shared, settled, change)
        game = shared.task.structure.game(values, types, fixed)
        return _pulled(shared, game, here) | {"costs": _costs(shared, game, settled, change)}
    except SolveError:
        raise  # says nothing of the levers: time or memory may suffice the next time
    except StandoffError as error:
        if not change:
            raise
        return {"bad": _reason(error)}


def _reason(error: StandoffError) -> str:
    problem = error.problems[0]
    where = f"{problem.path}: " if problem.path else ""
    return f"{where}{problem.found}; expected {problem.expected}"[:240]


def _solved(shared: Present, game: Game, here: Places, **more: Any) -> Solution:
    line = shared.task.lines[-1]
    alive = here.states[here.states < len(game.states)]
    return solve(
        game, grid=shared.task.grid, threads=1, grid_error=False, first=(line.step, line.phase),
        at=np.unique(alive).astype(np.int32), time_limit=shared.task.time_limit, **more,
    )  # fmt: skip


def _pulled(shared: Present, game: Game, here: Places) -> Plain:
    """``p`` [E] outcomes and ``v`` [P] what every (actor, type) expects from now on, given that type; ``ways``: for
    every way out how often it is open to a decision (``up``), is taken (``taken``, both by type) and where it
    then leads (``leads`` [E])."""
    line, S, P = shared.task.lines[-1], len(game.states), game.pay_columns
    solution = _solved(shared, game, here, play_from=line.step)
    outcomes, values, share = np.zeros(len(game.outcomes)), np.zeros(P), np.zeros(P)
    for d, state in enumerate(here.states):
        if state >= S:
            outcomes[game.terminal_outcome[state - S]] += here.weights[d]
            continue
        beliefs = tuple(belief[d] for belief in here.beliefs)
        columns = solution.grid.weights(beliefs) @ solution.entry[state]
        outcomes += here.weights[d] * columns[P:]
        weight = here.weights[d] * _type_weights(game, beliefs)
        values += weight * columns[:P]
        share += weight
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(share > 0, values / share, np.nan)
    watch = _Watch(shared, solution)
    course(solution, here, line.step, line.phase, watch)
    return {"p": outcomes.tolist(), "v": values.tolist(), "ways": watch.told()}


def _type_weights(game: Game, beliefs: Sequence[Floats]) -> Floats:
    """[P] how likely every (actor, type) is at these beliefs."""
    rows = [
        np.asarray(beliefs[game.secret.index(i)], float) if i in game.secret else np.ones(1)
        for i in range(len(game.actors))
    ]
    return np.concatenate(rows)


def _costs(shared: Present, game: Game, settled: Mapping[str, float], change: Change) -> list[float]:
    """[P] what the commitments of a change cost every (actor, type), at the draw's own parameters."""
    total = np.zeros(game.pay_columns)
    for word in change:
        kind, _, name = word.partition(":")
        for actor, of_type, formula in shared.pulls[name].costs if kind == "lever" else ():
            amount = float(formula(settled))
            if not math.isfinite(amount):
                raise GameError(
                    Problem(path=f"levers.{name}.costs", found=f"`{formula.source}` gives no number",
                            expected="a finite number", mend="Mend the formula of the lever.")
                )  # fmt: skip
            first, count = game.column[actor], len(game.types[actor])
            where = slice(first, first + count) if of_type < 0 else slice(first + of_type, first + of_type + 1)
            total[where] += amount
    return [float(value) for value in total]


class _Watch:
    """Sees the ways out being open, taken and leading somewhere, as mass is pushed forward through the solved play."""

    def __init__(self, shared: Present, solution: Solution) -> None:
        self.solution = solution
        game = solution.game
        self.ways = shared.ways
        self.up = [np.zeros(solution.layers[k].n) for k, _ in shared.ways]
        self.taken = [np.zeros(solution.layers[k].n) for k, _ in shared.ways]
        self.leads = np.zeros((len(shared.ways), len(game.outcomes)))
        self.rows = [_rows(game.phases[k], move) for k, move in shared.ways]

    def __call__(self, t: int, k: int, mass: Floats) -> None:
        for w, (phase, _) in enumerate(self.ways):
            if phase == k:
                self._see(w, t, k, mass)

    def _see(self, w: int, t: int, k: int, mass: Floats) -> None:
        solution = self.solution
        game, layer = solution.game, solution.layers[k]
        phase, S = layer.phase, len(game.states)
        acts, states = self.rows[w]
        there = mass[states] * layer.at(phase.act_open, t)[acts][:, None]  # [rows, B]
        some = there.any(axis=1)
        if not some.any():
            return
        acts, states, there = acts[some], states[some], there[some]
        own = np.tile(np.repeat(layer.points, layer.lo, axis=0), (layer.hi, 1))  # [B, n]
        chances = layer.at(phase.br_prob, t)
        here = there[:, :, None] * own
        if phase.choice:
            self.up[w] += phase.turn * here.sum(axis=(0, 1))
            chosen = phase.turn * here * solution.play[t, k][acts]
            standing = phase.standing_at[states] == acts - phase.act_ptr[states]
            chosen = chosen + np.where(standing, 1.0 - phase.turn, 0.0)[:, None, None] * here
        else:
            self.up[w] += here.sum(axis=(0, 1))
            chosen = here
        for r, a in enumerate(acts):
            ways = np.arange(phase.br_ptr[a], phase.br_ptr[a + 1])
            at = phase.obs_ptr[states[r]] + phase.br_obs[ways]
            mine = chosen[r].sum(axis=0)  # [n]
            if not phase.choice:  # an event: what it does, and not its staying away
                ways, at = ways[phase.obs_label[at] >= 0], at[phase.obs_label[at] >= 0]
                self.taken[w] += mine * chances[ways].sum(axis=0)
            else:
                self.taken[w] += mine
            nodes = phase.obs_node[at]
            over = nodes >= S
            np.add.at(self.leads[w], game.terminal_outcome[nodes[over] - S], (chances[ways] @ mine)[over])

    def told(self) -> list[Plain]:
        return [
            {"up": self.up[w].tolist(), "taken": self.taken[w].tolist(), "leads": self.leads[w].tolist()}
            for w in range(len(self.ways))
        ]


def _rows(phase: Phase, move: int) -> tuple[Any, Any]:
    """Stacked moves of this kind, and their states."""
    acts = np.nonzero(phase.act_move == move)[0]
    states = np.repeat(np.arange(len(phase.act_ptr) - 1), np.diff(phase.act_ptr))[acts]
    return acts, states


def _next(shared: Present, game: Game, here: Places) -> list[Plain]:
    """Every move and event that can be seen at its next turn: ``phase``, ``move``, its ``chance`` (of being seen) and
    the outcomes ``p`` [E] once it is."""
    line, P = shared.task.lines[-1], game.pay_columns
    K = len(game.phases)
    turns = sorted((line.step if k >= line.phase else line.step + 1, k) for k in range(K))
    turns = [at for at in turns if at[0] < game.steps]
    solution = _solved(shared, game, here, keep=set(turns), own_until=line.step + 2)
    places, found = here, []
    for t, k in turns:
        alive = np.nonzero(places.states < len(game.states))[0]
        if not len(alive):
            break
        beliefs = tuple(belief[alive] for belief in places.beliefs)
        nodes = solution.look(t, k, places.states[alive], beliefs, full=True)
        for move in range(len(game.phases[k].moves)):
            seen = places.weights[alive][:, None] * nodes.seen * (nodes.label == move)
            if seen.sum() > 1e-12:
                after = np.einsum("do,doc->c", seen, nodes.columns[:, :, P:]) / seen.sum()
                found.append({"phase": k, "move": move, "chance": float(seen.sum()), "p": after.tolist()})
        places = moved_on(solution, places, k, nodes)
    return found
