"""A case fitted to a table: what was estimated, how sure it is, and what the table could not tell."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import FitError, Problem
from standoff.fit.bootstrap import Bootstrap, bootstrap
from standoff.fit.climb import StoppedError
from standoff.fit.design import Design, design, produced
from standoff.fit.dual import Ints
from standoff.fit.errors import Errors, observed, sandwich
from standoff.fit.estimate import Certificate, Estimate, maximise
from standoff.fit.hierarchy import Effect, Hierarchical, fit_hierarchy, with_effects
from standoff.fit.likelihood import Likelihood, Value
from standoff.fit.objective import Normal, Objective, Point, Rows
from standoff.fit.rules import Rule
from standoff.fit.table import Table
from standoff.fit.tree import Tree, unroll
from standoff.fit.tuned import Tuned
from standoff.game import compile_case
from standoff.game.model import Floats
from standoff.language.located import Located
from standoff.language.terms import CONSTANT

if TYPE_CHECKING:
    from standoff.case import Case
    from standoff.forecast.ensemble import Workers

Z95 = 1.959963984540054
FAR = (0.5, 2.0, 8.0)  # prior standard deviations beyond the mode at which the likelihood is looked at
STARTS = 8
LOOSE = 3.0  # sd of constants that are fitted alone
ENOUGH = 5_000  # rows that constants are fitted alone to
FEW_CASES = 5  # of an outcome, for each coefficient that it alone tells
FEW = 30  # clusters below which their standard errors are too small
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Progress = Callable[[int, int], None]
Stage = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One line of the table of estimates. `se`, `z`, `low` and `high` (95 %) are nan where there is no error to tell;
    `remark` says why."""

    parameter: str
    term: str
    estimate: float
    se: float
    low: float
    high: float
    prior: tuple[float, float] | None
    remark: str = ""

    @property
    def z(self) -> float:
        """Estimate over its standard error."""
        return self.estimate / self.se if self.se > 0 else float("nan")


@dataclass(frozen=True, eq=False)
class Fitted:
    """A case fitted to a table.

    `errors` are what the table of coefficients rests on: by cluster where `fit.groups` names one, or else from the
    observed information; the bootstrap's where there is one. `even` and `rates` are the log-likelihoods of equal
    chances and of the shares of the outcomes, for comparison. With a `hierarchy`, the likelihood and the estimate have
    a coefficient more for every group; `own` [K] are the places of the design's terms among them, and `groups` says
    where those of a parameter's groups are. `laid` is the design before the spreads that the data choose were: of
    these, `settings` has the values.
    """

    case: Case = field(repr=False)
    table: Table = field(repr=False)
    design: Design = field(repr=False)
    tree: Tree = field(repr=False)
    likelihood: Likelihood = field(repr=False)
    estimate: Estimate = field(repr=False)
    errors: Errors = field(repr=False)
    bootstrap: Bootstrap | None = field(repr=False)
    rule: str
    loglik: float
    even: float
    rates: float
    seconds: float
    hierarchy: Hierarchical | None = field(repr=False, default=None)
    groups: Mapping[str, NDArray[np.intp]] = field(repr=False, default_factory=dict)
    held: tuple[str, ...] = ()  # coefficients that nothing but their prior keeps finite
    laid: Design = field(repr=False, kw_only=True)
    settings: Mapping[str, float] = field(default_factory=dict)

    @property
    def own(self) -> NDArray[np.intp]:
        """[K] places of the design's terms in the estimate."""
        others = {int(k) for places in self.groups.values() for k in places}
        return np.array([k for k in range(len(self.estimate.beta)) if k not in others], np.intp)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What every group of a hierarchy deviates by."""
        return () if self.hierarchy is None else self.hierarchy.effects

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """[K] by parameter, in the order of the case."""
        ses, low, high = self._spread()
        found = []
        for k, term in zip(self.own, self.design.terms, strict=True):
            name = str(term)
            remark = "separated" if name in self.estimate.separated else "flat" if name in self.estimate.flat else ""
            remark = "its size is its prior's" if name in self.held else remark
            prior = None if np.isinf(term.sd) else (term.mean, term.sd)
            beta = float(self.estimate.beta[k])
            found.append(
                Coefficient(
                    term.parameter, term.name, beta, float(ses[k]), float(low[k]), float(high[k]), prior, remark
                )
            )
        return tuple(found)

    def _spread(self) -> tuple[Floats, Floats, Floats]:
        if self.bootstrap is not None:
            low, high = self.bootstrap.interval()
            return self.bootstrap.se, low, high
        ses = self.errors.se
        return ses, self.estimate.beta - Z95 * ses, self.estimate.beta + Z95 * ses

    @property
    def kind(self) -> str:
        """What the standard errors are."""
        return self.errors.kind if self.bootstrap is None else "bootstrap of clusters"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What speaks against the numbers, and what was remarked on; errors first."""
        found = [*self.estimate.complaints, *self.design.remarks]
        clusters = self.errors.clusters
        if self.kind.endswith("by cluster") and clusters is not None and clusters < FEW:
            mend = "Take them for too small; `--bootstrap 500` is no cure for so few."
            if clusters == 1:
                mend = "There are none: name a column with more groups under `groups`, or leave `groups` out."
            said = f"standard errors from {clusters} cluster{'s' * (clusters > 1)}"
            found.append(Problem(said, f"{FEW} or more", mend, level="warning"))
        if self.held:
            found.append(
                Problem(
                    f"separation: nothing but its prior keeps {', '.join(self.held)} finite",
                    "outcomes that no combination of columns tells without error",
                    "Take its size and error for what the prior says: the table only says its sign.",
                    level="warning",
                )
            )
        found += [*self._rare(), *self._at_the_end()]
        if self.bootstrap is not None and self.bootstrap.lost:
            lost, of = self.bootstrap.lost, len(self.bootstrap.betas)
            mend = "Its errors and intervals rest on the others, and are too small where these are many."
            found.append(Problem(f"{lost} of {of} samples without an estimate", "none", mend, level="warning"))
        return tuple(sorted(found, key=lambda problem: problem.level != "error"))

    def _rare(self) -> list[Problem]:
        """Outcomes with too few cases for the coefficients that they alone tell."""
        outcomes, found = self.case.document.outcomes, []
        names = {
            name: {word for worth in one.worth.values() for word in _WORD.findall(str(worth))}
            for name, one in outcomes.items()
        }
        for name, count in zip(self.design.outcomes, self.design.counts.sum(axis=0), strict=True):
            others = {word for other, used in names.items() if other != name for word in used}
            alone = sum(term.parameter in names[name] - others for term in self.design.terms) if name in names else 0
            if 0 < count < FEW_CASES * max(alone, 1):
                whose = f", for {alone} coefficient{'s' * (alone > 1)} that only its worth has" if alone else ""
                said = f"{name.replace('_', ' ')}: {count:,.0f} of {self.cases:,.0f} cases{whose}"
                mend = (
                    "What this fit says of it, and posterior draws for other cases, hang on these few: give its "
                    "coefficients priors that say what is believed, leave terms out, or add cases."
                )
                found.append(Problem(said, f"{FEW_CASES} or more for each", mend, level="warning"))
        return found

    def _at_the_end(self) -> list[Problem]:
        """Spreads that were chosen at the end of their list, and may want more; below 0 there are none."""
        found = []
        for name, value in self.settings.items():
            values = self.laid.tune[name]
            if len(values) > 1 and value and value in (min(values), max(values)):
                end = "largest" if value == max(values) else "smallest"
                said = f"`{name}` chosen as {value:g}, the {end} of its list"
                mend = f"Add {'larger' if end == 'largest' else 'smaller'} values to `tune`."
                found.append(Problem(said, "a choice between others", mend, level="warning"))
        labels = self.laid.groups
        if labels is not None and len(np.unique(labels)) < 2 and any(len(one) > 1 for one in self.laid.tune.values()):
            said = "one group alone, so that spreads were chosen on folds of single rows"
            found.append(Problem(said, "groups to leave out", "Name another column under `groups`.", level="warning"))
        return found

    @property
    def cases(self) -> float:
        """How many outcomes were observed."""
        return float(self.design.counts.sum())

    def to_json(self) -> dict[str, Any]:
        """The documented shape of fit.json and of ``standoff fit --json``."""
        from standoff import __version__

        made, design_ = self.estimate, self.design
        totals = design_.counts.sum(axis=0)
        return {
            "format": "standoff fit 1",
            "version": __version__,
            "case": self.case.name,
            "case_hash": self.case.hash,
            "table": {"name": Path(self.table.name).name, "digest": self.table.digest, "rows": self.table.rows},
            "rule": self.rule,
            "rows": design_.rows,
            "cases": self.cases,
            "outcomes": {name: float(total) for name, total in zip(design_.outcomes, totals, strict=True)},
            "left_out": {
                "rows": design_.dropped,
                "lacking": dict(design_.left_out),
                "elsewhere": design_.elsewhere,
            },
            "loglik": self.loglik,
            "penalised": made.penalised,
            "loglik_of_even_chances": self.even,
            "loglik_of_base_rates": self.rates,
            "converged": made.converged,
            "coefficients": [
                {
                    "parameter": one.parameter,
                    "term": one.term,
                    "estimate": one.estimate,
                    "se": one.se,
                    "z": one.z,
                    "low": one.low,
                    "high": one.high,
                    "prior": one.prior,
                    "remark": one.remark,
                }
                for one in self.coefficients
            ],
            "errors": {"kind": self.kind, "clusters": self.errors.clusters},
            "covariance": self.errors.covariance[np.ix_(self.own, self.own)].tolist(),
            "hierarchy": self._hierarchy(),
            "held": [{"parameter": name, "term": term, "value": value} for name, term, value in self.design.held],
            "standardised": self.design.columns is not None,
            "chosen": {
                name: {"value": value, "of": list(self.laid.tune[name])} for name, value in self.settings.items()
            },
            "effects": self._grouped(),
            "bootstrap": None
            if self.bootstrap is None
            else {"samples": len(self.bootstrap.betas), "lost": self.bootstrap.lost},
            "certificate": certificate(made.certificate),
            "problems": [problem.to_json() for problem in self.problems],
            "seconds": self.seconds,
        }

    def _grouped(self) -> list[dict[str, Any]]:
        """Effects of groups with a given spread."""
        errors = self.errors.se
        return [
            {
                "parameter": parameter,
                "column": one.column,
                "sd": one.sd,
                "groups": {
                    name: {"value": float(self.estimate.beta[k]), "se": float(errors[k])}
                    for name, k in zip(one.names, self.groups[f"{parameter}: each({one.column})"], strict=True)
                },
            }
            for parameter, groupings in self.design.grouped.items()
            for one in groupings
        ]

    def _hierarchy(self) -> list[dict[str, Any]]:
        if self.hierarchy is None:
            return []
        return [
            {
                "parameter": one.parameter,
                "sd": one.sd,
                "low": one.low,
                "high": one.high,
                "gain": one.gain,
                "groups": {
                    effect.group: {"value": effect.value, "se": effect.se}
                    for effect in self.effects
                    if effect.parameter == one.parameter
                },
            }
            for one in self.hierarchy.spreads
        ]


def certificate(told: Certificate) -> dict[str, Any]:
    """The certificate as plain data."""
    return {name: getattr(told, name) for name in Certificate.__slots__}


def fit(
    case: Case,
    table: Table,
    *,
    rule: Rule | None = None,
    starts: int = STARTS,
    seed: int = 0,
    samples: int = 0,
    workers: Workers | None = None,
    folder: Path | None = None,
    located: Located | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
    stage: Stage | None = None,
) -> Fitted:
    """Fit a case to a table: maximum likelihood, or the mode where coefficients have priors.

    rule: how choices err, in place of what the case says. starts: how many places the climb begins from. samples: of
    the cluster bootstrap; each is kept in `folder`, if one is named, and an interrupted one goes on. located: the
    text of the case, to say where something stands in it. progress: ``progress(done, of)`` within what `stage` names.

    Raises FitError for what does not fit, GameError where the tree is too large. A fit without a top is no error:
    see `Fitted.problems`.
    """
    begun = time.monotonic()
    tell = stage or (lambda what: None)
    tell("laying out the table")
    document = case.document
    laid = made = design(document, table, located=located)
    tell("unrolling the case")
    tree = unroll(compile_case(case), set(made.blocks) | _varying(made))
    can = [name for name, may in zip(made.outcomes, tree.producible, strict=True) if may]
    wrong = produced(made, can)
    if wrong:
        raise FitError(wrong)
    chosen: Rule = rule or document.fit.rule  # type: ignore[union-attr]
    settings: dict[str, float] = {}
    if laid.tune:
        tell(f"choosing {', '.join(laid.tune)}")
        settings = _chosen(laid, tree, chosen, can, seed, progress)
        made = laid.at(settings)
    wide, groups = with_effects(made)
    spreads = {name: where for name, where in groups.items() if name in made.hierarchy}
    likelihood = Likelihood(tree, wide, chosen)
    prior = Normal(*wide.priors())
    tell("fitting the constants")
    first = constants_alone(likelihood, wide, prior, seed)
    tell("climbing")
    options: dict[str, Any] = {"scale": wide.scale, "seed": seed, "first": first, "time_limit": time_limit}
    spread = None
    try:
        if spreads:
            spread = fit_hierarchy(likelihood, spreads, prior, starts=min(starts, 2), **options)
            found = spread.estimate
        else:
            found = maximise(likelihood, prior, starts=starts, progress=progress, **options)
    except StoppedError:
        said = f"a time limit of {time_limit:g} s, over before the first step"
        raise FitError(Problem(said, "time for some steps", "Allow more.", path="time_limit")) from None
    errors = observed(found)
    held = held_by_prior(found, likelihood, _stated(wide, groups))
    if made.groups is not None and np.isfinite(errors.covariance).any():
        errors = _no_surer(sandwich(found, likelihood.scores(found.beta), made.groups), errors, found, held)
    seconds, drawn = time.monotonic() - begun, None
    if samples:
        tell("bootstrap")
        clusters = made.groups if made.groups is not None else np.arange(made.rows)
        drawn = bootstrap(
            found, likelihood, clusters, samples, seed=seed, workers=workers, folder=folder,
            of={"case": case.hash, "table": table.digest, "rule": chosen}, progress=progress,
        )  # fmt: skip
    counts = made.counts
    shares = counts.sum(axis=0) / counts.sum()
    rates = float((counts * np.log(np.where(shares > 0, shares, 1.0))).sum())
    even = float(-counts.sum() * np.log(len(can)))
    return Fitted(
        case, table, made, tree, likelihood, found, errors, drawn, chosen, found.loglik, even, rates,
        seconds, spread, groups, held, settings, laid=laid,
    )  # fmt: skip


def _chosen(
    laid: Design, tree: Tree, rule: Rule, can: Collection[str], seed: int, progress: Progress | None
) -> dict[str, float]:
    """The spreads that all rows choose, on folds of them."""
    among = tuple(k for k, name in enumerate(laid.outcomes) if name in laid.told and name in can)
    labels = np.arange(laid.rows) if laid.groups is None else laid.groups
    model = Tuned("", tree, laid, rule, among)
    return model.chosen(laid.counts[:, list(among)], np.arange(laid.rows), labels, seed, progress)


def _stated(wide: Design, groups: Mapping[str, NDArray[np.intp]]) -> NDArray[np.intp]:
    """Coefficients with a prior that says what is believed of them, and is not there to shrink many alike."""
    effects = {int(k) for places in groups.values() for k in places}
    stated = [k for k, term in enumerate(wide.terms) if math.isfinite(term.sd) and not term.tuned and k not in effects]
    return np.array(stated, np.intp)


def held_by_prior(found: Estimate, objective: Objective, among: NDArray[np.intp] | None = None) -> tuple[str, ...]:
    """Coefficients that nothing but their prior keeps finite: away from its mean the likelihood alone never falls, and
    towards it it does. among: which are looked at, by default all with a prior; some four evaluations for each."""
    if found.separated or not found.converged:
        return ()
    names = []
    for k in np.nonzero(np.isfinite(found.prior.sd))[0] if among is None else among:
        off = float(found.beta[k] - found.prior.mean[k])
        if off == 0.0:
            continue
        way = np.zeros(len(found.beta))
        way[k] = math.copysign(float(found.prior.sd[k]), off)
        level = 1e-9 * max(1.0, abs(found.loglik))
        with np.errstate(all="ignore"):
            beyond = [float(objective.at(found.beta + t * way).loglik) for t in FAR]
            before = float(objective.at(found.beta - 0.5 * way).loglik)
        if min(beyond) >= found.loglik - level and before < found.loglik - 1e3 * level:
            names.append(found.names[k])
    return tuple(names)


def _no_surer(robust: Errors, own: Errors, found: Estimate, held: tuple[str, ...]) -> Errors:
    """Errors by cluster, but of what the prior alone holds those of the curvature: where a column tells an outcome
    without error no score is left to vary, and the sandwich takes that for certainty."""
    if not held:
        return robust
    which = np.array([name in held for name in found.names])
    covariance = robust.covariance.copy()
    covariance[which, :] = own.covariance[which, :]
    covariance[:, which] = own.covariance[:, which]
    return replace(robust, covariance=covariance)


def _varying(made: Design) -> set[str]:
    """Parameters that nothing is estimated of, but that differ between rows: offsets alone."""
    return {name for name, held in made.constants.items() if name not in made.blocks and len(held) and np.ptp(held) > 0}


@dataclass(frozen=True, eq=False)
class _Some:
    """An objective in some of its coefficients, the others held where they are."""

    whole: Objective
    which: NDArray[np.intp]
    base: Floats

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.whole.names[int(k)] for k in self.which)

    @property
    def size(self) -> int:
        return len(self.which)

    def full(self, beta: Floats) -> Floats:
        """[K] of the whole."""
        found = self.base.copy()
        found[self.which] = beta
        return found

    def at(self, beta: Floats, rows: Ints | None = None) -> Point:
        """At `beta` [some of K]."""
        found = self.whole.at(self.full(beta), rows)
        return Value(found.loglik, found.gradient[self.which], found.by_row, found.residual, found.flagged)

    def scores(self, beta: Floats) -> Floats:
        return self.whole.scores(self.full(beta))[:, self.which]


def constants_alone(likelihood: Objective, made: Design, prior: Normal, seed: int = 0) -> Floats:
    """Where to begin [K]: the constants as they are without any column, the rest at the means of their priors. Far
    from the base rates the likelihood has tops that are not the highest. Few outcomes may not tell all the constants
    apart, so each is held near 0 here, if loosely."""
    base = np.asarray(prior.mean, float).copy()
    which = np.array([k for k, term in enumerate(made.terms) if term.name == CONSTANT], np.intp)
    if not len(which) or len(which) == made.size:
        return base
    whole = likelihood
    if made.rows > ENOUGH:  # a sample says well enough where to begin
        pick = np.sort(np.random.default_rng(seed).choice(made.rows, ENOUGH, replace=False))
        whole = Rows(likelihood, pick.astype(np.intp))
    some = _Some(whole, which, base)
    part = Normal(prior.mean[which], np.minimum(prior.sd[which], LOOSE))
    try:
        return some.full(maximise(some, part, scale=made.scale[which], starts=1, seed=seed).beta)
    except FitError:
        return base
