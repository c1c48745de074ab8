"""The same draws for every question: common draws of a forecast, and what changes make of each of them.

Every answer is a comparison within a draw, so that what differs between draws cancels. What has been solved is kept in
the run folder, piece by piece, and taken from there by whoever asks again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.analysis.levers import Change, Plain, Present, present, pull_piece
from standoff.errors import Problem, SolveError
from standoff.forecast.ensemble import Crew, Workers
from standoff.forecast.forecast import bands, manifest
from standoff.forecast.store import RunFolder
from standoff.game.model import Floats

if TYPE_CHECKING:
    from standoff.forecast import Forecast

GROUP = 8  # changes solved in one piece of work: about a second, and what an interrupted search loses at most
SAMPLES = 2000  # bootstrap samples
INTERVAL = (0.05, 0.95)
KEPT = "offramps"  # folder of kept pieces among a run's draws
Progress = Callable[[int, int], None]


def common_draws(made: Forecast, count: int) -> tuple[list[int], list[int]]:
    """Draws that stand for a forecast, and how often each counts: a systematic resample by weight, along the chance of
    a peaceful settlement, so that few draws keep its spread. The same for any number of workers."""
    if made.task.axes.size == 0:
        return [0], [1]
    peaceful = [o for o, outcome in enumerate(made.structure.document.outcomes.values()) if outcome.peaceful]
    chance = np.nan_to_num(made.records["series"][:, -1][:, peaceful].sum(axis=1))
    order = np.lexsort((np.arange(len(chance)), chance))
    total = np.cumsum(made.weights[order])
    at = np.searchsorted(total, (np.arange(count) + 0.5) / count * total[-1])
    draws, counts = np.unique(order[np.minimum(at, len(order) - 1)], return_counts=True)
    return draws.tolist(), counts.tolist()


class NoneLeftError(SolveError):
    """None of the common draws can be used."""


class Bench:
    """Changes on common draws. ``found[change]`` is a list of results, one for each of `draws`.

    A draw in which solving fails (time limit, memory, no game at all) is dropped with all its results, so that every
    answer is about the same draws; `lost` holds the reasons. It is tried again by whoever asks the next time.

    progress: called as ``progress(solves done, solves asked for so far)``.
    """

    def __init__(
        self, made: Forecast, count: int, workers: Workers | None = None, progress: Progress | None = None
    ) -> None:
        self.made, self.progress = made, progress
        self.shared: Present = present(made)
        self.draws, counts = common_draws(made, count)
        self.counts = np.array(counts)
        self.weights: Floats = self.counts / self.counts.sum()
        self.found: dict[Change, list[Plain]] = {}
        self.next: list[list[Plain]] = []
        self.places: list[Plain | None] = [None] * len(self.draws)
        self.crew = Crew(pull_piece, self.shared, workers or Workers())
        self.lost: list[str] = []
        self.done = self.asked = 0
        self.folder: RunFolder | None = None
        self.taken: NDArray[np.int64] | None = None
        if made.folder is not None:
            self.folder = RunFolder(Path(made.folder))
            self.folder.open(manifest(made.case, made.as_of, made.settings))

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.crew.__exit__(kind, error, at)

    def run(self, changes: Sequence[Change], draws: Sequence[int] | None = None) -> None:
        """Solve these changes in every common draw, or in those at these positions only (the others stay empty).

        Raises NoneLeftError if no draw could be solved in all of them.
        """
        at = list(range(len(self.draws))) if draws is None else list(draws)
        new = {d: [c for c in changes if c not in self.found or not self.found[c][d]] for d in at}
        pieces: dict[int, Plain] = {}
        where: dict[int, tuple[int, list[Change]]] = {}
        for d, mine in new.items():
            whole = not self.next and self.places[d] is None and () in mine
            for i in range(0, len(mine), GROUP):
                group = mine[i : i + GROUP]
                u = self.made.records["u"][self.draws[d]].tolist()
                pieces[len(pieces)] = {
                    "u": u, "place": self.places[d], "changes": group, "next": whole and i == 0,
                }  # fmt: skip
                where[len(where)] = (d, group)
        self.asked += sum(len(group) for _, group in where.values())
        self._tell()
        waiting = {}
        got: dict[int, Plain] = {}
        for index, piece in pieces.items():
            kept = self.folder.kept(*_named(piece)) if self.folder is not None else None
            if kept is None:
                waiting[index] = piece
            else:
                got[index] = kept
                self.done += len(where[index][1])
        self._tell()
        for index, result in self.crew.run(waiting):
            got[index] = result
            if self.folder is not None and "lost" not in result:
                self.folder.keep(*_named(pieces[index]), result)
            self.done += len(where[index][1])
            self._tell()
        told: dict[int, list[Plain]] = {}
        lost: dict[int, str] = {}
        for index in sorted(got):  # in the order asked for, whoever was first
            d, group = where[index]
            if "lost" in got[index]:
                lost.setdefault(d, str(got[index]["lost"]))
                continue
            self.places[d] = got[index]["place"]
            if "next" in got[index]:
                told[d] = got[index]["next"]
            for change, result in zip(group, got[index]["found"], strict=True):
                self.found.setdefault(change, [{} for _ in self.draws])[d] = result
        if told:
            self.next = [told.get(d, []) for d in range(len(self.draws))]
        if lost:
            self._drop(lost)

    def _drop(self, lost: dict[int, str]) -> None:
        """Go on without the draws at these positions."""
        self.lost += lost.values()
        left = [d for d in range(len(self.draws)) if d not in lost]
        if not left:
            raise NoneLeftError(
                Problem(
                    found=f"none of the {len(self.lost)} common draws could be solved ({self.lost[0]})",
                    expected="at least one",
                    mend="Give more time with --time-limit, or fewer workers where memory is short.",
                )
            )
        self.draws = [self.draws[d] for d in left]
        self.places = [self.places[d] for d in left]
        self.next = [self.next[d] for d in left] if self.next else []
        self.found = {change: [rows[d] for d in left] for change, rows in self.found.items()}
        self.counts = self.counts[left]
        self.weights = self.counts / self.counts.sum()
        self.taken = None

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self.done, self.asked)

    def bad(self, change: Change) -> list[str]:
        """Why a change makes no game, draw by draw; empty where it makes one in all."""
        return [str(result["bad"]) for result in self.found[change] if "bad" in result]

    def outcomes(self, change: Change) -> Floats:
        """[D, E] outcomes of every common draw."""
        return np.array([result["p"] for result in self.found[change]], float)

    def peaceful(self, change: Change) -> Floats:
        """[D] chance of a peaceful settlement."""
        return np.asarray(self.outcomes(change)[:, list(self.shared.peaceful)].sum(axis=1))

    def values(self, change: Change) -> Floats:
        """[D, P] what every (actor, type) expects, what it pays for the change taken off."""
        rows = [np.array(result["v"], float) - np.array(result["costs"], float) for result in self.found[change]]
        return np.array(rows)

    def seed(self, name: str) -> np.random.Generator:
        """Random numbers that depend on the case, the seed of the run and what they are for."""
        text = f"{self.made.case.hash} {self.made.settings.seed} {name}"
        return np.random.default_rng(int(hashlib.sha256(text.encode()).hexdigest()[:16], 16))

    def banded(self, differences: Floats) -> Plain:
        """Mean, quantiles over draws and a bootstrap interval (``low``, ``high``) of the mean of differences [D]."""
        band = bands(differences[:, None], self.weights)[0]
        low, high = self.interval(differences)
        return {"mean": band["mean"], "p05": band["p05"], "p95": band["p95"], "low": low, "high": high}

    def interval(self, differences: Floats) -> tuple[float, float]:
        """5 % and 95 % bootstrap quantiles of the weighted mean of [D] values: draws taken anew by their weight."""
        if len(differences) < 2:
            return float(differences[0]), float(differences[0])
        if self.taken is None:
            self.taken = self.seed("bootstrap").multinomial(int(self.counts.sum()), self.weights, SAMPLES)
        means = self.taken @ differences / self.counts.sum()
        low, high = np.quantile(means, INTERVAL)
        return float(low), float(high)

    def share(self, holds: Any) -> float:
        """Weighted share of the common draws in which something holds [D]."""
        return float(self.counts @ np.asarray(holds, float) / self.counts.sum())


def _named(piece: Plain) -> tuple[str, str]:
    """(name, digest) under which a piece of work is kept."""
    said = json.dumps([2, piece["u"], piece["changes"], bool(piece["next"])])
    digest = hashlib.sha256(said.encode()).hexdigest()
    return f"{KEPT}/{digest[:20]}", digest
