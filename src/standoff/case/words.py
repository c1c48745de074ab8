"""A case in words: who can do what when, what it costs, what ends it. What `standoff show` prints."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from standoff.case.class_words import class_words
from standoff.case.effect_words import effect_words
from standoff.case.fit_words import fit_words
from standoff.case.number_words import flow_words, lever_words, outcome_words, parameter_words
from standoff.case.past_words import past_of_types
from standoff.case.phrases import day, phrase, spoken
from standoff.case.sentences import Plain, called, chance, grounds, listed, sentence, who
from standoff.language.archetype import coded_words
from standoff.language.calendar import DAYS, step_start
from standoff.language.document import Actor, CaseDocument, Factor, OrderEntry, Question


def describe(document: CaseDocument, by_hand: Collection[str] = ()) -> Plain:
    """The case as plain data (JSON-able): sections `clock`, `factors`, `actors`, `order`, `moves`, `events`,
    `outcomes`, `flows`, `mechanisms`, `parameters`, `past`, `fit`, `levers`, `questions`, each element with its
    names, its parts in words and a `text` of whole sentences; and `text`, the whole to be read aloud. `coding` says
    how the situation is coded by the rubric of the archetype, and stands for what it sets.

    Given a case as written, `mechanisms` says what each of them adds; given one with its mechanisms spelled
    out, what they added stands among the rest. Parameters in `by_hand` were set for this once."""
    data: Plain = {
        "title": document.title,
        "question": document.question,
        "summary": document.summary,
        "archetype": document.archetype,
        "coding": _coding(document),
        "clock": _clock(document),
        "factors": [_factor(name, factor) for name, factor in document.factors.items()],
        "actors": [_actor(name, actor, document) for name, actor in document.actors.items()],
        "order": _order(document),
        "moves": [
            effect_words(name, move, document, actor)
            for actor, moves in document.moves.items()
            for name, move in moves.items()
        ],
        "events": [effect_words(name, event, document, None) for name, event in document.events.items()],
        "outcomes": [outcome_words(name, outcome, document) for name, outcome in document.outcomes.items()],
        "flows": [flow_words(name, flow, document) for name, flow in document.flows.items()],
        "parameters": [
            _set_apart(parameter_words(name, parameter, document), document, by_hand)
            for name, parameter in document.parameters.items()
        ],
        "past": class_words(document),
        "fit": fit_words(document.fit),
        "levers": [lever_words(name, lever, document) for name, lever in document.levers.items()],
        "questions": [_question(question, document) for question in document.questions],
        "mechanisms": _theories(document),
    }
    data["text"] = _text(data)
    return data


# scene


def _coding(document: CaseDocument) -> list[Plain]:
    """Factor of the rubric: its level here, and why. What the levels mean is said by the archetype."""
    found = []
    for name, code in document.coding.items():
        reason = f": {code.judgement}" if code.judgement else ""
        text = sentence(f"{spoken(name)} is coded {spoken(code.level)}{reason}")
        plain = {"level": code.level, "because": list(code.because), "judgement": code.judgement}
        found.append({"name": name, **plain, "text": text})
    return found


def _set_apart(parameter: Plain, document: CaseDocument, by_hand: Collection[str]) -> Plain:
    """A number set by hand rests on no reason of the case; one that the coding set, on those told there, which are not
    told again."""
    if parameter["name"] in by_hand:
        return {**parameter, "because": [], "judgement": "set by hand"}
    for factor, code in document.coding.items():
        if (parameter["judgement"] or "").startswith(coded_words(factor, code.level)):
            return {**parameter, "because": [], "judgement": coded_words(factor, code.level)}
    return parameter


def _clock(document: CaseDocument) -> Plain:
    clock = document.clock
    last = step_start(clock, clock.steps)
    return {
        "start": clock.start.isoformat(),
        "end": last.isoformat(),
        "step": clock.step,
        "steps": clock.steps,
        "days_per_step": DAYS[clock.step],
        "text": f"The story starts on {day(clock.start)} and is told in {clock.steps} step"
        f"{'s' * (clock.steps != 1)} of a {clock.step}, up to {day(last)}.",
    }


def _factor(name: str, factor: Factor) -> Plain:
    levels = [spoken(level) for level in factor.levels]
    start = factor.start or factor.levels[0]
    text = f"{called(name, factor.title)}: {listed(levels, 'or')}; at first {spoken(start)}."
    return {"name": name, **grounds(factor), "levels": list(factor.levels), "start": start, "text": text}


def _actor(name: str, actor: Actor, document: CaseDocument) -> Plain:
    types = [
        {"name": kind, **grounds(type_), "prior": chance(type_.prior, document)} for kind, type_ in actor.types.items()
    ]
    parts = [f"{called(name, actor.title)}."]
    if types:
        told = listed(
            (f"{called(kind['name'], None)} ({kind['title'] or 'no title'}) with {kind['prior']}" for kind in types),
            "or",
        )
        parts.append(f"Only it knows which it is: {told.replace(' (no title)', '')}.")
        parts += [told] if (told := past_of_types(actor)) else []
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
        **grounds(actor),
        "called": who(name, document),
        "types": types,
        "precision": phrase(actor.precision, document),
        "tempo": tempo,
        "standing": standing,
        "text": " ".join(sentence(part) for part in parts),
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
            told.append(f"{who} ({listed((spoken(name) for name in names), 'or')})" if names else who)
        else:
            told.append(spoken(entry))
    return told


def _question(question: Question, document: CaseDocument) -> Plain:
    shows = []
    if question.types:
        shows.append(f"what is believed about the type of {who(question.types, document)}")
    if question.outcomes:
        shows.append(f"the chance of {listed(spoken(name) for name in question.outcomes)}")
    if question.moves:
        shows.append(f"what {who(question.moves, document)} is likely to do next")
    for actor, move in (question.after or {}).items():
        shows.append(f"the outcomes if {who(actor, document)} chose `{spoken(move)}` next")
    shows += [f"{label}: {phrase(value, document)}" for label, value in (question.value or {}).items()]
    if question.factors:
        shows.append(f"the course of {listed(spoken(name) for name in question.factors)}")
    if question.hypotheses in document.hypotheses:
        shows.append(f"the hypotheses on “{document.hypotheses[question.hypotheses].title or question.hypotheses}”")
    if question.markers:
        shows.append("what to watch for")
    return {
        "ask": question.ask,
        "shows": shows,
        "reading": question.reading,
        "because": list(question.because),
        "text": sentence(question.ask) + (f" Shown: {listed(shows)}." if shows else ""),
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
            "text": sentence(f"{traced.card.title}: {'; '.join(traced.lines)}"),
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
    if data["coding"]:
        archetype = spoken(data["archetype"])
        blocks += _section(f"How the situation is coded, by the rubric of the archetype {archetype}", data["coding"])
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
    blocks += _section("What past cases say, beside it", data["past"])
    blocks += _section("How a table answers to it", data["fit"])
    blocks += _section("What somebody could commit to", data["levers"])
    blocks += _section("What the brief answers", data["questions"])
    return "\n\n".join(blocks) + "\n"


def _section(heading: str, elements: list[Plain]) -> list[str]:
    if not elements:
        return []
    return [f"## {heading}", "\n".join(f"- {element['text']}" for element in elements)]
