"""A second solver: slow, obvious, recursive, in plain Python, for small cases only.

It reads a case document by itself (`Reader`), plays one node at a time with beliefs as they come, exactly, and
finds each node's equilibrium by raising the precision in stages and iterating with damping. No grid, no arrays,
nothing from `standoff.game` or `standoff.solver`. Cost is exponential in the number of choices by actors with
secrets, since every round of a fixed point solves everything that follows: three in a row are plenty.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from standoff.language.document import CaseDocument

DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}
TIGHT = 1e-12

State = tuple[int, ...]
Belief = tuple[float, ...]
Beliefs = tuple[Belief, ...]  # one per actor; (1.0,) where there is no secret
Node = State | tuple[str, State]  # a state, or (outcome, state in which it happened)
Seen = tuple[str | None, Node]  # the move seen (None: not seen), and where it leads


@dataclass(frozen=True)
class Act:
    """An open move in a state: its trace, and by type of the phase's actor where it leads."""

    name: str
    standing: bool
    ways: tuple[Mapping[Seen, float], ...]
    cost: Callable[[int, tuple[int, ...]], float]  # (actor, everybody's types)


@dataclass(frozen=True)
class Turn:
    """One phase: `who` has the type that matters (-1: nobody's), `choice` is false for an event."""

    label: str
    who: int
    choice: bool
    names: tuple[str, ...]


class Reader:
    """The words of a case at given parameters."""

    def __init__(self, said: CaseDocument, parameters: Mapping[str, float]) -> None:
        self.said = said
        self.parameters = dict(parameters)
        self.actors = list(said.actors)
        self.types = [list(actor.types) or [""] for actor in said.actors.values()]
        self.factors = list(said.factors)
        self.levels = [factor.levels for factor in said.factors.values()]
        self.profiles = list(itertools.product(*(range(len(names)) for names in self.types)))
        self.parsed: dict[str, ast.expr] = {}
        self.turns = self.order()

    def formula(self, source: Any, step: int, state: State, kinds: tuple[int, ...]) -> float:
        if isinstance(source, bool | int | float):
            return float(source)
        if source not in self.parsed:
            self.parsed[source] = ast.parse(source, mode="eval").body
        return self.evaluate(self.parsed[source], step, state, kinds)

    def evaluate(self, tree: ast.expr, step: int, state: State, kinds: tuple[int, ...]) -> float:
        def go(node: ast.expr) -> float:
            return self.evaluate(node, step, state, kinds)

        match tree:
            case ast.Constant(value=value):
                return float(value)
            case ast.Name(id="step"):
                return float(step)
            case ast.Name(id="true" | "false" as name):
                return float(name == "true")
            case ast.Name(id=name):
                if name in self.parameters:
                    return float(self.parameters[name])
                return float(state[self.factors.index(name)])
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return go(body) if go(test) else go(orelse)
            case ast.BoolOp(op=ast.And(), values=parts):
                return float(all(go(part) for part in parts))
            case ast.BoolOp(op=ast.Or(), values=parts):
                return float(any(go(part) for part in parts))
            case ast.UnaryOp(op=ast.USub(), operand=one):
                return -go(one)
            case ast.BinOp(left=left, op=op, right=right):
                x, y = go(left), go(right)
                return {"Add": x + y, "Sub": x - y, "Mult": x * y, "Div": x / y if y else math.nan}[type(op).__name__]
            case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Name(id=member)]):
                if name in self.actors:
                    actor = self.actors.index(name)
                    mine, other = kinds[actor], self.types[actor].index(member)
                else:
                    factor = self.factors.index(name)
                    mine, other = state[factor], self.levels[factor].index(member)
                return float(self.compare(op, mine, other))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return float(self.compare(op, go(left), go(right)))
        raise NotImplementedError(ast.dump(tree))

    @staticmethod
    def compare(op: ast.cmpop, x: float, y: float) -> bool:
        same = {"Is": x == y, "Eq": x == y, "IsNot": x != y, "NotEq": x != y}
        return {**same, "Lt": x < y, "LtE": x <= y, "Gt": x > y, "GtE": x >= y}[type(op).__name__]

    def span(self, period: str) -> float:
        """Length of a step measured in `period`."""
        return 1.0 if period == "step" else DAYS[self.said.clock.step] / DAYS[period]

    def order(self) -> list[Turn]:
        said, turns = self.said, []
        named = [e for entry in said.order if not isinstance(entry, str) for e in entry.events or []]
        for entry in said.order or [*self.actors, "chance"]:
            if entry == "chance":
                turns += [self.event_turn(event) for event in said.events if event not in named]
            elif isinstance(entry, str):
                turns.append(Turn(entry, self.actors.index(entry), True, tuple(said.moves.get(entry, {}))))
            elif entry.actor is not None:
                names = tuple(name for name in said.moves[entry.actor] if not entry.moves or name in entry.moves)
                turns.append(Turn(entry.actor, self.actors.index(entry.actor), True, names))
            else:
                turns += [self.event_turn(event) for event in entry.events or []]
        return [turn for turn in turns if turn.names]

    def event_turn(self, name: str) -> Turn:
        """An event belongs to the actor whose type its chances test."""
        event = self.said.events[name]
        chances = [event.rate, event.chance, *(way.chance for way in event.perhaps)]
        chances += event.ends.values() if isinstance(event.ends, dict) else []
        words = " ".join(str(chance) for chance in chances).replace("(", " ").replace(")", " ").split()
        owners = [i for i, actor in enumerate(self.actors) if actor in words]
        return Turn(name, owners[0] if owners else -1, False, (name,))

    def standing(self, turn: Turn) -> str:
        wish = self.said.actors[turn.label].standing or "hold"
        return wish if wish in turn.names else turn.names[0]

    def reconsiders(self, turn: Turn) -> float:
        tempo = self.said.actors[turn.label].tempo if turn.choice else None
        if tempo is None:
            return 1.0
        times = self.formula(tempo.times, 0, self.start, self.profiles[0])
        return min(1.0, times * self.span(tempo.per))

    @property
    def start(self) -> State:
        factors = self.said.factors.values()
        return tuple(0 if f.start is None else f.levels.index(f.start) for f in factors)

    def moved(self, state: State, then: Mapping[str, Any]) -> State:
        after = list(state)
        for name, target in then.items():
            f = self.factors.index(name)
            if target in self.levels[f]:
                after[f] = self.levels[f].index(target)
            else:
                after[f] = min(max(state[f] + int(target), 0), len(self.levels[f]) - 1)
        return tuple(after)

    def kind_of(self, who: int, kind: int) -> tuple[int, ...]:
        """Everybody's types where `who` is of this one; the others' do not matter."""
        return tuple(kind if i == who else 0 for i in range(len(self.actors)))

    def acts(self, turn: Turn, step: int, state: State) -> list[Act]:
        said = self.said
        effects = said.moves[turn.label] if turn.choice else said.events
        covert = turn.choice and any(effects[name].covert for name in turn.names)
        found = []
        for name in turn.names:
            effect = effects[name]
            if not self.formula(effect.when, step, state, self.profiles[0]):
                continue
            standing = turn.choice and name == self.standing(turn)
            hidden = turn.choice and (effect.covert or (covert and standing))
            ways = []
            for kind in range(len(self.types[turn.who]) if turn.who >= 0 else 1):
                kinds = self.kind_of(turn.who, kind)
                happens = 1.0 if turn.choice else self.happens(effect, step, state, kinds)
                leads: dict[Seen, float] = {}
                for node, chance in self.ways(effect, step, state, kinds):
                    seen = (None if hidden else name, node)
                    leads[seen] = leads.get(seen, 0.0) + happens * chance
                if not turn.choice:
                    leads[None, state] = leads.get((None, state), 0.0) + 1.0 - happens
                ways.append(leads)
            found.append(Act(name, standing, tuple(ways), self.cost_of(turn, effect, step, state)))
        return found

    def happens(self, event: Any, step: int, state: State, kinds: tuple[int, ...]) -> float:
        if event.rate is not None:
            return 1.0 - math.exp(-self.formula(event.rate, step, state, kinds) * self.span(event.per))
        return self.formula(event.chance, step, state, kinds)

    def ways(self, effect: Any, step: int, state: State, kinds: tuple[int, ...]) -> list[tuple[Node, float]]:
        if isinstance(effect.ends, str):
            return [((effect.ends, state), 1.0)]
        found: list[tuple[Node, float]] = [
            ((outcome, state), self.formula(chance, step, state, kinds))
            for outcome, chance in (effect.ends or {}).items()
        ]
        found += [(self.moved(state, w.then), self.formula(w.chance, step, state, kinds)) for w in effect.perhaps]
        rest = 1.0 - sum(chance for _, chance in found)
        if rest > 1e-12:
            found.append((self.moved(state, effect.then), rest))
        return found

    def amount(self, said: Any, actor: int, step: int, state: State, kinds: tuple[int, ...]) -> float:
        """``expression`` or ``{type: expression}``."""
        if isinstance(said, Mapping):
            said = said.get(self.types[actor][kinds[actor]], 0)
        return self.formula(said, step, state, kinds)

    def cost_of(self, turn: Turn, effect: Any, step: int, state: State) -> Callable[[int, tuple[int, ...]], float]:
        costs = effect.costs
        if costs is not None and not isinstance(costs, Mapping):
            costs = {turn.label: costs}

        @cache
        def cost(actor: int, kinds: tuple[int, ...]) -> float:
            if not costs or self.actors[actor] not in costs:
                return 0.0
            amount = self.amount(costs[self.actors[actor]], actor, step, state, kinds)
            return amount if turn.choice else amount * self.happens(effect, step, state, kinds)

        return cost


class Twin:
    """Solves a case. `value` is a list: what every (actor, type) expects, then the chance of every outcome."""

    def __init__(self, said: CaseDocument, parameters: Mapping[str, float] | None = None) -> None:
        self.read = Reader(said, parameters or {})
        self.said = said
        self.columns = [(i, kind) for i, names in enumerate(self.read.types) for kind in range(len(names))]
        self.outcomes = list(said.outcomes)
        read = self.read
        number = lambda source: read.formula(source, 0, read.start, read.profiles[0])  # noqa: E731
        self.precision = [number(actor.precision) for actor in said.actors.values()]
        self.fade = [
            1.0 if actor.discount is None else number(actor.discount.factor) ** read.span(actor.discount.per)
            for actor in said.actors.values()
        ]
        self.priors: Beliefs = tuple(
            tuple(number(kind.prior) for kind in actor.types.values()) or (1.0,) for actor in said.actors.values()
        )
        self.acts = cache(read.acts)
        self.value = cache(self._value)
        self.nodes = 0

    def at_start(self) -> list[float]:
        return self.value(0, 0, self.read.start, self.priors)

    def expected(self, amount: Callable[[int, tuple[int, ...]], float], column: tuple[int, int],
                 beliefs: Beliefs, known: tuple[int, int] | None = None) -> float:  # fmt: skip
        """Mean of an amount over everybody's types, given the column's own type and one that is `known`."""
        total = 0.0
        for kinds in self.read.profiles:
            weight = 1.0
            for i, kind in enumerate(kinds):
                if i == column[0]:
                    weight *= kind == column[1]
                elif known is not None and i == known[0]:
                    weight *= kind == known[1]
                else:
                    weight *= beliefs[i][kind]
            if weight:
                total += weight * amount(column[0], kinds)
        return total

    def terminal(self, outcome: str, step: int, state: State, beliefs: Beliefs) -> list[float]:
        worth, read = self.said.outcomes[outcome].worth, self.read

        def amount(actor: int, kinds: tuple[int, ...]) -> float:
            return read.amount(worth.get(read.actors[actor], 0), actor, step, state, kinds)

        return [
            *(self.expected(amount, column, beliefs) for column in self.columns),
            *(float(name == outcome) for name in self.outcomes),
        ]

    def end_of_step(self, step: int, state: State, beliefs: Beliefs) -> list[float]:
        read = self.read

        def flow(actor: int, kinds: tuple[int, ...]) -> float:
            return sum(
                read.amount(one.worth, actor, step, state, kinds) * read.span(one.per)
                for one in self.said.flows.values()
                if one.of == read.actors[actor] and read.formula(one.when, step, state, kinds)
            )

        later = self.value(step + 1, 0, state, beliefs)
        now = [
            self.expected(flow, column, beliefs) + self.fade[column[0]] * later[c]
            for c, column in enumerate(self.columns)
        ]
        return now + later[len(self.columns) :]

    def _value(self, step: int, phase: int, node: Node, beliefs: Beliefs) -> list[float]:
        self.nodes += 1
        if node and isinstance(node[0], str):
            return self.terminal(node[0], step, node[1], beliefs)
        if step == self.said.clock.steps:
            return self.terminal("unresolved", step, node, beliefs)
        if phase == len(self.read.turns):
            return self.end_of_step(step, node, beliefs)
        acts = self.acts(self.read.turns[phase], step, node)
        if not acts:
            return self.value(step, phase + 1, node, beliefs)
        return self.play(step, phase, acts, beliefs)[0]

    def start_play(self, phase: int) -> list[list[float]]:
        """Play [move][type] of a phase at the start, if nothing happens before it."""
        return self.play(0, phase, self.acts(self.read.turns[phase], 0, self.read.start), self.priors)[1]

    def play(self, step: int, phase: int, acts: list[Act], beliefs: Beliefs) -> tuple[list[float], list[list[float]]]:
        """(value, play) of a node by its moves."""
        turn = self.read.turns[phase]
        who = turn.who
        mu = beliefs[who] if who >= 0 else (1.0,)
        kinds = range(len(mu))
        reconsiders = self.read.reconsiders(turn) if any(act.standing for act in acts) else 1.0
        pays = {
            (a, c, k): -self.expected(act.cost, column, beliefs, (who, k))
            for a, act in enumerate(acts)
            for c, column in enumerate(self.columns)
            for k in kinds
        }
        mine = [self.columns.index((who, k)) if who >= 0 else -1 for k in kinds]

        def weight(sigma: list[list[float]], a: int, k: int) -> float:
            return reconsiders * sigma[a][k] + (1.0 - reconsiders) * acts[a].standing

        def after(sigma: list[list[float]]) -> dict[Seen, tuple[list[float], list[float]]]:
            """What may be seen: its probability by type, and the value once it is."""
            chances: dict[Seen, list[float]] = {}
            for a, act in enumerate(acts):
                for k in kinds:
                    for seen, chance in act.ways[k].items():
                        chances.setdefault(seen, [0.0] * len(mu))[k] += weight(sigma, a, k) * chance
            found = {}
            for seen, chance in chances.items():
                total = sum(mu[k] * chance[k] for k in kinds)
                post = tuple(mu[k] * chance[k] / total for k in kinds) if total > 0 else mu
                then = (*beliefs[:who], post, *beliefs[who + 1 :]) if who >= 0 else beliefs
                found[seen] = (chance, self.value(step, phase + 1, seen[1], then))
            return found

        def worth(sigma: list[list[float]]) -> list[list[float]]:
            """Q [move][type] of the mover."""
            seen = after(sigma)
            return [
                [
                    pays[a, mine[k], k] + sum(chance * seen[y][1][mine[k]] for y, chance in act.ways[k].items())
                    for k in kinds
                ]
                for a, act in enumerate(acts)
            ]

        sigma = [[1.0 / len(acts)] * len(mu) for _ in acts]
        if turn.choice and len(acts) > 1:
            sigma = equilibrium(worth, sigma, self.precision[who])
        seen = after(sigma)
        value = []
        for c in range(len(self.columns) + len(self.outcomes)):
            own = c < len(self.columns) and self.columns[c][0] == who
            about = [self.columns[c][1]] if own else kinds
            total = 0.0
            for k in about:
                share = 1.0 if own else mu[k]
                total += share * sum(chance[k] * then[c] for chance, then in seen.values())
                if c < len(self.columns):
                    total += share * sum(weight(sigma, a, k) * pays[a, c, k] for a in range(len(acts)))
            value.append(total)
        return value, sigma


def equilibrium(
    worth: Callable[[list[list[float]]], list[list[float]]], sigma: list[list[float]], precision: float
) -> list[list[float]]:
    """Play that answers its own values, followed from uniform play at precision 0 by damped iteration."""
    for share, near in ((0.5, 1e-2), (1.0, TIGHT)):
        step, last = 1.0, math.inf
        for _ in range(500):
            best = logit(worth(sigma), share * precision)
            gap = max(abs(x - y) for new, old in zip(best, sigma, strict=True) for x, y in zip(new, old, strict=True))
            if gap < near:
                sigma = best
                break
            if gap > 0.7 * last:
                step = max(0.7 * step, 0.02)
            last = gap
            sigma = [
                [y + step * (x - y) for x, y in zip(new, old, strict=True)]
                for new, old in zip(best, sigma, strict=True)
            ]
        else:
            raise ArithmeticError(f"no fixed point at precision {share * precision:g}: {gap:g} left")
    return sigma


def logit(values: list[list[float]], precision: float) -> list[list[float]]:
    """``exp(precision * value)`` over its sum, for each type."""
    kinds = range(len(values[0]))
    top = [max(row[k] for row in values) for k in kinds]
    raised = [[math.exp(precision * (row[k] - top[k])) for k in kinds] for row in values]
    return [[row[k] / sum(other[k] for other in raised) for k in kinds] for row in raised]
