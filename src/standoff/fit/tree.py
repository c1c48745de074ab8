"""A compiled case unrolled into the tree of everything that everybody could see happen.

The engine solves places (step, phase, state, belief) on a grid of beliefs, for one draw at a time. A fit asks the other
thing: few steps, exact beliefs, and thousands of rows that differ only in the numbers. So the tree is written out
once, by the very edges that `standoff.game.compile` made, and every number in it becomes a *slot*: a formula at a
state, a time and a profile of types. A slot is evaluated for all rows at once, on numbers that carry derivatives. The
alternative, one `Game` of arrays with an axis of rows, would carry that axis through code written to be fast for a
single draw; the edges are what both share, and they alone say what a case means.

Places of equal depth in which the same actor has equally many moves form a *block*, so that the work over a tree is
done in a few array operations for each depth. A place where nothing is decided and nothing is left to chance is no
node: the story runs through it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from standoff.errors import GameError, Problem
from standoff.fit.dual import Bools, Dual, Floats, Ints, full_tangent, value_of
from standoff.game import Structure
from standoff.game.plan import Amounts
from standoff.language.calendar import step_start, turns
from standoff.language.expressions import Compiled

LIMIT = 20_000
ONE = 0  # the slot of the constant 1


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """`count` places of one depth, `moves` moves in each. Move-major: the act of move a in place v is a * count + v.

    `actor` is the one whose type the probabilities may depend on (-1: nobody's); n is its number of types, 1 without
    a secret. `signals`: the choice of an actor with a secret that others may draw conclusions from and answer.
    """

    actor: int
    choice: bool
    signals: bool
    first: int  # of its places among those of the depth
    count: int
    moves: int
    labels: tuple[tuple[str, ...], ...]  # [count] names of the moves
    places: tuple[tuple[int, int, int], ...]  # [count] step, phase, state
    standing: Bools  # [moves, count]
    hazard: Ints  # [count, n] slots of an event's rate or chance; empty for a choice
    spans: Floats  # [count] length of a turn in the unit of the rate, 0 for a chance
    way_act: Ints  # [ways], ascending
    way_start: Ints  # [acts]
    way_child: Ints  # [ways] index among the places of the next depth
    way_chance: Ints  # [ways, n] slots
    sure: bool  # every act has one way, which is certain
    seen_order: Ints  # [ways] ways by what is seen of them
    seen_start: Ints  # [seen]
    seen_child: Ints  # [seen]
    seen_place: Ints  # [seen] place within the block
    pay: Any | None  # [acts * actors * J, slots] what a move pays, None if nothing


@dataclass(frozen=True, slots=True, eq=False)
class Depth:
    """The nodes of one depth: endings first, then the blocks in order."""

    size: int
    outcome: Ints  # [endings]
    worth: Any  # [endings * actors * J, slots]
    blocks: tuple[Block, ...]
    crossed: Ints  # [size] ends of steps between the node and its parent
    flows: tuple[Any, ...]  # per end of a step: [size * actors * J, slots] what it pays


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """The tree, waiting for numbers. See the module docstring."""

    structure: Structure
    free: tuple[str, ...]
    settled: Mapping[str, float]  # every parameter that is the same for all rows
    depths: tuple[Depth, ...]
    slots: int
    formulas: tuple[tuple[Compiled, Ints, Mapping[str, Any]], ...]  # formula, slots [k], its other names [k, 1]
    rests: tuple[tuple[int, tuple[int, ...]], ...]  # slot, the slots that it is the remainder of
    chances: Ints  # slots that must be probabilities
    profiles: Ints  # [J, actors] type of each actor
    types: tuple[int, ...]
    nodes: int
    unknowns: int  # log-odds that beliefs hang on

    @property
    def outcomes(self) -> tuple[str, ...]:
        return tuple(self.structure.document.outcomes)

    @property
    def actors(self) -> tuple[str, ...]:
        return tuple(self.structure.document.actors)

    @property
    def secrets(self) -> tuple[int, ...]:
        """Actors with more than one type."""
        return tuple(i for i, count in enumerate(self.types) if count > 1)

    @property
    def producible(self) -> Bools:
        """[outcomes] whether some path leads there."""
        found = np.zeros(len(self.outcomes), bool)
        for depth in self.depths:
            found[depth.outcome] = True
        return found

    @property
    def cells(self) -> int:
        """Numbers a row needs at once in one pass without derivatives."""
        width = len(self.types) * len(self.profiles)
        return self.slots + sum(depth.size * (width + 2 * max(self.types)) for depth in self.depths)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Every slot [slots, rows] at parameters `values` (all of them: see `standoff.fit.play.settle`)."""
        with np.errstate(all="ignore"):
            parts = [(at, formula.run({**values, **others})) for formula, at, others in self.formulas]
        rows = np.broadcast_shapes((1,), *(np.shape(value_of(part))[-1:] for _, part in parts))[0]
        duals = [part for _, part in parts if isinstance(part, Dual)]
        value = np.ones((self.slots, rows))
        for at, part in parts:
            value[at] = value_of(part)
        tangent = np.zeros((duals[0].tangent.shape[0], self.slots, rows)) if duals else None
        if tangent is not None:
            for at, part in parts:
                if isinstance(part, Dual):
                    tangent[:, at] = full_tangent(part if part.ndim > 1 else part[None])
        for rest, others in self.rests:
            value[rest] = 1.0 - value[list(others)].sum(0)
            if tangent is not None:
                tangent[:, rest] = -tangent[:, list(others)].sum(1)
        return value if tangent is None else Dual(value, tangent)


@dataclass(slots=True)
class _Act:
    """A move at a place: slots of its ways by type and where each leads, what it pays."""

    label: str
    standing: bool
    ways: list[tuple[tuple[int, ...], int]]  # slots by type, observation
    pay: list[tuple[int, int, int, float]]  # actor, profile, slot, sign


@dataclass(slots=True)
class _Place:
    actor: int
    choice: bool
    acts: list[_Act]
    leads: dict[int, int]  # observation -> node of the game
    hazard: tuple[int, ...] = ()
    span: float = 0.0


@dataclass(slots=True, eq=False)
class _Node:
    step: int
    phase: int
    state: int
    outcome: int = -1
    place: _Place | None = None
    crossed: list[tuple[int, int]] = field(default_factory=list)  # step, state
    children: list[dict[int, _Node]] = field(default_factory=list)  # one: observation -> child
    movers: int = 0  # bit i: actor i has a choice here or below
    below: int = 0  # the same, below only
    index: int = -1


def unroll(structure: Structure, free: Collection[str], limit: int = LIMIT) -> Tree:
    """Write out the tree of public histories.

    `free`: parameters that vary by row or are estimated; every other one is taken at the median of its prior, which is
    the number of a fixed one. Raises GameError where the tree has more than `limit` nodes, and where what is open
    depends on a free parameter, since the tree would then be another one in every row.
    """
    return _Unrolling(structure, free, limit).tree()


class _Unrolling:
    def __init__(self, structure: Structure, free: Collection[str], limit: int) -> None:
        self.structure, self.limit = structure, limit
        document = structure.document
        self.T = turns(document.clock)
        self.free = tuple(name for name in document.parameters if name in set(free))
        self.settled, self.varying = settled_and_varying(structure, self.free)
        self.actors = list(document.actors)
        self.types = [max(1, len(actor.types)) for actor in document.actors.values()]
        self.J = int(np.prod(self.types))
        self.profiles = np.stack(np.unravel_index(np.arange(self.J), self.types), axis=1)
        self.factors = list(document.factors)
        self.keys: dict[Any, int] = {}
        self.groups: dict[str, tuple[Compiled, list[int], list[dict[str, float]]]] = {}
        self.constants: dict[int, float] = {ONE: 1.0}
        self.rests: dict[tuple[int, ...], int] = {}
        self.count = 1
        self.chances: set[int] = set()
        self.known: dict[tuple[int, int, int], _Place | None] = {}

    # slots

    def slot(self, formula: Compiled | None, step: int, state: int, kinds: Mapping[int, int]) -> int:
        """The slot of a formula at a step and state, given the types of the actors that it may test."""
        if formula is None:
            return ONE
        others = self.others(formula, step, state, kinds)
        key = (formula.source, tuple(others.items()))
        if key not in self.keys:
            self.keys[key] = at = self.count
            self.count += 1
            group = self.groups.setdefault(formula.source, (formula, [], []))
            group[1].append(at)
            group[2].append(others)
            if not formula.names & self.varying:
                self.constants[at] = float(formula({**self.settled, **others}))
        return self.keys[key]

    def others(self, formula: Compiled, step: int, state: int, kinds: Mapping[int, int]) -> dict[str, float]:
        """Values of the names in a formula that are no parameters."""
        found: dict[str, float] = {}
        clock, states = self.structure.document.clock, self.structure.reach.states
        for name in sorted(formula.names - set(self.structure.document.parameters)):
            if name in self.actors:
                found[name] = float(kinds.get(self.actors.index(name), 0))
            elif name in self.factors:
                found[name] = float(states[state, self.factors.index(name)])
            elif name == "step":
                found[name] = step / clock.parts
            elif name == "date":
                found[name] = float(step_start(clock, step).toordinal())
        return found

    def rest(self, slots: tuple[int, ...]) -> int:
        """The slot of what is left of 1 over the given ones."""
        if not slots:
            return ONE
        if slots not in self.rests:
            self.rests[slots] = at = self.count
            self.count += 1
            if all(one in self.constants for one in slots):
                left = 1.0 - sum(self.constants[one] for one in slots)
                self.constants[at] = 0.0 if abs(left) < 1e-9 else left
        return self.rests[slots]

    def paid(self, parts: Amounts, step: int, state: int, sign: float) -> list[tuple[int, int, int, float]]:
        """Amounts as (actor, profile, slot, sign)."""
        found = []
        for actor, kind, formula in parts:
            for j in range(self.J):
                if kind < 0 or self.profiles[j, actor] == kind:
                    at = self.slot(formula, step, state, dict(enumerate(self.profiles[j].tolist())))
                    if self.constants.get(at) != 0.0:
                        found.append((actor, j, at, sign))
        return found

    # places

    def open(self, step: int, phase: int, state: int, move: int) -> bool:
        opened = self.structure.reach.open[phase]
        if not opened[step if opened.shape[0] > 1 else 0, move, state]:
            return False
        guard = self.structure.phases[phase].acts[move].guard
        if guard.names & self.varying:
            plan, names = self.structure.phases[phase], sorted(guard.names & self.varying)
            act = plan.acts[move].name
            raise GameError(
                Problem(
                    path=f"moves.{plan.label}.{act}.when" if plan.choice else f"events.{act}.when",
                    found=f"`{guard.source}`, which depends on what is estimated: {', '.join(names)}",
                    expected="a condition that is the same in every row",
                    mend="Let the estimated parameter change a cost, a worth or a chance instead, or fix it.",
                )
            )
        return bool(guard({**self.settled, **self.others(guard, step, state, {})}))

    def place(self, step: int, phase: int, state: int) -> _Place | None:
        """What is decided or drawn at a place, None where nothing is."""
        key = (step, phase, state)
        if key not in self.known:
            self.known[key] = self._place(step, phase, state)
        return self.known[key]

    def _place(self, step: int, phase: int, state: int) -> _Place | None:
        plan, edges = self.structure.phases[phase], self.structure.edges[phase]
        n = self.types[plan.actor] if plan.actor >= 0 else 1
        acts: list[_Act] = []
        leads: dict[int, int] = {}
        hazard: tuple[int, ...] = ()
        span = 0.0
        start = int(edges.act_ptr[state])
        for a in range(start, int(edges.act_ptr[state + 1])):
            move = int(edges.act_move[a])
            if not self.open(step, phase, state, move):
                continue
            act = plan.acts[move]
            by_type = [{plan.actor: kind} for kind in range(n)]
            ways: list[tuple[tuple[int, ...], int]] = []
            unlike: list[tuple[tuple[int, ...], int]] = []
            stated = [
                tuple(self.slot(way.chance, step, state, kinds) for kinds in by_type)
                for way in act.ways
                if way.chance is not None
            ]
            left = tuple(self.rest(tuple(one[kind] for one in stated)) for kind in range(n))
            for e in range(int(edges.br_ptr[a]), int(edges.br_ptr[a + 1])):
                w, seen = int(edges.br_way[e]), int(edges.br_obs[e])
                if w < 0:
                    unlike.append(((ONE,) * n, seen))
                    continue
                if act.ways[w].chance is None:
                    slots = left
                else:
                    slots = stated[sum(way.chance is not None for way in act.ways[:w])]
                if all(self.constants.get(at) == 0.0 for at in slots):
                    continue
                self.chances.update(slots)
                ways.append((slots, seen))
            pay = self.paid(act.costs, step, state, -1.0)
            standing = plan.choice and int(edges.standing_at[state]) == a - start
            if act.hazard is not None:
                hazard = tuple(self.slot(act.hazard, step, state, kinds) for kinds in by_type)
                span = act.hazard_span
                if all(self.constants.get(at) == 0.0 for at in hazard):
                    return None
                if span == 0:
                    self.chances.update(hazard)
            acts.append(_Act(act.name, standing, ways, pay))
            if act.hazard is not None:
                acts.append(_Act(f"no {act.name}", False, unlike, []))
            for _, seen in (*ways, *unlike):
                leads[seen] = int(edges.obs_node[edges.obs_ptr[state] + seen])
        if not acts:
            return None
        return _Place(plan.actor, plan.choice, acts, leads, hazard, span)

    def enter(self, step: int, phase: int, node: int, state: int) -> _Node:
        """The node that the story comes to, entering a phase at a node of the game from a state."""
        S, reach = len(self.structure.reach.states), self.structure.reach
        crossed: list[tuple[int, int]] = []
        while True:
            if node >= S:
                return _Node(step, phase, state, int(reach.terminal_outcome[node - S]), crossed=crossed)
            if step == self.T:
                outcome = int(reach.terminal_outcome[int(reach.final_node[node]) - S])
                return _Node(step, 0, node, outcome, crossed=crossed)
            if phase == len(self.structure.phases):
                crossed.append((step, node))
                step, phase = step + 1, 0
                continue
            place = self.place(step, phase, node)
            if place is not None and not self.trivial(place):
                return _Node(step, phase, node, place=place, crossed=crossed)
            state = node
            if place is not None:
                node = next(iter(place.leads.values()))
            phase += 0 if node >= S else 1

    def trivial(self, place: _Place) -> bool:
        """One move, one way, nothing paid: the story runs through."""
        act = place.acts[0]
        return (
            len(place.acts) == 1
            and len(act.ways) == 1
            and not act.pay
            and all(self.constants.get(at) == 1.0 for at in act.ways[0][0])
        )

    # the tree

    def tree(self) -> Tree:
        depths: list[list[_Node]] = [[self.enter(0, 0, 0, 0)]]
        nodes = 1
        while True:
            below: list[_Node] = []
            for node in depths[-1]:
                if node.place is None:
                    continue
                children = {}
                for seen, lead in node.place.leads.items():
                    children[seen] = self.enter(node.step, node.phase + 1, lead, node.state)
                below += children.values()
                node.children.append(children)
                if nodes + len(below) > self.limit:
                    raise self.too_large(node.step)
            if not below:
                break
            nodes += len(below)
            depths.append(below)
        for layer in reversed(depths):
            for node in layer:
                if node.place is not None:
                    for child in node.children[0].values():
                        node.below |= child.movers
                    mine = node.place.choice and len(node.place.acts) > 1
                    node.movers = node.below | (1 << node.place.actor if mine else 0)
        ordered = [self.ordered(layer) for layer in depths]
        built = tuple(self.depth(groups) for groups in ordered)
        formulas = tuple(
            (formula, np.array(at), {name: np.array([[one[name]] for one in others]) for name in others[0]})
            for formula, at, others in self.groups.values()
        )
        return Tree(
            structure=self.structure,
            free=self.free,
            settled=self.settled,
            depths=built,
            slots=self.count,
            formulas=formulas,
            rests=tuple((at, slots) for slots, at in self.rests.items()),
            chances=np.array(sorted(self.chances), np.intp),
            profiles=self.profiles.astype(np.intp),
            types=tuple(self.types),
            nodes=nodes,
            unknowns=sum(
                (block.moves - 1) * block.count * self.types[block.actor]
                for depth in built
                for block in depth.blocks
                if block.signals
            ),
        )

    def too_large(self, step: int) -> GameError:
        return GameError(
            Problem(
                path="clock.steps",
                found=f"more than {self.limit:,} histories that can be told apart by step {step + 1} of {self.T}",
                expected=f"at most {self.limit:,} in a case that is fitted",
                mend="Fit a case with fewer steps or moves; `standoff run` solves long ones.",
            )
        )

    def ordered(self, layer: list[_Node]) -> list[list[_Node]]:
        """The nodes of a depth in groups: endings, then one for each block; indexes are given to them."""
        groups: dict[tuple[Any, ...], list[_Node]] = {(): []}
        for node in layer:
            place = node.place
            if place is None:
                groups[()].append(node)
                continue
            m, i = len(place.acts), place.actor
            others = node.below & ~(1 << i) if i >= 0 else 0
            signals = place.choice and m > 1 and self.types[i] > 1 and others != 0
            groups.setdefault((place.choice, i, m, signals), []).append(node)
        at = 0
        for group in groups.values():
            for node in group:
                node.index = at
                at += 1
        return list(groups.values())

    def depth(self, groups: list[list[_Node]]) -> Depth:
        endings, blocks = groups[0], groups[1:]
        worth = []
        for r, node in enumerate(endings):
            for parts in self.structure.worth[node.outcome]:
                worth += [(r, *rest) for rest in self.paid(parts, node.step, node.state, 1.0)]
        nodes = [node for group in groups for node in group]
        flows: list[list[Any]] = [[] for _ in range(max(len(node.crossed) for node in nodes))]
        for node in nodes:
            for i, (step, state) in enumerate(node.crossed):
                flows[i] += [(node.index, *rest) for rest in self.running(step, state)]
        return Depth(
            size=len(nodes),
            outcome=np.array([node.outcome for node in endings], np.intp),
            worth=self.matrix(worth, len(endings)),
            blocks=tuple(self.block(group) for group in blocks),
            crossed=np.array([len(node.crossed) for node in nodes], np.intp),
            flows=tuple(self.matrix(entries, len(nodes)) for entries in flows),
        )

    def running(self, step: int, state: int) -> list[tuple[int, int, int, float]]:
        """What the flows pay at the end of a step."""
        found = []
        for parts, when, span in self.structure.flows:
            if when.names & self.varying:
                raise GameError(
                    Problem(
                        path="flows",
                        found=f"`when: {when.source}`, which depends on what is estimated",
                        expected="a condition that is the same in every row",
                        mend="Let the estimated parameter change the worth of the flow instead.",
                    )
                )
            for j in range(self.J):
                kinds = dict(enumerate(self.profiles[j].tolist()))
                if when({**self.settled, **self.others(when, step, state, kinds)}):
                    found += [one for one in self.paid(parts, step, state, span) if one[1] == j]
        return found

    def matrix(self, entries: list[tuple[int, int, int, int, float]], rows: int) -> Any:
        """Entries (row, actor, profile, slot, weight) as a sparse [rows * actors * J, slots to the last one used]."""
        n = len(self.actors)
        target = [(row * n + actor) * self.J + j for row, actor, j, _, _ in entries]
        slots = [at for _, _, _, at, _ in entries]
        weight = np.array([one[-1] for one in entries], float)
        return csr_array((weight, (target, slots)), shape=(rows * n * self.J, max(slots, default=0) + 1))

    def block(self, group: list[_Node]) -> Block:
        places = [node.place for node in group if node.place is not None]
        first, n = places[0], len(group)
        m = len(first.acts)
        kinds = self.types[first.actor] if first.actor >= 0 else 1
        ways, pay = [], []
        for a in range(m):
            for v, (node, place) in enumerate(zip(group, places, strict=True)):
                for slots, seen in place.acts[a].ways:
                    ways.append((a * n + v, node.children[0][seen].index, slots))
                pay += [(a * n + v, *rest) for rest in place.acts[a].pay]
        way_act = np.array([act for act, _, _ in ways], np.intp)
        way_child = np.array([child for _, child, _ in ways], np.intp)
        order = np.argsort(way_child, kind="stable")
        seen_child, seen_start = np.unique(way_child[order], return_index=True)
        others = group[0].below & ~(1 << first.actor) if first.actor >= 0 else 0
        return Block(
            actor=first.actor,
            choice=first.choice,
            signals=first.choice and m > 1 and kinds > 1 and others != 0,
            first=group[0].index,
            count=n,
            moves=m,
            labels=tuple(tuple(act.label for act in place.acts) for place in places),
            places=tuple((node.step, node.phase, node.state) for node in group),
            standing=np.array([[place.acts[a].standing for place in places] for a in range(m)]),
            hazard=np.array([place.hazard for place in places], np.intp),
            spans=np.array([place.span for place in places]),
            way_act=way_act,
            way_start=np.searchsorted(way_act, np.arange(m * n)),
            way_child=way_child,
            way_chance=np.array([slots for _, _, slots in ways], np.intp).reshape(len(ways), kinds),
            sure=len(ways) == m * n and all(at == ONE for _, _, slots in ways for at in slots),
            seen_order=order,
            seen_start=seen_start,
            seen_child=seen_child,
            seen_place=way_act[order][seen_start] % n,
            pay=self.matrix(pay, m * n) if pay else None,
        )


def settled_and_varying(structure: Structure, free: Collection[str]) -> tuple[dict[str, float], frozenset[str]]:
    """The parameters that are the same for all rows, and the names of the others, derived ones included."""
    parameters = structure.document.parameters
    lost = [name for name in parameters if name not in free and not _given(structure, name)]
    if lost:
        raise GameError(
            Problem(
                path=f"parameters.{lost[0]}",
                found=f"no number for {', '.join(lost)}",
                expected="every parameter of the case free, with a prior, or derived from others",
                mend="Name it among the free parameters, or give it a prior.",
            )
        )
    settled = {name: value for name, value in structure.at_quantile().items() if name not in free}
    varying = set(free)
    for name, formula in structure.derived:
        if name in free:
            continue
        if formula.names & varying:
            varying.add(name)
        else:
            settled[name] = float(formula(settled))
    return settled, frozenset(varying)


def _given(structure: Structure, name: str) -> bool:
    return name in structure.uncertain() or any(name == derived for derived, _ in structure.derived)
