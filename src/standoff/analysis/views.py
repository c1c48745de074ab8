"""Three views of one question: priors by judgement, priors by history, and past cases from outside.

The forecast rests on what its case holds beforehand. A case may say of a parameter, or of an actor's hidden types, what
history says instead (`history:`). The first draws of the forecast are then made again at the same points of the unit
cube under these priors, solved, and weighed by the same evidence: what differs is the priors and nothing else. An
actor's types get the prior that the past cases leave under Jeffreys', Dirichlet(counts + 1/2), or the shares that a fit
to such cases left, draw by draw.

The outside view (`standoff.forecast.outside`) asks nothing of the case but what kind of case it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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
from standoff.language.document import Actor, CaseDocument, Fitted, FromFit, Parameter, Prior, SharesOfFit
from standoff.language.posterior import band
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
    replaced: tuple[dict[str, Any], ...]
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
    actors = dict(document.actors)
    for name, one in document.actors.items():
        if one.history is not None and one.history.counts is not None:
            actors[name] = _of_past(one, one.history.counts)
        elif one.history is not None and one.history.from_ is not None:
            drawn = _shares(name, one.types, one.history.from_, taken=parameters)
            parameters |= drawn
            actors[name] = _of_fit(one, list(drawn))
    return document.model_copy(update={"parameters": parameters, "actors": actors})


def _of_past(actor: Actor, counts: Mapping[str, float]) -> Actor:
    past = {kind: counts[kind] + 0.5 for kind in actor.types}
    total = sum(past.values())
    types = {kind: one.model_copy(update={"prior": past[kind] / total}) for kind, one in actor.types.items()}
    return actor.model_copy(update={"types": types, "sureness": total})


def _shares(actor: str, types: Collection[str], fit: SharesOfFit, taken: Collection[str]) -> dict[str, Parameter]:
    """A parameter for the share of each type. As they come from one file, they share a coordinate of the unit cube with
    all else that does, and so stay the shares of one draw."""
    found: dict[str, Parameter] = {}
    for kind in types:
        name = f"share_of_{actor}_{kind}"
        while name in taken:
            name += "_"
        one = FromFit(file=fit.file, parameter=kind, at=fit.at).resolved(fit.values[kind])
        found[name] = Parameter(prior=Prior.model_validate({"from": one}))
    return found


def _of_fit(actor: Actor, shares: Sequence[str]) -> Actor:
    """Types with drawn priors; divided by their sum, so that they are priors too where each is at its own median."""
    total = " + ".join(shares)
    types = {
        kind: one.model_copy(update={"prior": f"{share} / ({total})"})
        for (kind, one), share in zip(actor.types.items(), shares, strict=True)
    }
    return actor.model_copy(update={"types": types, "sureness": None})


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


def _replaced(document: CaseDocument) -> list[dict[str, Any]]:
    """What history says otherwise, in words: on what it rests (`basis`) and whose past cases these are (`source`). For
    types also `before`: type -> its chance by each view before the evidence."""
    found: list[dict[str, Any]] = []
    for name, parameter in document.parameters.items():
        if parameter.history is not None and parameter.prior is not None:
            fit = parameter.history.from_
            found.append(
                {"kind": "parameter", "name": name, "title": parameter.title or name.replace("_", " "),
                 "judgement": in_words(parameter.prior), "history": in_words(parameter.history),
                 "basis": "" if fit is None else _fit_in_words(fit), "source": "",
                 "note": parameter.judgement or "", "before": {}}
            )  # fmt: skip
    for name, actor in document.actors.items():
        if actor.history is not None and actor.sureness is not None and len(actor.types) > 1:
            called = {kind: one.title or kind.replace("_", " ") for kind, one in actor.types.items()}
            stated = ", ".join(f"“{called[kind]}” {one.prior}" for kind, one in actor.types.items())
            told, basis, shares = _history_of(actor, called)
            judged = {kind: float(one.prior) for kind, one in actor.types.items() if isinstance(one.prior, int | float)}
            found.append(
                {"kind": "types", "name": name, "title": actor.title or name.replace("_", " "),
                 "judgement": f"{stated}, held like {actor.sureness:g} past cases", "history": told, "basis": basis,
                 "source": actor.history.source, "note": actor.history.judgement or "",
                 "before": {kind: {"judgement": judged[kind], "history": shares[kind]} for kind in judged}}
            )  # fmt: skip
    return found


def _history_of(actor: Actor, called: Mapping[str, str]) -> tuple[str, str, dict[str, float]]:
    """What history says of an actor's types, what that rests on, and the mean share of each."""
    assert actor.history is not None
    fit = actor.history.from_
    if fit is not None:
        told = {kind: band(fit.values[kind]) for kind in called}
        said = (f"“{called[kind]}” {mean:.2f} ({low:.2f} to {high:.2f})" for kind, (mean, low, high) in told.items())
        return ", ".join(said), _fit_in_words(fit), {kind: mean for kind, (mean, _, _) in told.items()}
    counts = actor.history.counts or {}
    past = {kind: one.prior for kind, one in _of_past(actor, counts).types.items()}
    said = (f"“{called[kind]}” {count:g}" for kind, count in counts.items())
    total = f"{', '.join(said)} of {sum(counts.values()):g}"
    return total, "A count", {kind: float(share) for kind, share in past.items()}


def _fit_in_words(fit: Fitted) -> str:
    at = ", ".join(f"{name} is {value if isinstance(value, str) else f'{value:g}'}" for name, value in fit.at.items())
    return f"A fit ({fit.file}){f' where {at}' if at else ''}"


def _beliefs(made: Forecast, again: _Again | None) -> dict[str, dict[str, dict[str, Band | None]]]:
    second = None if again is None else bands(again.beliefs, again.weights)
    found: dict[str, dict[str, dict[str, Band | None]]] = {}
    at = 0
    for name, kinds in made.beliefs.items():
        found[name] = {}
        for kind, first in kinds.items():
            found[name][kind] = {"judgement": first, "history": None if second is None else second[at]}
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
        "against": one.against,
        "judgement": together(made.records["series"][:, len(made.dates) - 1], made.weights),
        "history": None if again is None else together(again.series, again.weights),
    }
