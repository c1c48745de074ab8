"""A third solver: the words of the case as `twin` reads them, the beliefs of a grid, and nothing but numpy.

`twin.Twin` takes beliefs as they come, so it is exact and only for the smallest games. This one interpolates on the
same grid as the solver and must agree with it to rounding, in games of any shape. Every phase of every step is worked
out for each state that can be entered, at all belief points at once; the fixed point by damped iteration from uniform
play. The barycentric weights are worked out anew here, by sorting and a table of corners.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from standoff.language.document import CaseDocument
from standoff.solver import BeliefGrid
from twin import Node, Reader, Seen, State, Turn

Values = dict[State, np.ndarray]


class Corners:
    """Interpolation on one simplex."""

    def __init__(self, points: np.ndarray, m: int) -> None:
        self.points, self.m, self.n = points, m, points.shape[1]
        steps = np.rint(m * points).astype(int)
        self.index = {tuple(row[::-1].cumsum()[::-1][1:].tolist()): i for i, row in enumerate(steps)}

    def weights(self, beliefs: np.ndarray) -> np.ndarray:
        """[B, points] of beliefs [B, n]."""
        found = np.zeros((len(beliefs), len(self.points)))
        for b, belief in enumerate(beliefs):
            z = np.minimum(self.m * belief[::-1].cumsum()[::-1][1:], self.m)
            base = np.minimum(np.floor(z + 1e-11), self.m - 1)
            part = np.clip(z - base, 0, 1)
            corner, left = base.astype(int), 1.0
            for i in sorted(range(self.n - 1), key=lambda i: (-part[i], i)):
                if left > part[i]:
                    found[b, self.index[tuple(corner.tolist())]] += left - part[i]
                corner[i] += 1
                left = part[i]
            if left > 0:
                found[b, self.index[tuple(corner.tolist())]] += left
        return found


class GridTwin:
    """Solves a case on a grid. `start` [belief, column]: what every (actor, type) expects, then chances of outcomes."""

    def __init__(self, said: CaseDocument, parameters: Mapping[str, float], grid: BeliefGrid) -> None:
        self.said, self.read = said, Reader(said, parameters)
        read = self.read
        self.columns = [(i, kind) for i, names in enumerate(read.types) for kind in range(len(names))]
        self.outcomes = list(said.outcomes)
        self.precision = [self.number(actor.precision) for actor in said.actors.values()]
        self.fade = [
            1.0 if actor.discount is None else self.number(actor.discount.factor) ** read.span(actor.discount.per)
            for actor in said.actors.values()
        ]
        self.axes = [Corners(axis.points, axis.m) for axis in grid.axes]
        self.sizes = [len(axis.points) for axis in self.axes]
        self.B = grid.size
        self.at = np.indices(self.sizes).reshape(len(self.sizes), self.B)
        self.secret = list(grid.actors)
        self.beliefs = {i: axis.points[at] for i, axis, at in zip(self.secret, self.axes, self.at, strict=True)}
        self.gap = 0.0  # largest distance of play from its own answer that was left anywhere

    def number(self, source: object) -> float:
        return self.read.formula(source, 0, self.read.start, self.read.profiles[0])

    def expected(
        self,
        amount: Callable[[int, tuple[int, ...]], float],
        column: tuple[int, int],
        known: tuple[int, int] | None = None,
    ) -> np.ndarray:
        """[B] mean of an amount over everybody's types, given the column's own type and one that is `known`."""
        total = np.zeros(self.B)
        for kinds in self.read.profiles:
            weight = np.ones(self.B)
            for i, kind in enumerate(kinds):
                if i == column[0]:
                    weight = weight * (kind == column[1])
                elif known is not None and i == known[0]:
                    weight = weight * (kind == known[1])
                elif i in self.beliefs:
                    weight = weight * self.beliefs[i][:, kind]
            total += weight * amount(column[0], kinds) if weight.any() else 0.0
        return total

    def terminal(self, outcome: str, step: int, state: State) -> np.ndarray:
        worth, read = self.said.outcomes[outcome].worth, self.read

        def amount(actor: int, kinds: tuple[int, ...]) -> float:
            return read.amount(worth.get(read.actors[actor], 0), actor, step, state, kinds)

        chances = [np.full(self.B, float(name == outcome)) for name in self.outcomes]
        return np.stack([*(self.expected(amount, column) for column in self.columns), *chances], axis=1)

    def entered(self) -> list[list[set[State]]]:
        """[step][phase] states in which a phase can be entered; last in each step those at its end."""
        here, table = {self.read.start}, []
        for step in range(self.said.clock.steps):
            row = [here]
            for turn in self.read.turns:
                after: set[State] = set()
                for state in here:
                    acts = self.read.acts(turn, step, state)
                    nodes = {
                        node for act in acts for ways in act.ways for (_, node), chance in ways.items() if chance > 0
                    }
                    after |= {node for node in nodes if not ended(node)} if acts else {state}
                here = after
                row.append(here)
            table.append(row)
        return table

    def start(self) -> np.ndarray:
        table, read = self.entered(), self.read
        values: Values = {state: self.terminal("unresolved", len(table), state) for state in table[-1][-1]}
        for step in range(len(table) - 1, -1, -1):
            values = {state: self.end_of_step(step, state, values[state]) for state in table[step][-1]}
            for k in range(len(read.turns) - 1, -1, -1):
                values = {state: self.node(read.turns[k], step, state, values) for state in table[step][k]}
        return values[read.start]

    def end_of_step(self, step: int, state: State, later: np.ndarray) -> np.ndarray:
        read, now = self.read, later.copy()

        def flow(actor: int, kinds: tuple[int, ...]) -> float:
            return sum(
                read.amount(one.worth, actor, step, state, kinds) * read.span(one.per)
                for one in self.said.flows.values()
                if one.of == read.actors[actor] and read.formula(one.when, step, state, kinds)
            )

        for c, column in enumerate(self.columns):
            now[:, c] = self.fade[column[0]] * later[:, c] + self.expected(flow, column)
        return now

    def node(self, turn: Turn, step: int, state: State, after: Values) -> np.ndarray:
        acts, who = self.read.acts(turn, step, state), turn.who
        if not acts:
            return after[state]
        kinds = range(len(self.read.types[who]) if who >= 0 else 1)
        mu = self.beliefs.get(who, np.ones((self.B, 1)))
        standing = np.array([float(act.standing) for act in acts])[:, None]
        chance = self.read.reconsiders(turn) if standing.any() else 1.0
        pays = np.zeros((self.B, len(self.columns), len(acts), len(kinds)))
        for a, act in enumerate(acts):
            for c, column in enumerate(self.columns):
                for k in kinds:
                    pays[:, c, a, k] = -self.expected(act.cost, column, (who, k) if who >= 0 else None)
        leads: dict[Seen, np.ndarray] = {}  # [move, type] chance of what may be seen
        for a, act in enumerate(acts):
            for k in kinds:
                for seen, share in act.ways[k].items():
                    leads.setdefault(seen, np.zeros((len(acts), len(kinds))))[a, k] += share
        leads = {seen: table for seen, table in leads.items() if table.any()}
        ways = np.array(list(leads.values()))
        then = [self.terminal(node[0], step, node[1]) if ended(node) else after[node] for _, node in leads]

        def play(sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            """Chance of each move [B, A, n] and observation [B, O, n], and all columns after it [B, O, C]."""
            weight = chance * sigma + (1 - chance) * standing
            told = np.einsum("oan,ban->bon", ways, weight)
            total = np.einsum("bon,bn->bo", told, mu)
            columns = []
            for o, values in enumerate(then):
                post = np.where(total[:, [o]] > 0, mu * told[:, o] / np.where(total[:, [o]] > 0, total[:, [o]], 1), mu)
                columns.append(self.moved(values, who, post))
            return weight, told, np.stack(columns, axis=1)

        sigma = np.full((self.B, len(acts), len(kinds)), 1.0 / len(acts))
        if turn.choice and len(acts) > 1:
            mine = [self.columns.index((who, k)) for k in kinds]

            def answer(sigma: np.ndarray) -> np.ndarray:
                q = np.einsum("oak,bok->bak", ways, play(sigma)[2][:, :, mine])
                q += np.stack([pays[:, c, :, k] for k, c in enumerate(mine)], axis=2)
                raised = np.exp(self.precision[who] * (q - q.max(axis=1, keepdims=True)))
                return np.asarray(raised / raised.sum(axis=1, keepdims=True))

            sigma = self.settled(answer, sigma)
        weight, told, columns = play(sigma)
        value = np.einsum("bok,bk,boc->bc", told, mu, columns)
        value[:, : len(self.columns)] += np.einsum("bk,bak,bcak->bc", mu, weight, pays)
        for c, (actor, k) in enumerate(self.columns):
            if actor == who:
                own = k if len(kinds) > 1 else 0
                value[:, c] = (told[:, :, own] * columns[:, :, c]).sum(axis=1) + (weight * pays[:, c])[:, :, own].sum(
                    axis=1
                )
        return value

    def moved(self, values: np.ndarray, who: int, post: np.ndarray) -> np.ndarray:
        """[B, C] values [belief, C] where the belief about `who` is another, `post` [B, n]."""
        if who not in self.beliefs:
            return values
        axis = self.secret.index(who)
        cube = np.moveaxis(values.reshape(*self.sizes, -1), axis, 0)
        others = tuple(at for i, at in enumerate(self.at) if i != axis)
        here = cube[(slice(None), *others)] if others else np.repeat(cube[:, None], self.B, axis=1)
        return np.asarray(np.einsum("bp,pbc->bc", self.axes[axis].weights(post), here))

    def settled(self, answer: Callable[[np.ndarray], np.ndarray], sigma: np.ndarray) -> np.ndarray:
        """Play that is its own answer, by damped iteration from `sigma`."""
        share, last, gap = 1.0, np.inf, 0.0
        for _ in range(300):
            best = answer(sigma)
            gap = float(np.abs(best - sigma).max())
            sigma = sigma + share * (best - sigma)
            if gap < 1e-13:
                break
            share = max(0.6 * share, 0.05) if gap > 0.7 * last else share
            last = gap
        self.gap = max(self.gap, gap)
        return sigma


def ended(node: Node) -> bool:
    return bool(node) and isinstance(node[0], str)
