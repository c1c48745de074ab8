"""Weighted measures of sensitivity: SALib's at equal weights, draws repeated, known answers, noise."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.analysis import moment_independent as independent
from standoff.analysis import ranks

with warnings.catch_warnings():  # what others warn of is theirs
    warnings.simplefilter("ignore")
    from SALib.analyze import delta as salib_delta
    from SALib.analyze import pawn as salib_pawn

PI = np.pi


def ishigami(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Ishigami's function of three inputs, and a fourth that does nothing."""
    X = np.random.default_rng(seed).uniform(-PI, PI, (n, 4))
    return X, np.sin(X[:, 0]) + 7 * np.sin(X[:, 1]) ** 2 + 0.1 * X[:, 2] ** 4 * np.sin(X[:, 0])


def problem(X: np.ndarray) -> dict[str, object]:
    names = [f"x{i}" for i in range(X.shape[1])]
    return {"num_vars": len(names), "names": names, "bounds": [[-PI, PI]] * len(names)}


@pytest.mark.parametrize("n", [100, 128, 257])
def test_pawn_is_salibs_at_equal_weights(n: int) -> None:
    X, y = ishigami(n)
    theirs = salib_pawn.analyze(problem(X), X, y, S=10)
    edges = independent.pawn_edges(n, 10)
    for over, key in (("median", "median"), ("mean", "mean"), ("max", "maximum")):
        ours = independent.pawn(X, y, np.ones(n), edges=edges, over=over)
        assert ours == pytest.approx(theirs[key], abs=1e-12)


@pytest.mark.parametrize("n", [100, 128, 257])
def test_delta_is_salibs_at_equal_weights(n: int) -> None:
    X, y = ishigami(n)
    slices = independent.delta_slices(n)
    grid = np.linspace(y.min(), y.max(), 100)
    theirs = [salib_delta.calc_delta(y, grid, X[:, i], np.linspace(0, n, slices + 1)) for i in range(4)]
    ours = independent.delta(X, y, np.ones(n), edges=independent.delta_edges(n, slices), count=n)
    assert ours == pytest.approx(theirs, abs=1e-12)


def test_bias_of_delta_is_taken_off_as_salib_does() -> None:
    n = 150
    X, y = ishigami(n)
    rng = np.random.default_rng(1)
    slices = independent.delta_slices(n)
    grid, cuts = np.linspace(y.min(), y.max(), 100), np.linspace(0, n, slices + 1)
    rows = rng.integers(0, n, (20, n))
    edges = independent.delta_edges(n, slices)
    again = np.stack([independent.delta(X[r], y[r], np.ones(n), edges=edges, count=n, grid=grid) for r in rows])
    value = independent.delta(X, y, np.ones(n), edges=edges, count=n, grid=grid)
    for i in range(3):
        # SALib breaks ties of repeated draws by their place in the list; here they are of one value
        theirs = [salib_delta.calc_delta(y[r], grid, X[r, i], cuts) for r in rows]
        hat = salib_delta.calc_delta(y, grid, X[:, i], cuts)
        expected = np.mean([2 * hat - one for one in theirs])
        assert independent.corrected(value, again)[i] == pytest.approx(expected, abs=0.01)


def test_ranks_are_scipys_at_equal_weights() -> None:
    from scipy import stats

    X, y = ishigami(90)
    X = np.round(X)  # with ties
    ours = ranks.spearman(X, y[:, None], np.ones(90))[:, 0]
    assert ours == pytest.approx([stats.spearmanr(X[:, i], y).statistic for i in range(4)], abs=1e-12)


def test_partial_ranks_are_correlations_of_what_the_others_leave() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(80, 5)) @ (np.eye(5) + 0.5)
    y = X @ [1.0, 0.5, 0, 0, 0] + rng.normal(size=80)
    w = rng.uniform(0.1, 1, 80)
    held = ~np.eye(5, dtype=bool)
    held[2, 4] = False
    found = ranks.partial(X, y[:, None], w, held)[:, 0]
    rx, ry = ranks.midranks(X, w), ranks.midranks(y[:, None], w)
    for p in range(5):
        both = ranks.residuals(rx[:, held[p]], np.hstack([rx[:, [p]], ry]), w)
        assert found[p] == pytest.approx(ranks.correlation(both[:, :1], both[:, 1:], w)[0, 0], abs=1e-9)


def test_what_the_others_settle_has_no_partial_rank() -> None:
    X = np.random.default_rng(0).uniform(size=(60, 2))
    X = np.column_stack([X, -X[:, 0]])
    found = ranks.partial(X, X[:, :1], np.ones(60), ~np.eye(3, dtype=bool))[:, 0]
    assert np.isnan(found[0])


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.integers(2, 9))
def test_a_draw_of_weight_two_is_that_draw_twice(seed: int, tied: bool, slices: int) -> None:
    rng = np.random.default_rng(seed)
    D = 40
    X, y = rng.uniform(size=(D, 3)), rng.uniform(size=D)
    if tied:
        X, y = np.round(X, 1), np.round(y, 1)
    times = rng.integers(0, 4, D)
    times[:4] = 1
    rows = rng.permutation(np.repeat(np.arange(D), times))
    w, one, count = times.astype(float), np.ones(len(rows)), float(len(rows))
    edges = independent.equal_edges(slices)
    for over in ("median", "mean", "max"):
        weighted = independent.pawn(X, y, w, edges=edges, over=over)
        assert weighted == pytest.approx(independent.pawn(X[rows], y[rows], one, edges=edges, over=over), abs=1e-9)
    weighted = independent.delta(X, y, w, edges=edges, count=count)
    assert weighted == pytest.approx(independent.delta(X[rows], y[rows], one, edges=edges, count=count), abs=1e-9)
    Y = y[:, None]
    assert ranks.spearman(X, Y, w) == pytest.approx(ranks.spearman(X[rows], Y[rows], one), abs=1e-9)
    held = ~np.eye(3, dtype=bool)
    assert ranks.partial(X, Y, w, held) == pytest.approx(
        ranks.partial(X[rows], Y[rows], one, held), abs=1e-9, nan_ok=True
    )


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_scale_order_and_weightless_draws_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y, w = rng.normal(size=(30, 2)), rng.normal(size=30), rng.uniform(0.1, 1, 30)
    edges = independent.equal_edges(4)
    shuffled = rng.permutation(30)
    more = (np.vstack([X, rng.normal(size=(3, 2))]), np.append(y, [9.0, -9.0, 0.0]), np.append(w, np.zeros(3)))
    for A, b, v in ((np.exp(X), 5 + 2 * y, 7 * w), (X[shuffled], y[shuffled], w[shuffled]), more):
        assert independent.pawn(A, b, v, edges=edges) == pytest.approx(independent.pawn(X, y, w, edges=edges), abs=1e-9)
        ours = independent.delta(A, b, v, edges=edges, count=20)
        assert ours == pytest.approx(independent.delta(X, y, w, edges=edges, count=20), abs=1e-9)
        assert ranks.spearman(A, b[:, None], v) == pytest.approx(ranks.spearman(X, y[:, None], w), abs=1e-9)


def test_ishigami_is_ranked_as_known() -> None:
    """Known order of Borgonovo's delta (Plischke et al. 2013): x2, then x1, then x3; the fourth does nothing."""
    X, y = ishigami(4000)
    n, rng = 4000, np.random.default_rng(0)
    edges = independent.equal_edges(independent.delta_slices(n))
    value = independent.delta(X, y, np.ones(n), edges=edges, count=n)
    again = np.stack(
        [independent.delta(X, y, w, edges=edges, count=n) for w in independent.resampled(np.ones(n), 5, rng)]
    )
    found = independent.corrected(value, again)
    assert list(np.argsort(-found)) == [1, 0, 2, 3]
    assert found[:3] == pytest.approx([0.20, 0.39, 0.15], abs=0.05)
    assert found[3] < 0.06  # what is left of the bias


def test_weights_stand_for_a_density() -> None:
    """Uniform draws weighed by a density give what draws from that density give."""
    rng = np.random.default_rng(5)
    n = 20_000
    X = rng.uniform(size=(n, 2))
    w = 2 * X[:, 0]  # a triangular density
    Z = X.copy()
    Z[:, 0] = np.sqrt(rng.uniform(size=n))

    def f(A: np.ndarray) -> np.ndarray:
        return np.asarray(A[:, 0] ** 2 + 0.3 * A[:, 1])

    edges = independent.equal_edges(6)
    weighted = independent.pawn(X, f(X), w, edges=edges)
    assert weighted == pytest.approx(independent.pawn(Z, f(Z), np.ones(n), edges=edges), abs=0.02)
    assert ranks.spearman(X, f(X)[:, None], w) == pytest.approx(ranks.spearman(Z, f(Z)[:, None], np.ones(n)), abs=0.02)


def test_noise_is_told_from_effects() -> None:
    """Of inputs that do nothing, one in twenty reaches the level that one in twenty dummies reach."""
    rng = np.random.default_rng(11)
    n = 100
    X, w = rng.uniform(size=(n, 400)), rng.uniform(0.2, 1, n)
    y = rng.normal(size=n)
    edges = independent.equal_edges(4)
    dummies = np.argsort(rng.uniform(size=(n, 600)), axis=0).astype(float)
    noise = independent.delta(dummies, y, w, edges=edges, count=80)
    chance = independent.above_noise(independent.delta(X, y, w, edges=edges, count=80), noise)
    assert 0.02 < (chance <= 0.05).mean() < 0.09
    X[:, 0] = y + 0.5 * rng.normal(size=n)
    assert independent.above_noise(independent.delta(X[:, :1], y, w, edges=edges, count=80), noise)[0] < 0.01


def test_an_answer_that_does_not_vary_hangs_on_nothing() -> None:
    X = np.random.default_rng(0).uniform(size=(30, 2))
    edges = independent.equal_edges(3)
    assert independent.delta(X, np.full(30, 0.4), np.ones(30), edges=edges, count=30) == pytest.approx([0, 0])
    assert np.isnan(ranks.spearman(X, np.full((30, 1), 0.4), np.ones(30))).all()


def test_a_slice_of_one_value_is_wholly_set_apart() -> None:
    x = np.arange(40.0)[:, None]
    y = np.where(x[:, 0] < 20, 0.0, 1.0)
    found = independent.delta(x, y, np.ones(40), edges=independent.equal_edges(2), count=40)
    assert found == pytest.approx([1.0])


def test_a_partial_rank_needs_draws_to_spare() -> None:
    assert ranks.partial_interval(0.5, 30, 20) is None
    low, high = ranks.partial_interval(0.5, 103, 40) or (0.0, 0.0)
    assert np.tanh(np.arctanh(0.5) - 1.6448536 / np.sqrt(60)) == pytest.approx(low, abs=1e-6)
    assert low < 0.5 < high
