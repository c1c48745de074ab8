"""The two passes over a tree: from the endings to the root for what moves are worth, and back for what is reached.

Arrays have the rows last: [..., rows], or 1 where all rows are alike. J joint profiles of types come before them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.fit.dual import (
    Bools,
    Dual,
    Floats,
    concatenate,
    exp,
    full_tangent,
    log,
    log_softmax,
    log_sum_runs,
    logsumexp,
    sum_runs,
    swapped,
    value_of,
    weighted,
    where,
)
from standoff.fit.rules import Rule, log_choice
from standoff.fit.tree import Block, Depth, Tree

_SLACK = 1e-9  # chances may leave 0 to 1 by so much


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Everything a pass needs, for all rows: slots [slots, rows], and by actor precision, turn, discount, priors."""

    slots: Any
    precision: tuple[Any, ...]
    turn: tuple[Any, ...]
    discount: tuple[Any, ...]
    priors: tuple[Any, ...]  # log [types, rows]
    odd: Bools  # [rows]

    def plain(self, rows: Any = slice(None)) -> Numbers:
        """Without derivatives, for some rows."""

        def bare(x: Any) -> Any:
            value = np.asarray(value_of(x), float)
            return value[..., rows] if value.ndim and value.shape[-1] > 1 else value

        parts = (self.precision, self.turn, self.discount, self.priors)
        precision, turn, discount, priors = (tuple(bare(one) for one in part) for part in parts)
        return Numbers(bare(self.slots), precision, turn, discount, priors, self.odd[rows])


def settle(tree: Tree, values: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters: the settled ones, those given, and those derived from them."""
    known: dict[str, Any] = {**tree.settled}
    for name in tree.free:
        value = values[name]
        known[name] = value if isinstance(value, Dual) else np.asarray(value, float)
    for name, formula in tree.structure.derived:
        if name not in known:
            with np.errstate(all="ignore"):
                known[name] = formula.run(known)
    return known


def numbers_of(tree: Tree, values: Mapping[str, Any]) -> Numbers:
    structure = tree.structure
    known = settle(tree, values)
    rows = np.broadcast_shapes((1,), *(np.shape(value_of(known[name])) for name in tree.free))[0]
    odd = np.zeros(rows, bool)
    with np.errstate(all="ignore"):
        slots = tree.evaluate(known)
        plain = value_of(slots)
        odd |= ~np.isfinite(plain).all(axis=0)
        if len(tree.chances):
            within = plain[tree.chances]
            odd |= ((within < -_SLACK) | (within > 1 + _SLACK)).any(axis=0)
        precision, turn, discount, priors = [], [], [], []
        for i in range(len(tree.types)):
            lam = structure.precision[i].run(known)
            odd |= ~(np.isfinite(value_of(lam)) & (value_of(lam) >= 0))
            precision.append(lam)
            tempo = structure.tempo[i]
            often: Any = 1.0
            if tempo is not None:
                often = np.minimum(1.0, np.maximum(0.0, tempo[0].run(known)) * tempo[1])
            turn.append(often)
            rule = structure.discount[i]
            fade: Any = 1.0
            if rule is not None:
                fade = rule[0].run(known)
                odd |= ~((value_of(fade) >= 0) & (value_of(fade) <= 1))
                fade = fade ** rule[1]
            discount.append(fade)
            kinds = [np.maximum(formula.run(known), 0.0) for formula in structure.priors[i]] or [np.ones(1)]
            prior = log(concatenate([(kind + np.zeros(1))[None] for kind in kinds]))
            odd |= ~(abs(exp(logsumexp(value_of(prior), 0)) - 1) < 1e-6)
            priors.append(log_softmax(prior, 0))
    return Numbers(slots, tuple(precision), tuple(turn), tuple(discount), tuple(priors), odd)


# from the endings to the root


def answers(tree: Tree, numbers: Numbers, rule: Rule, beliefs: Any, share: Any) -> tuple[tuple[Any, ...], ...]:
    """Log-chances of moves given a turn, per depth and block [moves, places, types, rows]; chances of events likewise.

    `beliefs`: per depth and actor log-beliefs [size, types, rows], None without secrets. `share` multiplies precisions.
    """
    after: Any = None
    lots: Any = None
    found: list[tuple[Any, ...]] = []
    for d in reversed(range(len(tree.depths))):
        depth = tree.depths[d]
        worths, lotteries, moves = [_endings(tree, depth, numbers)], [_certain(tree, depth)], []
        for block in depth.blocks:
            acts = _acts(tree, block, numbers, after, lots if rule == "private" else None)
            if block.choice:
                logs = _choice(tree, block, numbers, acts, rule, None if beliefs is None else beliefs[d], share)
                weights = exp(_with_turn(block, numbers, logs))
            else:
                logs = _event(block, numbers)
                weights = exp(logs)
            moves.append(logs)
            mine = _on_profiles(tree, block.actor, weights, 2)
            worths.append((mine[:, :, None] * acts[0]).sum(0))
            if acts[1] is not None:
                lotteries.append((mine[:, :, None] * acts[1]).sum(0))
        after = _entered(tree, depth, numbers, concatenate(worths))
        lots = concatenate(lotteries) if rule == "private" else None
        found.append(tuple(moves))
    return tuple(reversed(found))


def _endings(tree: Tree, depth: Depth, numbers: Numbers) -> Any:
    """[endings, actors, J, rows]"""
    shape = (len(depth.outcome), len(tree.types), len(tree.profiles), -1)
    return weighted(depth.worth, numbers.slots).reshape(*shape[:-1], value_of(numbers.slots).shape[-1])


def _certain(tree: Tree, depth: Depth) -> Floats:
    """[endings, outcomes, J, 1]: an ending is its own outcome."""
    found = np.zeros((len(depth.outcome), len(tree.outcomes), len(tree.profiles), 1))
    found[np.arange(len(depth.outcome)), depth.outcome] = 1.0
    return found


def _entered(tree: Tree, depth: Depth, numbers: Numbers, worth: Any) -> Any:
    """Worth of a depth's nodes as seen from their parents: discounted over the ends of steps between, with flows."""
    most = len(depth.flows)
    if not most:
        return worth
    fade = concatenate([(one + np.zeros(1))[None] for one in numbers.discount])[None, :, None]
    total: Any = None
    power: Any = 1.0
    for i in range(most + 1):
        part = (depth.crossed == i)[:, None, None, None] * (worth * power)
        if i < most:
            flow = weighted(depth.flows[i], numbers.slots)
            shape = (depth.size, len(tree.types), len(tree.profiles), value_of(flow).shape[-1])
            part = part + flow.reshape(*shape) * power
        total = part if total is None else total + part
        power = power * fade
    return total


def _acts(tree: Tree, block: Block, numbers: Numbers, after: Any, lots: Any) -> tuple[Any, Any]:
    """What every move brings [moves, places, actors, J, rows], and its chances of outcomes likewise."""
    found: list[Any] = []
    for below in (after, lots):
        if below is None:
            found.append(None)
            continue
        brought = below[block.way_child]
        if not block.sure:
            chance = numbers.slots[block.way_chance.ravel()]
            chance = np.minimum(np.maximum(chance, 0.0), 1.0)
            chance = chance.reshape(*block.way_chance.shape, value_of(chance).shape[-1])
            brought = sum_runs(_on_profiles(tree, block.actor, chance, 1)[:, None] * brought, block.way_start)
        if below is after and block.pay is not None:
            pay = weighted(block.pay, numbers.slots)
            brought = brought + pay.reshape(*value_of(brought).shape[:-1], value_of(pay).shape[-1])
        shape = value_of(brought).shape
        found.append(brought.reshape(block.moves, block.count, *shape[1:]))
    return found[0], found[1]


def _on_profiles(tree: Tree, actor: int, x: Any, axis: int) -> Any:
    """An axis of one actor's types spread over the joint profiles."""
    if len(tree.profiles) == 1:
        return x
    at = tree.profiles[:, actor] if actor >= 0 else np.zeros(len(tree.profiles), np.intp)
    return x[(slice(None),) * axis + (at,)]


def _choice(
    tree: Tree, block: Block, numbers: Numbers, acts: tuple[Any, Any], rule: Rule, beliefs: Any, share: Any
) -> Any:
    """Log-chances [moves, places, types, rows] of a turn's choice."""
    mover = block.actor
    if block.moves == 1:
        return np.zeros((1, block.count, tree.types[mover], 1))
    worth = acts[0][:, :, mover]
    lots = acts[1]
    if len(tree.profiles) > 1:
        weight: Any = None
        for i in tree.secrets:
            if i != mover:
                mine = exp(beliefs[i][block.first : block.first + block.count])
                part = _on_profiles(tree, i, mine, 1)
                weight = part if weight is None else weight * part
        worth = _given_own(tree, mover, worth, weight)
        if lots is not None:
            lots = _given_own(tree, mover, lots, None if weight is None else weight[:, None])
    if lots is not None:
        lots = _own_errors(swapped(lots, 1, 2), share)
    return log_choice(rule, worth, numbers.precision[mover] * share, lots)


def _own_errors(lots: Any, share: Any) -> Any:
    """Lotteries [moves, outcomes, ...] beside what every move would have to itself, were it an outcome by 1 - share.

    Under uniform play two signals lead to the same lottery, and would be told apart without any error. So on the way
    from there every move has an error of its own, which is gone at the end.
    """
    if not isinstance(share, Dual) and np.all(share == 1.0):
        return lots
    own = np.eye(len(value_of(lots)))[(..., *(None,) * (value_of(lots).ndim - 2))] * (1.0 - share)
    return swapped(concatenate([swapped(lots, 0, 1), swapped(own, 0, 1)]), 0, 1)


def _given_own(tree: Tree, mover: int, x: Any, weight: Any) -> Any:
    """Expectation over the others' types [..., J, rows] -> [..., types of the mover, rows]."""
    if weight is not None:
        x = weight * x
    axis = value_of(x).ndim - 2
    parts = [
        _summed(x, axis, np.nonzero(tree.profiles[:, mover] == kind)[0]) for kind in range(tree.types[mover])
    ]
    return _joined(parts, axis)


def _summed(x: Any, axis: int, at: Any) -> Any:
    return x[(slice(None),) * axis + (at,)].sum(axis)


def _joined(parts: list[Any], axis: int) -> Any:
    """Stack along a new axis."""
    if not any(isinstance(part, Dual) for part in parts):
        return np.stack(parts, axis)
    return Dual(
        np.stack([part.value for part in parts], axis), np.stack([full_tangent(part) for part in parts], axis + 1)
    )


def _with_turn(block: Block, numbers: Numbers, logs: Any) -> Any:
    """Log-chances of moves whether or not the mover gets its turn: without one the standing move goes on."""
    turn = numbers.turn[block.actor]
    if not block.standing.any() or (not isinstance(turn, Dual) and np.all(turn == 1.0)):
        return logs
    has = np.asarray(block.standing.any(axis=0))[None, :, None, None]
    moved = log(turn) + logs
    stayed = concatenate([moved[None], (log(1.0 - turn) + np.zeros(value_of(logs).shape))[None]])
    with_turn = where(block.standing[:, :, None, None], logsumexp(stayed, 0), moved)
    return where(has, with_turn, logs)


def _event(block: Block, numbers: Numbers) -> Any:
    """Log-chances [2, places, types, rows] that an event happens, and that it does not."""
    hazard = numbers.slots[block.hazard.ravel()]
    hazard = hazard.reshape(*block.hazard.shape, value_of(hazard).shape[-1])
    span = block.spans[:, None, None]
    quiet = -np.maximum(hazard, 0.0) * span
    chance = np.minimum(np.maximum(hazard, 0.0), 1.0)
    happens = where(span > 0, -np.expm1(quiet), chance)
    stays = where(span > 0, quiet, log(1.0 - chance))
    return concatenate([log(happens)[None], stays[None]])


# from the root to the endings


def beliefs_of(tree: Tree, numbers: Numbers, odds: Any) -> list[list[Any]]:
    """Log-beliefs per depth and actor [size, types, rows] when choices that tell something are made with these odds."""
    moves, at = [], 0
    for depth in tree.depths:
        row: list[Any] = []
        for block in depth.blocks:
            if not block.choice:
                row.append(_event(block, numbers))
            elif block.signals:
                shape = (block.moves - 1, block.count, tree.types[block.actor])
                size = int(np.prod(shape))
                part = odds[at : at + size].reshape(*shape, value_of(odds).shape[-1])
                at += size
                nothing = np.zeros((1, *shape[1:], 1))
                row.append(_with_turn(block, numbers, log_softmax(concatenate([nothing, part]), 0)))
            else:
                row.append(None)
        moves.append(row)
    return _down(tree, numbers, moves)[0]


def outcomes_of(tree: Tree, numbers: Numbers, moves: tuple[tuple[Any, ...], ...]) -> Any:
    """Log-chances of the outcomes [outcomes, rows]."""
    turned = [
        [_with_turn(block, numbers, logs) if block.choice else logs for block, logs in zip(d.blocks, row, strict=True)]
        for d, row in zip(tree.depths, moves, strict=True)
    ]
    reach = _down(tree, numbers, turned)[1]
    parts: list[list[Any]] = [[] for _ in tree.outcomes]
    for depth, logs in zip(tree.depths, reach, strict=True):
        for o in np.unique(depth.outcome):
            parts[o].append(logs[np.nonzero(depth.outcome == o)[0]])
    none = np.full((1, 1), -np.inf)
    return concatenate([logsumexp(concatenate(part), 0)[None] if part else none for part in parts])


def _down(tree: Tree, numbers: Numbers, moves: Any) -> tuple[list[list[Any]], list[Any]]:
    """Log-beliefs per depth and actor, and log-chances of getting to every node per depth [size, rows].

    Where `moves` has nothing for a block, nothing is learned there, and the chances below are not to be used.
    """
    beliefs: list[list[Any]] = [[prior[None] for prior in numbers.priors]]
    reach: list[Any] = [np.zeros((1, 1))]
    for d, depth in enumerate(tree.depths[:-1]):
        known: list[list[Any]] = [[] for _ in tree.types]
        reached: list[Any] = []
        children = []
        for block, logs in zip(depth.blocks, moves[d], strict=True):
            at = block.first + block.seen_place
            children.append(block.seen_child)
            before = reach[d][at]
            told = None if logs is None else _told(block, numbers, logs)
            chance = told
            for i in range(len(tree.types)):
                belief = beliefs[d][i][at] if tree.types[i] > 1 else beliefs[d][i][:1]
                if tree.types[i] == 1:
                    known[i] = [belief]
                    continue
                if i == block.actor and told is not None:
                    joint = belief + told
                    chance = logsumexp(joint, 1)
                    nil = ~np.isfinite(value_of(chance))[:, None]
                    belief = where(nil, belief, joint - where(nil, 0.0, chance[:, None]))
                    known[i].append(belief)
                    continue
                known[i].append(belief)
            if chance is None:
                reached.append(before)
            else:
                if value_of(chance).ndim == 3:
                    chance = chance[:, 0]
                reached.append(before + chance)
        back = np.argsort(np.concatenate(children))
        reach.append(concatenate(reached)[back])
        beliefs.append([
            parts[0] if tree.types[i] == 1 else concatenate(parts)[back] for i, parts in enumerate(known)
        ])
    return beliefs, reach


def _told(block: Block, numbers: Numbers, logs: Any) -> Any:
    """Log-chances [seen, types, rows] of what can be seen, by type of the actor."""
    flat = logs.reshape(block.moves * block.count, *value_of(logs).shape[2:])[block.way_act]
    if not block.sure:
        chance = numbers.slots[block.way_chance.ravel()]
        chance = log(np.minimum(chance, 1.0))
        flat = flat + chance.reshape(*block.way_chance.shape, value_of(chance).shape[-1])
    return log_sum_runs(flat[block.seen_order], block.seen_start)
