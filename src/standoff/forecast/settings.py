"""What decides the numbers of a run, beside the case."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from standoff.errors import Problem, RunError
from standoff.forecast.fineness import draw_grid
from standoff.game import Structure

DRAWS = 128
QUICK_DRAWS = 24
FINEST = 2000  # subdivisions of a belief grid
Grid = int | dict[int, int] | None


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the numbers of a run, beside the case and the date. Workers are not among them.

    draws: how many points of the prior are solved, 1 or more; refinement may add half as many. 128 are enough for
        bands of a few points, 16 effective ones the least that a brief takes for sound.
    seed: whole number, 0 or more, of everything random. More draws with one seed extend a run, never change it.
    grid: subdivisions per edge of every belief simplex, 1 to 2000, or ``{number of types: subdivisions}``. None goes
        by the size of the case.
    refine: where history leaves the weight of few draws, draw more around those.
    check_grid: solve the weightiest draws again on the halved grid, which is what the certificate's grid error is.
    quick: a coarser grid where `grid` is None. It does not lower `draws`; the command's ``--quick`` asks for 24.
    time_limit: seconds for each draw, None for no limit. A draw that takes longer fails and weighs nothing.

    Raises RunError with everything that is wrong.

        >>> Settings(draws=256, seed=7).draws
        256
    """

    draws: int = DRAWS
    seed: int = 20250818
    grid: int | dict[int, int] | None = None
    refine: bool = True
    check_grid: bool = True
    quick: bool = False
    time_limit: float | None = None

    def __post_init__(self) -> None:
        problems: list[Problem] = []

        def settle(name: str, value: Any) -> None:
            if isinstance(value, Problem):
                problems.append(value)
            else:
                object.__setattr__(self, name, value)

        settle("draws", _whole(self.draws, "draws", 1))
        settle("seed", _whole(self.seed, "seed", 0))
        settle("grid", _grid(self.grid))
        settle("time_limit", _seconds(self.time_limit))
        for name in ("refine", "check_grid", "quick"):
            value = getattr(self, name)
            if not isinstance(value, bool):
                problems.append(_wrong(name, value, "True or False"))
        if problems:
            raise RunError(problems)

    def belief_grid(self, structure: Structure) -> int | dict[int, int]:
        """Subdivisions for the draws: `grid`, or what the size of the case decides."""
        return draw_grid(structure, self.quick) if self.grid is None else self.grid


def as_grid(value: Any) -> int | dict[int, int] | None:
    """A grid as `Settings` takes it. Raises RunError for anything else."""
    found = _grid(value)
    if isinstance(found, Problem):
        raise RunError(found)
    return found


def as_whole(value: Any, name: str, least: int) -> int:
    """A whole number that is not below `least`. Raises RunError for anything else."""
    found = _whole(value, name, least)
    if isinstance(found, Problem):
        raise RunError(found)
    return found


def _grid(value: Any) -> int | dict[int, int] | Problem | None:
    if value is None:
        return None
    said = f"a whole number from 1 to {FINEST}, or a dict such as {{2: 16, 3: 8}}: subdivisions by number of types"
    if isinstance(value, Mapping):
        rows = [(_whole(n, "grid", 1), _whole(m, "grid", 1, FINEST)) for n, m in value.items()]
        grid = {n: m for n, m in rows if isinstance(n, int) and isinstance(m, int)}
        return grid if len(grid) == len(rows) else _wrong("grid", value, said)
    whole = _whole(value, "grid", 1, FINEST)
    return whole if isinstance(whole, int) else _wrong("grid", value, said)


def _whole(value: Any, name: str, least: int, most: float = math.inf) -> int | Problem:
    try:
        number = operator.index(value)  # a numpy integer is one too
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or not least <= number <= most:
        return _wrong(name, value, f"a whole number, {least} or more")
    return number


def _seconds(value: Any) -> float | Problem | None:
    if value is None:
        return None
    number = math.nan
    if not isinstance(value, bool | str | bytes):
        with suppress(TypeError, ValueError, OverflowError):
            number = float(value)
    return number if math.isfinite(number) and number >= 0 else _wrong("time_limit", value, "seconds, 0 or more")


def _wrong(name: str, value: Any, expected: str) -> Problem:
    mend = "Give it such a value, or leave it out."
    return Problem(found=f"{name}={value!r}"[:100], expected=expected, mend=mend, path=name)
