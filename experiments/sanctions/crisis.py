"""Our own model of the three-stage crisis: agent-error logit QRE, with hidden types, payoffs from data, and shrinkage.

After a threat B concedes or resists, then A stands firm or backs down; A errs by a logit with precision 1, so does B,
who knows that A errs. Payoffs are per row ("indices"), each a sum of a constant, covariates, their products, and
effects of the sender and of the target. Every coefficient has a normal prior; a fit is the posterior mode.
Derivatives in the indices are taken by the complex step, exact to rounding, so that a variant is one function that
works on complex numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from bivariate import Floats
from covariates import Bools, Episodes, design, indicators
from numpy.typing import NDArray
from scipy.optimize import minimize

Complex = NDArray[np.complex128]  # payoffs [indices, ...] in, chances out; real numbers are as good
Chances = Callable[[Complex], tuple[Complex, ...]]
Settings = Mapping[str, float | str]


def logistic(x: Complex) -> Complex:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def unordered(I: Complex) -> tuple[Complex, ...]:
    """No structure: multinomial logit against standing firm."""
    top = np.maximum(np.maximum(I[0].real, I[1].real), 0.0)
    concede, firm, back = np.exp(I[0] - top), np.exp(-top), np.exp(I[1] - top)
    total = concede + firm + back
    return concede / total, firm / total, back / total


def sequence(I: Complex) -> tuple[Complex, ...]:
    """Order of moves, no foresight: B's logit, then A's."""
    firmness, resist = I
    r = logistic(resist)
    return logistic(-resist), r * logistic(firmness), r * logistic(-firmness)


def foresight(I: Complex) -> tuple[Complex, ...]:
    """Agent QRE without secrets: B's payoff of resisting is Pr(A stands firm) x war + what conceding would cost."""
    firmness, war, concede = I
    f = logistic(firmness)
    resist = f * war + concede
    r = logistic(resist)
    return logistic(-resist), r * f, r * logistic(-firmness)


def challenger(I: Complex) -> tuple[Complex, ...]:
    """A is resolved or bluffing (a priori chance logistic); the two differ in how much they would rather stand firm."""
    firmness, resolved, gap, war, concede = I
    q, half = logistic(resolved), np.exp(gap)
    f = q * logistic(firmness + half) + (1.0 - q) * logistic(firmness - half)
    resist = f * war + concede
    r = logistic(resist)
    return logistic(-resist), r * f, r * (1.0 - f)


def both(I: Complex) -> tuple[Complex, ...]:
    """Besides, B is tough or weak: the two differ in how much they would rather resist."""
    firmness, resolved, gap, war, concede, tough, room = I
    q, half, p, width = logistic(resolved), np.exp(gap), logistic(tough), np.exp(room)
    f = q * logistic(firmness + half) + (1.0 - q) * logistic(firmness - half)
    resist = f * war + concede
    r = p * logistic(resist + width) + (1.0 - p) * logistic(resist - width)
    return 1.0 - r, r * f, r * (1.0 - f)


def threatened(I: Complex) -> tuple[Complex, ...]:
    """`foresight` with the first move: A threatens when it is worth it. Two more columns: threat, quiet month."""
    firmness, war, concede, gain, back, quiet = I
    f = logistic(firmness)
    resist = f * war + concede
    r = logistic(resist)
    worth = (1.0 - r) * gain + r * (f * firmness + back) - quiet
    return logistic(-resist), r * f, r * logistic(-firmness), logistic(worth), logistic(-worth)


@dataclass(frozen=True)
class Index:
    """One payoff: its blocks, the scale of its priors and the mean of its constant.

    Blocks: c constant, k tight constant, m covariates, q their products, s effect of the sender, t of the target.
    `only`: the covariates it is restricted to (as in the published table), where not all.
    """

    blocks: str
    mean: float = 0.0
    scale: float = 1.0
    only: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Model:
    """A variant of the game and what its payoffs are made of."""

    name: str
    chances: Chances
    indices: tuple[Index, ...]

    def matrices(self, e: Episodes, train: Bools, how: Settings) -> tuple[list[Floats], list[Floats], list[Floats]]:
        """Design matrices, prior deviations and prior means of the payoffs."""
        main, products = design(e, str(how.get("map", "logs")), train)
        Xs, sds, means = [], [], []
        for index in self.indices:
            X, sd, mean = [], [], []
            for block in index.blocks:
                if block in "ck":
                    part, width = np.ones((len(main), 1)), 2.0 if block == "c" else 0.5
                else:
                    width = float(how.get("s" if block == "t" else block, 0.0)) * index.scale
                    part = {"m": main, "q": products, "s": indicators(e.sender), "t": indicators(e.target)}[block]
                    if block == "m" and index.only is not None:
                        part = part[:, list(index.only)]
                if width > 0.0:
                    X.append(part)
                    sd.append(np.full(part.shape[1], width))
                    mean.append(np.full(part.shape[1], index.mean if block in "ck" else 0.0))
            Xs.append(np.hstack(X))
            sds.append(np.concatenate(sd))
            means.append(np.concatenate(mean))
        return Xs, sds, means

    def counts(self, e: Episodes, how: Settings) -> Floats:
        """What is observed, by row, in the order of the chances."""
        if self.chances is threatened:
            weight = float(how.get("quiet", 1.0))
            return np.column_stack([e.counts, weight * e.size, weight * e.quiet])
        return e.counts

    def forecast(self, e: Episodes, train: Bools, test: Bools, how: Settings) -> Floats:
        """Chances [test rows, 3] of the outcomes, fitted on the training rows alone."""
        Xs, sds, means = self.matrices(e, train, how)
        betas = mode([X[train] for X in Xs], self.chances, self.counts(e, how)[train], sds, means)
        draws = int(how.get("draws", 0))
        if draws:
            betas = around([X[train] for X in Xs], self.chances, self.counts(e, how)[train], sds, betas, draws)
        values = np.stack([b @ X[test].T for X, b in zip(Xs, betas, strict=True)])  # [payoffs, (draws,) rows]
        out = np.stack([np.real(c) for c in self.chances(np.asarray(values, dtype=np.complex128))[:3]], axis=-1)
        return np.asarray(out.mean(axis=0) if draws else out)


def mode(
    Xs: Sequence[Floats],
    chances: Chances,
    counts: Floats,
    sds: Sequence[Floats],
    means: Sequence[Floats],
    *,
    first: Floats | None = None,
    steps: int = 300,
) -> list[Floats]:
    """Posterior mode of the coefficients, by L-BFGS from the prior mean (or `first`)."""
    cuts = np.cumsum([X.shape[1] for X in Xs])[:-1]
    precision, mean = np.concatenate(sds) ** -2.0, np.concatenate(means)
    tiny = 1e-20
    nudge = np.eye(len(Xs))[:, :, None] * (1j * tiny)

    def descent(beta: Floats) -> tuple[float, Floats]:
        values = np.stack([X @ b for X, b in zip(Xs, np.split(beta, cuts), strict=True)])
        logs = np.log(np.stack(chances(np.moveaxis(values + nudge, 1, 0))) + 1e-200)  # [outcomes, index nudged, rows]
        total = (counts.T[:, None, :] * logs).sum(axis=0)
        slope = np.concatenate([(total[j].imag / tiny) @ X for j, X in enumerate(Xs)])
        away = beta - mean
        return float(-total[0].real.sum() + 0.5 * (precision * away**2).sum()), precision * away - slope

    start = mean if first is None else first
    found = minimize(
        descent, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxfun": 2 * steps, "ftol": 1e-8}
    )
    return list(np.split(found.x, cuts))


def around(
    Xs: Sequence[Floats], chances: Chances, counts: Floats, sds: Sequence[Floats], betas: Sequence[Floats], draws: int
) -> list[Floats]:
    """Draws [draws, coefficients] of a payoff's coefficients: the normal around the mode, by expected information."""
    tiny = 1e-20
    values = np.stack([X @ b for X, b in zip(Xs, betas, strict=True)])
    p = np.stack(chances(np.moveaxis(values + np.eye(len(Xs))[:, :, None] * (1j * tiny), 1, 0)))
    slope, level = p.imag / tiny, np.maximum(p[:, 0].real, 1e-12)
    # the outcomes after a threat share its episodes; threat and quiet month, where modelled, share the months
    size = np.empty_like(level)
    size[:3], size[3:] = counts[:, :3].sum(axis=1), counts[:, 3:].sum(axis=1)
    weight = np.einsum("oir,ojr,or->ijr", slope, slope, size / level)
    blocks = [[Xs[i].T @ (weight[i, j][:, None] * Xs[j]) for j in range(len(Xs))] for i in range(len(Xs))]
    information = np.block(blocks) + np.diag(np.concatenate(sds) ** -2.0)
    root = np.linalg.cholesky(information)
    noise = np.random.default_rng(0).normal(size=(draws // 2, len(root)))
    noise = np.concatenate([noise, -noise])
    drawn = np.concatenate(list(betas)) + np.linalg.solve(root.T, noise.T).T
    return list(np.split(drawn, np.cumsum([X.shape[1] for X in Xs])[:-1], axis=1))
