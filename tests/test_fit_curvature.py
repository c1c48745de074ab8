"""Second derivatives of a likelihood in its parameters, against differences of the gradient in its coefficients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fit_kit import logit_data
from standoff.fit.climb import hessian
from standoff.fit.likelihood import Likelihood
from standoff.fit.objective import Rows, second_derivatives
from standoff.fit.rules import RULES, Rule
from standoff.language.document import CaseDocument
from test_fit_likelihood import made_up
from test_fit_play import pacing, signals_with


def without_secrets(rule: Rule) -> Likelihood:
    said = pacing(1).model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    said["parameters"] = {name: {"prior": {"normal": [0, 1]}} for name in ("u", "v")}
    said["outcomes"]["war"]["worth"]["a"] = "u - 1"
    said["actors"]["a"]["precision"] = "exp(v)"
    return made_up(CaseDocument.model_validate(said), {"u": 3, "v": 2}, 1, rule, rows=40)


def with_secrets(rule: Rule) -> Likelihood:
    said = signals_with("w").model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    said["actors"]["s"]["precision"] = "exp(lam)"
    said["parameters"]["lam"] = {"prior": {"normal": [0, 1]}}
    return made_up(CaseDocument.model_validate(said), {"w": 3, "lam": 2}, 1, rule, rows=40)


@pytest.mark.parametrize("make", [without_secrets, with_secrets])
@pytest.mark.parametrize("rule", RULES)
def test_as_differences_have_them(rule: Rule, make: Callable[[Rule], Likelihood]) -> None:
    likelihood = make(rule)
    beta = np.array([0.3, -0.2, 0.4, 0.1, 0.2])
    rows = np.array([0, 3, 3, 17, 39])
    for objective, among in ((likelihood, None), (Rows(likelihood, rows), rows)):
        slow = hessian(lambda b, one=objective: one.at(b).gradient, beta)  # type: ignore[misc]
        own = second_derivatives(objective, beta)
        assert own is not None
        assert (np.diag(own) != 0).all()
        assert np.allclose(own, slow, atol=1e-5 * np.abs(slow).max())
        assert np.allclose(own, likelihood.hessian(beta, among))
        assert np.array_equal(own, own.T)
    small = replace(likelihood, memory=1)  # sixteen rows a chunk
    assert np.allclose(small.hessian(beta), likelihood.hessian(beta), atol=1e-9)


def test_others_have_none_of_their_own() -> None:
    assert second_derivatives(logit_data(5, np.zeros(2), 0, 2), np.zeros(2)) is None
