"""What a computed number rests on, gathered from the model and the evidence.

A forecast is a mixture over everything uncertain, so strictly each number rests on all of it. A reader wants
the near part: for an outcome, what leads there; for a belief, its prior, the moves that shifted it and the
testimony that counted; for a move, its own grounds and the parameters in its terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from standoff.report.references import Reference, References, merged, names_in
from standoff.report.words import gist, plain

Row = Mapping[str, Any]


def rows(findings: Row, *path: str) -> list[Row]:
    """The list of records at a path of the findings; empty where the path is missing."""
    here: Any = findings
    for key in path:
        here = (here or {}).get(key)
    return list(here or [])


def find(records: Iterable[Row], **wanted: str) -> Row | None:
    """The first record whose fields have these values."""
    return next((r for r in records if all(r.get(k) == v for k, v in wanted.items())), None)


def leads_to(effect: Row, outcome: str) -> bool:
    """Whether a move or event can end the story in this outcome."""
    ends = effect.get("ends")
    if ends is None:
        return False
    return outcome in ends if isinstance(ends, Mapping) else outcome in names_in(str(ends))


def effect_parameters(effect: Row, parameters: Mapping[str, Any]) -> list[str]:
    """Parameters that stand in the terms of a move or event."""
    named = list(effect.get("rests_on") or [])
    terms = names_in([effect.get(k) for k in ("ends", "costs", "rate", "chance", "when", "perhaps", "then")])
    return named + [p for p in parameters if p in terms and p not in named]


def _claims(refs: References, record: Row | None) -> list[Reference]:
    """Claims of a parameter; its judgement is reached through the parameter, always named as well."""
    return [refs.claim(ident) for ident in (record or {}).get("because") or []]


def effect_grounds(findings: Row, refs: References, effect: Row, *, deep: bool = True) -> list[Reference]:
    """Claims and judgement of a move or event, and the parameters in its terms.

    A move that rests on nothing of its own shows the claims of those parameters, if `deep`.
    """
    owner = ("move", effect["actor"], effect["name"]) if "actor" in effect else ("event", effect["name"])
    parameters = findings.get("parameters") or {}
    named = effect_parameters(effect, parameters)
    own = refs.grounds(effect, *owner)
    groups = [own]
    if deep and not own:
        groups += [_claims(refs, parameters.get(p)) for p in named]
    groups.append([refs.to("parameter", p) for p in named if p in parameters])
    return merged(*groups)


def routes(findings: Row, outcome: str) -> list[Row]:
    """Moves and events that can end in this outcome."""
    effects = rows(findings, "model", "moves") + rows(findings, "model", "events")
    return [e for e in effects if leads_to(e, outcome)]


def outcome_grounds(findings: Row, refs: References, outcome: str) -> list[Reference]:
    """Grounds of an outcome's worth and of every way that leads there."""
    own = find(rows(findings, "model", "outcomes"), name=outcome)
    groups = [refs.grounds(own, "worth", outcome)]
    groups += [effect_grounds(findings, refs, effect) for effect in routes(findings, outcome)]
    return merged(*groups)


def shift_of(record: Row, actor: str) -> float:
    """How far a dated move or a testimony shifted what is believed about an actor: the largest change of a chance."""
    return max((abs(v) for v in ((record.get("shift") or {}).get(actor) or {}).values()), default=0.0)


def shifting(findings: Row, actor: str, most: int = 3) -> list[tuple[Row, float]]:
    """Dated moves and counted testimony that shifted what is believed about an actor the most, with the size."""
    told = [t for t in rows(findings, "testimony") if t.get("counted")]
    found = [(record, shift_of(record, actor)) for record in [*rows(findings, "history"), *told]]
    found = [pair for pair in found if pair[1] >= 0.005]
    found.sort(key=lambda pair: -pair[1])
    return found[:most]


def testimony_on(findings: Row, actor: str) -> list[Row]:
    """Counted testimony that bears on an actor's types."""
    return [t for t in rows(findings, "testimony") if t.get("counted") and actor in (t.get("types") or {})]


def belief_grounds(findings: Row, refs: References, actor: str) -> list[Reference]:
    """Grounds of the priors of an actor's types, of the moves that shifted them, and the testimony."""
    record = find(rows(findings, "model", "actors"), name=actor) or {}
    groups = [refs.grounds(t, "type", actor, t["name"]) for t in record.get("types") or []]
    groups.append([refs.claim(t["claim"]) for t in testimony_on(findings, actor)])
    for record, _ in shifting(findings, actor):
        if "index" in record:
            groups.append(refs.grounds(record, "history", str(record["index"])))
    return merged(*groups)


def belief_path(findings: Row, refs: References, actor: str) -> list[Reference]:
    """The moves and the testimony, in order of weight, that made the belief what it is."""
    return [
        history_reference(refs, record) if "index" in record else heard_reference(refs, record)
        for record, _ in shifting(findings, actor)
    ]


def heard_reference(refs: References, heard: Row) -> Reference:
    """A testimony by what it says."""
    claim = refs.claims.get(str(heard.get("claim"))) or {}
    says = gist(claim.get("says") or plain(heard.get("claim")), 90).rstrip(".")
    return Reference(f"“{says}”", refs.href("claim", str(heard.get("claim"))), "testimony", says)


def history_reference(refs: References, entry: Row) -> Reference:
    """A dated move by its title and day."""
    index = str(entry["index"])
    return refs.to("history", index, label=refs.title("history", index))


def move_grounds(findings: Row, refs: References, actor: str, move: str) -> list[Reference]:
    """Grounds of one move of an actor."""
    effect = find(rows(findings, "model", "moves"), actor=actor, name=move)
    return effect_grounds(findings, refs, effect) if effect else []


def factor_grounds(findings: Row, refs: References, factor: str) -> list[Reference]:
    """Grounds of a factor's start and of the moves and events that change it."""
    own = find(rows(findings, "model", "factors"), name=factor)
    effects = rows(findings, "model", "moves") + rows(findings, "model", "events")
    moving = [e for e in effects if factor in names_in([e.get("then"), e.get("perhaps")])]
    return merged(
        refs.grounds(own, "factor", factor), *(effect_grounds(findings, refs, e, deep=False) for e in moving)
    )


def expression_grounds(findings: Row, refs: References, expression: Any) -> list[Reference]:
    """Parameters in an expression, and what they rest on."""
    parameters = findings.get("parameters") or {}
    named = [p for p in parameters if p in names_in(expression)]
    return merged(
        *(_claims(refs, parameters[p]) for p in named),
        [refs.to("parameter", p) for p in named],
    )


def derived_from(parameters: Mapping[str, Any], name: str) -> list[str]:
    """Parameters in the formula of one that has no prior of its own, in the order of the case."""
    text = str(parameters[name].get("prior_text") or "")
    named = names_in(text[1:]) if text.startswith("=") else set()
    return [other for other in parameters if other in named]


def used_by(findings: Row, refs: References, parameter: str) -> list[Reference]:
    """Parameters, actors, moves, events, flows and outcomes in whose terms a parameter stands."""
    parameters = findings.get("parameters") or {}
    found = []
    for name in parameters:
        if parameter in derived_from(parameters, name):
            found.append(refs.to("parameter", name, label=str(parameters[name].get("title") or name)))
    for actor in rows(findings, "model", "actors"):
        priors = [kind.get("prior") for kind in actor.get("types") or []]
        if parameter in names_in([actor.get("precision"), actor.get("tempo"), actor.get("discount"), priors]):
            found.append(refs.to("actor", actor["name"], label=refs.title("actor", actor["name"])))
    for effect in rows(findings, "model", "moves"):
        if parameter in effect_parameters(effect, parameters):
            label = effect.get("title") or effect["name"]
            found.append(refs.to("move", effect["actor"], effect["name"], label=str(label)))
    for effect in rows(findings, "model", "events"):
        if parameter in effect_parameters(effect, parameters):
            label = effect.get("title") or effect["name"]
            found.append(refs.to("event", effect["name"], label=str(label)))
    for flow in rows(findings, "model", "flows"):
        if parameter in names_in([flow.get("worth"), flow.get("when")]):
            found.append(refs.to("flow", flow["name"], label=str(flow.get("title") or flow["name"])))
    for lever in rows(findings, "model", "levers"):
        if parameter in names_in([lever.get("sets"), lever.get("costs")]):
            found.append(refs.to("lever", lever["name"], label=str(lever.get("title") or plain(lever["name"]))))
    for outcome in rows(findings, "model", "outcomes"):
        if parameter in names_in(outcome.get("worth")):
            label = outcome.get("title") or outcome["name"]
            found.append(Reference(str(label), refs.href("worth", outcome["name"]), "outcome"))
    return found
