"""Settings of a mechanism: what all of them share, and how an entry of the case becomes one."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

from standoff.errors import Problem
from standoff.language.document import Expression, Grounded, Name
from standoff.language.located import Located
from standoff.language.validation import validate


class Settings(Grounded):
    """Base of every mechanism's settings."""

    called: Name | None = Field(
        None, description="name for what it adds (parameters, events, flows); its own name if not said"
    )


def _weighted(value: Any) -> Any:
    if isinstance(value, str):
        return {value: 1}
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return dict.fromkeys(value, 1)
    return value


Weights = Annotated[dict[str, Expression], BeforeValidator(_weighted)]
"""Factors, each counting once, or factor: weight."""

Payoff = Annotated[
    str | float | int | bool | dict[str, Expression],
    Field(description="an expression, or type: expression"),
]

S = TypeVar("S", bound=Settings)


def read_settings(model: type[S], written: Any, index: int, name: str) -> tuple[S | None, list[Problem]]:
    """The settings in entry `index`, called `name` there, or every problem with its key path."""
    located = Located({"mechanisms": {index: {name: written}}}, "")
    settings, problems = validate(model, located, ("mechanisms", index, name))
    # the place in the file is known to whoever read it
    return settings, [replace(problem, line=0, column=0) for problem in problems]
