"""Effects of groups: each group's own normal deviation, with the spread among groups found from the data.

The spread (sd) of a parameter's effects is where the likelihood is highest once effects and coefficients are
integrated out by Laplace's method; given it the effects are a mode under normal priors, shrunken towards zero the
more the less is known of a group. Integrating the coefficients too (restricted maximum likelihood) keeps the sd from
being too small where groups are few. Sources: Patterson & Thompson 1971, Biometrika 58(3); Breslow & Clayton 1993,
JASA 88(421), who show that it is too small for groups with only a few binary outcomes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from standoff.errors import FitError, Problem
from standoff.fit.climb import Hill, polish
from standoff.fit.design import Design, Term
from standoff.fit.errors import observed
from standoff.fit.estimate import Estimate, maximise, typical_sizes
from standoff.fit.objective import Normal, Objective
from standoff.game.model import Floats, Ints

LEAST, MOST = 1e-3, 20.0  # sds that are tried, in units of the parameter
CLOSE = 0.04  # of the log of an sd
NEARING = 12
FALL = 1.92  # of the marginal log-likelihood at the ends of a 95 % interval
Index = NDArray[np.intp]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Spread:
    """The sd of a parameter's effects with a 95 % interval (the other sds held).

    gain: marginal log-likelihood over that without these effects; sd is 0 where nothing is gained, which is
    an answer: the groups do not differ by more than chance. capped: the sd is as large as was tried.
    """

    parameter: str
    groups: int
    sd: float
    low: float
    high: float
    gain: float
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What one group deviates by, and the standard error of that given the sd."""

    parameter: str
    group: str
    value: float
    se: float


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchical:
    """The estimate (coefficients and effects together, under the sds found), the sds, and the effects."""

    estimate: Estimate
    spreads: tuple[Spread, ...]
    effects: tuple[Effect, ...]
    marginal: float  # log-likelihood with coefficients and effects integrated out, up to a constant


def with_effects(design: Design) -> tuple[Design, dict[str, Index]]:
    """A design with a coefficient for every group, and where those of each grouping are: of `hierarchy` by the name of
    its parameter, of `grouped` by ``PARAMETER: each(COLUMN)``.

    They stand behind the parameter's own. Terms of a hierarchy are named ``(GROUP)`` and have sd 1 until an sd is
    found, the others ``(COLUMN GROUP)``. Which group a row is of is kept as its code and not as a column for each.
    """
    terms: list[Term] = []
    placed: dict[str, Index] = {}
    indexed: dict[str, tuple[tuple[Ints, int], ...]] = {}
    blocks = dict(design.blocks)

    def place(key: str, parameter: str, codes: Ints, added: list[Term]) -> None:
        placed[key] = np.arange(len(terms), len(terms) + len(added), dtype=np.intp)
        indexed[parameter] = (*indexed.get(parameter, ()), (codes, len(added)))
        terms.extend(added)

    for parameter in dict.fromkeys([*design.blocks, *design.hierarchy]):
        blocks.setdefault(parameter, np.zeros((design.rows, 0)))
        terms += [term for term in design.terms if term.parameter == parameter]
        if parameter in design.hierarchy:
            codes, names = design.hierarchy[parameter]
            place(parameter, parameter, codes, [Term(parameter, f"({name})", 0.0, 1.0) for name in names])
        for one in design.grouped.get(parameter, ()):
            added = [Term(parameter, f"({one.column} {name})", one.mean, one.sd, (), one.tuned) for name in one.names]
            place(f"{parameter}: each({one.column})", parameter, one.codes, added)
    return replace(design, terms=tuple(terms), blocks=blocks, indexed=indexed), placed


def fit_hierarchy(
    objective: Objective,
    effects: Mapping[str, Sequence[int] | Index],
    prior: Normal | None = None,
    *,
    scale: Floats | None = None,
    starts: int = 2,
    seed: int = 0,
    first: Floats | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Hierarchical:
    """Find the sds of effects and, under them, everything else.

    effects: parameter -> which coefficients are its groups'; no two of them may share a row. prior: of the others.
    progress(sds tried, 0). Cost: about 30 fits from nearby for each hierarchy. Raises
    FitError as `maximise` does, and for fewer than two groups.
    """
    K = objective.size
    at = {name: np.asarray(which, np.intp) for name, which in effects.items()}
    few = [name for name, which in at.items() if len(which) < 2]
    if few or not at:
        raise FitError(
            Problem(
                found=f"fewer than two groups for {', '.join(few) or 'a hierarchy'}",
                expected="several groups",
                mend="Name another column under fit.hierarchy, or leave the parameter out there.",
                path="fit.hierarchy",
            )
        )
    own = np.concatenate([*at.values()])
    unit = typical_sizes(objective, np.zeros(K))[0] if scale is None else np.array(scale, np.float64)
    unit[own] = 1.0  # an effect is in units of its parameter, however rare its group
    search = _Search(objective, at, Normal.flat(K) if prior is None else prior, unit, progress)
    search.deadline = np.inf if time_limit is None else time.monotonic() + time_limit
    begin = search.prior(dict.fromkeys(at, 0.5))
    found = maximise(
        objective, begin, scale=unit, starts=starts, seed=seed, first=first, blocks=search.blocks, time_limit=time_limit
    )
    if found.certificate.stopped:
        return Hierarchical(found, (), (), np.nan)
    search.place = found.beta / unit
    logs = _highest(search, list(at))
    without = {name: search.marginal(logs | {name: math.log(LEAST)}) for name in at}
    here = search.marginal(logs)
    spreads = tuple(_spread(search, name, logs, here, without[name]) for name in at)
    sds = {name: math.exp(log) for name, log in logs.items()}
    search.marginal(logs)
    last = maximise(objective, search.prior(sds), scale=unit, starts=1, first=search.place * unit, blocks=search.blocks)
    se = observed(last).se
    told = tuple(
        Effect(name, str(objective.names[k]).partition(": ")[2].strip("()"), float(last.beta[k]), float(se[k]))
        for name, which in at.items()
        for k in which
    )
    return Hierarchical(last, spreads, told, here)


@dataclass(slots=True)
class _Search:
    """The marginal likelihood in the logs of sds, each fit beginning where the last one ended."""

    objective: Objective
    at: Mapping[str, Index]
    base: Normal
    scale: Floats
    progress: Progress | None
    place: Floats = field(default_factory=lambda: np.empty(0))  # where the last fit ended, in units of scale
    curvature: Floats = field(default_factory=lambda: np.empty((0, 0)))
    tried: int = 0
    deadline: float = np.inf

    @property
    def blocks(self) -> list[list[int]]:
        return [which.tolist() for which in self.at.values()]

    def prior(self, sds: Mapping[str, float]) -> Normal:
        mean, sd = self.base.mean.copy(), self.base.sd.copy()
        for name, which in self.at.items():
            mean[which], sd[which] = 0.0, sds[name]
        return Normal(mean, sd)

    def marginal(self, logs: Mapping[str, float]) -> float:
        """Log-likelihood integrated over everything at sds ``exp(logs)``; -inf where there is no top."""
        sds = {name: math.exp(log) for name, log in logs.items()}
        hill = Hill(self.objective, self.prior(sds), self.scale, deadline=self.deadline)
        top, curvature = polish(hill, self._shrunk(sds), self.blocks, enough=1e-7)
        self.tried += 1
        if self.progress is not None:
            self.progress(self.tried, 0)
        sign, logdet = np.linalg.slogdet(curvature)
        if sign <= 0 or not np.isfinite(hill.top):
            return -np.inf
        self.place, self.curvature = top, curvature
        spread = sum(len(which) * logs[name] for name, which in self.at.items())
        return float(hill.top - spread - logdet / 2)

    def _shrunk(self, sds: Mapping[str, float]) -> Floats:
        """The last place, with effects that are far too large for the sd brought near."""
        place = self.place.copy()
        for name, which in self.at.items():
            place[which] = np.clip(place[which], -3 * sds[name], 3 * sds[name])
        return place


def _highest(search: _Search, names: list[str]) -> dict[str, float]:
    """Logs of the sds where the marginal likelihood is highest: near it by `_near`, then one after another, twice if
    there are several."""
    logs = _near(search, names)
    for _ in range(1 if len(names) == 1 else 2):
        moved = 0.0
        for name in names:
            found = _along(search, logs, name)
            moved = max(moved, abs(found - logs[name]))
            logs[name] = found
        if moved < 2 * CLOSE:
            break
    return logs


def _near(search: _Search, names: list[str]) -> dict[str, float]:
    """Steps of all sds together that take the curvature as it is (Wood & Fasiolo 2017, Biometrics 73(4)): what the
    effects' squares come to over how many of them the data tell of."""
    logs = dict.fromkeys(names, math.log(0.5))
    for _ in range(NEARING):
        if not np.isfinite(search.marginal(logs)):
            break
        variances = np.diag(np.linalg.inv(search.curvature))
        moved = 0.0
        for name in names:
            which = search.at[name]
            told = len(which) - float(variances[which].sum()) / math.exp(2 * logs[name])
            squares = float(np.square(search.place[which]).sum())
            new = 0.5 * math.log(max(squares, 1e-12) / max(told, 1e-6))
            new = min(max(new, math.log(LEAST)), math.log(MOST))
            moved = max(moved, abs(new - logs[name]))
            logs[name] = new
        if moved < 5 * CLOSE:
            break
    return logs


def _along(search: _Search, logs: dict[str, float], name: str) -> float:
    """The log of one sd where the marginal likelihood is highest: near the last one, or anywhere if not there."""
    from scipy.optimize import minimize_scalar

    least, most = math.log(LEAST), math.log(MOST)
    near = (max(logs[name] - 0.7, least), min(logs[name] + 0.7, most))

    def down(log: float) -> float:
        return -search.marginal(logs | {name: float(log)})

    log = logs[name]
    for low, high in (near, (least, most)):
        log = float(minimize_scalar(down, bounds=(low, high), method="bounded", options={"xatol": CLOSE}).x)
        if (low + 3 * CLOSE < log or low == least) and log < high - 3 * CLOSE:
            break
    return log


def _spread(search: _Search, name: str, logs: dict[str, float], here: float, without: float) -> Spread:
    groups = len(search.at[name])
    gain = here - without
    lowest, highest = math.log(LEAST), math.log(MOST)
    none = gain < 1e-3

    def height(log: float) -> float:
        return search.marginal(logs | {name: log})

    best = max(here, without)
    top = lowest if none else logs[name]
    high = _edge(height, top, highest, best - FALL)
    low = lowest if none or gain < FALL else _edge(height, top, lowest, best - FALL)
    return Spread(
        parameter=name,
        groups=groups,
        sd=0.0 if none else math.exp(logs[name]),
        low=0.0 if low <= lowest else math.exp(low),
        high=math.exp(high),
        gain=0.0 if none else gain,
        capped=not none and highest - logs[name] < 5 * CLOSE,
    )


def _edge(height: Callable[[float], float], inside: float, outside: float, level: float) -> float:
    """Where the marginal likelihood falls below `level` between a place above it and one that may be below."""
    if height(outside) >= level:
        return outside
    while abs(outside - inside) > 2 * CLOSE:
        middle = (inside + outside) / 2
        if height(middle) >= level:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2
