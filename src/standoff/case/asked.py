"""The case that a caller means: one that was read, or a place to read it from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from standoff.case.folder import FILE, find_case
from standoff.case.load import load
from standoff.case.model import Case
from standoff.errors import CaseError, Problem
from standoff.language.archetype import laid_over
from standoff.language.located import Located
from standoff.language.read import read_yaml

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


def placed(error: CaseError, case: Case) -> CaseError:
    """The same with the place in the text of the case that each path speaks of."""
    text = text_of(case)
    if text is None:
        return error
    found = []
    for problem in error.problems:
        path = tuple(problem.path.split("."))
        line, column = text.where_key(path)
        found.append(replace(problem, file=text.file_at(path), line=line, column=column))
    return CaseError(found)


def text_of(where: Where) -> Located | None:
    """The text of a case with the archetype below it, to say where something stands; None where it cannot be read."""
    try:
        file = where.folder / FILE if isinstance(where, Case) else find_case(where)
        return laid_over(read_yaml(file))[0]
    except CaseError:
        return None
