"""How fine the draws' grid is when nobody says: what fits the budget, never coarser than the coarsest."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

import standoff as so
from case_kit import CASE, changed, written
from standoff.forecast import fineness
from standoff.game import compile_case


def structure(states: int, phases: int, steps: int, kinds: list[int]) -> Any:
    """As much of a `Structure` as decides the grid."""
    actors = {f"actor{i}": SimpleNamespace(types=range(n)) for i, n in enumerate(kinds)}
    clock = SimpleNamespace(steps=steps, parts=1)
    document = SimpleNamespace(actors=actors, clock=clock)
    return SimpleNamespace(document=document, phases=range(phases), reach=SimpleNamespace(states=range(states)))


def updates(states: int, phases: int, steps: int, kinds: list[int], grid: dict[int, int]) -> int:
    return states * phases * steps * math.prod(math.comb(grid[n] + n - 1, n - 1) for n in kinds if n > 1)


@given(
    states=st.integers(1, 2000),
    phases=st.integers(1, 8),
    steps=st.integers(1, 100),
    kinds=st.lists(st.integers(1, 6), min_size=1, max_size=3),
    quick=st.booleans(),
)
def test_the_finest_grid_within_the_budget(states: int, phases: int, steps: int, kinds: list[int], quick: bool) -> None:
    grid = fineness.draw_grid(structure(states, phases, steps, kinds), quick)
    coarsest, most = (
        (fineness.QUICK_GRID, fineness.QUICK_UPDATES) if quick else (fineness.DRAW_GRID, fineness.DRAW_UPDATES)
    )
    factors = {grid[n] / coarsest.get(n, 2) for n in kinds if n > 1} or {1}
    assert len(factors) == 1
    factor = factors.pop()
    assert factor in range(1, fineness.FINEST + 1)
    if factor > 1:
        assert updates(states, phases, steps, kinds, grid) <= most
    if factor < fineness.FINEST and any(n > 1 for n in kinds):
        finer = {n: int(m * (factor + 1) / factor) for n, m in grid.items()}
        assert updates(states, phases, steps, kinds, finer) > most


def test_a_run_says_which_grid_it_took_and_a_given_one_wins(tmp_path: Path) -> None:
    case = so.load(written(tmp_path / "sel", changed(CASE, ("steps: 84", "steps: 12"))))
    few = so.forecast(case, settings=so.Settings(draws=2, check_grid=False))
    assert few.certificate["grid"] == {"2": fineness.draw_grid(compile_case(case.document))[2]}
    told = so.forecast(case, settings=so.Settings(draws=2, check_grid=False, grid=5))
    assert told.certificate["grid"] == {"2": 5}
