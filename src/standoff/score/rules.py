"""Scores of one forecast against what happened. Each is a loss: 0 is best, lower is better.

    log score      -ln p(what happened)                        0 to infinity
    Brier score    sum over outcomes of (p - happened)^2       0 to 2
    ranked score   mean over the K - 1 edges of an order of (P(below) - happened below)^2      0 to 1

All three are proper: nobody who believes q expects a better score from saying anything but q. The log and the Brier
score are strictly so, the ranked one for the chances of the ranks. A forecast of 0 for what then happened has an
infinite log score, and is told so; it is only ever clipped by a floor that the caller states.

Sources: Good 1952 (log); Brier 1950; Epstein 1969 (ranked); Gneiting & Raftery 2007, JASA 102(477) (propriety).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from standoff.errors import Problem, ScoreError

Chances = Mapping[str, float]  # outcome -> probability
Ranks = Sequence[Sequence[str]]  # outcomes in order; those of one rank are not told apart
SLACK = 0.005  # how far chances may miss 1: rounding to two places


def log_score(forecast: Chances, happened: str) -> float:
    """``-ln p`` in nats; infinite where what happened had no chance."""
    chance = forecast.get(happened, 0.0)
    return -math.log(chance) if chance > 0 else math.inf


def brier(forecast: Chances, happened: str) -> float:
    """Squared distance from what happened, over all outcomes (half of it is the two-outcome Brier score)."""
    whole = {**dict.fromkeys((happened,), 0.0), **forecast}
    return math.fsum((chance - (name == happened)) ** 2 for name, chance in whole.items())


def ranked(forecast: Chances, happened: str, order: Ranks) -> float | None:
    """Ranked probability score for an order of all outcomes; None where the order leaves one of them out, or has a
    single rank."""
    place = {name: rank for rank, names in enumerate(order) for name in names}
    if (
        len(order) < 2
        or happened not in place
        or any(chance > 0 and name not in place for name, chance in forecast.items())
    ):
        return None
    below, score = 0.0, 0.0
    for rank, names in enumerate(order[:-1]):
        below += math.fsum(forecast.get(name, 0.0) for name in names)
        score += (below - (place[happened] <= rank)) ** 2
    return score / (len(order) - 1)


def floored(forecast: Chances, floor: float) -> dict[str, float]:
    """The forecast with no chance below `floor`: a mixture with even odds, so that it still sums to 1 and keeps its
    order. Raises ScoreError for a floor that is none, or too high for so many outcomes."""
    count = len(forecast)
    if not 0 <= floor < 1 / count:
        found = f"a floor of {floor:g} for {count} outcomes"
        raise ScoreError(Problem(found, f"a number from 0 up to {1 / count:g}", "Take a smaller one.", path="floor"))
    share = floor * count
    return {name: (1 - share) * chance + floor for name, chance in forecast.items()}


def whole(forecast: Chances) -> dict[str, float] | str:
    """The forecast summing to 1 exactly, or what is wrong with it, in words."""
    for name, chance in forecast.items():
        if not 0 <= chance <= 1:  # nan is none either
            return f"a chance of {chance:g} for {name}"
    total = math.fsum(forecast.values())
    if abs(total - 1) > SLACK + 1e-12:
        return f"chances that sum to {total:.4g}"
    return {name: chance / total for name, chance in forecast.items()} if abs(total - 1) > 1e-9 else dict(forecast)


def order_of(text: str) -> tuple[tuple[str, ...], ...]:
    """An order of outcomes as it is written: ``calm < tension, sanctions < war``. Raises ScoreError."""
    ranks = tuple(tuple(name.strip() for name in rank.split(",") if name.strip()) for rank in text.split("<"))
    names = [name for rank in ranks for name in rank]
    if len(ranks) < 2 or not all(ranks) or len(set(names)) < len(names):
        raise ScoreError(
            Problem(
                f"the order '{text}'", "outcomes from one end to the other, each once, such as 'calm < tension < war'",
                "Put < between ranks and a comma between outcomes of one rank.", path="order",
            )
        )  # fmt: skip
    return ranks


def even(outcomes: Iterable[str]) -> dict[str, float]:
    """Even odds: what somebody says who knows nothing."""
    names = list(outcomes)
    return dict.fromkeys(names, 1 / len(names))
