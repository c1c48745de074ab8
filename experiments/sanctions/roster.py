"""Every forecaster of the table, with the settings it is given or may choose inside its training rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import peers
from bivariate import Floats
from covariates import FEATURES, Bools, Episodes
from crisis import Index, Model, both, challenger, foresight, sequence, threatened, unordered
from splits import Forecaster, Setting, choose, inner, losses

FIRST: Setting = {"m": 0.2, "q": 0.1, "s": 0.3, "map": "logs"}
MENU = (
    ("q", (0.0, 0.1, 0.2)),
    ("s", (0.0, 0.3, 0.6)),
    ("m", (0.1, 0.2, 0.4)),
    ("map", ("raw", "logs", "ranks")),
)
SENDER, TARGET = "cmqs", "cmqt"  # the sender's payoffs carry the sender's effect, the target's the target's


def only(*names: str) -> tuple[int, ...]:
    return tuple(FEATURES.index(n) for n in names)


FULL = Model("full", foresight, (Index(SENDER), Index("k"), Index(TARGET, 1.0)))
AS_PUBLISHED = Model(
    "as published",
    foresight,
    (
        Index("cm", only=only("sqrt(senderecondep)", "senderdemocracy", "lncaprat")),
        Index("km", only=only("targetdemocracy", "lncaprat")),
        Index("cm", 1.0, only=only("sqrt(targetecondep)", "anticipatedtargetcosts", "contig", "ally")),
    ),
)
PLAIN = Model("no structure", unordered, (Index("cmqst"), Index("cmqst")))
SEQUENCE = Model("order of moves alone", sequence, (Index(SENDER), Index(TARGET, 1.0)))
RESOLVED = Model("A's types", challenger, (Index(SENDER), Index("cm"), Index("k", 0.4), Index("k"), Index(TARGET, 1.0)))
TYPES = Model(
    "both types",
    both,
    (*RESOLVED.indices, Index("cm"), Index("k", 0.4)),
)
MONTHS = Model(
    "quiet months too",
    threatened,
    (Index(SENDER), Index("k"), Index(TARGET, 1.0), Index("c"), Index("c"), Index("cms", scale=4.0)),
)


@dataclass
class Chosen:
    """A model whose settings are chosen inside the training rows; choices are kept, for other models and the report."""

    model: Model
    keys: tuple[str, ...]
    first: Setting = field(default_factory=lambda: dict(FIRST))
    made: dict[bytes, dict[str, float | str]] = field(default_factory=dict)

    def settings(self, e: Episodes, train: Bools, kind: str) -> dict[str, float | str]:
        key = kind.encode() + train.tobytes()
        if key not in self.made:
            first = {k: (v if k in self.keys or k in ("m", "map") else 0.0) for k, v in self.first.items()}
            menu = [entry for entry in MENU if entry[0] in self.keys]
            self.made[key] = choose(e, train, kind, self.model.forecast, first, menu)[0]
        return self.made[key]

    def __call__(self, e: Episodes, train: Bools, test: Bools, kind: str) -> Floats:
        return self.model.forecast(e, train, test, self.settings(e, train, kind))


def borrowed(model: Model, chosen: Chosen, **more: float | str) -> Forecaster:
    """Another variant at the settings chosen for `chosen` in the same training rows."""
    return lambda e, train, test, kind: model.forecast(e, train, test, {**chosen.settings(e, train, kind), **more})


def forward(chosen: Chosen) -> Forecaster:
    """The same model, settings for the 1990s chosen by how well the 1970s foretell the 1980s; the rest as before."""

    def forecast(e: Episodes, train: Bools, test: Bools, kind: str) -> Floats:
        how = chosen.settings(e, train, "forward" if kind == "time" else kind)
        return chosen.model.forecast(e, train, test, how)

    return forecast


def stacked(one: Chosen, other: Forecaster, weights: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)) -> Forecaster:
    """A mean of two forecasts, its weight chosen on inner folds (all of which `one`'s settings have seen)."""

    def forecast(e: Episodes, train: Bools, test: Bools, kind: str) -> Floats:
        how = one.settings(e, train, kind)
        total = np.zeros(len(weights))
        for a, b in inner(e, kind, train):
            p, q = one.model.forecast(e, a, b, how), other(e, a, b, kind)
            total += [losses(w * p + (1.0 - w) * q, e.counts[b])[0].sum() for w in weights]
        w = weights[int(np.argmin(total))]
        return np.asarray(w * one.model.forecast(e, train, test, how) + (1.0 - w) * other(e, train, test, kind))

    return forecast


def roster() -> tuple[dict[str, Callable[..., Floats]], dict[str, Chosen]]:
    """Forecasters by name, in the order of the table, and those of them that make choices."""
    full = Chosen(FULL, ("q", "s", "m", "map"))
    chosen = {
        "structure + curvature + effects (full)": full,
        "structure, published covariates, shrunk": Chosen(AS_PUBLISHED, ("m",), {**FIRST, "map": "raw"}),
        "structure, all covariates, shrunk": Chosen(FULL, ("m", "map")),
        "structure + curvature": Chosen(FULL, ("q", "m", "map")),
        "structure + effects of senders and targets": Chosen(FULL, ("s", "m", "map")),
        "no structure + curvature + effects": Chosen(PLAIN, ("q", "s", "m", "map")),
    }
    everyone: dict[str, Callable[..., Floats]] = {
        "base rate": peers.base_rate,
        "multinomial logit": peers.logit(1e6),
        "ridge logit (C = .1)": peers.logit(0.1),
        "random forest (300 trees, leaf 10)": peers.forest(),
        "boosting (80 trees, depth 2)": peers.boosting(),
        "published structure, re-fitted": peers.published,
        **chosen,
        "full, order of moves without foresight": borrowed(SEQUENCE, full),
        "full, challenger's types": borrowed(RESOLVED, full),
        "full, both sides' types": borrowed(TYPES, full),
        "full, quiet months too": borrowed(MONTHS, full),
        "full, settings chosen forward in time": forward(full),
        "full, averaged over the posterior": borrowed(FULL, full, draws=60),
        "full and boosting, stacked": stacked(full, peers.boosting()),
    }
    return everyone, chosen
