"""The case that a caller means: one that was read, or a place to read it from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from standoff.case.load import load
from standoff.case.model import Case
from standoff.errors import CaseError, Problem

Where = str | Path | Case
Overrides = Mapping[str, float | str]


def as_case(where: Where, overrides: Overrides | None = None) -> Case:
    """Raises CaseError if it does not read, or for overrides of a case that was read before."""
    if not isinstance(where, Case):
        return load(where, overrides=overrides)
    if overrides:
        raise too_late("a case that was read before", overrides)
    return where


def too_late(what: str, overrides: Overrides) -> CaseError:
    """What to say of overrides that could change nothing any more."""
    return CaseError(
        Problem(
            found=f"overrides ({', '.join(sorted(overrides))}) beside {what}",
            expected="a folder or a name, to be read with them",
            mend="Give them to standoff.load: load(folder, overrides={...}).",
            path="overrides",
        )
    )
