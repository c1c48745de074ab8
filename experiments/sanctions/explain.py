"""Where the advantage of boosting comes from: importance, partial dependence, leaks, folds that share nobody.

python experiments/sanctions/explain.py [sanctions.csv]
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import peers
from bivariate import Floats
from covariates import FEATURES, PAIR_NAMES, Bools, Episodes, indicators
from crisis import mode
from replicate import DATA
from roster import FIRST, FULL
from splits import Forecaster, deal, folds, forecasts, interval, losses


def fitted(e: Episodes, train: Bools, depth: int = 2):  # type: ignore[no-untyped-def]
    from sklearn.ensemble import GradientBoostingClassifier

    row, outcome = np.nonzero(e.counts[train])
    return GradientBoostingClassifier(
        n_estimators=80, max_depth=depth, learning_rate=0.05, min_samples_leaf=10, random_state=0
    ).fit(e.features[train][row], outcome, sample_weight=e.counts[train][row, outcome])


def importance(e: Episodes, kind: str, repeats: int = 10) -> dict[str, float]:
    """Rise of the out-of-fold log loss when one covariate is shuffled among the test rows."""
    rng = np.random.default_rng(0)
    rise = np.zeros(len(FEATURES))
    for train, test in folds(e, kind, 0):
        model, X, counts = fitted(e, train), e.features[test], e.counts[test]
        base = losses(model.predict_proba(X), counts)[0].sum()
        for j in range(len(FEATURES)):
            for _ in range(repeats):
                shuffled = X.copy()
                shuffled[:, j] = rng.permutation(X[:, j])
                rise[j] += (losses(model.predict_proba(shuffled), counts)[0].sum() - base) / repeats
    tested = e.size if kind != "time" else e.size[e.decade >= 1990]
    return dict(zip(FEATURES, rise / tested.sum(), strict=True))


def dependence(e: Episodes, name: str, points: int = 6) -> list[tuple[float, Floats]]:
    """Mean chances (in-sample boosting) with one covariate set to its quantiles in turn."""
    model = fitted(e, np.ones(len(e.size), dtype=np.bool_))
    j = FEATURES.index(name)
    out = []
    for value in np.unique(np.quantile(e.features[:, j], np.linspace(0.02, 0.98, points))):
        X = e.features.copy()
        X[:, j] = value
        out.append((float(value), np.average(model.predict_proba(X), axis=0, weights=e.size)))
    return out


def without(e: Episodes, drop: tuple[str, ...]) -> Callable[[Episodes], Floats]:
    keep = [j for j, n in enumerate(FEATURES) if n not in drop]
    return lambda e: e.features[:, keep]


def with_groups(e: Episodes) -> Floats:
    return np.hstack([e.features, indicators(e.sender), indicators(e.target)])


def ours(**how: float | str) -> Forecaster:
    return lambda e, train, test, kind: FULL.forecast(e, train, test, {**FIRST, **how})


def mean_loss(e: Episodes, who: Forecaster, kind: str) -> float:
    P = forecasts(e, who, kind, 2)
    tested = np.isfinite(P[0, :, 0])
    return float(np.mean([losses(p[tested], e.counts[tested])[0].sum() for p in P]) / e.size[tested].sum())


def strangers(e: Episodes, who: Forecaster, seed: int, parts: int = 5) -> Floats:
    """Chances for every row from rows that share neither its sender's nor its target's fold."""
    a, b = deal(e.sender, seed, parts), deal(e.target, seed + 50, parts)
    P = np.full((len(a), 3), np.nan)
    for i in range(parts):
        for j in range(parts):
            test = (a == i) & (b == j)
            if test.any():
                P[test] = who(e, (a != i) & (b != j), test, "dyad")
    return P


def main() -> None:
    warnings.filterwarnings("ignore")
    e = Episodes.of(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)

    split_dyads = sum(len(np.intersect1d(e.dyad[a], e.dyad[b])) for s in range(5) for a, b in folds(e, "dyad", s))
    seen = np.zeros((2, len(e.size)), dtype=np.bool_)
    for a, b in folds(e, "dyad", 0):
        seen[0, b], seen[1, b] = np.isin(e.sender[b], e.sender[a]), np.isin(e.target[b], e.target[a])
    print(f"dyads on both sides of a fold: {split_dyads}")
    for side, known in zip(("sender", "target"), seen, strict=True):
        print(f"episodes whose {side} is in the training rows too (by dyad): {e.size[known].sum() / e.size.sum():.3f}")

    print("\nrise of log loss when shuffled   by dyad   by target   time")
    rises = [importance(e, kind) for kind in ("dyad", "target", "time")]
    for name in sorted(FEATURES, key=lambda n: -rises[0][n]):
        print(f"{name:30}" + "".join(f"{r[name]:10.4f}" for r in rises))

    print("\npartial dependence (concedes, stands firm, backs down)")
    for name in sorted(FEATURES, key=lambda n: -rises[0][n])[:5]:
        print(f"{name}: " + "; ".join(f"{v:.3g}: " + "/".join(f"{x:.2f}" for x in p) for v, p in dependence(e, name)))

    print("\nlog loss (two seeds)                        by dyad   by target   time")
    tried: dict[str, Forecaster] = {
        "boosting": peers.boosting(),
        "boosting, depth 1 (no interactions)": peers.boosting(depth=1),
        "boosting, depth 1, 160 trees": peers.boosting(160, depth=1),
        "boosting + indicators of sender, target": peers.boosting(features=with_groups),
        "boosting without trade shares": peers.boosting(
            features=without(e, ("sqrt(senderecondep)", "sqrt(targetecondep)"))
        ),
        "boosting without anticipated costs": peers.boosting(
            features=without(e, ("anticipatedsendercosts", "anticipatedtargetcosts"))
        ),
        "boosting without power and trade": peers.boosting(
            features=without(e, ("sqrt(senderecondep)", "sqrt(targetecondep)", "lncaprat"))
        ),
        "ours: linear": ours(q=0.0, s=0.0),
        "ours: + curvature": ours(s=0.0),
        "ours: + effects": ours(q=0.0),
        "ours: + both": ours(),
    }
    for name, who in tried.items():
        losses_by = [mean_loss(e, who, k) for k in ("dyad", "target", "time")]
        print(f"{name:42}" + "".join(f"{x:10.4f}" for x in losses_by), flush=True)

    print("\nneither sender nor target seen (5 x 5 folds, 3 seeds): log loss, difference from the base rate [95 %]")
    reference = [losses(strangers(e, peers.base_rate, s), e.counts)[0] for s in range(3)]
    for name in ("boosting", "ours: linear", "ours: + curvature", "ours: + both"):
        loss = [losses(strangers(e, tried[name], s), e.counts)[0] for s in range(3)]
        away = np.mean([x - y for x, y in zip(loss, reference, strict=True)], axis=0)
        low, high = interval(away, e.size, e.target)
        print(
            f"{name:30}{np.mean(loss, axis=0).sum() / e.size.sum():10.4f}"
            f"{away.sum() / e.size.sum():+10.4f} [{low:+.3f}, {high:+.3f}]"
        )

    everybody = np.ones(len(e.size), dtype=np.bool_)
    Xs, sds, means = FULL.matrices(e, everybody, FIRST)
    firm, _, resist = mode(Xs, FULL.chances, e.counts, sds, means)
    names = ("constant", *FEATURES, *PAIR_NAMES)
    for what, beta in (("standing firm (A)", firm), ("resisting (B)", resist)):
        top = sorted(range(1, len(names)), key=lambda j: -abs(float(beta[j])))[:9]
        print(f"\nlargest coefficients of {what}: " + "; ".join(f"{names[j]} {beta[j]:+.2f}" for j in top))


if __name__ == "__main__":
    main()
