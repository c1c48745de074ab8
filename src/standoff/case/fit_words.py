"""A table in words: what a parameter is linear in, and how the rows of a table answer to the case."""

from __future__ import annotations

from collections.abc import Mapping

from standoff.case.phrases import number, spoken
from standoff.case.sentences import Plain, listed, sentence
from standoff.language.document import Coefficient, Fit
from standoff.language.terms import CONSTANT, each_of, pairs_of

_RULES = {
    "logit": "choices err as in a forecast (logit)",
    "probit": "choices err by a normal error on every move (probit)",
    "private": "choices err by a normal error on what every outcome is worth, known to the player alone (private)",
}


def line_words(regress: Mapping[str, Coefficient | None], fit: Fit | None) -> str:
    """What a parameter is linear in, with what is known of each coefficient before the table is seen."""
    lists = fit.terms if fit is not None else {}
    told = [f"{_term(term, lists)}{_known(prior)}" for term, prior in regress.items()]
    return f"it goes by a table, as a sum of {listed(told)}, each times a coefficient"


def _term(term: str, lists: Mapping[str, list[str]]) -> str:
    if term == CONSTANT:
        return "a constant"
    if term in lists:
        return f"the terms of the list `{term}`"
    of = pairs_of(term)
    if of is not None:
        return f"the products of two terms of the list `{of}`, squares among them"
    column = each_of(term)
    return f"1 for every value of `{column}`" if column is not None else f"`{term}`"


def _known(prior: Coefficient | None) -> str:
    if prior is None:
        return ""
    if prior.fixed is not None:
        return f" (coefficient {number(prior.fixed)})"
    if prior.normal is None:
        return ""
    mean, spread = prior.normal
    return f" (around {number(mean)}, give or take {f'`{spread}`' if isinstance(spread, str) else number(spread)})"


def fit_words(fit: Fit | None) -> list[Plain]:
    """How the rows of a table answer to the case, a sentence each; nothing where it has no `fit`."""
    if fit is None:
        return []
    told = [_outcomes(fit), _RULES[fit.rule]]
    if fit.where is not True:
        told.append(f"only rows are used where `{fit.where}`")
    if fit.groups is not None:
        told.append(f"rows with the same `{fit.groups}` belong together")
    if fit.time is not None:
        told.append(f"`{fit.time}` puts the rows in order of time")
    told += [f"every `{column}` has an effect of its own on {spoken(name)}" for name, column in fit.hierarchy.items()]
    if fit.standardise:
        told.append("terms are taken in standard deviations from their mean")
    told += [f"the list `{name}` is {listed(f'`{term}`' for term in terms)}" for name, terms in fit.terms.items()]
    told += [
        f"the standard deviation `{name}` is chosen on folds, among {listed(number(one) for one in values)}"
        for name, values in fit.tune.items()
    ]
    return [{"text": sentence(one)} for one in told]


def _outcomes(fit: Fit) -> str:
    if fit.counts is not None:
        each = listed(f"{spoken(name)} in `{column}`" for name, column in fit.counts.items())
        return f"every row counts how often it ended how: {each}"
    assert fit.outcome is not None
    ways = []
    for name, seen in fit.outcome.values.items():
        values = seen if isinstance(seen, list) else [seen]
        ways.append(f"{spoken(name)} where it is {listed((f'`{value}`' for value in values), 'or')}")
    return f"the column `{fit.outcome.column}` says how the case of each row ended: {listed(ways)}"
