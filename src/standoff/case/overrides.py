"""Parameters fixed by hand (`--set name=value`): what they do to a case, and what to say of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from standoff.errors import Problem, did_you_mean
from standoff.language.document import CaseDocument, Prior
from standoff.language.priors import family, in_words, quantile

PATH = "overrides"  # of a problem that is about them
TAIL = 1e-3  # of a prior without ends: what lies beyond is as good as outside
Overrides = Mapping[str, float | str]


def override(written: CaseDocument, overrides: Overrides) -> tuple[CaseDocument, list[Problem]]:
    """The document with parameters fixed at the given numbers; a warning for a number that its prior rules out."""
    parameters = dict(written.parameters)
    problems = []
    for name, value in overrides.items():
        where = said({name: value})
        if name not in parameters:
            problems.append(
                Problem(f"`{name}`", "a parameter", did_you_mean(name, parameters), file=where, path=PATH)
            )
            continue
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            mend = "Write a number after the equals sign: `--set name=0.3`."
            problems.append(Problem(f"`{value}`", "a number", mend, file=where, path=PATH))
            continue
        prior = parameters[name].prior
        if prior is not None:
            problems += _outside(name, number, prior, where)
        fixed = {"prior": Prior(fixed=number), "is_": None, "regress": None, "history": None}
        parameters[name] = parameters[name].model_copy(update=fixed)
    return written.model_copy(update={"parameters": parameters}), problems


def said(overrides: Overrides) -> str:
    """As they are written on the command line."""
    return " ".join(f"--set {name}={value}" for name, value in overrides.items())


def blamed(problems: Sequence[Problem], without: Sequence[Problem], overrides: Overrides) -> list[Problem]:
    """The same problems; those that are not there without the overrides are told of the overrides."""
    before = {(problem.file, problem.line, problem.column, problem.path) for problem in without}
    mend = "Set it to a number for which this holds."
    if len(overrides) > 1:
        mend = "Set them to numbers for which this holds; leave out one at a time to find which it is."
    return [
        problem
        if problem.path == PATH or (problem.file, problem.line, problem.column, problem.path) in before
        else replace(
            problem,
            found=f"{problem.found} ({problem.path}, {problem.where})",
            mend=mend,
            file=said(overrides),
            line=0,
            column=0,
            path=PATH,
        )
        for problem in problems
    ]


def _outside(name: str, number: float, prior: Prior, where: str) -> list[Problem]:
    if family(prior)[0] == "fixed":
        return []
    low, high = (float(quantile(prior, end)) for end in (0.0, 1.0))
    rules_out = "rules out"
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = max(low, float(quantile(prior, TAIL))), min(high, float(quantile(prior, 1 - TAIL)))
        rules_out = f"gives less than {100 * TAIL:g} %"
    if low <= number <= high:
        return []
    return [
        Problem(
            found=f"`{name}` at {number:g}, which its prior, {in_words(prior)}, {rules_out}",
            expected=f"a number from {low:.3g} to {high:.3g}",
            mend="Take what follows as what the case would say, not as what it expects; or widen the prior.",
            file=where,
            path=PATH,
            level="warning",
        )
    ]
