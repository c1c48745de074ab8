"""The equilibrium of a tree with secrets: log-odds that beliefs hang on, followed from uniform play.

Unknowns x [n, rows]. F(x, s) = x - R(x, s), where R answers the beliefs that x makes, at precisions times s; x = 0 is
the only zero at s = 0. Two ways to follow the zeros to s = 1, both with every row at its own pace:

1. In s itself: a step along dx/ds, then Newton's at fixed s, while det F_x, which is 1 at the start, stays positive.
2. Where that fails the branch may turn back. It is then followed by its arc length (Turocy 2005), round folds, until it
   first comes to s = 1. A row on which this ends in nothing is lost.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.fit.dual import Bools, Dual, Floats, concatenate, full_tangent, value_of
from standoff.fit.passes import Numbers, answers, beliefs_of
from standoff.fit.rules import Rule
from standoff.fit.tree import Tree

TOLERANCE = 1e-10
_ROUNDS = 8  # of Newton's corrector
_LEAST = 1e-3  # share of the precision that a step must make
_STEPS = 60
_SWAY = 1.5  # log-odds that one step may move
_ARC_LEAST = 1e-4
_ARC_STEPS = 300


def gap_of(tree: Tree, numbers: Numbers, rule: Rule, odds: Any, share: Any) -> Any:
    """F = x - R(x, s): [unknowns, rows]."""
    moves = answers(tree, numbers, rule, beliefs_of(tree, numbers, odds), share)
    parts = []
    for depth, row in zip(tree.depths, moves, strict=True):
        for block, logs in zip(depth.blocks, row, strict=True):
            if block.signals:
                answer = logs[1:] - logs[:1]
                size = (block.moves - 1) * block.count * tree.types[block.actor]
                parts.append(answer.reshape(size, value_of(answer).shape[-1]))
    return odds - concatenate(parts)


def _slopes(
    tree: Tree, numbers: Numbers, rule: Rule, odds: Floats, share: Floats
) -> tuple[Floats, Floats, Floats]:
    """F [n, rows], its Jacobian in the unknowns [rows, n, n] and its derivative in the share [rows, n]."""
    n, rows = odds.shape
    seeds = np.zeros((n + 1, n, 1))
    seeds[np.arange(n), np.arange(n)] = 1.0
    pace = np.zeros((n + 1, 1))
    pace[n] = 1.0
    gap = gap_of(tree, numbers, rule, Dual(odds, seeds), Dual(share, pace))
    tangent = np.broadcast_to(full_tangent(gap), (n + 1, n, rows))
    return np.broadcast_to(gap.value, (n, rows)), tangent[:n].transpose(2, 1, 0), tangent[n].T


def _solved(matrix: Floats, right: Floats) -> Floats:
    """matrix [rows, n, n] x = right [rows, n]; nan where it is singular."""
    try:
        return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0])
    except np.linalg.LinAlgError:
        found = np.full(right.shape, np.nan)
        for r in range(len(right)):
            try:
                found[r] = np.linalg.solve(matrix[r], right[r])
            except np.linalg.LinAlgError:
                continue
        return found


def follow(tree: Tree, numbers: Numbers, rule: Rule) -> tuple[Floats, Floats, Bools]:
    """The equilibrium on the principal branch: odds [n, rows], residual [rows], rows that were lost."""
    n, rows = tree.unknowns, len(numbers.odd)
    odds, share = np.zeros((n, rows)), np.zeros(rows)
    residual = np.full(rows, np.inf)
    lost = numbers.odd.copy()
    pace = np.full(rows, 1.0)
    bare = numbers.plain()
    _, matrix, drift = _slopes(tree, bare, rule, odds, share)
    way = -_solved(matrix, drift)
    for _ in range(_STEPS):
        at = np.nonzero((share < 1.0) & ~lost)[0]
        if not len(at):
            break
        here = numbers.plain(at)
        sway = np.abs(way[at]).max(axis=1)
        step = np.minimum(np.minimum(pace[at], _SWAY / np.maximum(sway, 1e-300)), 1.0 - share[at])
        aim = np.where(share[at] + step > 1 - 1e-9, 1.0, share[at] + step)
        guess = odds[:, at] + way[at].T * (aim - share[at])
        found, matrix, drift, error, rounds = _corrected(tree, here, rule, guess, aim)
        with np.errstate(all="ignore"):
            good = (error <= TOLERANCE) & (np.linalg.det(matrix) > 0)
            good &= np.abs(found - guess).max(axis=0) <= 1.0
        done = at[good]
        odds[:, done], share[done], residual[done] = found[:, good], aim[good], error[good]
        if good.any():
            way[done] = -_solved(matrix[good], drift[good])
        lost[done[~np.isfinite(way[done]).all(axis=1)]] = True
        pace[at] = np.where(good, np.where(rounds <= 3, 2.0, 1.0) * step, step / 4)
        lost[at[~good & (pace[at] < _LEAST)]] = True
    left = np.nonzero((share < 1.0) & ~numbers.odd)[0]
    if len(left):
        found, error, gone = _traced(tree, numbers.plain(left), rule, odds[:, left], share[left])
        odds[:, left], residual[left], lost[left] = found, error, gone
    return odds, residual, lost | ~(residual <= TOLERANCE)


def _traced(
    tree: Tree, numbers: Numbers, rule: Rule, odds: Floats, share: Floats
) -> tuple[Floats, Floats, Bools]:
    """From points on the branch along its arc to share 1: odds [n, rows], what is left there, lost rows."""
    n, rows = odds.shape
    place = np.concatenate([odds, share[None]]).T  # [rows, n + 1]
    _, matrix, drift = _slopes(tree, numbers, rule, odds, share)
    heading = _heading(matrix, drift, np.eye(n + 1)[np.full(rows, n)])
    pace = np.full(rows, 0.1)
    end = np.full((rows, n), np.nan)
    going: Bools = np.array(np.isfinite(heading).all(axis=1))
    for _ in range(_ARC_STEPS):
        at = np.nonzero(going)[0]
        if not len(at):
            break
        here, ahead = numbers.plain(at), heading[at]
        guess = found = place[at] + pace[at, None] * ahead
        for _ in range(_ROUNDS):
            gap, matrix, drift = _slopes(tree, here, rule, found[:, :n].T, found[:, n])
            off = np.abs(gap).max(axis=0)
            if (off <= TOLERANCE).all():
                break
            side = np.concatenate([np.concatenate([matrix, drift[:, :, None]], axis=2), ahead[:, None]], axis=1)
            right = np.concatenate([gap, ((found - guess) * ahead).sum(axis=1)[None]]).T
            found = found - np.where((off <= TOLERANCE)[:, None], 0.0, _solved(side, right))
        turned = _heading(matrix, drift, ahead)
        good = (off <= TOLERANCE) & ((turned * ahead).sum(axis=1) > 0.7)
        good &= np.abs(found - guess).max(axis=1) <= 0.5 * np.maximum(pace[at], 1e-3)
        over = good & (found[:, n] >= 1.0)
        part = (1.0 - place[at, n]) / np.where(over, found[:, n] - place[at, n], 1.0)
        end[at[over]] = (place[at] + part[:, None] * (found - place[at]))[over, :n]
        done = at[good]
        place[done], heading[done] = found[good], turned[good]
        pace[at] = np.where(good, np.minimum(1.5 * pace[at], _SWAY), pace[at] / 3)
        going[at] = np.logical_and.reduce([~over, pace[at] > _ARC_LEAST, place[at, n] > -1e-9])
    came = np.isfinite(end).all(axis=1)
    last = np.where(came[:, None], end, place[:, :n]).T
    found, _, _, residual, _ = _corrected(tree, numbers, rule, last, np.ones(rows))
    fine = np.isfinite(found).all(axis=0)
    return np.where(fine, found, last), residual, ~(came & fine)


def _heading(matrix: Floats, drift: Floats, before: Floats) -> Floats:
    """Unit tangents [rows, n + 1] of the branch, forward as seen from the one `before`."""
    rows, n = drift.shape
    side = np.concatenate([np.concatenate([matrix, drift[:, :, None]], axis=2), before[:, None]], axis=1)
    found = _solved(side, np.eye(n + 1)[np.full(rows, n)])
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def _corrected(
    tree: Tree, numbers: Numbers, rule: Rule, odds: Floats, share: Floats
) -> tuple[Floats, Floats, Floats, Floats, int]:
    """Newton's steps at a fixed share: odds, Jacobian, drift, residual per row, and how many rounds were made."""
    for rounds in range(_ROUNDS + 1):
        gap, matrix, drift = _slopes(tree, numbers, rule, odds, share)
        error = np.abs(gap).max(axis=0)
        error = np.where(np.isfinite(error), error, np.inf)
        if rounds == _ROUNDS or (error <= TOLERANCE / 100).all():
            break
        step = _solved(matrix, gap.T).T
        wide = np.abs(step).max(axis=0)
        going = np.isfinite(wide) & (error > TOLERANCE / 100)
        odds = odds - np.where(going, step * np.minimum(1.0, 3.0 / np.maximum(wide, 3.0)), 0.0)
    return odds, matrix, drift, error, rounds


def implicit(tree: Tree, numbers: Numbers, rule: Rule, odds: Floats) -> Any:
    """The unknowns with their derivatives in the parameters."""
    gap = gap_of(tree, numbers, rule, odds, 1.0)
    if not isinstance(gap, Dual):
        return odds
    rows = odds.shape[1]
    _, matrix, _ = _slopes(tree, numbers.plain(), rule, odds, np.ones(rows))
    n = tree.unknowns
    right = np.broadcast_to(full_tangent(gap), (gap.tangent.shape[0], n, rows)).transpose(2, 1, 0)
    try:
        moved = -np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        moved = np.stack([-_solved(matrix, right[..., p]) for p in range(right.shape[2])], axis=2)
    return Dual(odds, np.asarray(moved, float).transpose(2, 1, 0))
