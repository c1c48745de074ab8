"""What a forecast hangs on: which inputs move which answer, where it flips, and in which region it is the answer.

Everything is read off the draws that are there, with their weights; nothing is solved again (`exact_flips` does
that). With a hundred draws and some forty inputs most of what looks like an effect is chance, so every measure stands
beside what dummy inputs get that say nothing, and an input is ranked only where it can be told from them: at most one
in twenty of those that are is expected to be chance (Benjamini and Hochberg 1995, Journal of the Royal Statistical
Society B 57).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.analysis import discovery, flips
from standoff.analysis import moment_independent as independent
from standoff.analysis.enough import Thin, enough_of, is_certain
from standoff.analysis.exact import Exact, axis_of, exact_flips
from standoff.analysis.inputs import DRAWN, PRIOR, Input, Inputs, inputs_of
from standoff.analysis.ranks import LEAST_LEFT, correlation, midranks, partial, partial_interval, residuals
from standoff.errors import Problem, RunError, did_you_mean
from standoff.forecast.weights import effective, quantiles
from standoff.game.model import Floats

if TYPE_CHECKING:
    from standoff.forecast import Forecast, Workers

EACH = 60  # inputs that say nothing for each that may say something; with forty, none of them may reach a lone effect
DUMMIES = (399, 11_999)  # within this: up to 200 inputs
SETTLED = 1e-9  # of the spread of the answer's ranks: less than that left of them is rounding
FALSE_SHARE = 0.05  # of the inputs told from noise, how many may be noise after all
RESAMPLES = 100  # bootstraps behind intervals
FLIP_RESAMPLES = 200
TRIALS = 40  # bootstraps in which a box is searched for again
DETAILED = 8  # inputs whose moment-independent measures get an interval
LEADING = 3  # outcomes, if none are named
STRONG = 12  # inputs whose effect is taken off with its bend as well
ALIKE = 0.7  # rank correlation from which two inputs count as one: a box has limits on one of them
CLEAR = (0.10, 0.90)  # an outcome that is likeliest in such a share of the draws can be told of as likeliest or not
UPPER = 0.75  # else its upper quarter is looked at
POINTS = np.linspace(0.02, 0.98, 25)  # ranks at which curves are smoothed


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of one input: its value, nine in ten bootstraps (None where none were made), the level that 19 in 20
    dummies stay below, and the chance that a dummy gets as much."""

    value: float
    low: float | None
    high: float | None
    noise: float
    chance: float

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"value": self.value, "low": self.low, "high": self.high, "noise": self.noise, "chance": self.chance}


@dataclass(frozen=True, slots=True)
class Effect:
    """What one input does to one answer. `told`: it can be told from noise. `way`: +1, -1, or 0 where it moves the
    answer, but not in one direction. `thirds`: the answer's mean in the lowest and in the highest third of the input;
    `change` is their difference and its interval. `partial`: rank correlation with the other inputs held still, and
    its interval; None where there are too few draws, or the others settle it."""

    input: Input
    told: bool
    chance: float
    way: int
    thirds: tuple[float, float]
    change: tuple[float, float | None, float | None]
    rank: Measure
    partial: tuple[float, float, float] | None
    partial_chance: float | None
    pawn: Measure
    delta: Measure

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        part: dict[str, float | None] | None = None
        if self.partial is not None:
            part = {**dict(zip(("value", "low", "high"), self.partial, strict=True)), "chance": self.partial_chance}
        return {
            "input": self.input.name, "told": self.told, "chance": self.chance, "way": self.way,
            "lowest_third": self.thirds[0], "highest_third": self.thirds[1],
            "change": dict(zip(("value", "low", "high"), self.change, strict=True)),
            "rank": self.rank.to_json(), "partial": part, "pawn": self.pawn.to_json(), "delta": self.delta.to_json(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """A flip-point: the input's value, its interval, and what holds below and above: an outcome's name where the
    likeliest changes, or ``below`` and ``above`` one half."""

    input: str
    at: float
    low: float
    high: float
    before: str
    after: str

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "input": self.input, "at": self.at, "low": self.low, "high": self.high, "before": self.before,
            "after": self.after,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turns:
    """Flip-points of one thing over all inputs, and what was found for each: ``flips``, ``none`` inside the range of
    the draws, or ``untold``."""

    verdicts: dict[str, str]
    found: tuple[Turn, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"verdicts": dict(self.verdicts), "flips": [turn.to_json() for turn in self.found]}


@dataclass(frozen=True, slots=True)
class Limit:
    """One side of a box: the input is ``above`` or ``below`` the limit. `quasi_p`: the chance of as dense a box
    without it; `reproduced`: share of bootstraps that find it too."""

    input: str
    side: str
    limit: float
    quasi_p: float
    reproduced: float

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "input": self.input, "side": self.side, "limit": self.limit, "quasi_p": self.quasi_p,
            "reproduced": self.reproduced,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """Where something is the case. `of`: ``likeliest`` (the outcome is the likeliest) or ``above`` (its chance is
    above `threshold`); `share`: in how much of the weight that is so. coverage, density and mass of the box; the same
    two tried on draws left out, and the chance that a box which says nothing does as well there. `told`: it holds
    there."""

    of: str
    threshold: float | None
    share: float
    told: bool
    limits: tuple[Limit, ...] = ()
    coverage: float = 0.0
    density: float = 0.0
    mass: float = 0.0
    tried_coverage: float = 0.0
    tried_density: float = 0.0
    chance: float = 1.0
    tradeoff: tuple[tuple[float, float, float, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "of": self.of, "threshold": self.threshold, "share": self.share, "told": self.told,
            "limits": [limit.to_json() for limit in self.limits],
            "coverage": self.coverage, "density": self.density, "mass": self.mass,
            "tried": {"coverage": self.tried_coverage, "density": self.tried_density, "chance": self.chance},
            "tradeoff": [
                dict(zip(("coverage", "density", "mass", "limits"), point, strict=True)) for point in self.tradeoff
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """One answer: the chance of an outcome, or the belief in a type of an actor (then `actor` is set, and there are
    neither flips nor a region). `effects`: those told from noise first, the largest change first."""

    name: str
    title: str
    mean: float
    actor: str | None
    effects: tuple[Effect, ...]
    half: Turns | None = None
    region: Region | None = None

    @property
    def told(self) -> tuple[Effect, ...]:
        """Effects that can be told from noise."""
        return tuple(effect for effect in self.effects if effect.told)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        found: dict[str, Any] = {
            "title": self.title, "mean": self.mean, "told": len(self.told),
            "effects": [effect.to_json() for effect in self.effects],
        }  # fmt: skip
        if self.actor is None:
            found["half"] = None if self.half is None else self.half.to_json()
            found["region"] = None if self.region is None else self.region.to_json()
        return found


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a forecast hangs on; see the fields of `Target`. `likeliest`: where the likeliest outcome changes. `thin`:
    set in place of everything else where too few draws carry weight. `adjusted`: there are draws enough to hold the
    other inputs still. No `inputs`: there is nothing to vary."""

    draws: int
    effective_draws: float
    inputs: tuple[Input, ...] = ()
    targets: tuple[Target, ...] = ()
    likeliest: Turns | None = None
    adjusted: bool = False
    thin: Thin | None = None
    as_of: date | None = None
    exact: Exact | None = field(default=None)

    @property
    def outcomes(self) -> dict[str, Target]:
        """Those targets that are outcomes, by name."""
        return {target.name: target for target in self.targets if target.actor is None}

    def to_json(self) -> dict[str, Any]:
        """The shape that docs/scripts.md documents."""
        beliefs: dict[str, dict[str, Any]] = {}
        for target in self.targets:
            if target.actor is not None:
                beliefs.setdefault(target.actor, {})[target.name] = target.to_json()
        return {
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "draws": self.draws,
            "effective_draws": self.effective_draws,
            "thin": None if self.thin is None else self.thin.to_json(),
            "say": self.say,
            "adjusted": self.adjusted,
            "inputs": [one.to_json() for one in self.inputs],
            "outcomes": {name: target.to_json() for name, target in self.outcomes.items()},
            "beliefs": beliefs,
            "likeliest": None if self.likeliest is None else self.likeliest.to_json(),
            "exact": None if self.exact is None else self.exact.to_json(),
        }

    @property
    def say(self) -> str | None:
        """Why there is no answer, where there is none."""
        if self.thin is not None:
            return self.thin.say
        return None if self.inputs else "nothing in this case varies from draw to draw"


def sensitivity(
    made: Forecast,
    outcomes: Sequence[str] | None = None,
    *,
    above: float | None = None,
    exact: str | None = None,
    workers: Workers | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:
    """Which inputs move which answer, flip-points, and regions, from the weighted draws of a forecast.

    outcomes: those to look at; the three likeliest if not given. Beliefs about types come with them if none are
    named. above: regions are where an outcome's chance is above this (0..1). If not given: where it is the likeliest,
    if that is so
        in a tenth to nine tenths of the draws, or else its upper quarter.
    exact: a parameter along which a few draws are solved again (`standoff.analysis.exact`), on `workers`, with
        ``progress(solves done, solves)``.

    Raises RunError for an outcome or a parameter that is none and for a threshold outside 0..1. Costs seconds, and
    solves nothing unless `exact` is given.
    """
    if exact is not None:
        axis_of(made, exact)
    found = replace(_sensitivity(made, outcomes, above), as_of=made.as_of)
    if exact is None or found.thin is not None:
        return found
    asked = outcomes or list(found.outcomes)
    return replace(found, exact=exact_flips(made, exact, asked, workers=workers, progress=progress))


def _sensitivity(made: Forecast, outcomes: Sequence[str] | None, above: float | None) -> Sensitivity:
    document = made.structure.document
    names = list(document.outcomes)
    _check(names, outcomes, above)
    draws, worth = len(made.weights), effective(made.weights)
    certain = is_certain(made)
    thin = enough_of(made)
    if thin is not None:
        return Sensitivity(draws, worth, thin=thin)
    inputs = inputs_of(made)
    if certain or not inputs.rows:
        return Sensitivity(draws, worth)
    w = made.weights[inputs.used]
    w = w / w.sum()
    chances = made.records["series"][inputs.used, -1]
    leading = sorted(range(len(names)), key=lambda o: (-float(w @ chances[:, o]), o))
    asked = [names.index(name) for name in outcomes] if outcomes else sorted(leading[:LEADING], key=leading.index)
    again = Shared(inputs, w, [int(made.case.hash, 16), made.settings.seed])
    likeliest, halves = _turns(again, chances, names, asked)
    targets = []
    for o in asked:
        y, rng = chances[:, o], again.rng(names[o])
        region = _region(again, chances, o, above, rng)
        title = document.outcomes[names[o]].title or names[o].replace("_", " ")
        targets.append(Target(names[o], title, float(w @ y), None, again.effects(y, names[o]), halves[o], region))
    if not outcomes:
        targets += _beliefs(made, again)
    return Sensitivity(draws, worth, inputs.rows, tuple(targets), likeliest, again.adjusts)


def _check(names: list[str], outcomes: Sequence[str] | None, above: float | None) -> None:
    problems = [
        Problem(
            found=f"`{name}` as an outcome",
            expected=f"an outcome of the case: {', '.join(names)}",
            mend=did_you_mean(name, names) or "Name one of these.",
        )
        for name in outcomes or []
        if name not in names
    ]
    if above is not None and not 0 < above < 1:
        problems.append(
            Problem(found=f"a threshold of {above:g}", expected="a chance between 0 and 1", mend="Write 0.3 for 30 %.")
        )
    if problems:
        raise RunError(problems)


def _beliefs(made: Forecast, again: Shared) -> list[Target]:
    targets = []
    at = 0
    for name, actor in made.structure.document.actors.items():
        kinds = list(actor.types)
        if len(kinds) < 2:
            continue
        for i, kind in enumerate(kinds):
            if len(kinds) > 2 or i == 0:  # of two beliefs the second is the first, upside down
                y = made.records["beliefs"][again.inputs.used, -1, at + i]
                title = actor.types[kind].title or kind.replace("_", " ")
                targets.append(Target(kind, title, float(again.w @ y), name, again.effects(y, f"{name}.{kind}")))
        at += len(kinds)
    return targets


class Shared:
    """What all answers of one analysis share: the inputs, and the bootstraps and dummies they are held against."""

    def __init__(self, inputs: Inputs, w: Floats, seed: Sequence[int]) -> None:
        """w [D]: weights of the draws in use, summing to 1. seed: of everything random."""
        self.inputs, self.w = inputs, w
        self.count = effective(w)
        self._seed = seed
        X, D = inputs.X, len(w)
        rng = self.rng("inputs")
        self.pawn_edges = independent.equal_edges(independent.pawn_slices(self.count))
        self.delta_edges = independent.equal_edges(independent.delta_slices(self.count))
        self.thirds_edges = independent.equal_edges(3)
        self.pawn_in = independent.members(X, w, self.pawn_edges)
        self.delta_in = independent.members(X, w, self.delta_edges)
        self.thirds_in = independent.members(X, w, self.thirds_edges)
        self.ranks = midranks(X, w)
        many = int(np.clip(EACH * X.shape[1] - 1, *DUMMIES))
        dummies = rng.permuted(np.broadcast_to(np.arange(D, dtype=float), (many, D)), axis=1).T
        self.dummy_ranks = midranks(dummies, w)
        self.dummy_pawn = independent.members(dummies, w, self.pawn_edges)
        self.dummy_delta = independent.members(dummies, w, self.delta_edges)
        free = _independent(inputs)
        self.adjusts = self.count - len(free) - 3 >= LEAST_LEFT
        if self.adjusts:
            self.free = free
            self.dummy_left = residuals(self.ranks[:, free], self.dummy_ranks, w)
            even = midranks(rng.permutation(D)[:, None].astype(float), w)[:, 0]
            self.dummy_even = independent.delta_of(self.dummy_delta, even, w, self.count, independent.y_grid(even, w))
        self.boots = independent.resampled(w, RESAMPLES, rng)
        self.boot_ranks = midranks(X, self.boots)

    def rng(self, name: str) -> np.random.Generator:
        """Its own randomness for everything that has a name, so that no answer depends on which others are asked
        for."""
        return np.random.default_rng([*self._seed, zlib.crc32(b"sensitivity"), zlib.crc32(name.encode())])

    def effects(self, y: Floats, name: str) -> tuple[Effect, ...]:
        """What each input does to the answer y [D], told ones first."""
        X, w, count = self.inputs.X, self.w, self.count
        if not np.ptp(y) > 1e-12:
            return ()
        Y = y[:, None]
        of_y = midranks(Y, w)
        rank = correlation(self.ranks, of_y, w)[:, 0]
        grid = independent.y_grid(y, w)
        pawn = np.nanmedian(independent.pawn_of(self.pawn_in, y, w), axis=1)
        delta = independent.delta_of(self.delta_in, y, w, count, grid)
        noise_rank = np.abs(correlation(self.dummy_ranks, of_y, w)[:, 0])
        noise_pawn = np.nanmedian(independent.pawn_of(self.dummy_pawn, y, w), axis=1)
        noise_delta = independent.delta_of(self.dummy_delta, y, w, count, grid)
        p_rank = independent.above_noise(np.abs(rank), noise_rank)
        p_pawn = independent.above_noise(pawn, noise_pawn)
        p_delta = independent.above_noise(delta, noise_delta)
        parts = partial(X, Y, w, self.inputs.held)[:, 0]
        alone, noisy = np.repeat(Y, len(rank), axis=1), np.repeat(Y, len(rank), axis=1)
        p_held = p_alone = None
        if self.adjusts:
            p_held, p_alone, alone, noisy, parts = self._held_still(y, of_y, parts)
        by_rank = p_rank if p_held is None else p_held
        # draws as even as these line up in pairs of inputs: what stands out only beside another's effect does not
        # count
        by_shape = np.ones(len(rank)) if p_alone is None else np.maximum(p_delta, p_alone)
        chance = np.minimum(1.0, 2 * np.minimum(by_rank, by_shape))  # two looks at each input
        told = _told(chance)
        means = np.einsum("dps,dp->ps", self.thirds_in, alone) * 3
        low, high = means[:, 0], means[:, -1]
        size = np.abs(high - low)
        order = sorted(range(len(rank)), key=lambda p: (not told[p], -size[p] if told[p] else chance[p], p))
        detailed = np.array(order[:DETAILED])
        rank_again = correlation(self.boot_ranks, midranks(Y, self.boots), self.boots)[:, :, 0]
        rank_band = np.nanquantile(rank_again, flips.LEVELS, axis=0)
        bands = self._bands(y, noisy[:, detailed], detailed, grid)
        levels = [float(np.quantile(noise, 0.95)) for noise in (noise_rank, noise_pawn, noise_delta)]
        found = []
        for p in order:
            at = int(np.flatnonzero(detailed == p)[0]) if p in detailed else None
            band = None if at is None else {key: table[:, at] for key, table in bands.items()}
            interval = partial_interval(float(parts[p]), count, int(self.inputs.held[p].sum()))
            value, rank_span = float(rank[p]), (float(rank_band[0, p]), float(rank_band[1, p]))
            low_way, high_way = rank_span if interval is None else interval
            found.append(
                Effect(
                    input=self.inputs.rows[p],
                    told=bool(told[p]),
                    chance=float(chance[p]),
                    way=1 if low_way > 0 else -1 if high_way < 0 else 0,
                    thirds=(float(low[p]), float(high[p])),
                    change=(float(high[p] - low[p]), *_span(band, "change")),
                    rank=Measure(value, *rank_span, levels[0], float(p_rank[p])),
                    partial=None if interval is None else (float(parts[p]), *interval),
                    partial_chance=None if p_held is None else float(p_held[p]),
                    pawn=Measure(float(pawn[p]), *_span(band, "pawn"), levels[1], float(p_pawn[p])),
                    delta=Measure(
                        float(delta[p]) if band is None else float(band["delta"][2]),
                        *_span(band, "delta"), levels[2], float(p_delta[p]),
                    ),
                )
            )  # fmt: skip
        return tuple(found)

    def _held_still(self, y: Floats, of_y: Floats, parts: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Each input with the others held still: the chance of noise [P] of its partial rank correlation `parts`, and
        of delta; the answer [D, P] that is left for it; the same as scattered as if the others had been known; and
        `parts`, nan where the others settle the answer: what is left then is rounding, which has no effects."""
        w, P = self.w, self.inputs.X.shape[1]
        whole = float(w @ (of_y[:, 0] - w @ of_y[:, 0]) ** 2)

        def settled(left: Floats) -> bool:
            return float(w @ left**2) < SETTLED**2 * whole

        left = residuals(self.ranks[:, self.free], of_y, w)
        if settled(left[:, 0]):
            noise = np.abs(correlation(self.dummy_ranks, of_y, w)[:, 0])
            parts = parts.copy()
            for p in range(P):
                if settled(residuals(self.ranks[:, np.flatnonzero(self.inputs.held[p])], of_y, w)[:, 0]):
                    parts[p] = np.nan
        else:
            noise = np.abs(correlation(self.dummy_left, left, w)[:, 0])
        p_held = independent.above_noise(np.nan_to_num(np.abs(parts)), noise)
        strong = np.flatnonzero(p_held < 0.01)
        strong = strong[np.argsort(p_held[strong], kind="stable")][:STRONG]
        alone, noisy, apart = np.empty((len(w), P)), np.empty((len(w), P)), np.zeros(P)
        answers = np.stack([of_y[:, 0], y], axis=1)
        for p in range(P):
            held = np.flatnonzero(self.inputs.held[p])
            bent = [q for q in strong if self.inputs.held[p, q]]  # strong effects need not be straight
            centred = self.ranks - 0.5
            others = np.hstack([centred[:, held], centred[:, bent] ** 2])
            left = residuals(others, np.hstack([answers, centred[:, [p]]]), w)
            if settled(left[:, 0]):
                left[:, 0], apart[p] = 0.0, -np.inf
            own = left[:, 2]
            spread = float(w @ own**2)
            slopes = (w * own) @ left[:, :2] / spread if spread > 1e-12 else np.zeros(2)
            rest = left[:, :2] - slopes * own[:, None]
            line = slopes * centred[:, [p]]
            if apart[p] == 0:
                even = midranks((rest + line)[:, [0]], w)[:, 0]
                grid = independent.y_grid(even, w)
                apart[p] = independent.delta_of(self.delta_in[:, [p]], even, w, self.count, grid)[0]
            mean = float(w @ y)
            alone[:, p] = mean + rest[:, 1] + line[:, 1]
            wide = self.count / max(self.count - others.shape[1] - 2, 1.0)
            noisy[:, p] = mean + rest[:, 1] * np.sqrt(wide) + line[:, 1]
        return p_held, independent.above_noise(apart, self.dummy_even), alone, noisy, parts

    def _bands(self, y: Floats, alone: Floats, which: Any, grid: Floats) -> dict[str, Floats]:
        """Intervals over bootstraps of the inputs `which`: rows low, high, and the value with its bias taken off."""
        X = self.inputs.X[:, which]
        again: dict[str, list[Floats]] = {"change": [], "pawn": [], "delta": []}
        for w in self.boots:
            means = np.einsum("dps,dp->ps", independent.members(X, w, self.thirds_edges), alone) * 3
            again["change"].append(means[:, -1] - means[:, 0])
            again["pawn"].append(
                np.nanmedian(independent.pawn_of(independent.members(X, w, self.pawn_edges), y, w), axis=1)
            )
            again["delta"].append(
                independent.delta_of(independent.members(X, w, self.delta_edges), y, w, self.count, grid)
            )
        tables = {key: np.stack(rows) for key, rows in again.items()}
        value = independent.delta_of(self.delta_in[:, which], y, self.w, self.count, grid)
        low, high = np.quantile(tables["delta"], flips.LEVELS, axis=0)
        corrected = independent.corrected(value, tables["delta"])
        # the bootstrap of a distance lies above the distance by as much as that lies above the truth: turned about
        turned = [2 * value - high, 2 * value - low, corrected]
        result = {key: np.quantile(tables[key], flips.LEVELS, axis=0) for key in ("change", "pawn")}
        result["delta"] = np.clip(np.stack(turned), 0.0, 1.0)
        return result


def _independent(inputs: Inputs) -> list[int]:
    """Columns that stand for all drawn inputs: without derived ones, and without the last share of each actor."""
    rows = inputs.rows
    kept = []
    for p, row in enumerate(rows):
        shares = [q for q, other in enumerate(rows) if other.kind == PRIOR and other.actor == row.actor]
        if row.kind == DRAWN or (row.kind == PRIOR and (len(shares) == 1 or p != shares[-1])):
            kept.append(p)
    return kept


def _span(band: dict[str, Floats] | None, key: str) -> tuple[float | None, float | None]:
    return (None, None) if band is None else (float(band[key][0]), float(band[key][1]))


def _told(chance: Floats) -> Any:
    """Which of P chances of noise are small enough together, by Benjamini and Hochberg's rule."""
    order = np.argsort(chance, kind="stable")
    good = np.flatnonzero(chance[order] <= FALSE_SHARE * np.arange(1, len(chance) + 1) / len(chance))
    told = np.zeros(len(chance), bool)
    if len(good):
        told[order[: good[-1] + 1]] = True
    return told


def _turns(again: Shared, chances: Floats, names: list[str], asked: list[int]) -> tuple[Turns, dict[int, Turns]]:
    """Where the likeliest outcome changes, and where the chance of each outcome asked for crosses one half."""
    inputs, w = again.inputs, again.w
    boots = independent.resampled(w, FLIP_RESAMPLES, again.rng("flips"))
    weights = np.concatenate([w[None], boots])
    fits = flips.smooth(again.ranks, chances, weights, POINTS, flips.bandwidth(again.count))
    sides = ("below", "above")
    verdicts: dict[str, str] = {}
    found: list[Turn] = []
    halves: dict[int, tuple[dict[str, str], list[Turn]]] = {o: ({}, []) for o in asked}
    for p, row in enumerate(inputs.rows):
        x, ranks = inputs.X[:, p], again.ranks[:, p]
        ends = (float(ranks.min()), float(ranks.max()))
        inside = (ends[0] <= POINTS) & (ends[1] >= POINTS)
        at, curve, many = POINTS[inside], fits[p, 0][inside], fits[p, 1:][:, inside]

        def turned(
            one: flips.Flip, labels: Sequence[str], row: Input = row, x: Floats = x, ranks: Floats = ranks
        ) -> Turn:
            place, low, high = (flips.value_at(rank, x, ranks) for rank in (one.at, one.low, one.high))
            return Turn(row.name, place, low, high, labels[one.before], labels[one.after])

        verdict, crossed, _ = flips.likeliest(at, curve, many)
        verdicts[row.name] = verdict
        found += [turned(one, names) for one in crossed]
        for o in asked:
            verdict, crossed = flips.crossings(at, curve[:, o] - 0.5, many[:, :, o] - 0.5)
            halves[o][0][row.name] = verdict
            halves[o][1].extend(turned(one, sides) for one in crossed)
    return Turns(verdicts, tuple(found)), {o: Turns(said, tuple(turns)) for o, (said, turns) in halves.items()}


def _region(again: Shared, chances: Floats, o: int, above: float | None, rng: np.random.Generator) -> Region | None:
    """The box in which an outcome is the likeliest, or its chance high; None where it is so everywhere or nowhere."""
    w = again.w
    best = chances.argmax(axis=1) == o
    threshold = above
    if above is None and not CLEAR[0] <= float(w @ best) <= CLEAR[1]:
        threshold = float(quantiles(chances[:, [o]], w, (UPPER,))[0, 0])
    interest = best if threshold is None else chances[:, o] > threshold
    share = float(w @ interest)
    of = "likeliest" if threshold is None else "above"
    if not interest.any() or interest.all():
        return None
    if min(share, 1 - share) * again.count < 5:  # a handful of draws has no shape
        return Region(of, threshold, share, told=False)

    alike = np.nan_to_num(correlation(again.ranks, again.ranks, w))
    alike = np.where(np.abs(alike) < ALIKE, 0.0, alike)

    def search(scene: discovery.Scene) -> tuple[list[discovery.Box], discovery.Box]:
        return discovery.among_strongest(scene, alike)

    scene = discovery.scene(again.inputs.X, interest, w, again.count)
    path, box = search(scene)
    tried = discovery.trial(scene, box, TRIALS, rng, search, alike=alike)
    chance = discovery.quasi_p(scene, box)
    limits = []
    for part in sorted(discovery.restrictions(scene, box), key=lambda part: (chance[part], part)):
        p, side = part
        limit = float(box.low[p] if side == 0 else box.high[p])
        name = again.inputs.rows[p].name
        limits.append(Limit(name, ("above", "below")[side], limit, chance[part], tried.reproduced[part]))
    return Region(
        of, threshold, share,
        told=bool(limits) and tried.chance <= 0.05,
        limits=tuple(limits),
        coverage=box.coverage, density=box.density, mass=box.mass,
        tried_coverage=tried.coverage, tried_density=tried.density, chance=tried.chance,
        tradeoff=tuple(
            (one.coverage, one.density, one.mass, len(discovery.restrictions(scene, one)))
            for one in discovery.tradeoff(scene, path)
        ),
    )  # fmt: skip
