"""Standard errors and the cluster bootstrap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fit_kit import Logit, logit_data
from standoff.errors import FitError, RunError
from standoff.fit.bootstrap import bootstrap, sample
from standoff.fit.errors import observed, sandwich
from standoff.fit.estimate import maximise
from standoff.forecast.ensemble import Workers

TRUTH = np.array([0.3, 1.0, -0.5])


def clustered(seed: int, groups: int = 60, size: int = 12) -> tuple[Logit, Any]:
    """A common shock by group, so that errors by row are too small."""
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), size)
    x = np.column_stack(
        [np.ones(len(group)), random.standard_normal(groups)[group], random.standard_normal(len(group))]
    )
    worth = x @ TRUTH + 1.2 * random.standard_normal(groups)[group]
    y = random.random(len(group)) < 1 / (1 + np.exp(-worth))
    return Logit(x, np.column_stack([~y, y]).astype(float)), group


def test_as_statsmodels_has_them() -> None:
    api: Any = pytest.importorskip("statsmodels.api")
    data, group = clustered(0)
    fit = maximise(data, starts=1)
    scores = data.scores(fit.beta)
    model = api.Logit(data.counts[:, 1], data.x)
    plain = model.fit(disp=False)
    assert np.allclose(observed(fit).se, plain.bse, rtol=1e-5)
    by_cluster = model.fit(disp=False, cov_type="cluster", cov_kwds={"groups": group, "use_correction": False})
    G = len(np.unique(group))
    assert np.allclose(sandwich(fit, scores, group).se / np.sqrt(G / (G - 1)), by_cluster.bse, rtol=1e-5)
    robust = model.fit(disp=False, cov_type="HC0")
    n = len(group)
    assert np.allclose(sandwich(fit, scores).se / np.sqrt(n / (n - 1)), robust.bse, rtol=1e-5)


def test_intervals_by_cluster_cover_where_those_by_row_do_not() -> None:
    """The slope on a column that is one for the whole group; 40 data sets."""
    covered = {"rows": 0, "clusters": 0}
    pull = 1 / np.sqrt(1 + 0.346 * 1.2**2)  # a logit that averages over the shock has smaller coefficients
    for seed in range(40):
        data, group = clustered(seed)
        fit = maximise(data, starts=1)
        off = abs(fit.beta[1] - pull * TRUTH[1])
        covered["rows"] += off < 1.96 * observed(fit).se[1]
        covered["clusters"] += off < 1.96 * sandwich(fit, data.scores(fit.beta), group).se[1]
    assert covered["clusters"] >= 34
    assert covered["rows"] <= covered["clusters"] - 4


def test_no_errors_for_what_has_none_and_the_rest_as_without_it() -> None:
    data = logit_data(300, TRUTH, seed=1, columns=3)
    doubled = Logit(np.column_stack([data.x, data.x[:, 2]]), data.counts)
    fit = maximise(doubled, starts=1)
    se = observed(fit).se
    assert np.isnan(se[2:]).all()
    assert np.allclose(se[:2], observed(maximise(data, starts=1)).se[:2], rtol=1e-4)


def test_bootstrap_errors_are_those_by_cluster() -> None:
    data, group = clustered(3)
    fit = maximise(data, starts=1)
    found = bootstrap(fit, data, group, 150)
    assert found.lost == 0
    assert found.clusters == 60
    assert np.allclose(found.se, sandwich(fit, data.scores(fit.beta), group).se, rtol=0.3)
    low, high = found.interval()
    assert ((low < fit.beta) & (fit.beta < high)).all()


def test_a_sample_is_of_whole_clusters_and_depends_on_its_number_alone() -> None:
    members = tuple(np.arange(3 * g, 3 * g + 3, dtype=np.intp) for g in range(10))
    rows = sample(members, 5, 2)
    assert len(rows) == 30
    assert (rows.reshape(10, 3) % 3 == np.arange(3)).all()
    assert np.array_equal(rows, sample(members, 5, 2))
    assert not np.array_equal(rows, sample(members, 5, 3))


def test_an_interrupted_bootstrap_goes_on_and_says_the_same(tmp_path: Path) -> None:
    data, group = clustered(4, groups=20)
    fit = maximise(data, starts=1)
    whole = bootstrap(fit, data, group, 6)
    told: list[int] = []

    def stop(done: int, _: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bootstrap(fit, data, group, 6, folder=tmp_path / "b", progress=stop, of={"case": "x"})
    again = bootstrap(
        fit, data, group, 6, folder=tmp_path / "b", of={"case": "x"}, progress=lambda done, _: told.append(done)
    )
    assert told == [3, 4, 5, 6]
    assert np.array_equal(again.betas, whole.betas)
    with pytest.raises(RunError):
        bootstrap(fit, data, group, 6, folder=tmp_path / "b", of={"case": "another"})


@pytest.mark.slow
def test_processes_change_nothing() -> None:
    data, group = clustered(4, groups=20)
    fit = maximise(data, starts=1)
    here = bootstrap(fit, data, group, 4)
    there = bootstrap(fit, data, group, 4, workers=Workers(2))
    assert np.array_equal(here.betas, there.betas)


def test_replicates_that_separate_are_counted() -> None:
    data, group = clustered(5, groups=12, size=10)
    rare = np.zeros(len(group))
    rare[group == 0] = 1  # one group alone; in about a third of samples it is missing, and nothing tells of it
    fit = maximise(Logit(np.column_stack([data.x, rare]), data.counts), starts=1)
    found = bootstrap(fit, Logit(np.column_stack([data.x, rare]), data.counts), group, 30)
    assert 2 < found.lost < 25
    assert np.isfinite(found.se).all()


def test_one_cluster_is_refused() -> None:
    data, group = clustered(4, groups=20)
    fit = maximise(data, starts=1)
    with pytest.raises(FitError, match="1 clusters"):
        bootstrap(fit, data, np.zeros_like(group), 10)
