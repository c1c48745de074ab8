"""How fast the solver is, and how its cost grows.

    uv run python benchmarks/solver.py [--quick]

Prints the times of a few set games beside those of the throw-away prototype that preceded the solver (one core;
the issue asks for a third of them), the growth of the cost in steps, states and belief points with a straight line
through it, and what a second thread and a second process are worth. Wall times are the best of a few runs; CPU time
stands beside them, for a machine that has other work too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from games import four_phases, repeated
from standoff.game import Game, compile_case
from standoff.language.document import CaseDocument
from standoff.solver.grid import belief_grid
from standoff.solver.sweep import Sweep, sweep


@dataclass(frozen=True)
class Time:
    """Best wall time of a few runs, the CPU time of that run, and what it computed."""

    wall: float
    cpu: float
    result: Sweep


def game_of(said: CaseDocument) -> Game:
    return compile_case(said).game({})


def best_of(runs: int, work: Callable[[], Sweep]) -> Time:
    found = []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        found.append(Time(time.perf_counter() - wall, time.process_time() - cpu, result))
    return min(found, key=lambda one: one.wall)


def solving(game: Game, grid: int, threads: int = 1) -> Callable[[], Sweep]:
    points = belief_grid(game, grid)
    return lambda: sweep(game, points, threads=threads)


def table(title: str, head: list[str], rows: list[list[Any]]) -> None:
    words = [head, *([cell if isinstance(cell, str) else f"{cell:,.4g}" for cell in row] for row in rows)]
    wide = [max(len(row[c]) for row in words) for c in range(len(head))]
    print(f"\n{title}\n")
    for i, row in enumerate(words):
        print(
            "  ".join(
                cell.ljust(w) if c == 0 else cell.rjust(w) for c, (cell, w) in enumerate(zip(row, wide, strict=True))
            )
        )
        if i == 0:
            print("  ".join("-" * w for w in wide))


def set_games(runs: int) -> None:
    """The games of which the prototype's times are known."""
    rows: list[list[Any]] = []
    for name, said, grid, prototype in (
        ("repeated crisis, T = 8, 100 points", repeated(8, 3.0), 100, 0.04),
        ("repeated crisis, T = 52, 100 points", repeated(52, 3.0), 100, 1.3),
        ("four phases, 26 weeks, 224 states, 405 points", four_phases(), 8, 6.0),
    ):
        game = game_of(said)
        one, two = (best_of(runs, solving(game, grid, threads)) for threads in (1, 2))
        fast = min(one, two, key=lambda t: t.wall)
        rows.append([name, prototype, one.wall, one.cpu, two.wall, prototype / fast.wall, fast.result.residual])
    table(
        "Set games (seconds)",
        ["game", "prototype", "1 thread", "CPU", "2 threads", "times faster", "residual"],
        rows,
    )


def per_update(runs: int) -> None:
    """Nanoseconds per node update: one (state, belief) of one phase, fixed point and all columns."""
    rows: list[list[Any]] = []
    for name, said, grid in (
        ("2 types, 2 moves", repeated(26, 3.0), 200),
        ("3 and 2 types, up to 5 moves", four_phases(), 8),
    ):
        game = game_of(said)
        for threads in (1, 2):
            best = best_of(runs, solving(game, grid, threads))
            updates = best.result.updates
            rows.append([f"{name}, {threads} thread{'s' * (threads > 1)}", updates, 1e9 * best.wall / updates,
                         1e9 * best.cpu / updates, best.result.rounds / updates])  # fmt: skip
    table(
        "Node updates (the prototype needed about 500 ns)", ["game", "updates", "ns, wall", "ns, CPU", "rounds"], rows
    )


def growth(runs: int) -> None:
    """Cost against steps, states and belief points, with the straight line through it."""
    rows: list[list[Any]] = []
    for what, sizes, make in (
        ("steps", (26, 52, 78, 104), lambda x: (four_phases(steps=x, rungs=4), 8)),
        ("states", (2, 4, 8, 16), lambda x: (four_phases(steps=39, rungs=x), 8)),  # long enough to reach them all
        ("belief points", (4, 6, 8, 10, 12), lambda x: (four_phases(steps=13, rungs=4), x)),
    ):
        xs, ys, each = [], [], []
        for size in sizes:
            said, grid = make(size)
            game = game_of(said)
            xs.append({"steps": size, "states": len(game.states)}.get(what, belief_grid(game, grid).size))
            best = best_of(runs, solving(game, grid))
            ys.append(best.cpu)
            each.append(1e9 * best.cpu / best.result.updates)
        slope, start = np.polyfit(xs, ys, 1)
        fit = 1 - np.var(np.array(ys) - slope * np.array(xs) - start) / np.var(ys)
        power = np.polyfit(np.log(xs), np.log(ys), 1)[0]
        rows.append([what, " ".join(map(str, xs)), " ".join(f"{y:.2f}" for y in ys), f"{start:+.3f} + {slope:.3g} x",
                     f"{fit:.4f}", f"{power:.2f}", " ".join(f"{y:.0f}" for y in each)])  # fmt: skip
    heads = ["in", "sizes", "seconds", "line", "R squared", "exponent", "ns a node update"]
    table("Growth (CPU seconds, one thread)", heads, rows)


def _work(count: int, start: Any, done: Any) -> None:
    game = game_of(four_phases(steps=13))
    work = solving(game, 8)
    work()
    start.wait()
    for _ in range(count):
        work()
    done.wait()


def together(processes: int, count: int) -> float:
    """Seconds in which `processes` solve `count` games each, from a common start."""
    context = multiprocessing.get_context("spawn")
    start, done = context.Barrier(processes + 1), context.Barrier(processes + 1)
    crew = [context.Process(target=_work, args=(count, start, done)) for _ in range(processes)]
    for one in crew:
        one.start()
    start.wait()
    began = time.perf_counter()
    done.wait()
    seconds = time.perf_counter() - began
    for one in crew:
        one.join()
    return seconds


def second_core(runs: int) -> None:
    game = game_of(four_phases())
    one, two = (best_of(runs, solving(game, 8, threads)).wall for threads in (1, 2))
    count = 2 + runs
    alone, both = together(1, count), together(2, count)
    table(
        "A second core",
        ["", "with one", "with two", "worth"],
        [
            ["threads: seconds for one game", one, two, one / two],
            ["processes: games per second", count / alone, 2 * count / both, 2 * alone / both],
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the solver.")
    parser.add_argument("--quick", action="store_true", help="one run of each instead of the best of five")
    runs = 1 if parser.parse_args().quick else 5
    began, cpu = time.perf_counter(), time.process_time()
    small = game_of(four_phases(steps=2, rungs=2))
    sweep(small, belief_grid(small, 2))
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(f"First solve, kernels compiled or read from the cache: {wall:.1f} s (CPU {cpu:.1f} s)")
    set_games(runs)
    per_update(runs)
    growth(runs)
    second_core(runs)


if __name__ == "__main__":
    main()
