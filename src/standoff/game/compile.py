"""From a case to a game: reachable states once, numbers for every draw.

`compile_case` finds what does not depend on the parameters: the reachable states, the moves open in
each, the observations they can leave, the terminal nodes. `Structure.game(parameters)` then fills in
probabilities and payoffs, every formula evaluated once over all states.

A formula is evaluated on three broadcast axes, [step, state, type profile]; an axis it does not depend
on has length 1, and stays so in the game's arrays wherever that is possible.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import CaseError, GameError, Problem
from standoff.game.model import Floats, Game, Ints, Phase
from standoff.game.plan import Act, Amounts, PhasePlan, Way, amounts, plan, scope_of
from standoff.game.reach import Reach, explore
from standoff.language.calendar import step_in, step_start, turns
from standoff.language.document import CaseDocument, Prior
from standoff.language.expressions import Compiled, compile_expression
from standoff.language.priors import quantile

if TYPE_CHECKING:
    from standoff.case import Case

_FAR = 1e-6  # far end of a prior: draws beyond are not expected
_SLACK = 1e-9  # probabilities may miss 0, 1 or their sum by this much (round-off of the author's formulas)


@dataclass(frozen=True, slots=True)
class _Edges:
    """Parameter-free arrays of one phase; names as in `standoff.game.model.Phase`."""

    act_ptr: Ints
    act_move: Ints
    act_state: Ints  # [A] state of each stacked move
    standing_at: Ints
    br_ptr: Ints
    br_act: Ints  # [E] stacked move of each way
    br_way: Ints  # [E] which way of the move; -1 for an event that does not happen
    br_obs: Ints
    obs_ptr: Ints
    obs_node: Ints
    obs_label: Ints
    pay_row: Ints
    pay_acts: Ints  # [rows] stacked move of each payoff row


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """A compiled case, waiting for parameters."""

    document: CaseDocument
    phases: tuple[PhasePlan, ...]
    reach: Reach
    edges: tuple[_Edges, ...]
    derived: tuple[tuple[str, Compiled], ...]
    priors: tuple[tuple[Compiled, ...], ...]
    precision: tuple[Compiled, ...]
    tempo: tuple[tuple[Compiled, float] | None, ...]
    discount: tuple[tuple[Compiled, float] | None, ...]
    worth: tuple[tuple[Amounts, ...], ...]  # [outcome][actor] amounts
    flows: tuple[tuple[Amounts, Compiled, float], ...]

    def __repr__(self) -> str:
        return (
            f"Structure({self.document.title!r}, actors={tuple(self.document.actors)}, phases={len(self.phases)}, "
            f"parameters={len(self.document.parameters)})"
        )

    def settle(self, parameters: Mapping[str, float], fixed: Collection[str] = ()) -> dict[str, float]:
        """All parameters: the given ones and those derived from them by `is`, but for `fixed` ones, which stay as
        given. Raises CaseError where one goes by the columns of a table and is not given."""
        self.refuse_columns(parameters)
        values: dict[str, float] = {name: float(value) for name, value in parameters.items()}
        for name, formula in self.derived:
            if name not in fixed:
                values[name] = float(formula(values))
        return values

    def refuse_columns(self, given: Collection[str] = ()) -> None:
        """Raise CaseError if parameters go by the columns of a table (`regress`) and are not among the `given`."""
        open_ = [name for name in regressed(self.document) if name not in given]
        if open_:
            raise CaseError(
                Problem(
                    found=f"{', '.join(open_)}, which go{'es' * (len(open_) == 1)} by the columns of a table",
                    expected="a number or a prior for every parameter, where no row of a table is at hand",
                    mend="Fit it: `standoff fit CASE DATA.csv --out FOLDER`. A case that is forecast takes what it "
                    f"left: instead of `regress`, `prior: {{from: {{file: posterior.json, parameter: {open_[0]}, at: "
                    "{COLUMN: VALUE}}}`, with FOLDER/posterior.json copied beside its case.yaml. Or try numbers: "
                    f"`--set {open_[0]}=0.5`{' and so on for each' * (len(open_) > 1)}.",
                    path=f"parameters.{open_[0]}.regress",
                )
            )

    def uncertain(self) -> dict[str, Any]:
        """name -> Prior of every parameter that is drawn (fixed ones included)."""
        return {
            name: parameter.prior for name, parameter in self.document.parameters.items() if parameter.prior is not None
        }

    def at_quantile(self, u: float | Mapping[str, float] = 0.5) -> dict[str, float]:
        """Parameters at a quantile of their priors; the medians by default."""
        return {
            name: float(quantile(prior, u if isinstance(u, float) else u.get(name, 0.5)))
            for name, prior in self.uncertain().items()
        }

    def game(
        self, parameters: Mapping[str, float], type_priors: Mapping[str, Floats] | None = None,
        fixed: Collection[str] = (),
    ) -> Game:  # fmt: skip
        """Fill in the numbers. `type_priors` replaces the priors of an actor's types (drawn ones); `fixed` names
        derived parameters that are taken as given.

        Raises GameError where a probability leaves [0, 1] or a payoff is not a finite number, naming
        the formula and the state.
        """
        return _fill(self, self.settle(parameters, fixed), type_priors or {})


def compile_case(
    case: Case | CaseDocument, also: Callable[[dict[str, float]], Iterable[dict[str, float]]] | None = None
) -> Structure:
    """Compile a case (mechanisms already spelled out). Raises GameError or ExpressionError.

    `also`: from parameters, all settled, to others the structure must hold for beside those the priors allow.
    """
    document = case if isinstance(case, CaseDocument) else case.document
    scope = scope_of(document)
    still = scope_of(document, clock=False)
    phases = plan(document)
    clock = document.clock
    derived = _derived(document, still)
    actors = list(document.actors)
    samples = _sample_draws(document, derived)
    samples += [more for draw in samples[:8] if also is not None for more in also(draw)]
    reach = explore(document, phases, samples)
    edges = tuple(_edges(phase, k, reach) for k, phase in enumerate(phases))
    worth = tuple(
        tuple(
            amounts(outcome.worth[actor], actor, document, scope) if actor in outcome.worth else () for actor in actors
        )
        for outcome in document.outcomes.values()
    )
    return Structure(
        document=document,
        phases=phases,
        reach=reach,
        edges=edges,
        derived=derived,
        priors=tuple(
            tuple(compile_expression(kind.prior, still) for kind in actor.types.values())
            for actor in document.actors.values()
        ),
        precision=tuple(compile_expression(actor.precision, still) for actor in document.actors.values()),
        tempo=tuple(
            None
            if actor.tempo is None
            else (compile_expression(actor.tempo.times, still), step_in(actor.tempo.per, clock))
            for actor in document.actors.values()
        ),
        discount=tuple(
            None
            if actor.discount is None
            else (compile_expression(actor.discount.factor, still), step_in(actor.discount.per, clock))
            for actor in document.actors.values()
        ),
        worth=worth,
        flows=tuple(
            (
                amounts(flow.worth, flow.of, document, scope),
                compile_expression(flow.when, scope),
                step_in(flow.per, clock),
            )
            for flow in document.flows.values()
        ),
    )


def regressed(document: CaseDocument) -> list[str]:
    """Parameters that go by the columns of a table."""
    return [name for name, parameter in document.parameters.items() if parameter.regress is not None]


def _derived(document: CaseDocument, scope: Any) -> tuple[tuple[str, Compiled], ...]:
    """Derived parameters in an order in which each uses only earlier ones."""
    waiting = {
        name: compile_expression(parameter.is_, scope)
        for name, parameter in document.parameters.items()
        if parameter.is_ is not None
    }
    known = {name for name in document.parameters if name not in waiting}
    done: list[tuple[str, Compiled]] = []
    while waiting:
        ready = [name for name, formula in waiting.items() if formula.names <= known]
        if not ready:
            raise GameError(
                Problem(
                    path="parameters",
                    found=f"parameters that define each other: {', '.join(sorted(waiting))}",
                    expected="derived parameters that end in ones with a prior",
                    mend="Give one of them a prior instead of `is`.",
                )
            )
        for name in ready:
            done.append((name, waiting.pop(name)))
            known.add(name)
    return tuple(done)


def _sample_draws(document: CaseDocument, derived: tuple[tuple[str, Compiled], ...]) -> list[dict[str, float]]:
    """Parameter draws to see which remainders of probability are always zero: some spread out, and the far ends of
    the priors, each alone and all together."""
    priors = {name: parameter.prior for name, parameter in document.parameters.items() if parameter.prior is not None}
    priors |= dict.fromkeys(regressed(document), Prior(normal=(0.0, 1.0)))  # any number may come of a row
    names = list(priors)
    spread = [{name: ((i + 0.5) / 8 + j * 0.6180339887498949) % 1.0 for j, name in enumerate(names)} for i in range(8)]
    ends = [dict.fromkeys(group, u) for group in (*([name] for name in names), names) for u in (_FAR, 1.0 - _FAR)]
    draws = []
    for at in (*spread, *ends):
        values: dict[str, float] = {}
        for name in names:
            values[name] = float(quantile(priors[name], min(max(at.get(name, 0.5), _FAR), 1.0 - _FAR)))
        for name, formula in derived:
            values[name] = float(formula(values))
        draws.append(values)
    return draws


def _edges(phase: PhasePlan, k: int, reach: Reach) -> _Edges:
    """Stack a phase's moves, ways and observations by state."""
    S = len(reach.states)
    N = reach.nodes
    open_any = reach.open[k].any(axis=0)  # [acts, S]
    act_state, act_move = (x.astype(np.int32) for x in np.nonzero(open_any.T))
    act_ptr = np.searchsorted(act_state, np.arange(S + 1)).astype(np.int32)
    standing_at = np.full(S, -1, np.int32)
    if phase.standing >= 0:
        has = np.nonzero(act_move == phase.standing)[0]
        standing_at[act_state[has]] = (has - act_ptr[act_state[has]]).astype(np.int32)
    quiet = any(act.covert for act in phase.acts)
    rows: list[NDArray[np.int64]] = []
    for i, act in enumerate(phase.acts):
        at = np.nonzero(act_move == i)[0]
        states = act_state[at]
        seen = -1 if act.covert or (quiet and i == phase.standing) else i
        ways: list[tuple[int, int]] = [(w, seen) for w in reach.ways[k][i]]
        if act.hazard is not None:
            ways.append((-1, -1))
        for w, label in ways:
            target = reach.target[k][i][w][states] if w >= 0 else states
            rows.append(np.stack([at, np.full(len(at), w), target, np.full(len(at), label), states], axis=1))
    table = np.concatenate(rows) if rows else np.zeros((0, 5), np.int64)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    key = (table[:, 4] * (len(phase.acts) + 1) + table[:, 3] + 1) * N + table[:, 2]
    seen_keys, place = np.unique(key, return_inverse=True)
    obs_state = seen_keys // N // (len(phase.acts) + 1)
    obs_ptr = np.searchsorted(obs_state, np.arange(S + 1)).astype(np.int32)
    pays = np.array([bool(act.costs) for act in phase.acts])
    pay_acts = np.nonzero(pays[act_move])[0].astype(np.int32) if len(act_move) else np.zeros(0, np.int32)
    pay_row = np.full(len(act_move), -1, np.int32)
    pay_row[pay_acts] = np.arange(len(pay_acts), dtype=np.int32)
    return _Edges(
        act_ptr=act_ptr,
        act_move=act_move,
        act_state=act_state,
        standing_at=standing_at,
        br_ptr=np.searchsorted(table[:, 0], np.arange(len(act_move) + 1)).astype(np.int32),
        br_act=table[:, 0].astype(np.int32),
        br_way=table[:, 1].astype(np.int32),
        br_obs=(place - obs_ptr[table[:, 4]]).astype(np.int32),
        obs_ptr=obs_ptr,
        obs_node=(seen_keys % N).astype(np.int32),
        obs_label=(seen_keys // N % (len(phase.acts) + 1) - 1).astype(np.int32),
        pay_row=pay_row,
        pay_acts=pay_acts,
    )


class _Values:
    """Arguments of formulas for one draw: [step, state, profile] arrays under the case's names."""

    def __init__(self, structure: Structure, parameters: Mapping[str, float]) -> None:
        document = structure.document
        self.document = document
        self.T = turns(document.clock)
        self.base: dict[str, Any] = dict(parameters)
        secret = [i for i, actor in enumerate(document.actors.values()) if len(actor.types) > 1]
        counts = [len(list(document.actors.values())[i].types) for i in secret]
        self.J = int(np.prod(counts, dtype=np.int64)) if counts else 1
        profiles = np.stack(np.unravel_index(np.arange(self.J), counts), axis=1) if counts else np.zeros((1, 0), int)
        for position, i in enumerate(secret):
            self.base[list(document.actors)[i]] = profiles[:, position].reshape(1, 1, -1)
        for i, name in enumerate(document.actors):
            if i not in secret:
                self.base[name] = 0
        self.profiles = profiles
        self.secret = secret
        steps = np.arange(self.T + 1)
        self.steps = steps.reshape(-1, 1, 1) / document.clock.parts
        self.dates = np.array([step_start(document.clock, int(t)).toordinal() for t in steps]).reshape(-1, 1, 1)

    def over(self, states: NDArray[np.int16], last: bool = False) -> dict[str, Any]:
        """Values at `states` [S, factors]; `last` includes the moment the clock runs out."""
        values = dict(self.base)
        for f, name in enumerate(self.document.factors):
            values[name] = states[:, f].astype(float).reshape(1, -1, 1)
        end = None if last else -1
        values["step"], values["date"] = self.steps[:end], self.dates[:end]
        return values

    def of_type(self, actor: int, kind: int) -> int:
        """First joint profile in which `actor` is of type `kind`."""
        if actor not in self.secret:
            return 0
        position = self.secret.index(actor)
        return int(np.nonzero(self.profiles[:, position] == kind)[0][0])


def _cube(formula: Compiled | None, values: Mapping[str, Any]) -> Floats:
    """A formula's values as a [step|1, state|1, profile|1] array."""
    result = np.asarray(1.0 if formula is None else formula(values), float)
    return result.reshape((1,) * (3 - result.ndim) + result.shape)


def _complain(path: str, formula: Compiled | None, what: str, expected: str, structure: Structure, s: int) -> GameError:
    state = ", ".join(
        f"{name} {factor.levels[int(structure.reach.states[s, f])]}"
        for f, (name, factor) in enumerate(structure.document.factors.items())
    )
    source = "the remainder" if formula is None else f"`{formula.source}`"
    return GameError(
        Problem(
            path=path,
            found=f"{source} gives {what} where {state or 'nothing varies'}",
            expected=expected,
            mend="Mend the formula, narrow the prior, or close the move there with `when`.",
        )
    )


def _settled(
    formula: Compiled, parameters: Mapping[str, float], path: str, low: float, high: float, expected: str
) -> float:
    """A number of an actor that holds for the whole story, finite and within bounds. Raises GameError."""
    value = float(formula(parameters))
    if not (math.isfinite(value) and low <= value <= high):
        raise GameError(
            Problem(path=path, found=f"{value:g}", expected=expected, mend="Mend the formula or narrow the prior.")
        )
    return value


def _fill(structure: Structure, parameters: dict[str, float], type_priors: Mapping[str, Floats]) -> Game:
    document = structure.document
    values = _Values(structure, parameters)
    reach = structure.reach
    actors = list(document.actors)
    types = tuple(tuple(actor.types) or ("",) for actor in document.actors.values())
    priors = []
    for i, name in enumerate(actors):
        if name in type_priors:
            prior = np.asarray(type_priors[name], float)
        elif structure.priors[i]:
            prior = np.array([float(formula(parameters)) for formula in structure.priors[i]])
        else:
            prior = np.ones(1)
        if not (np.isfinite(prior).all() and (prior >= 0).all() and abs(prior.sum() - 1) < 1e-6):
            raise GameError(
                Problem(
                    path=f"actors.{name}.types",
                    found=f"priors {', '.join(f'{x:g}' for x in prior)}, which sum to {prior.sum():g}",
                    expected="probabilities that sum to 1",
                    mend="Mend the priors of the types.",
                )
            )
        priors.append(prior / prior.sum())
    over = values.over(reach.states)
    columns = np.cumsum([0, *(len(names) for names in types)])
    phases = tuple(_phase(structure, k, over, values, parameters, types, columns) for k in range(len(structure.phases)))
    worth = _worth(structure, values, columns, types, _met(structure, phases))
    discount = np.ones(len(actors))
    for i, rule in enumerate(structure.discount):
        if rule is not None:
            path = f"actors.{actors[i]}.discount.factor"
            discount[i] = _settled(rule[0], parameters, path, 0.0, 1.0, "a number from 0 to 1") ** rule[1]
    return Game(
        actors=tuple(actors),
        types=types,
        priors=tuple(priors),
        discount=discount,
        factors=tuple(document.factors),
        levels=tuple(tuple(factor.levels) for factor in document.factors.values()),
        states=reach.states,
        steps=turns(document.clock),
        phases=phases,
        outcomes=tuple(document.outcomes),
        terminal_outcome=reach.terminal_outcome,
        terminal_worth=worth,
        final_node=reach.final_node,
        flow=_flow(structure, over, values, columns, types),
        active=reach.active,
        active_end=reach.active_end,
    )


def _add_amounts(
    target: Floats, parts: Amounts, over: Mapping[str, Any], columns: Ints, types: Any, sign: float, pick: Any
) -> Floats:
    """Add amounts to [T|1, rows, P, J]; grows the step axis when a formula uses the clock."""
    for actor, kind, formula in parts:
        cube = _cube(formula, over) * sign
        cube = pick(cube)
        if cube.shape[0] > target.shape[0]:
            target = np.repeat(target, cube.shape[0], axis=0)
        if cube.shape[2] > target.shape[3]:
            target = np.repeat(target, cube.shape[2], axis=3)
        first = columns[actor]
        where = range(first, first + len(types[actor])) if kind < 0 else [first + kind]
        for column in where:
            target[:, :, column, :] += cube
    return target


def _phase(
    structure: Structure, k: int, over: Mapping[str, Any], values: _Values, parameters: Mapping[str, float],
    types: Any, columns: Any,
) -> Phase:  # fmt: skip
    plan_, edges, reach = structure.phases[k], structure.edges[k], structure.reach
    n = len(types[plan_.actor]) if plan_.actor >= 0 else 1
    profile = [values.of_type(plan_.actor, kind) for kind in range(n)]
    act_open = reach.open[k][:, edges.act_move, edges.act_state]  # [T|1, A]
    guards = [_cube(act.guard, over)[:, :, 0] for act in plan_.acts]
    for i, guard in enumerate(guards):
        mine = edges.act_move == i
        here = guard[:, edges.act_state[mine]] if guard.shape[1] > 1 else np.repeat(guard, int(mine.sum()), axis=1)
        if here.shape[0] > act_open.shape[0]:
            act_open = np.repeat(act_open, here.shape[0], axis=0)
        act_open[:, mine] &= here != 0
    chances: list[dict[int, Floats]] = []
    for i, act in enumerate(plan_.acts):
        chances.append(_chances(structure, plan_, i, act, over, reach.ways[k][i], profile, act_open, edges))
    br_state = edges.act_state[edges.br_act]
    br_move = edges.act_move[edges.br_act]
    prob_T = max([1, *(array.shape[0] for table in chances for array in table.values())])
    br_prob = np.zeros((prob_T, len(edges.br_act), n))
    for i, table in enumerate(chances):
        for w, array in table.items():
            at = np.nonzero((br_move == i) & (edges.br_way == w))[0]
            br_prob[:, at, :] = array[:, br_state[at] if array.shape[1] > 1 else np.zeros(len(at), int), :]
    pay = np.zeros((1, len(edges.pay_acts), int(columns[-1]), 1))
    for i, act in enumerate(plan_.acts):
        if not act.costs:
            continue
        rows = np.nonzero(edges.act_move[edges.pay_acts] == i)[0]
        states = edges.act_state[edges.pay_acts[rows]]
        part = np.zeros((1, len(rows), int(columns[-1]), 1))

        def pick(cube: Floats, states: Ints = states) -> Floats:
            return cube[:, states, :] if cube.shape[1] > 1 else np.repeat(cube, len(states), axis=1)

        part = _add_amounts(part, act.costs, over, columns, types, -1.0, pick)
        if act.hazard is not None:
            happens = 1.0 - chances[i][-1]  # [T|1, S|1, n]
            happens = pick(happens)
            if n > 1:  # spread the hazard over the joint profiles
                position = values.secret.index(plan_.actor)
                happens = happens[:, :, values.profiles[:, position]]
            if happens.shape[2] > part.shape[3]:
                part = np.repeat(part, happens.shape[2], axis=3)
            part = part * happens[:, :, None, :]
        odd = ~np.isfinite(part)
        if odd.any():
            bad = odd & act_open[:, edges.pay_acts[rows], None, None]
            if bad.any():
                s = int(states[np.nonzero(bad)[1][0]])
                raise _complain(
                    f"{plan_.label}.{act.name}.costs", act.costs[0][2], "no finite number", "finite costs", structure, s
                )
            part = np.where(odd, 0.0, part)  # nobody asks what a closed move costs
        if part.shape[0] > pay.shape[0]:
            pay = np.repeat(pay, part.shape[0], axis=0)
        if part.shape[3] > pay.shape[3]:
            pay = np.repeat(pay, part.shape[3], axis=3)
        pay[:, rows] += part
    turn, precision = 1.0, 0.0
    if plan_.choice:
        path = f"actors.{plan_.label}"
        precision = _settled(
            structure.precision[plan_.actor], parameters, f"{path}.precision", 0.0, math.inf, "a number of 0 or more"
        )
        rule = structure.tempo[plan_.actor]
        if rule is not None:
            often = _settled(rule[0], parameters, f"{path}.tempo.times", -math.inf, math.inf, "a finite number")
            turn = min(1.0, max(0.0, often) * rule[1])
    return Phase(
        label=plan_.label,
        actor=plan_.actor,
        choice=plan_.choice,
        turn=turn,
        precision=precision,
        moves=tuple(act.name for act in plan_.acts),
        act_ptr=edges.act_ptr,
        act_move=edges.act_move,
        act_open=np.ascontiguousarray(act_open),
        standing_at=edges.standing_at,
        br_ptr=edges.br_ptr,
        br_obs=edges.br_obs,
        br_prob=br_prob,
        obs_ptr=edges.obs_ptr,
        obs_node=edges.obs_node,
        obs_label=edges.obs_label,
        pay_row=edges.pay_row,
        pay=pay,
    )


def _chances(
    structure: Structure, phase: PhasePlan, i: int, act: Act, over: Mapping[str, Any], kept: tuple[int, ...],
    profile: list[int], act_open: NDArray[np.bool_], edges: _Edges,
) -> dict[int, Floats]:  # fmt: skip
    """Probability [T|1, S|1, n] of every kept way of a move; -1 is the event that does not happen."""

    def by_type(cube: Floats) -> Floats:
        return cube[:, :, profile] if cube.shape[2] > 1 else np.repeat(cube, len(profile), axis=2)

    path = f"moves.{phase.label}.{act.name}" if phase.choice else f"events.{act.name}"
    states = edges.act_state[edges.act_move == i]
    opened = act_open[:, edges.act_move == i]

    def guard(array: Floats, formula: Compiled | None, expected: str, key: str) -> Floats:
        here = array[:, states] if array.shape[1] > 1 else np.repeat(array, len(states), axis=1)
        bad = ~((here >= -_SLACK) & (here <= 1 + _SLACK)) & opened[:, :, None]
        if bad.any():
            t, s, kind = (int(x[0]) for x in np.nonzero(bad))
            value = float(here[min(t, here.shape[0] - 1), s, kind])
            raise _complain(f"{path}.{key}", formula, f"{value:.6g}", expected, structure, int(states[s]))
        return np.clip(np.where(np.isfinite(array), array, 0.0), 0.0, 1.0)

    result: dict[int, Floats] = {}
    rest: Floats = np.ones((1, 1, len(profile)))
    for w, way in enumerate(act.ways):
        if way.chance is None:
            continue
        chance = guard(by_type(_cube(way.chance, over)), way.chance, "a probability between 0 and 1", _key(way))
        result[w] = chance
        rest = rest - chance
    remainder = [w for w, way in enumerate(act.ways) if way.chance is None]
    rest = guard(rest, None, "chances that add up to 1 at most", "ends")
    if remainder and remainder[0] in kept:
        result[remainder[0]] = rest
    elif remainder and len(act.ways) > 1:
        here = np.where(opened[:, :, None], rest[:, states] if rest.shape[1] > 1 else rest, 0.0)
        if (here > 1e-6).any():
            raise _complain(
                f"{path}.ends", None, f"{float(here.max()):.6g} left over",
                "chances that add up to 1 as in other draws", structure, int(states[0]),
            )  # fmt: skip
    if act.hazard is not None:
        hazard = by_type(_cube(act.hazard, over))
        if act.hazard_span > 0:
            here = hazard[:, states] if hazard.shape[1] > 1 else np.repeat(hazard, len(states), axis=1)
            here, asked = np.broadcast_arrays(here, opened[:, :, None])
            bad = asked & ~(np.isfinite(here) & (here >= 0))
            if bad.any():
                at = tuple(int(x[0]) for x in np.nonzero(bad))
                raise _complain(
                    f"{path}.rate", act.hazard, f"{float(here[at]):.6g}", "a rate of 0 or more", structure,
                    int(states[at[1]]),
                )  # fmt: skip
            hazard = np.where(np.isfinite(hazard), np.maximum(hazard, 0.0), 0.0)
            happens = -np.expm1(-hazard * act.hazard_span)
        else:
            happens = guard(hazard, act.hazard, "a probability between 0 and 1", "chance")
        result = {w: happens * array for w, array in result.items()}
        result[-1] = 1.0 - happens
    return {w: array for w, array in result.items() if w == -1 or w in kept}


def _key(way: Way) -> str:
    return "ends" if way.outcome >= 0 else "perhaps"


def _met(structure: Structure, phases: tuple[Phase, ...]) -> NDArray[np.bool_]:
    """[terminals] whether some move, event or the end of the clock leads there in this draw."""
    reach, S = structure.reach, len(structure.reach.states)
    met = np.zeros(len(reach.terminal_outcome), bool)
    for phase, edges in zip(phases, structure.edges, strict=True):
        leads = phase.act_open[:, edges.br_act].any(axis=0) & phase.br_prob.any(axis=(0, 2))
        nodes = phase.obs_node[phase.obs_ptr[edges.act_state[edges.br_act]] + phase.br_obs][leads]
        met[nodes[nodes >= S] - S] = True
    if len(met):
        met[reach.final_node[reach.active_end[-1]] - S] = True
    return met


def _worth(structure: Structure, values: _Values, columns: Any, types: Any, met: NDArray[np.bool_]) -> Floats:
    """[T+1|1, terminals, P, J] what every terminal node is worth to whom, 0 where nothing leads (`met` [terminals])."""
    reach = structure.reach
    worth = np.zeros((1, len(reach.terminal_outcome), int(columns[-1]), values.J))
    for o in range(len(structure.document.outcomes)):
        rows = np.nonzero(reach.terminal_outcome == o)[0]
        if not len(rows):
            continue
        over = values.over(reach.terminal_state[rows], last=True)
        part = np.zeros((1, len(rows), int(columns[-1]), values.J))

        def pick(cube: Floats, count: int = len(rows)) -> Floats:
            return cube if cube.shape[1] == count else np.repeat(cube, count, axis=1)

        for parts in structure.worth[o]:
            part = _add_amounts(part, parts, over, columns, types, 1.0, pick)
        part[:, ~met[rows]] = 0.0  # the outcome cannot come about there
        if not np.isfinite(part).all():
            raise GameError(
                Problem(
                    path=f"outcomes.{list(structure.document.outcomes)[o]}.worth",
                    found="a worth that is no finite number",
                    expected="finite worths",
                    mend="Mend the formula or narrow the prior.",
                )
            )
        if part.shape[0] > worth.shape[0]:
            worth = np.repeat(worth, part.shape[0], axis=0)
        worth[:, rows] += part
    return worth


def _flow(structure: Structure, over: Mapping[str, Any], values: _Values, columns: Any, types: Any) -> Floats:
    """[T|1, S|1, P, J|1] what a step pays while it lasts."""
    S = len(structure.reach.states)
    flow = np.zeros((1, 1, int(columns[-1]), 1))
    for parts, when, span in structure.flows:
        if flow.shape[1] != S:
            flow = np.repeat(flow, S, axis=1)
        runs = _cube(when, over) != 0

        def pick(cube: Floats, runs: Any = runs, span: float = span) -> Floats:
            cube = np.where(runs, cube * span, 0.0)
            return cube if cube.shape[1] == S else np.repeat(cube, S, axis=1)

        flow = _add_amounts(flow, parts, over, columns, types, 1.0, pick)
    if not np.isfinite(flow).all():
        raise GameError(
            Problem(
                path="flows",
                found="a flow that is no finite number",
                expected="finite amounts",
                mend="Mend the formula or narrow the prior.",
            )
        )
    return flow
