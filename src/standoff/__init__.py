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

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "Case": "standoff.case",
    "Forecast": "standoff.forecast",
    "Problem": "standoff.errors",
    "Settings": "standoff.forecast",
    "StandoffError": "standoff.errors",
    "Workers": "standoff.forecast",
    "check": "standoff.case",
    "load": "standoff.case",
    "shipped_cases": "standoff.case",
}
__all__ = sorted([*_HOMES, "__version__"])

if TYPE_CHECKING:
    from standoff.case import Case, check, load, shipped_cases
    from standoff.errors import Problem, StandoffError
    from standoff.forecast import Forecast, Settings, Workers


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'standoff' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
