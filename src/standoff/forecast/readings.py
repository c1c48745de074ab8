"""Readings of hidden intentions as columns: the chance that actors are of certain types.

The first columns are one for every type of every actor with a secret, in the order of the case. Then follows one for
every hypothesis of the case's own sets that is about types: the chance that each actor it names is of one of the types
it names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.forecast.history import Places
from standoff.game.model import Floats
from standoff.language.document import CaseDocument

Reading = tuple[tuple[int, tuple[int, ...]], ...]  # (which secret actor, its types): all of them together


@dataclass(frozen=True, slots=True)
class Readings:
    """`columns`: what each column is the chance of; `named`: (set, hypothesis) of the columns after those of types."""

    columns: tuple[Reading, ...] = ()
    named: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.columns)

    def measure(self, places: Places) -> Floats:
        """[columns] mean over the places."""
        return np.array([float(places.weights @ column) for column in self.at(places.beliefs)])

    def at(self, beliefs: tuple[Floats, ...]) -> list[Floats]:
        """One array [D] for each column, from beliefs [D, n] per secret actor."""
        found = []
        for reading in self.columns:
            value = np.ones(len(beliefs[0]))
            for actor, kinds in reading:
                value = value * (
                    beliefs[actor][:, kinds[0]] if len(kinds) == 1 else beliefs[actor][:, kinds].sum(axis=1)
                )
            found.append(value)
        return found


def readings_of(document: CaseDocument) -> Readings:
    """The columns of a case."""
    secret = [name for name, actor in document.actors.items() if len(actor.types) > 1]
    columns: list[Reading] = [
        ((i, (n,)),) for i, name in enumerate(secret) for n in range(len(document.actors[name].types))
    ]
    named: list[tuple[str, str]] = []
    for title, one in document.hypotheses.items():
        for name, hypothesis in one.one_of.items():
            if hypothesis.types:
                named.append((title, name))
                columns.append(
                    tuple(
                        (secret.index(actor), tuple(list(document.actors[actor].types).index(kind) for kind in kinds))
                        for actor, kinds in hypothesis.types.items()
                    )
                )
    return Readings(tuple(columns), tuple(named))
