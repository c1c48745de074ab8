"""How much the cutting of time decides, for two ways of saying how likely an actor's turn is in a step.

    uv run python benchmarks/clock.py [--parts 1 2 4 8 16] [--cases starter starter-daily venezuela-2025] [--grid 16]

A tempo of r and a step of h give a turn with probability ``min(1, r*h)``, which is what the game has, or with
``1 - exp(-r*h)``, which it had before (docs/decisions/turns.md). Every case is solved at the medians of its priors,
each step cut into 1, 2, 4, ... parts, with both. The table gives the chances of the commoner endings at the start, how
far any ending moves from one clock to the next finer one, and where the last two clocks point (the straight line
through them, to steps of no length: the error is of first order in the step).

The starter case is the one of `standoff new`, cut into weeks, which is as long as its actors take between decisions; as
``starter-daily`` it stands as it is written. `--grid` is that of beliefs; the one of a forecast's draws if 0.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from standoff.case import load
from standoff.case.new import TEMPLATE
from standoff.forecast.fineness import DRAW_GRID
from standoff.game import compile_case
from standoff.language.calendar import step_in
from standoff.language.document import CaseDocument, Clock
from standoff.solver import solve

CASES = ("starter", "starter-daily", "venezuela-2025")
SHOWN = 4  # endings of a table


def document_of(name: str) -> CaseDocument:
    document = load(TEMPLATE if name.startswith("starter") else name).document
    if name != "starter":
        return document
    weekly = Clock(start=document.clock.start, step="week", steps=12)
    return document.model_copy(update={"clock": weekly})


def cut(document: CaseDocument, parts: int) -> CaseDocument:
    clock = document.clock
    return document.model_copy(update={"clock": clock.model_copy(update={"parts": clock.parts * parts})})


def with_exponential_turns(document: CaseDocument) -> CaseDocument:
    """The same case, each tempo replaced by one that has a turn with probability ``1 - exp(-r*h)``."""
    actors = dict(document.actors)
    for name, actor in actors.items():
        if actor.tempo is not None:
            h = step_in(actor.tempo.per, document.clock)
            times = f"(1 - exp(-({actor.tempo.times}) * {h!r})) / {h!r}"
            tempo = actor.tempo.model_copy(update={"times": times})
            actors[name] = actor.model_copy(update={"tempo": tempo})
    return document.model_copy(update={"actors": actors})


def outcomes(document: CaseDocument, grid: int) -> dict[str, float]:
    structure = compile_case(document)
    game = structure.game(structure.at_quantile())
    return solve(game, grid=grid or dict(DRAW_GRID), grid_error=False).outcomes


def table(title: str, found: dict[int, dict[str, float]], seconds: float) -> None:
    """One row for each clock; what moves is told between a clock and the next finer one."""
    finest = found[max(found)]
    names = sorted(finest, key=lambda name: -finest[name])[:SHOWN]
    wide = [max(7, len(name)) for name in names]
    print(f"\n{title} ({seconds:.0f} s)\n")
    print("  ".join(["parts ", *(name.rjust(w) for name, w in zip(names, wide, strict=True)), "to the next, at most"]))
    parts = sorted(found)
    for this, finer in zip(parts, [*parts[1:], 0], strict=True):
        cells: list[Any] = [
            f"{this:5d} ",
            *(f"{found[this][n]:.4f}".rjust(w) for n, w in zip(names, wide, strict=True)),
        ]
        if finer:
            cells.append(f"{max(abs(found[finer][n] - value) for n, value in found[this].items()):.4f}")
        print("  ".join(cells))
    if len(parts) > 1:
        last, before = parts[-1], parts[-2]
        limit = {n: (last * found[last][n] - before * found[before][n]) / (last - before) for n in names}
        print("  ".join(["limit ", *(f"{limit[n]:.4f}".rjust(w) for n, w in zip(names, wide, strict=True))]))


def main() -> None:
    told = argparse.ArgumentParser(description="How much the cutting of time decides.")
    told.add_argument("--parts", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    told.add_argument("--cases", nargs="+", choices=CASES, default=["starter"])
    told.add_argument("--grid", type=int, default=16)
    asked = told.parse_args()
    for name in asked.cases:
        document = document_of(name)
        for form in ("min(1, r*h)", "1 - exp(-r*h)"):
            began, found = time.perf_counter(), {}
            for parts in asked.parts:
                finer = cut(document, parts)
                found[parts] = outcomes(finer if form.startswith("min") else with_exponential_turns(finer), asked.grid)
            table(f"{name}, a turn with probability {form}", found, time.perf_counter() - began)


if __name__ == "__main__":
    main()
