"""Multinomial logit by Newton's method, with or without ridge, for counts of outcomes."""

from __future__ import annotations

import numpy as np

from standoff.game.model import Floats

HELD = 1e-8  # precision on everything, so that what is not told apart (or runs away) has an answer
ROUNDS = 100


def fit_softmax(x: Floats, counts: Floats, ridge: float) -> Floats:
    """Coefficients [F + 1, O] (the constant first) for columns x [rows, F] and counts [rows, O].

    ridge: precision of every slope of every outcome, as ``1/C`` in scikit-learn; constants are free. The columns
    should be standardised. Cost O(rows (F O)^2) for each step.
    """
    rows, F = x.shape
    O = counts.shape[1]
    full = np.column_stack([np.ones(rows), x])
    held = np.full((F + 1, O), ridge + HELD)
    held[0] = HELD
    weight = counts.sum(axis=1)
    beta = np.zeros((F + 1, O))
    height, p = _height(full, counts, beta, held)
    for _ in range(ROUNDS):
        slope = full.T @ (counts - weight[:, None] * p) - held * beta
        curvature = np.zeros((F + 1, O, F + 1, O))
        for a in range(O):
            for b in range(a, O):
                w = weight * p[:, a] * ((a == b) - p[:, b])
                curvature[:, a, :, b] = curvature[:, b, :, a] = full.T @ (w[:, None] * full)
        flat = curvature.reshape((F + 1) * O, -1) + np.diag(held.ravel())
        step = np.linalg.solve(flat, slope.ravel()).reshape(F + 1, O)
        if float((step * slope).sum()) < 1e-10 * max(1.0, abs(height)):
            break
        for halving in range(30):
            there = beta + step * 0.5**halving
            new, q = _height(full, counts, there, held)
            if new > height:
                beta, height, p = there, new, q
                break
        else:
            break
    return beta


def softmax_chances(x: Floats, beta: Floats) -> Floats:
    """[rows, O] for columns x [rows, F] and coefficients [F + 1, O]."""
    return np.asarray(np.exp(_log_chances(np.column_stack([np.ones(len(x)), x]), beta)))


def _log_chances(full: Floats, beta: Floats) -> Floats:
    u = full @ beta
    u = u - u.max(axis=1, keepdims=True)
    return np.asarray(u - np.log(np.exp(u).sum(axis=1, keepdims=True)))


def _height(full: Floats, counts: Floats, beta: Floats, held: Floats) -> tuple[float, Floats]:
    log_p = _log_chances(full, beta)
    return float((counts * log_p).sum()) - 0.5 * float((held * beta**2).sum()), np.exp(log_p)
