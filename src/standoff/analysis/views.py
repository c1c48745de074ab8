"""Three views of one question: priors by judgement, priors by history, and past cases from outside.

The forecast rests on what its case holds beforehand. A case may say of a parameter, or of an actor's hidden types, what
history says instead (`history:`). The first draws of the forecast are then made again at the same points of the unit
cube under these priors, solved, and weighed by the same evidence: what differs is the priors and nothing else. An
actor's types get the prior that the past cases leave under Jeffreys', Dirichlet(counts + 1/2).

The outside view (`standoff.forecast.outside`) asks nothing of the case but what kind of case it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.analysis.enough import Thin, enough
from standoff.forecast import Forecast, Workers
from standoff.forecast import weights as weighing
from standoff.forecast.common import Points, points_like, walks
from standoff.forecast.ensemble import Progress
from standoff.forecast.forecast import bands
from standoff.forecast.outside import ClassView, classes, days_left, outside
from standoff.game import compile_case
from standoff.game.model import Floats
from standoff.language.document import Actor, CaseDocument, Parameter
from standoff.language.priors import in_words

Band = dict[str, float]
DRAWS = 32  # of the forecast's draws that are made again under history's priors, at most


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """The three views of a forecast at its date.

    `judgement`, `history`: outcome -> band; `history` None where the case names none. `beliefs`: actor -> type -> the
    two bands. `outside`: outcome -> chance, None without reference classes. `rows`: each class with what the two others
    say of the same endings. `replaced`: what history says otherwise, in words. `worth`: effective draws of the second
    view; `thin` where these are too few, and then `history` is None.
    """

    as_of: str
    days_left: float
    judgement: dict[str, Band]
    history: dict[str, Band] | None
    beliefs: dict[str, dict[str, dict[str, Band | None]]]
    outside: dict[str, float] | None
    rows: tuple[dict[str, Any], ...]
    replaced: tuple[dict[str, str], ...]
    worth: float | None
    thin: Thin | None

    @property
    def several(self) -> bool:
        """Whether the case states any view beside judgement."""
        return bool(self.replaced or self.rows)

    def to_json(self) -> dict[str, Any]:
        """The contract for scripts (docs/scripts.md)."""
        return {
            "as_of": self.as_of,
            "days_left": self.days_left,
            "judgement": self.judgement,
            "history": self.history,
            "beliefs": self.beliefs,
            "outside": self.outside,
            "classes": list(self.rows),
            "replaced": list(self.replaced),
            "worth": self.worth,
            "thin": None if self.thin is None else self.thin.to_json(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Again:
    """The draws under history's priors: `weights` [D], `series` [D, outcomes], `beliefs` [D, types]."""

    weights: Floats
    series: Floats
    beliefs: Floats


def views(made: Forecast, *, workers: Workers | None = None, progress: Progress | None = None) -> Views:
    """The three views of a forecast, as many of them as its case states (`Views.several`).

    workers: processes or a Dask scheduler; the numbers do not depend on it. What is solved is kept in the run folder.
    progress: called as ``progress(draws done, draws)``. Cost: one solve for each of at most 32 draws where the case
    says `history`, else nothing. Raises GameError where history's priors make no game, and what forecasts raise.
    """
    document = made.structure.document
    replaced = _replaced(document)
    found = classes(document, made.as_of)
    again = _walked(made, workers, progress) if replaced else None
    thin = None if again is None else enough(again.weights)
    usable = again if thin is None else None
    names = list(document.outcomes)
    from_outside = outside(document, made.as_of)
    return Views(
        as_of=made.as_of.isoformat(),
        days_left=days_left(document, made.as_of),
        judgement=made.outcomes,
        history=None if usable is None else dict(zip(names, bands(usable.series, usable.weights), strict=True)),
        beliefs=_beliefs(made, usable),
        outside=from_outside or None,
        rows=tuple(_row(one, made, usable) for one in found),
        replaced=tuple(replaced),
        worth=None if again is None else weighing.effective(again.weights),
        thin=thin,
    )


def by_history(document: CaseDocument) -> CaseDocument:
    """The same case with history's priors in place of judgement's, where it states any."""
    parameters: dict[str, Parameter] = {
        name: one if one.history is None else one.model_copy(update={"prior": one.history})
        for name, one in document.parameters.items()
    }
    actors = {name: one if one.history is None else _of_past(one) for name, one in document.actors.items()}
    return document.model_copy(update={"parameters": parameters, "actors": actors})


def _of_past(actor: Actor) -> Actor:
    assert actor.history is not None
    past = {kind: actor.history.counts[kind] + 0.5 for kind in actor.types}
    total = sum(past.values())
    types = {kind: one.model_copy(update={"prior": past[kind] / total}) for kind, one in actor.types.items()}
    return actor.model_copy(update={"types": types, "sureness": total})


def _walked(made: Forecast, workers: Workers | None, progress: Progress | None) -> _Again:
    structure = compile_case(by_history(made.structure.document))
    points = points_like(made, structure)
    first = _some(points)
    found = walks(
        f"{made.case.hash} by history", structure, made.task.lines[-1:], first, made.settings,
        workers=workers, run=made.folder, progress=progress,
    )  # fmt: skip
    return _Again(weighing.normalised(found.log_weights[:, 0]), found.series[:, 0], found.beliefs[:, 0])


def _some(points: Points, most: int = DRAWS) -> Points:
    """The first of them, at most so many: of those of the prior and of the refined ones the same share as of all, so
    that together they are still draws of the mixture that `log_proposal` corrects for."""
    D = len(points.u)
    refined = D - points.drawn
    if most >= D:
        return points
    drawn = most - round(most * refined / D)
    keep = np.r_[:drawn, points.drawn : points.drawn + most - drawn]
    log_proposal = points.log_proposal[keep]
    if refined:  # the share is rounded: the density of the mixture with the numbers as they are
        near = np.maximum(np.exp(log_proposal) * D - points.drawn, 0.0) / refined
        log_proposal = np.log((drawn + (most - drawn) * near) / most)
    return Points(points.u[keep], log_proposal, drawn)


def _replaced(document: CaseDocument) -> list[dict[str, str]]:
    """What history says otherwise, in words."""
    found = []
    for name, parameter in document.parameters.items():
        if parameter.history is not None and parameter.prior is not None:
            found.append(
                {"kind": "parameter", "name": name, "title": parameter.title or name.replace("_", " "),
                 "judgement": in_words(parameter.prior), "history": in_words(parameter.history), "source": ""}
            )  # fmt: skip
    for name, actor in document.actors.items():
        if actor.history is not None and actor.sureness is not None and len(actor.types) > 1:
            total = sum(actor.history.counts.values())
            called = {kind: one.title or kind.replace("_", " ") for kind, one in actor.types.items()}
            stated = ", ".join(f"“{called[kind]}” {one.prior}" for kind, one in actor.types.items())
            found.append(
                {"kind": "types", "name": name, "title": actor.title or name.replace("_", " "),
                 "judgement": f"{stated}, held like {actor.sureness:g} past cases",
                 "history": ", ".join(f"“{called[kind]}” {count:g}" for kind, count in actor.history.counts.items())
                 + f" of {total:g}", "source": actor.history.source}
            )  # fmt: skip
    return found


def _beliefs(made: Forecast, again: _Again | None) -> dict[str, dict[str, dict[str, Band | None]]]:
    second = None if again is None else bands(again.beliefs, again.weights)
    found: dict[str, dict[str, dict[str, Band | None]]] = {}
    at = 0
    for name, kinds in made.beliefs.items():
        found[name] = {}
        for kind, band in kinds.items():
            found[name][kind] = {"judgement": band, "history": None if second is None else second[at]}
            at += 1
    return found


def _row(one: ClassView, made: Forecast, again: _Again | None) -> dict[str, Any]:
    document = made.structure.document
    stated = document.reference_classes[one.name]
    columns = [c for c, name in enumerate(document.outcomes) if name in stated.outcomes]

    def together(series: Floats, weights: Floats) -> Band:
        return bands(series[:, columns].sum(axis=1, keepdims=True), weights)[0]

    return {
        "name": one.name,
        "title": stated.title or one.name.replace("_", " "),
        "outcomes": list(stated.outcomes),
        "count": stated.count,
        "of": stated.of,
        "within": None if stated.within is None else {"times": stated.within.times, "per": stated.within.per},
        "source": stated.source,
        "judgement_on_it": stated.judgement,
        "because": list(stated.because),
        "counted": one.counted,
        "outside": one.chance,
        "scaled": one.scaled,
        "counts": one.counts,
        "judgement": together(made.records["series"][:, len(made.dates) - 1], made.weights),
        "history": None if again is None else together(again.series, again.weights),
    }
