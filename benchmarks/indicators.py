"""What indicators cost a draw, and how exactly what is expected after looking is what is expected now.

    uv run python benchmarks/indicators.py [--case venezuela-2025] [--draws 4] [--dates DATE ...]

For each date, over the first draws of the forecast: CPU seconds of a draw, of them those of all indicators, and what
the by-date curves alone would take, which come out of the same pass; megabytes that a draw's record gains; and the
largest of ``|P(seen) x_seen + P(not) x_not - x_now|`` over draws, signs, beliefs and outcomes, for the next turn
(solved afresh at the exact belief) and by the horizons (on the grid). Last, how far the chance of a sign by a horizon,
and an outcome if it is seen, move when the belief grid is halved: the largest over signs, the mean over draws.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from standoff.case import load
from standoff.forecast import Settings, draw, forward, signs
from standoff.forecast.draw import run_draw
from standoff.forecast.draws import sobol
from standoff.forecast.forecast import make_task
from standoff.forecast.timeline import latest
from standoff.game import compile_case

SPENT: dict[str, float] = {}


def timed(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def run(*given: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return call(*given, **named)
        finally:
            SPENT[name] = SPENT.get(name, 0.0) + time.process_time() - began

    return run


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    read.add_argument("--case", default="venezuela-2025")
    read.add_argument("--draws", type=int, default=4)
    read.add_argument("--dates", nargs="*", type=date.fromisoformat, default=None)
    asked = read.parse_args()
    case = load(asked.case)
    structure = compile_case(case)
    settings = Settings()
    plain = signs.ahead

    def both(given: Any, solution: Any, silence: Any, places: Any, step: int, phase: int, *rest: Any) -> Any:
        timed("course", forward.course)(solution, places, step, phase)
        return timed("signs", plain)(given, solution, silence, places, step, phase, *rest)

    signs.ahead = both  # type: ignore[assignment]
    signs.at_turn = timed("signs", signs.at_turn)
    days = asked.dates or [case.document.clock.start, latest(case.evidence, case.document)]
    print("date        draw s  signs   curves  MB    law, next turn:   horizons:         half grid:")
    print("                                          beliefs outcomes  beliefs outcomes  chance outcome")
    for day in days:
        task = make_task(case, structure, day, settings)
        coarse = {n: max(1, m // 2) for n, m in settings.belief_grid(structure).items()}  # type: ignore[union-attr]
        points = sobol(task.axes.size, 0, asked.draws, settings.seed)
        run_draw(task, points[0])  # compile
        SPENT.clear()
        began = time.process_time()
        records = [run_draw(task, u) for u in points]
        whole = (time.process_time() - began) / len(points)
        course, watched = (SPENT[name] / len(points) for name in ("course", "signs"))
        size = sum(records[0][name].nbytes for name in ("sign_seen", "sign_unseen")) / 1e6
        off, moved = [], []
        for u, record in zip(points, records, strict=True):
            if record["status"] != draw.OK:
                continue
            K = record["beliefs"].shape[1]
            now = np.concatenate([[1.0], record["beliefs"][-1], record["series"][-1]])
            gap = np.abs(record["sign_seen"] + record["sign_unseen"] - now)
            off.append([np.nanmax(part) for at in (slice(0, 1), slice(1, None))
                        for part in (gap[:-1, at, : 1 + K], gap[:-1, at, 1 + K :])])  # fmt: skip
            seen = record["sign_seen"][:, 1:]
            again = run_draw(replace(task, grid=coarse), u)["sign_seen"][:, 1:]
            chances = np.abs(seen[..., 0] - again[..., 0])
            some = (seen[..., 0] > 0.01) & (again[..., 0] > 0.01)
            outcomes = np.abs(seen[some][:, 1 + K :] / seen[some][:, :1] - again[some][:, 1 + K :] / again[some][:, :1])
            moved.append([chances.max(), outcomes.max(initial=0.0)])
        worst, mean = np.max(off, axis=0), np.mean(moved, axis=0)
        seconds = f"{whole - course:6.2f}  {watched:5.3f}  {course:6.3f}  {size:4.2f}"
        law = "  ".join(f"{one:7.0e}" for one in worst)
        print(f"{day}  {seconds}  {law}  {mean[0]:6.3f}  {mean[1]:6.3f}")


if __name__ == "__main__":
    main()
