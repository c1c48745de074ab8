"""Endings, payoffs, parameters and levers in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standoff.case.effect_words import cost_words
from standoff.case.fit_words import line_words
from standoff.case.phrases import number, phrase, spoken
from standoff.case.sentences import Plain, called, grounds, listed, sentence, who
from standoff.language.document import CaseDocument, Flow, Lever, Outcome, Parameter, Prior
from standoff.language.priors import quantile


def outcome_words(name: str, outcome: Outcome, document: CaseDocument) -> Plain:
    """An ending, and what it is worth to whom."""
    worth = [{"actor": actor, "text": _worth(amount, document)} for actor, amount in outcome.worth.items()]
    told = "; ".join(f"to {who(each['actor'], document)} {each['text']}" for each in worth)
    peaceful = " This is a peaceful settlement." if outcome.peaceful else " This is violence." * outcome.violent
    text = sentence(called(name, outcome.title)) + peaceful + (f" It is worth {told}." if told else "")
    return {"name": name, **grounds(outcome), "peaceful": outcome.peaceful, "worth": worth, "text": text}


def _worth(amount: Any, document: CaseDocument) -> str:
    if isinstance(amount, Mapping):
        return listed(f"{phrase(part, document)} as {spoken(kind)}" for kind, part in amount.items())
    return phrase(amount, document)


def flow_words(name: str, flow: Flow, document: CaseDocument) -> Plain:
    """What runs while it lasts."""
    when = phrase(flow.when, document)
    worth = _worth(flow.worth, document)
    text = f"{called(name, flow.title)}: {worth} a {flow.per} to {who(flow.of, document)}"
    text += "" if when == "always" else f" while {when}"
    return {
        "name": name,
        **grounds(flow),
        "of": flow.of,
        "per": flow.per,
        "worth": worth,
        "when": when,
        "text": sentence(text),
    }


def parameter_words(name: str, parameter: Parameter, document: CaseDocument) -> Plain:
    """An uncertain number."""
    prior, known = prior_words(parameter, document), parameter.unit and f", in {parameter.unit}"
    return {
        "name": name,
        **grounds(parameter),
        "unit": parameter.unit,
        "prior": prior,
        "text": sentence(f"{called(name, parameter.title)}: {prior}{known or ''}") + _past(parameter, document),
    }


def _past(parameter: Parameter, document: CaseDocument) -> str:
    """What history says instead."""
    if parameter.history is None:
        return ""
    return f" History says: {prior_words(Parameter(prior=parameter.history), document)}."


def prior_words(parameter: Parameter, document: CaseDocument) -> str:
    """What is believed about a parameter before the evidence, in words."""
    if parameter.is_ is not None:
        return f"it follows from others, as {phrase(parameter.is_, document)}"
    if parameter.regress is not None:
        return line_words(parameter.regress, document.fit)
    prior = parameter.prior
    if prior is None:
        return "nothing is said"
    if prior.fixed is not None:
        return number(prior.fixed)
    if prior.uniform is not None:
        return f"anything from {number(prior.uniform[0])} to {number(prior.uniform[1])}"
    if prior.triangular is not None:
        low, mode, high = (number(part) for part in prior.triangular)
        return f"from {low} to {high}, likeliest {mode}"
    if prior.beta is not None:
        a, b = prior.beta
        return f"around {number(round(a / (a + b), 4))} (beta {number(a)}, {number(b)})"
    if prior.normal is not None:
        return f"around {number(prior.normal[0])}, give or take {number(prior.normal[1])}"
    if prior.lognormal is not None:
        median, spread = prior.lognormal
        low, high = number(round(median / spread, 6)), number(round(median * spread, 6))
        return f"around {number(median)}, nine times in ten from {low} to {high}"
    if prior.from_ is not None:
        return _fitted(prior)
    return "nothing is said"


def _fitted(prior: Prior) -> str:
    """A prior that a fit left: which, where, and how large it is."""
    asked = prior.from_
    assert asked is not None
    at = {name: value if isinstance(value, str) else number(value) for name, value in asked.at.items()}
    where = listed(f"{name} is {value}" for name, value in at.items())
    told = f"as `{asked.parameter}` was fitted in {asked.file}" + (f" where {where}" if where else "")
    if not asked.values:
        return told
    low, middle, high = (number(float(f"{float(quantile(prior, at)):.3g}")) for at in (0.05, 0.5, 0.95))
    return f"{told}: around {middle}, nine times in ten from {low} to {high}"


def lever_words(name: str, lever: Lever, document: CaseDocument) -> Plain:
    """A commitment somebody could make."""
    sets = [{"parameter": key, "to": phrase(value, document)} for key, value in lever.sets.items()]
    told = listed(f"{spoken(each['parameter'])} becomes {each['to']}" for each in sets)
    costs = cost_words(lever.costs, document, None)
    by = [who(each, document) if each in document.actors else each for each in lever.by]
    cost = "".join(f"; it costs {who(each['actor'], document)} {each['text']}" for each in costs)
    return {
        "name": name,
        **grounds(lever),
        "by": listed(by),
        "sets": sets,
        "costs": costs,
        "text": sentence(f"{called(name, lever.title)}, by {listed(by)}: {told}{cost}"),
    }
