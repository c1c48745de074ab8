"""The same games in Gambit and in Standoff: do they agree, and how long does each take?

    uv run python benchmarks/gambit.py [--periods 7] [--grid 1000] [--python PATH]

Makes an environment of its own for Gambit (`benchmarks/.gambit`, from the package index) unless `--python` names an
interpreter that has pygambit. Every game is solved by both in one run. The table gives, for each game, the size of
Gambit's tree, both times, their ratio, and the largest difference of any action's probability at any information set.

Gambit's tree of the repeated crisis doubles with every period, and its time grows some tenfold: 8 periods are
minutes. Times
are of solving alone for Gambit, and of compiling the case and solving it for Standoff (best of three, one thread).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from games import crisis, repeated, signalling, visits
from standoff.game import compile_case
from standoff.language.document import CaseDocument
from standoff.solver import Solution, solve

PYGAMBIT = "pygambit==17.0.0b2"
HERE = Path(__file__).parent


class Tree:
    """Writes a game in Gambit's .efg format, depth first."""

    def __init__(self, *players: str) -> None:
        self.lines = [f'EFG 2 R "" {{ {" ".join(json.dumps(name) for name in players)} }}']
        self.sets: dict[tuple[int, str], int] = {}
        self.ends = 0

    def chance(self, **shares: float) -> None:
        self.lines.append(f'c "" 1 "" {{ {" ".join(f"{json.dumps(k)} {v}" for k, v in shares.items())} }} 0')

    def move(self, player: int, place: str, *actions: str) -> None:
        """A node of an information set, which `place` names."""
        known = [one for one in self.sets if one[0] == player]
        number = self.sets.setdefault((player, place), len(known) + 1)
        self.lines.append(f'p "" {player} {number} "" {{ {" ".join(json.dumps(a) for a in actions)} }} 0')

    def end(self, *worths: float) -> None:
        self.ends += 1
        self.lines.append(f't "" {self.ends} "" {{ {", ".join(f"{w:.15g}" for w in worths)} }}')

    def __str__(self) -> str:
        return "\n".join(self.lines) + "\n"


def crisis_tree() -> Tree:
    tree = Tree("C", "D")
    tree.move(1, "first", "back_down", "challenge")
    tree.end(0, 1)
    tree.move(2, "first", "concede", "resist")
    tree.end(1, 0)
    tree.move(1, "last", "attack", "back_down2")
    tree.end(-0.2, -0.5)
    tree.end(-0.4, 1)
    return tree


def signalling_tree() -> Tree:
    tree = Tree("S", "R")
    tree.chance(resolved=0.3, bluffing=0.7)
    for kind, signal, quiet, resisted in (
        ("resolved", (0.8, 0.1), (1, 0.3), -1),
        ("bluffing", (0.4, -1.2), (1, -0.6), 0.5),
    ):
        tree.move(1, kind, "signal", "quiet")
        for sent, worth in (("signal", signal), ("quiet", quiet)):
            tree.move(2, sent, "concede", "resist")
            tree.end(worth[0], 0)
            tree.end(worth[1], resisted)
    return tree


def repeated_tree(periods: int) -> Tree:
    tree = Tree("C", "D")
    tree.chance(res=0.3, blf=0.7)

    def play(kind: str, history: str, level: int) -> None:
        cost = 0.05 if kind == "res" else 0.15
        step = len(history)
        if step == periods:
            tree.move(1, kind + history, "attack", "back_down")
            tree.end(*((0.3 - cost * level, -0.8) if kind == "res" else (-0.6 - cost * level, -0.2)))
            tree.end(-0.1 * level - cost * level - 0.1, 0.6)
            return
        tree.move(1, kind + history, "hold", "esc")
        for climbed in (0, 1):
            tree.move(2, history + str(climbed), "concede", "resist")
            tree.end(1 - cost * (level + climbed), 0.1 * step / periods)
            play(kind, history + str(climbed), level + climbed)

    play("res", "", 0)
    play("blf", "", 0)
    return tree


@dataclass(frozen=True)
class Match:
    """One game for both: `said` for Standoff once its precision is known."""

    name: str
    tree: Tree
    lam: float
    said: CaseDocument


def matches(periods: int) -> list[Match]:
    found = [Match(f"crisis, precision {lam:g}", crisis_tree(), lam, crisis(lam)) for lam in (1.0, 5.0)]
    found += [Match(f"signalling, precision {lam:g}", signalling_tree(), lam, signalling(lam)) for lam in (1.0, 5.0)]
    for T in range(2, periods + 1):
        found += [
            Match(f"repeated crisis, T = {T}, precision {lam:g}", repeated_tree(T), lam, repeated(T, lam))
            for lam in ((1.0, 5.0) if T <= 4 else (3.0,))
        ]
    return found


def environment() -> str:
    """Python of an environment that has pygambit; made on the first run."""
    folder = HERE / ".gambit"
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not python.exists():
        print(f"Installing {PYGAMBIT} into {folder} ...", flush=True)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PYGAMBIT], check=True)
    return str(python)


def ask_gambit(python: str, games: list[Match]) -> list[dict[str, object]]:
    tasks = json.dumps([{"name": one.name, "efg": str(one.tree), "lam": one.lam} for one in games])
    done = subprocess.run([python, HERE / "gambit_peer.py"], input=tasks, stdout=subprocess.PIPE, text=True, check=True)
    return list(json.loads(done.stdout))


def ask_standoff(said: CaseDocument, grid: int) -> tuple[Solution, float]:
    """The solution, with what is needed to look at any node, and the best of three times."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        game = compile_case(said).game({})
        solution = solve(game, grid=grid, threads=1, grid_error=False, own_until=game.steps)
        times.append(time.perf_counter() - began)
    return solution, min(times)


def play_of(solution: Solution) -> dict[str, list[list[float]]]:
    """As Gambit orders it: by player, all information sets of the first type depth first, then of the second."""
    found: dict[str, list[np.ndarray]] = {}
    for visit in visits(solution):
        found.setdefault(visit.actor.upper(), []).append(visit.play)
    return {
        actor: [play[:, kind].tolist() for kind in range(plays[0].shape[1]) for play in plays]
        for actor, plays in found.items()
    }


def difference(ours: dict[str, list[list[float]]], theirs: dict[str, list[list[float]]]) -> float:
    if {actor: len(sets) for actor, sets in ours.items()} != {actor: len(sets) for actor, sets in theirs.items()}:
        raise ValueError("the two trees have different information sets")
    return max(
        abs(p - q) for actor in ours for a, b in zip(ours[actor], theirs[actor], strict=True)
        for p, q in zip(a, b, strict=True)
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Standoff beside Gambit.")
    parser.add_argument("--periods", type=int, default=7, help="longest repeated crisis (8 takes Gambit minutes)")
    parser.add_argument("--grid", type=int, default=1000, help="belief points of Standoff's grid")
    parser.add_argument("--python", help="an interpreter that has pygambit")
    asked = parser.parse_args()
    games = matches(asked.periods)
    answers = ask_gambit(asked.python or environment(), games)
    ask_standoff(signalling(1.0), 10)  # compiles, or reads what is compiled
    print(f"\n{'game':42} {'tree':>7} {'Gambit s':>10} {'Standoff s':>11} {'ratio':>9} {'difference':>11}")
    for one, answer in zip(games, answers, strict=True):
        # Gambit stops near the precision asked for; compare at the one it reached
        reached = one.said.model_copy(
            update={
                "actors": {
                    name: actor.model_copy(update={"precision": answer["lam"]})
                    for name, actor in one.said.actors.items()
                }
            }
        )
        solution, seconds = ask_standoff(reached, asked.grid)
        gap = difference(play_of(solution), answer["play"])  # type: ignore[arg-type]
        theirs = float(answer["seconds"])  # type: ignore[arg-type]
        size = len(one.tree.lines) - 1
        print(f"{one.name:42} {size:7,} {theirs:10.3f} {seconds:11.4f} {theirs / seconds:8.1f}x {gap:11.1e}")


if __name__ == "__main__":
    main()
