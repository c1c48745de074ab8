"""What history says of hidden intentions, in words: counts of past cases, or what a fit to them left."""

from __future__ import annotations

from standoff.case.phrases import number
from standoff.case.sentences import listed
from standoff.language.document import Actor, SharesOfFit
from standoff.language.posterior import band


def past_of_types(actor: Actor) -> str:
    """What history says of an actor's types, '' where it says nothing."""
    if actor.history is None:
        return ""
    titles = {kind: f"“{one.title or kind.replace('_', ' ')}”" for kind, one in actor.types.items()}
    if actor.history.from_ is not None:
        told = _fitted(actor.history.from_, titles)
    else:
        counts = actor.history.counts or {}
        whole = number(sum(counts.values()))
        told = f"of {whole} past cases {listed(f'{number(count)} {titles.get(k, k)}' for k, count in counts.items())}"
    return f"History says: {told} ({actor.history.source})."


def _fitted(fit: SharesOfFit, titles: dict[str, str]) -> str:
    at = listed(f"{name} is {value if isinstance(value, str) else number(value)}" for name, value in fit.at.items())
    where = f"as fitted in {fit.file}{f' where {at}' if at else ''}"
    shares = []
    for kind, draws in fit.values.items():
        middle, low, high = (number(round(share, 2)) for share in band(draws))
        shares.append(f"{titles.get(kind, kind)} {middle}, nine times in ten from {low} to {high}")
    return f"{where}, {'; '.join(shares)}" if shares else where
