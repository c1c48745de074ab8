"""A case in words: who can do what when, what it costs, what ends it. What `standoff show` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from standoff.case.phrases import day, number, percent, phrase, spoken
from standoff.language.calendar import DAYS, step_start
from standoff.language.document import (
    Actor,
    CaseDocument,
    Effect,
    Event,
    Factor,
    Flow,
    Grounded,
    Lever,
    Move,
    OrderEntry,
    Outcome,
    Parameter,
    Question,
)

Plain = dict[str, Any]


def describe(document: CaseDocument) -> Plain:
    """The case as plain data (JSON-able): sections `clock`, `factors`, `actors`, `order`, `moves`, `events`,
    `outcomes`, `flows`, `mechanisms`, `parameters`, `levers`, `questions`, each element with its names, its
    parts in words and a `text` of whole sentences; and `text`, the whole to be read aloud.

    Given a case as written, `mechanisms` says what each of them adds; given one with its mechanisms spelled
    out, what they added stands among the rest."""
    data: Plain = {
        "title": document.title,
        "question": document.question,
        "summary": document.summary,
        "clock": _clock(document),
        "factors": [_factor(name, factor) for name, factor in document.factors.items()],
        "actors": [_actor(name, actor, document) for name, actor in document.actors.items()],
        "order": _order(document),
        "moves": [
            _effect(name, move, document, actor)
            for actor, moves in document.moves.items()
            for name, move in moves.items()
        ],
        "events": [_effect(name, event, document, None) for name, event in document.events.items()],
        "outcomes": [_outcome(name, outcome, document) for name, outcome in document.outcomes.items()],
        "flows": [_flow(name, flow, document) for name, flow in document.flows.items()],
        "parameters": [
            _parameter(name, parameter, document) for name, parameter in document.parameters.items()
        ],
        "levers": [_lever(name, lever, document) for name, lever in document.levers.items()],
        "questions": [_question(question, document) for question in document.questions],
        "mechanisms": _theories(document),
    }
    data["text"] = _text(data)
    return data


def _grounds(element: Grounded) -> Plain:
    return {"title": element.title, "because": list(element.because), "judgement": element.judgement}


def _called(name: str, title: str | None) -> str:
    return f"{title} ({spoken(name)})" if title else spoken(name)


def _sentence(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


def _listed(parts: Iterable[str], last: str = "and") -> str:
    parts = list(parts)
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + f" {last} {parts[-1]}"


def _who(name: str | None, document: CaseDocument) -> str:
    """An actor by its title, as it stands inside a sentence."""
    actor = document.actors.get(name or "")
    title = actor.title if actor is not None else None
    if not title:
        return spoken(name or "")
    return "the " + title[4:] if title.startswith("The ") else title


# scene


def _clock(document: CaseDocument) -> Plain:
    clock = document.clock
    last = step_start(clock, clock.steps)
    return {
        "start": clock.start.isoformat(),
        "end": last.isoformat(),
        "step": clock.step,
        "steps": clock.steps,
        "days_per_step": DAYS[clock.step],
        "text": f"The story starts on {day(clock.start)} and is told in {clock.steps} steps "
        f"of a {clock.step}, up to {day(last)}.",
    }


def _factor(name: str, factor: Factor) -> Plain:
    levels = [spoken(level) for level in factor.levels]
    start = factor.start or factor.levels[0]
    text = f"{_called(name, factor.title)}: {_listed(levels, 'or')}; at first {spoken(start)}."
    return {"name": name, **_grounds(factor), "levels": list(factor.levels), "start": start, "text": text}


def _chance(source: Any, document: CaseDocument) -> str:
    """``45 %`` for a number, ``probability raid_odds`` for a formula."""
    if isinstance(source, int | float) and not isinstance(source, bool):
        return percent(source)
    return f"probability {phrase(source, document)}"


def _actor(name: str, actor: Actor, document: CaseDocument) -> Plain:
    types = [
        {"name": kind, **_grounds(type_), "prior": _chance(type_.prior, document)}
        for kind, type_ in actor.types.items()
    ]
    parts = [f"{_called(name, actor.title)}."]
    if types:
        told = _listed(
            (
                f"{_called(kind['name'], None)} ({kind['title'] or 'no title'}) with {kind['prior']}"
                for kind in types
            ),
            "or",
        )
        parts.append(f"Only it knows which it is: {told.replace(' (no title)', '')}.")
    parts.append(f"Its precision of choice is {phrase(actor.precision, document)}.")
    tempo = standing = None
    moves = document.moves.get(name, {})
    if moves:
        standing = actor.standing or ("hold" if "hold" in moves else next(iter(moves)))
    if actor.tempo is not None:
        tempo = f"about {_times(actor.tempo.times, document)} a {actor.tempo.per}"
        on = f"; between times it goes on with {spoken(standing)}" if standing else ""
        parts.append(f"It reconsiders {tempo}{on}.")
    if actor.discount is not None:
        factor = phrase(actor.discount.factor, document)
        parts.append(f"To it a payoff one {actor.discount.per} away counts {factor} of what it counts now.")
    return {
        "name": name,
        **_grounds(actor),
        "called": _who(name, document),
        "types": types,
        "precision": phrase(actor.precision, document),
        "tempo": tempo,
        "standing": standing,
        "text": " ".join(_sentence(part) for part in parts),
    }


def _times(times: Any, document: CaseDocument) -> str:
    said = phrase(times, document)
    return {"1": "once", "2": "twice"}.get(said, f"{said} times")


def _order(document: CaseDocument) -> list[str]:
    entries = document.order or [*document.actors, "chance"]
    told = []
    for entry in entries:
        if isinstance(entry, OrderEntry):
            names = entry.moves if entry.actor else entry.events
            who = spoken(entry.actor) if entry.actor else "chance"
            told.append(f"{who} ({_listed((spoken(name) for name in names), 'or')})" if names else who)
        else:
            told.append(spoken(entry))
    return told


# what can happen


def change(then: Mapping[str, Any], document: CaseDocument) -> str:
    """``{force: 1, talks: open}`` as "force rises by one level and talks becomes open"; '' for nothing."""
    parts = []
    for name, to in then.items():
        levels = document.factors[name].levels if name in document.factors else []
        if isinstance(to, str) and to in levels:
            parts.append(f"{spoken(name)} becomes {spoken(to)}")
            continue
        try:
            shift = int(to)
        except (TypeError, ValueError):
            parts.append(f"{spoken(name)} becomes {to}")
            continue
        levels_word = "one level" if abs(shift) == 1 else f"{abs(shift)} levels"
        if shift:
            parts.append(f"{spoken(name)} {'rises' if shift > 0 else 'falls'} by {levels_word}")
    return _listed(parts)


def _effect(name: str, effect: Effect, document: CaseDocument, actor: str | None) -> Plain:
    when = phrase(effect.when, document)
    event = isinstance(effect, Event)
    data: Plain = {
        "actor": actor,
        "name": name,
        **_grounds(effect),
        "when": when,
        "then": _leads(effect, document),
        "ends": _ends(effect, document),
        "costs": _costs(effect.costs, document, actor),
        "covert": isinstance(effect, Move) and effect.covert,
    }
    parts = [_called(name, effect.title) if effect.title else spoken(name)]
    if isinstance(effect, Event):
        data["rate"] = data["chance"] = None
        if effect.rate is not None:
            data["rate"] = f"{phrase(effect.rate, document)} a {effect.per}"
            how = f"comes at a rate of {data['rate']}"
        else:
            data["chance"] = _chance(effect.chance, document)
            how = f"comes with {data['chance']}"
        parts.append(how + ("" if when == "always" else f" while {when}"))
    elif when != "always":
        parts.append(f"open while {when}")
    if data["covert"]:
        parts.append("seen only through what it changes")
    parts += [data["ends"], data["then"]]
    parts += [_cost_sentence(cost, actor, document) for cost in data["costs"]]
    if not event and len([part for part in parts if part]) == 1:
        parts.append("changes nothing")
    data["text"] = " ".join(_sentence(part) for part in parts if part)
    return data


def _ends(effect: Effect, document: CaseDocument) -> str:
    """Where it ends the story, in words; '' where it does not."""

    def title(name: str) -> str:
        outcome = document.outcomes.get(name)
        return outcome.title if outcome is not None and outcome.title else spoken(name)

    if effect.ends is None:
        return ""
    if isinstance(effect.ends, str):
        return f"ends it: {title(effect.ends)}"
    told = (f"{title(name)}, with {_chance(chance, document)}" for name, chance in effect.ends.items())
    return "ends it: " + "; ".join(told)


def _leads(effect: Effect, document: CaseDocument) -> str:
    """Where the story goes on, in words."""
    usual = change(effect.then, document)
    if isinstance(effect.ends, str):
        return ""
    ways = [
        f"with {_chance(way.chance, document)} {change(way.then, document) or 'nothing changes'}"
        for way in effect.perhaps
    ]
    if not ways and not effect.ends:
        return usual
    if not ways:
        return f"otherwise {usual}" if usual else ""
    return "; ".join([*ways, f"otherwise {usual or 'nothing changes'}"])


def _cost_sentence(cost: Plain, mover: str | None, document: CaseDocument) -> str:
    whom = "it" if cost["actor"] == mover else _who(cost["actor"], document)
    if cost["text"].startswith("-") and cost["text"][1:].replace(".", "").isdigit():
        return f"brings {whom} {cost['text'][1:]}"
    return f"costs {whom} {cost['text']}"


def _costs(costs: Any, document: CaseDocument, mover: str | None) -> list[Plain]:
    if costs is None:
        return []
    if not isinstance(costs, Mapping):
        costs = {mover: costs}
    return [
        {"actor": actor, "text": _amount(amount, document)}
        for actor, amount in costs.items()
        if amount not in (0, "0")
    ]


def _amount(amount: Any, document: CaseDocument) -> str:
    if isinstance(amount, Mapping):
        return _listed(
            f"{phrase(part, document)} if it is of the type {spoken(kind)}" for kind, part in amount.items()
        )
    return phrase(amount, document)


# endings and payoffs


def _outcome(name: str, outcome: Outcome, document: CaseDocument) -> Plain:
    worth = [{"actor": actor, "text": _worth(amount, document)} for actor, amount in outcome.worth.items()]
    told = "; ".join(f"to {_who(each['actor'], document)} {each['text']}" for each in worth)
    peaceful = " This is a peaceful settlement." if outcome.peaceful else ""
    text = _sentence(_called(name, outcome.title)) + peaceful + (f" It is worth {told}." if told else "")
    return {"name": name, **_grounds(outcome), "peaceful": outcome.peaceful, "worth": worth, "text": text}


def _worth(amount: Any, document: CaseDocument) -> str:
    if isinstance(amount, Mapping):
        return _listed(f"{phrase(part, document)} as {spoken(kind)}" for kind, part in amount.items())
    return phrase(amount, document)


def _flow(name: str, flow: Flow, document: CaseDocument) -> Plain:
    when = phrase(flow.when, document)
    worth = _worth(flow.worth, document)
    text = f"{_called(name, flow.title)}: {worth} a {flow.per} to {_who(flow.of, document)}"
    text += "" if when == "always" else f" while {when}"
    return {
        "name": name,
        **_grounds(flow),
        "of": flow.of,
        "per": flow.per,
        "worth": worth,
        "when": when,
        "text": _sentence(text),
    }


def _parameter(name: str, parameter: Parameter, document: CaseDocument) -> Plain:
    prior, known = prior_words(parameter, document), parameter.unit and f", in {parameter.unit}"
    return {
        "name": name,
        **_grounds(parameter),
        "unit": parameter.unit,
        "prior": prior,
        "text": _sentence(f"{_called(name, parameter.title)}: {prior}{known or ''}"),
    }


def prior_words(parameter: Parameter, document: CaseDocument) -> str:
    """What is believed about a parameter before the evidence, in words."""
    if parameter.is_ is not None:
        return f"it follows from others, as {phrase(parameter.is_, document)}"
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
    return "nothing is said"


def _lever(name: str, lever: Lever, document: CaseDocument) -> Plain:
    sets = [{"parameter": key, "to": phrase(value, document)} for key, value in lever.sets.items()]
    told = _listed(f"{spoken(each['parameter'])} becomes {each['to']}" for each in sets)
    costs = _costs(lever.costs, document, None)
    cost = "".join(f"; it costs {_who(each['actor'], document)} {each['text']}" for each in costs)
    return {
        "name": name,
        **_grounds(lever),
        "by": lever.by,
        "sets": sets,
        "costs": costs,
        "text": _sentence(f"{_called(name, lever.title)}, by {lever.by}: {told}{cost}"),
    }


def _question(question: Question, document: CaseDocument) -> Plain:
    shows = []
    if question.types:
        shows.append(f"what is believed about the type of {_who(question.types, document)}")
    if question.outcomes:
        shows.append(f"the chance of {_listed(spoken(name) for name in question.outcomes)}")
    if question.moves:
        shows.append(f"what {_who(question.moves, document)} is likely to do next")
    for actor, move in (question.after or {}).items():
        shows.append(f"the outcomes if {_who(actor, document)} chose `{spoken(move)}` next")
    shows += [f"{label}: {phrase(value, document)}" for label, value in (question.value or {}).items()]
    if question.factors:
        shows.append(f"the course of {_listed(spoken(name) for name in question.factors)}")
    return {
        "ask": question.ask,
        "shows": shows,
        "reading": question.reading,
        "because": list(question.because),
        "text": _sentence(question.ask) + (f" Shown: {_listed(shows)}." if shows else ""),
    }


def _theories(document: CaseDocument) -> list[Plain]:
    """What each entry of `mechanisms` adds; entries with errors are left out."""
    if not document.mechanisms:
        return []
    from standoff.mechanisms import trace

    return [
        {
            "index": traced.index,
            "name": traced.card.name,
            "title": traced.card.title,
            "claim": traced.card.claim,
            "adds": list(traced.lines),
            "text": _sentence(f"{traced.card.title}: {'; '.join(traced.lines)}"),
        }
        for traced in trace(document)
    ]


# the whole


def _text(data: Plain) -> str:
    """Everything above as one text: a heading per section, one paragraph or bullet per element."""
    blocks = [f"# {data['title']}", data["question"]]
    if data["summary"]:
        blocks.append(" ".join(data["summary"].split()))
    blocks.append(data["clock"]["text"])
    blocks += _section("What everyone can see", data["factors"])
    blocks += _section("Who acts", data["actors"])
    blocks.append(f"Within a {data['clock']['step']} the order is: {', then '.join(data['order'])}.")
    for actor in data["actors"]:
        theirs = [move for move in data["moves"] if move["actor"] == actor["name"]]
        blocks += _section(f"What {actor['called']} can do", theirs)
    blocks += _section("What chance does", data["events"])
    blocks += _section("How it can end", data["outcomes"])
    blocks += _section("What runs while it lasts", data["flows"])
    blocks += _section("What theory adds", data["mechanisms"])
    blocks += _section("What is uncertain", data["parameters"])
    blocks += _section("What somebody could commit to", data["levers"])
    blocks += _section("What the brief answers", data["questions"])
    return "\n\n".join(blocks) + "\n"


def _section(heading: str, elements: list[Plain]) -> list[str]:
    if not elements:
        return []
    return [f"## {heading}", "\n".join(f"- {element['text']}" for element in elements)]
