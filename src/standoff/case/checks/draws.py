"""Parameter values at which formulas are tried out.

`core` draws are ones a forecast would meet: prior means, medians, every parameter alone at its 5 % and 95 %
points, and a Latin hypercube over all. `edge` draws are rare: every parameter alone at its 0.1 % and
99.9 % points, and all of them low or high together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.case.checks.desk import Desk
from standoff.case.checks.priors import possible
from standoff.language.document import CaseDocument
from standoff.language.expressions import Compiled
from standoff.language.priors import mean, quantile

Floats = NDArray[np.float64]

MEDIANS = 1  # the draw in which every parameter is at the median of its prior
_SPREAD = 64
_MAX_ALONE = 60  # parameters that are moved alone; more than that are only moved together


@dataclass(frozen=True)
class Draws:
    """Values of every parameter that has any: name -> [D]; `core` says which draws are ordinary."""

    values: Mapping[str, Floats]
    core: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.core)


def draws_of(desk: Desk) -> Draws:
    """Draws of all parameters; those whose prior or definition is broken are left out."""
    document = desk.document
    drawn = [name for name, parameter in document.parameters.items() if possible(parameter)]
    points, core = _points(len(drawn))
    values: dict[str, Floats] = {}
    for i, name in enumerate(drawn):
        prior = document.parameters[name].prior
        assert prior is not None
        column = quantile(prior, points[:, i])
        column[0] = mean(prior)
        values[name] = column
    _derive(document, desk.formulas, values, len(core))
    return Draws(values, core)


def _points(count: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Points of the unit cube [D, count], and which of them are ordinary. Row 0 is for the means,
    row `MEDIANS` for the medians."""
    random = np.random.default_rng(20_251)
    rows: list[Floats] = [np.full((2, count), 0.5)]
    ordinary = [True, True]
    if count:
        strata = np.stack([random.permutation(_SPREAD) for _ in range(count)], axis=1)
        rows.append((strata + 0.5) / _SPREAD)
        ordinary += [True] * _SPREAD
        for low, high, core in ((0.05, 0.95, True), (0.001, 0.999, False)):
            alone = np.full((2 * min(count, _MAX_ALONE), count), 0.5)
            for i in range(len(alone) // 2):
                alone[2 * i, i], alone[2 * i + 1, i] = low, high
            rows.append(alone)
            ordinary += [core] * len(alone)
        rows.append(np.repeat([[0.02], [0.98]], count, axis=1))
        ordinary += [False, False]
    return np.concatenate(rows), np.array(ordinary)


def _derive(
    document: CaseDocument, formulas: Mapping[Any, Compiled], values: dict[str, Floats], count: int
) -> None:
    waiting = {
        name: formulas[("parameters", name, "is")]
        for name, parameter in document.parameters.items()
        if parameter.is_ is not None and parameter.prior is None and ("parameters", name, "is") in formulas
    }
    while True:
        ready = [name for name, formula in waiting.items() if formula.names <= values.keys()]
        if not ready:
            return
        for name in ready:
            result = waiting.pop(name)(values)
            values[name] = np.array(np.broadcast_to(np.asarray(result, float), (count,)))
