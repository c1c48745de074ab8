"""The table as episodes: what is known before a threat, and counts of what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from bivariate import Floats
from game import Data, read
from numpy.typing import NDArray

FEATURES = (
    "sqrt(senderecondep)",
    "senderdemocracy",
    "contig",
    "ally",
    "anticipatedsendercosts",
    "sqrt(targetecondep)",
    "anticipatedtargetcosts",
    "lncaprat",
    "targetdemocracy",
)
OUTCOMES = ("concedes", "stands firm", "backs down")
PAIRS = np.triu_indices(len(FEATURES))
PAIR_NAMES = tuple(f"{FEATURES[i]} x {FEATURES[j]}" for i, j in zip(*PAIRS, strict=True))
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Episodes:
    """Rows are directed dyad-decades.

    `features` [rows, 9]; `counts` [rows, 3] in the order of OUTCOMES; `quiet` [rows]: months without a threat.
    """

    features: Floats
    counts: Floats
    quiet: Floats
    sender: Ints
    target: Ints
    dyad: Ints
    decade: Ints
    published: Data

    @classmethod
    def of(cls, path: Path) -> Episodes:
        t = read(path)
        features = np.column_stack([np.sqrt(t[f[5:-1]]) if f.startswith("sqrt") else t[f] for f in FEATURES])
        sender, target, dyad, decade = (t[k].astype(np.int64) for k in ("ccode1", "ccode2", "dyadID", "tenyear"))
        counts = np.column_stack([t["cd"], t["sf"], t["bd"]])
        return cls(features, counts, t["sq"], sender, target, dyad, decade, Data.of(t))

    @property
    def size(self) -> Floats:
        """Threats of each row."""
        return np.asarray(self.counts.sum(axis=1))

    def codes(self, kind: str) -> Ints:
        """The groups that a kind of split keeps together."""
        return {"dyad": self.dyad, "target": self.target, "time": self.decade}[kind]


def standard(X: Floats, weight: Floats, train: Bools) -> Floats:
    """Columns to mean 0 and deviation 1 over the training episodes; a constant column to 0."""
    mean = np.average(X[train], axis=0, weights=weight[train])
    deviation = np.sqrt(np.average((X[train] - mean) ** 2, axis=0, weights=weight[train]))
    return np.where(deviation > 1e-9, (X - mean) / np.where(deviation > 1e-9, deviation, 1.0), 0.0)


def mapped(e: Episodes, kind: str, train: Bools) -> Floats:
    """The nine covariates as published (`raw`), trade in logs (`logs`), or ranks in the training rows (`ranks`)."""
    X = e.features.copy()
    if kind == "logs":
        for j in (0, 5):
            X[:, j] = np.log(X[:, j] ** 2 + 1e-4)
    elif kind == "ranks":
        for j in range(X.shape[1]):
            s = np.sort(X[train, j])
            X[:, j] = (np.searchsorted(s, X[:, j], "left") + np.searchsorted(s, X[:, j], "right")) / (2.0 * len(s))
    elif kind != "raw":
        raise ValueError(kind)
    return X


@lru_cache(maxsize=4096)
def _design(e: Episodes, kind: str, train: bytes) -> tuple[Floats, Floats]:
    rows = np.frombuffer(train, dtype=np.bool_)
    main = standard(mapped(e, kind, rows), e.size, rows)
    return main, standard(main[:, PAIRS[0]] * main[:, PAIRS[1]], e.size, rows)


def design(e: Episodes, kind: str, train: Bools) -> tuple[Floats, Floats]:
    """Covariates [rows, 9] and their products, squares among them [rows, 45], standardised on the training rows."""
    return _design(e, kind, train.tobytes())


def indicators(codes: Ints) -> Floats:
    """One column per group."""
    return np.asarray(codes[:, None] == np.unique(codes)[None, :], dtype=np.float64)
