"""Folds, scores, baselines and the table of models."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fit_kit import F, Logit, logit_data
from standoff.errors import FitError
from standoff.fit.baselines import BaseRate, Chosen, Episodes, Multinomial, Trees, ridges, standard_baselines
from standoff.fit.folds import Split, by_group, by_row, by_time, inner_folds, split_by_group, split_by_time
from standoff.fit.objective import Normal
from standoff.fit.scores import briers, calibration, calibration_error, log_losses
from standoff.fit.softmax import fit_softmax, softmax_chances
from standoff.fit.structural import Pool, Structural
from standoff.fit.validate import cross_validate

SANCTIONS = Path(__file__).parents[1].parent / "shared" / "data" / "sanctions_signaling" / "sanctions.csv"
TRUTH = np.array([0.3, 1.5, -0.5, -0.2, 0.4, 1.2])


def episodes(rows: int = 400, seed: int = 1) -> tuple[Episodes, Logit]:
    data = logit_data(rows, TRUTH, seed, columns=3)
    return Episodes(data.x[:, 1:], ("a", "b"), data.counts, ("x", "y", "z")), data


# --- folds


@given(st.lists(st.integers(0, 12), min_size=5, max_size=60), st.integers(2, 5), st.integers(0, 3))
def test_every_row_is_tested_once_and_no_group_is_on_both_sides(labels: list[int], count: int, seed: int) -> None:
    groups = np.array(labels)
    if len(set(labels)) < count:
        with pytest.raises(FitError, match="folds"):
            by_group(groups, count, seed)
        return
    folds = by_group(groups, count, seed)
    assert sorted(np.concatenate([f.test for f in folds])) == list(range(len(groups)))
    for fold in folds:
        assert not set(groups[fold.train]) & set(groups[fold.test])
        assert len(fold.train) + len(fold.test) == len(groups)
    sizes = [len(set(groups[f.test])) for f in folds]
    assert max(sizes) - min(sizes) <= 1


def test_seeds_shuffle() -> None:
    first, second = by_row(50, 5, 0), by_row(50, 5, 1)
    assert not np.array_equal(first[0].test, second[0].test)
    assert np.array_equal(first[0].test, by_row(50, 5, 0)[0].test)


def test_time_goes_forward() -> None:
    times = np.array([1990.0, 1970, 1980, 1990, 1970, 1980])
    folds = by_time(times)
    assert [list(f.test) for f in folds] == [[2, 5], [0, 3]]
    assert all(times[f.train].max() < times[f.test].min() for f in folds)
    (cut,) = by_time(times, test_from=1990)
    assert list(cut.train) == [1, 2, 4, 5]
    with pytest.raises(FitError, match="1 different times"):
        by_time(np.zeros(4))
    with pytest.raises(FitError, match="cut at 1900"):
        by_time(times, test_from=1900)


def test_inner_folds_are_of_training_rows_alone() -> None:
    groups = np.repeat(np.arange(20), 3)
    outer = by_group(groups, 4, 0)[1]
    for fold in inner_folds(groups, outer.train, 5, 0):
        assert not set(fold.test) & set(outer.test)
        assert not set(fold.train) & set(outer.test)
        assert not set(groups[fold.train]) & set(groups[fold.test])


# --- scores


def test_counts_are_weights_and_scores_are_the_textbook_ones() -> None:
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    counts = np.array([[2.0, 0, 1], [0, 0, 3]])
    assert log_losses(p, counts) == pytest.approx([-2 * np.log(0.7) - np.log(0.1), -3 * np.log(0.8)])
    one = (0.3**2 + 0.2**2 + 0.1**2) * 2 + (0.7**2 + 0.2**2 + 0.9**2)
    assert briers(p, counts) == pytest.approx([one, 3 * (0.1**2 + 0.1**2 + 0.2**2)])
    assert log_losses(np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]]))[0] == np.inf
    assert log_losses(np.array([[0.0, 1.0]]), np.array([[0.0, 2.0]]))[0] == 0


def test_the_truth_is_calibrated_and_certainty_is_not() -> None:
    data, likelihood = episodes(20_000)
    p = likelihood.chances(TRUTH)
    assert calibration_error(p, data.counts) < 0.01
    bold = p**3 / (p**3).sum(1, keepdims=True)
    assert calibration_error(bold, data.counts) > 0.1
    assert sum(b.episodes for b in calibration(p, data.counts)) == pytest.approx(60_000)


# --- baselines


def test_softmax_is_that_of_scikit_learn() -> None:
    linear: Any = pytest.importorskip("sklearn.linear_model")
    data, _ = episodes()
    y = data.counts.argmax(1)
    for C in (0.1, 5.0):
        theirs = linear.LogisticRegression(C=C, tol=1e-10, max_iter=5000).fit(data.features, y)
        ours = softmax_chances(data.features, fit_softmax(data.features, data.counts, 1 / C))
        assert np.allclose(ours, theirs.predict_proba(data.features), atol=1e-5)


def test_softmax_has_an_answer_under_separation() -> None:
    x = np.linspace(-1, 1, 40)[:, None]
    counts = np.column_stack([x[:, 0] < 0, x[:, 0] >= 0, np.zeros(40)]).astype(float)
    p = softmax_chances(x, fit_softmax(x, counts, 0.0))
    assert np.isfinite(p).all()
    assert p[0, 0] > 0.99
    assert p[-1, 1] > 0.99


def test_a_logit_that_runs_away_is_remarked_on_and_with_a_ridge_does_not() -> None:
    x = np.linspace(-1, 1, 60)[:, None]
    told = Episodes(x, ("a",), np.column_stack([x[:, 0] < 0, x[:, 0] >= 0]).astype(float), ("x", "y"))
    split = split_by_group("by row", np.arange(60), 5, (0,))
    plain, ridge = Multinomial(), Multinomial("ridge logit", 10.0)
    free, held = cross_validate([plain, ridge], told, [split]).table()
    assert [one.split(":")[0] for one in free.remarks] == ["separation in a fold"]
    assert held.remarks == ()
    noisy, _ = episodes()
    (line,) = cross_validate([plain], noisy, [split_by_group("by row", np.arange(400), 5, (0,))]).table()
    assert line.remarks == ()


def test_base_rate_sees_training_rows_alone() -> None:
    data, _ = episodes(100)
    train = np.arange(50, dtype=np.intp)
    p = BaseRate().forecast(data, train, np.arange(50, 100, dtype=np.intp), None, 0)
    seen = data.counts[:50].sum(0) + 0.5
    assert np.allclose(p, seen / seen.sum())


class Spy:
    """Notes which counts it could have seen."""

    name = "spy"

    def __init__(self) -> None:
        self.pairs: list[tuple[Any, Any]] = []

    def forecast(self, data: Episodes, train: Any, test: Any, inner: Any, seed: int) -> F:
        self.pairs.append((train, test))
        return BaseRate().forecast(data, train, test, inner, seed)


def test_choices_and_pools_never_see_what_is_tested() -> None:
    data, _ = episodes(120)
    groups = np.repeat(np.arange(30), 4)
    outer = by_group(groups, 3, 0)[0]
    spy = Spy()
    Chosen("chosen", (spy, BaseRate())).forecast(data, outer.train, outer.test, groups, 0)
    Pool("pool", (spy, BaseRate())).forecast(data, outer.train, outer.test, groups, 0)
    assert len(spy.pairs) == 5 + 1 + 5 + 1
    for train, test in spy.pairs:
        assert not set(train) & set(outer.test)
        assert set(test) <= set(outer.train) or np.array_equal(test, outer.test)


def test_the_better_ridge_is_chosen() -> None:
    random = np.random.default_rng(0)
    x = random.standard_normal((80, 25))
    y = random.integers(0, 3, 80)
    noise = Episodes(x, tuple(map(str, range(25))), np.eye(3)[y], ("a", "b", "c"))
    rows = np.arange(80, dtype=np.intp)
    chosen = ridges((0.1, 1000.0))
    assert chosen.choose(noise, rows, None, 0) == 1
    signal, _ = episodes(300)
    assert ridges((0.1, 1000.0)).choose(signal, np.arange(300, dtype=np.intp), None, 0) == 0


def test_a_pool_leans_on_who_knows() -> None:
    data, _ = episodes(300)
    weights = Pool("pool", (BaseRate(), Multinomial())).weights(data, np.arange(300, dtype=np.intp), None, 0)
    assert weights.sum() == pytest.approx(1)
    assert weights[1] > 0.8


@pytest.mark.parametrize("boosted", [True, False])
def test_trees_learn_and_leave_no_outcome_without_a_chance(boosted: bool) -> None:
    pytest.importorskip("sklearn")
    data, _ = episodes(500)
    train, test = np.arange(400, dtype=np.intp), np.arange(400, 500, dtype=np.intp)
    few = replace(data, counts=data.counts * np.array([1.0, 1.0, 0.0]))
    p = Trees("trees", boosted, 30, 5, 2).forecast(few, train, test, None, 0)
    assert np.allclose(p.sum(1), 1)
    assert (p > 0).all()
    mine, base = (
        log_losses(m.forecast(data, train, test, None, 0), data.counts[test]).sum()
        for m in (Trees("trees", boosted, 60, 5, 2, 0.1), BaseRate())
    )
    assert mine < base


def test_without_scikit_learn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    data, _ = episodes(40)
    rows = np.arange(40, dtype=np.intp)
    with pytest.raises(FitError, match="`baselines` extra"):
        standard_baselines()[-1].forecast(data, rows, rows, None, 0)
    for plain in standard_baselines(trees=False):
        assert plain.forecast(data, rows, rows, None, 0).shape == (40, 3)


# --- the table


def structural(logit: Logit, among: tuple[int, ...] = (0, 1, 2)) -> Structural:
    return Structural("structure", logit, Normal.flat(logit.size), np.ones(logit.size), among)


def test_the_true_model_wins_and_ties_are_ties() -> None:
    data, logit = episodes(500)
    split = split_by_group("five folds", np.repeat(np.arange(100), 5), 5, seeds=(0, 1))
    same = replace(Multinomial(), name="the same")
    told = cross_validate([BaseRate(), Multinomial(), same, structural(logit)], data, [split])
    base, logit_line, twin, structure = told.table(["base rate", "multinomial logit"])
    assert base.episodes == 500
    assert logit_line.against["base rate"].high < 0
    assert logit_line.against_brier["base rate"].high < 0
    zero = twin.against["multinomial logit"]
    assert (zero.mean, zero.low, zero.high) == (0, 0, 0)
    assert structure.log_loss.mean == pytest.approx(logit_line.log_loss.mean, abs=1e-3)
    assert structure.remarks == ()
    assert base.log_loss.low < base.log_loss.mean < base.log_loss.high
    paired = logit_line.against["base rate"]
    assert paired.high - paired.low < (base.log_loss.high - base.log_loss.low) + (
        logit_line.log_loss.high - logit_line.log_loss.low
    )
    assert set(base.to_json()) >= {"model", "split", "log_loss", "calibration"}


def test_some_outcomes_are_told_given_that_one_of_them_came() -> None:
    data, logit = episodes(300)
    some = Episodes(data.features, data.names, data.counts[:, 1:], data.outcomes[1:])
    split = split_by_group("folds", np.arange(300), 3, seeds=(0,))
    told = cross_validate([structural(logit, (1, 2)), Multinomial()], some, [split])
    first, second = told.table()
    assert first.episodes == second.episodes == data.counts[:, 1:].sum()
    assert first.log_loss.mean == pytest.approx(second.log_loss.mean, abs=0.02)


def test_a_fit_that_separates_is_remarked_on() -> None:
    data, logit = episodes(60)
    telling = np.column_stack([logit.x, 10 * logit.counts[:, 0]])
    split = split_by_group("folds", np.arange(60), 3, seeds=(0,))
    (line,) = cross_validate([structural(Logit(telling, logit.counts))], data, [split]).table()
    assert any("separation" in remark for remark in line.remarks)


def test_later_rows_by_earlier_ones_count_once() -> None:
    data, _ = episodes(90)
    split = split_by_time("time", np.repeat([1.0, 2.0, 3.0], 30), np.arange(90))
    (line,) = cross_validate([BaseRate()], data, [split]).table()
    assert line.episodes == 60


def test_intervals_are_those_of_clusters() -> None:
    """Rows that are copies of each other tell nothing new."""
    data, _ = episodes(100)
    many = Episodes(np.repeat(data.features, 9, axis=0), data.names, np.repeat(data.counts, 9, axis=0), data.outcomes)
    group = np.repeat(np.arange(100), 9)
    folds = by_group(group, 4, 0)
    alone = Split("rows", (folds,), np.arange(900), group)
    together = Split("clusters", (folds,), group, group)
    narrow, wide = cross_validate([Multinomial()], many, [alone, together]).table()
    ratio = (wide.log_loss.high - wide.log_loss.low) / (narrow.log_loss.high - narrow.log_loss.low)
    assert ratio == pytest.approx(3, rel=0.2)


@dataclass(frozen=True)
class Certain:
    name: str = "certain"

    def forecast(self, data: Episodes, train: Any, test: Any, inner: Any, seed: int) -> F:
        return np.tile([1.0, 0.0, 0.0], (len(test), 1))


def test_certainty_that_fails_is_infinitely_bad_and_printable() -> None:
    data, _ = episodes(50)
    split = split_by_group("folds", np.arange(50), 2, seeds=(0,))
    (line,) = cross_validate([Certain()], data, [split]).table()
    assert line.log_loss.mean == np.inf
    assert line.to_json()["log_loss"] == {"mean": None, "low": None, "high": None}
    assert 0 < line.brier.mean < 2


def test_names_are_for_one_each() -> None:
    data, _ = episodes(50)
    with pytest.raises(FitError, match="one name"):
        cross_validate([BaseRate(), BaseRate()], data, [])


# --- the sanctions table


def sanctions() -> tuple[Episodes, Any, Any, Any]:
    if not SANCTIONS.exists():
        pytest.skip("the table of sanctions is not at hand")
    with SANCTIONS.open() as file:
        rows = list(csv.DictReader(file))

    def column(name: str) -> F:
        return np.array([float(row[name]) for row in rows])

    plain = ("senderdemocracy", "contig", "ally", "anticipatedsendercosts", "anticipatedtargetcosts", "lncaprat")
    names = (*plain, "targetdemocracy")
    roots = ("senderecondep", "targetecondep")
    features = np.column_stack([*(column(n) for n in names), *(np.sqrt(column(n)) for n in roots)])
    counts = np.column_stack([column(n) for n in ("cd", "bd", "sf")])
    data = Episodes(features, (*names, *roots), counts, ("cd", "bd", "sf"))
    return data, column("dyadID"), column("ccode2"), column("tenyear")


def test_sanctions_are_as_hard_as_was_published() -> None:
    """By dyad over five shuffles, by target over three, and the nineties by the decades before."""
    data, dyad, target, time = sanctions()
    splits = [
        split_by_group("by dyad", dyad, 10, seeds=range(5)),
        split_by_group("by target", target, 10, seeds=range(3)),
        split_by_time("nineties", time, dyad, test_from=1990),
    ]
    models = (BaseRate(), Multinomial(), Multinomial("ridge logit", 10.0))
    found = {(line.split, line.model): line for line in cross_validate(models, data, splits).table()}
    published = {
        ("by dyad", "base rate"): (1.0043, 0.599, 0.0003),
        ("by dyad", "multinomial logit"): (0.9618, 0.568, 0.0003),
        ("by dyad", "ridge logit"): (0.9562, 0.566, 0.0003),
        ("by target", "base rate"): (1.0116, 0.604, 0.0003),
        ("by target", "multinomial logit"): (1.0132, 0.600, 0.0003),
        ("by target", "ridge logit"): (0.9950, 0.593, 0.0003),
        ("nineties", "base rate"): (0.989, 0.588, 0.0006),
        ("nineties", "multinomial logit"): (1.066, 0.619, 0.0006),
        ("nineties", "ridge logit"): (1.019, 0.599, 0.0015),
    }
    for key, (loss, brier, within) in published.items():
        assert found[key].log_loss.mean == pytest.approx(loss, abs=within), key
        assert found[key].brier.mean == pytest.approx(brier, abs=max(within, 0.0006)), key


def test_boosting_on_sanctions_is_as_good_as_was_published() -> None:
    pytest.importorskip("sklearn")
    data, dyad, _, time = sanctions()
    split = split_by_time("nineties", time, dyad, test_from=1990)
    (line,) = cross_validate(standard_baselines()[-1:], data, [split]).table()
    assert line.log_loss.mean == pytest.approx(0.998, abs=0.002)
    assert line.brier.mean == pytest.approx(0.594, abs=0.001)


def test_groups_that_were_seen_are_forecast_with_their_effects() -> None:
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(15), 30)
    worth = 1.5 * random.standard_normal(15)[group]
    y = (random.random(450) < 1 / (1 + np.exp(-worth))).astype(int)
    x = np.column_stack([np.ones(450), np.eye(15)[group]])
    logit = Logit(x, np.eye(2)[y])
    data = Episodes(np.zeros((450, 0)), (), logit.counts, ("no", "yes"))
    plain = Structural("plain", Logit(x[:, :1], logit.counts), Normal.flat(1), np.ones(1), (0, 1))
    own = Structural("effects", logit, Normal.flat(16), np.ones(16), (0, 1), effects={"u": np.arange(1, 16)})
    seen = split_by_group("rows", np.arange(450), 2, seeds=(0,))
    unseen = split_by_group("groups", group, 3, seeds=(0,))
    _, known, _, new = cross_validate([plain, own], data, [seen, unseen]).table()
    assert known.against["plain"].high < -0.02
    assert abs(new.against["plain"].mean) < 0.05
    assert known.remarks == ()
