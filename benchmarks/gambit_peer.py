"""Runs inside Gambit's own environment: agent logit equilibria on Gambit's principal branch.

Reads a JSON list of ``{"name", "efg", "lam"}`` from standard input; writes for each ``{"lam", "seconds", "play"}``:
the precision reached and, by player, the action probabilities of every information set in depth-first order.
"""

import io
import json
import sys
import time

import pygambit


def main():
    found = []
    for task in json.load(sys.stdin):
        game = pygambit.read_efg(io.StringIO(task["efg"]))
        began = time.perf_counter()
        (point,) = pygambit.qre.logit_solve_lambda(game, task["lam"])
        seconds = time.perf_counter() - began
        play = {
            player: [[float(p) for _, p in action] for _, action in point.profile[player]] for player in game.players
        }
        found.append({"lam": point.lam, "seconds": seconds, "play": play})
        print(f"Gambit: {task['name']}, {seconds:.2f} s", file=sys.stderr, flush=True)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
