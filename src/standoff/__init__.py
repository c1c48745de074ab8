"""Standoff: reports on a political crisis as an executable, cited strategic model.

    import standoff as so

    case = so.load("venezuela-2025")      # read and check
    so.check("my-case")                   # every problem, with file, line and mend
    solution = so.solve(case)             # one solution, at the medians of the priors
    made = so.forecast(case)              # over everything uncertain, weighed by the dated history
    so.assess("my-case", out="runs/x")    # the whole, down to brief.html

Names are loaded when first used, so that importing this package stays quick.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "Case": "standoff.case",
    "Forecast": "standoff.forecast",
    "Problem": "standoff.errors",
    "Settings": "standoff.forecast",
    "Solution": "standoff.solver",
    "StandoffError": "standoff.errors",
    "Workers": "standoff.forecast",
    "anchor": "standoff.verbs",
    "assess": "standoff.assessment",
    "backtest": "standoff.verbs",
    "brief": "standoff.daily",
    "check": "standoff.case",
    "compare": "standoff.verbs",
    "draft": "standoff.verbs",
    "figures": "standoff.case.desk",
    "fit": "standoff.verbs",
    "forecast": "standoff.verbs",
    "hypotheses": "standoff.verbs",
    "indicators": "standoff.verbs",
    "ledger": "standoff.verbs",
    "load": "standoff.case",
    "new": "standoff.verbs",
    "offramps": "standoff.verbs",
    "read": "standoff.case.arrivals",
    "sensitivity": "standoff.verbs",
    "reprints": "standoff.case.desk",
    "score": "standoff.verbs",
    "search": "standoff.case.desk",
    "shipped_cases": "standoff.case",
    "show": "standoff.verbs",
    "simulate": "standoff.verbs",
    "solve": "standoff.verbs",
    "update": "standoff.daily",
    "views": "standoff.verbs",
}

if TYPE_CHECKING:
    from standoff.assessment import assess
    from standoff.case import Case, check, load, shipped_cases
    from standoff.case.arrivals import read
    from standoff.case.desk import figures, reprints, search
    from standoff.daily import brief, update
    from standoff.errors import Problem, StandoffError
    from standoff.forecast import Forecast, Settings, Workers
    from standoff.solver import Solution
    from standoff.verbs import (
        anchor,
        backtest,
        compare,
        draft,
        fit,
        forecast,
        hypotheses,
        indicators,
        ledger,
        new,
        offramps,
        score,
        sensitivity,
        show,
        simulate,
        solve,
        views,
    )

__all__ = [
    "Case",
    "Forecast",
    "Problem",
    "Settings",
    "Solution",
    "StandoffError",
    "Workers",
    "__version__",
    "anchor",
    "assess",
    "backtest",
    "brief",
    "check",
    "compare",
    "draft",
    "figures",
    "fit",
    "forecast",
    "hypotheses",
    "indicators",
    "ledger",
    "load",
    "new",
    "offramps",
    "read",
    "reprints",
    "score",
    "search",
    "sensitivity",
    "shipped_cases",
    "show",
    "simulate",
    "solve",
    "update",
    "views",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'standoff' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


class _Face(ModuleType):
    """The verb `standoff.forecast` and the room of that name share a name: importing the room, which would put it
    in the verb's place, leaves the verb where it is. ``from standoff.forecast import ...`` finds the room."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
