"""What many forecasts together show: whether chances come true as often as they say, and what a score is made of.

Each outcome of each forecast is one statement, "this has chance p", that came true or not. A statement may weigh
less than 1: the forecasts of one question that was updated ten times share the weight of one, as they are not ten.

Sources: Murphy 1973 (the decomposition); Stephenson, Coelho & Jolliffe 2008 (the two terms that make it exact in bins);
Wilson 1927 (intervals); Broecker & Smith 2007 (consistency bands).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10
RESAMPLES = 2000  # fewer, down to a tenth, where there are more than 50,000 statements
Z = 1.959963984540054  # 95 %


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements [N]: their chance, whether they came true, their weight, and the question each is about.

    `before` is the chance of the outcomes listed before this one in the same forecast: together with `chance` the part
    of the unit interval that stands for it. Forecasts of one question list outcomes in the same order.
    """

    chance: Floats
    true: Floats
    weight: Floats
    question: NDArray[np.int64]
    before: Floats


@dataclass(frozen=True, slots=True)
class Bin:
    """Statements of like chance: how many (by weight), what they said, how often they came true, with Wilson's interval
    of that share and the band in which it lies 19 times of 20 if the forecasts are right."""

    low: float
    high: float
    weight: float
    said: float
    came: float
    wilson: tuple[float, float]
    band: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "wilson": list(self.wilson), "band": list(self.band)}


@dataclass(frozen=True, slots=True)
class Murphy:
    """``score = reliability - resolution + uncertainty + within``: of the two-outcome Brier score of all statements.

    `reliability` is what is lost by chances that do not come true as often as they say, `resolution` what is gained by
    telling cases apart, `uncertainty` what knowing the base rate alone scores. `within` is what the bins hide; 0 where
    all statements of a bin say the same.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


def wilson(share: float, count: float, z: float = Z) -> tuple[float, float]:
    """Wilson's 95 % interval of a share seen in `count` trials, which need not be whole; (0, 1) for none."""
    if count <= 0:
        return 0.0, 1.0
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    low = 0.0 if share <= 0 else max(0.0, centre - half)
    return low, 1.0 if share >= 1 else min(1.0, centre + half)


def place_of(chance: Floats, bins: int = BINS) -> NDArray[np.int64]:
    """[N] bin of each statement, of equal width; 1 belongs to the last."""
    return np.minimum((np.asarray(chance) * bins).astype(np.int64), bins - 1)


def curve(said: Statements, bins: int = BINS, seed: int = 0) -> list[Bin]:
    """The calibration curve: bins that hold something, from low to high.

    The band is by resampling: each question ends by its own forecasts (one draw a question, the same for all its
    updates), and the share that comes true is taken as in the data.
    """
    places = place_of(said.chance, bins)
    used = np.unique(places[said.weight > 0])
    if not len(used):
        return []
    at = np.searchsorted(used, places)
    keep = said.weight > 0
    total = np.bincount(at[keep], said.weight[keep], len(used))
    rng = np.random.default_rng([seed, len(said.chance)])
    questions = int(said.question.max()) + 1
    resamples = int(np.clip(RESAMPLES * 50_000 / len(said.chance), RESAMPLES // 10, RESAMPLES))
    shares = np.empty((resamples, len(used)))
    for r in range(resamples):
        u = rng.random(questions)[said.question]
        true = (said.before <= u) & (u < said.before + said.chance) & keep
        shares[r] = np.bincount(at[true], said.weight[true], len(used)) / total
    low, high = np.quantile(shares, [0.025, 0.975], axis=0)
    found = []
    for b, bin_ in enumerate(used):
        mine = (places == bin_) & keep
        weight = said.weight[mine]
        said_mean = float(weight @ said.chance[mine] / weight.sum())
        came = float(weight @ said.true[mine] / weight.sum())
        found.append(
            Bin(
                float(bin_ / bins), float((bin_ + 1) / bins), float(total[b]), said_mean, came,
                wilson(came, float(total[b])), (float(low[b]), float(high[b])),
            )
        )  # fmt: skip
    return found


def murphy(said: Statements, bins: int = BINS) -> Murphy | None:
    """The decomposition; None without statements."""
    if not said.weight.sum() > 0:
        return None
    w = said.weight / said.weight.sum()
    places = place_of(said.chance, bins)
    base = float(w @ said.true)
    score = float(w @ (said.chance - said.true) ** 2)
    reliability = resolution = 0.0
    for place in np.unique(places[w > 0]):
        mine = places == place
        share = float(w[mine].sum())
        p, o = float(w[mine] @ said.chance[mine]) / share, float(w[mine] @ said.true[mine]) / share
        reliability += share * (p - o) ** 2
        resolution += share * (o - base) ** 2
    uncertainty = base * (1 - base)
    return Murphy(score, reliability, resolution, uncertainty, score - reliability + resolution - uncertainty)


def sharpness(forecasts: Sequence[Sequence[float]], weights: Sequence[float]) -> float:
    """How far forecasts commit themselves, whatever happened: the mean of the sum of squared chances. 1 is certainty,
    one over the number of outcomes is even odds; 1 less this is the Brier score they expect of themselves."""
    total = math.fsum(weights)
    return math.fsum(w * math.fsum(p * p for p in one) for one, w in zip(forecasts, weights, strict=True)) / total
