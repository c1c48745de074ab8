"""The cluster bootstrap: whole clusters drawn with replacement, and the fit made again.

A replicate depends on the seed and its number alone, so processes, interruptions and later additions change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import FitError, Problem
from standoff.fit.dual import Floats, Ints
from standoff.fit.estimate import Estimate, maximise
from standoff.fit.objective import Normal, Objective, Rows
from standoff.forecast.ensemble import Crew, Workers
from standoff.forecast.store import RunFolder

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Bootstrap:
    """Estimates of replicates.

    betas [B, K]; settled [B]: whether the fit of a replicate came to a top (others, often separated ones, do not count
    in errors and intervals, which therefore flatter the fit where there are many of them).
    """

    names: tuple[str, ...]
    betas: Floats
    settled: NDArray[np.bool_]
    clusters: int

    @property
    def lost(self) -> int:
        """Replicates without a top."""
        return int((~self.settled).sum())

    @property
    def se(self) -> Floats:
        """[K]; nan with fewer than two replicates."""
        kept = self.betas[self.settled]
        return kept.std(axis=0, ddof=1) if len(kept) > 1 else np.full(self.betas.shape[1], np.nan)

    def interval(self, level: float = 0.95) -> Floats:
        """[2, K] percentiles; nan with fewer than two replicates."""
        kept = self.betas[self.settled]
        if len(kept) < 2:
            return np.full((2, self.betas.shape[1]), np.nan)
        return np.asarray(np.quantile(kept, [(1 - level) / 2, (1 + level) / 2], axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    objective: Objective
    prior: Normal
    scale: Floats
    beta: Floats
    members: tuple[Ints, ...]  # rows of each cluster
    seed: int


def bootstrap(
    fit: Estimate,
    objective: Objective,
    clusters: NDArray[Any],
    replicates: int,
    *,
    seed: int = 0,
    workers: Workers | None = None,
    folder: Path | None = None,
    of: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Bootstrap:
    """Fit `replicates` samples of whole clusters (labels [rows]), each from the estimate on.

    folder: where finished replicates are kept, so that the same call goes on after an interruption; `of` says what
    was fitted (hash of the case, digest of the table). More processes need an objective that can be pickled. Raises
    FitError for fewer than two clusters or replicates, RunError as `Crew` and `RunFolder` do, and passes
    KeyboardInterrupt on.
    """
    labels, index = np.unique(clusters, return_inverse=True)
    if len(labels) < 2 or replicates < 2:
        raise FitError(
            Problem(
                found=f"{len(labels)} clusters and {replicates} replicates",
                expected="at least two of each",
                mend="Name a column with more groups under fit.groups, or ask for more replicates.",
                path="bootstrap",
            )
        )
    members = tuple(np.flatnonzero(index == g).astype(np.intp) for g in range(len(labels)))
    shared = _Shared(objective, fit.prior, fit.scale, fit.beta, members, seed)
    store = None if folder is None else RunFolder(folder)
    done: dict[int, dict[str, Any]] = {}
    if store is not None:
        store.open(_manifest(fit, clusters, seed, of))
        for r in range(replicates):
            kept = store.load(r)
            if kept is not None and set(kept) == {"beta", "settled"} and kept["beta"].shape == fit.beta.shape:
                done[r] = kept
    if progress is not None:
        progress(len(done), replicates)
    waiting = {r: r for r in range(replicates) if r not in done}
    with Crew(_replicate, shared, workers or Workers()) as crew, closing(crew.run(waiting)) as found:
        for r, record in found:
            done[r] = record
            if store is not None:
                store.save(r, record)
            if progress is not None:
                progress(len(done), replicates)
    betas = np.array([done[r]["beta"] for r in range(replicates)])
    settled = np.array([bool(done[r]["settled"]) for r in range(replicates)])
    return Bootstrap(fit.names, betas, settled, len(labels))


def sample(members: tuple[Ints, ...], seed: int, replicate: int) -> Ints:
    """Rows of as many clusters as there are, drawn with replacement."""
    random = np.random.default_rng(np.random.SeedSequence([seed, replicate]))
    drawn = random.integers(0, len(members), len(members))
    return np.concatenate([members[g] for g in drawn])


def _replicate(shared: _Shared, replicate: int) -> dict[str, Any]:
    rows = Rows(shared.objective, sample(shared.members, shared.seed, replicate))
    try:
        fit = maximise(rows, shared.prior, scale=shared.scale, starts=1, first=shared.beta)
    except FitError:
        return {"beta": np.full(len(shared.beta), np.nan), "settled": np.array(False)}
    if fit.certificate.stopped == "interrupted":
        raise KeyboardInterrupt
    return {"beta": fit.beta, "settled": np.array(fit.converged)}


def _manifest(fit: Estimate, clusters: NDArray[Any], seed: int, of: Mapping[str, Any] | None) -> dict[str, Any]:
    digest = sha256(fit.beta.round(6).tobytes() + "\x1f".join(map(str, clusters)).encode()).hexdigest()[:32]
    return {"kind": "cluster bootstrap", "of": dict(of or {}), "names": list(fit.names), "seed": seed, "digest": digest}
