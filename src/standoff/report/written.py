"""The case and its evidence as plain data: what findings hold of them, element by element; nothing is computed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from standoff.evidence.grades import CREDIBILITY
from standoff.evidence.ledger import ledger
from standoff.forecast import Forecast
from standoff.language.document import CaseDocument, Effect, Event
from standoff.language.expressions import ExpressionError, compile_expression
from standoff.report.words import mid_sentence


def evidence(made: Forecast) -> dict[str, Any]:
    """The ledger at the forecast's date: reports, claims, figures at odds, origins, reprints, discount."""
    sheet = ledger(made.case.evidence, made.as_of)
    held = made.case.evidence
    cited = _cited(made)
    claims = []
    for row in sheet["claims"]:
        claim = held.claims[row["id"]]
        heard = row["testimony"]
        anchor = row["anchor"] or row["digest_anchor"]
        claims.append(
            {
                "id": row["id"],
                "says": row["says"],
                "report": row["report"],
                "attributed_to": row["attributed_to"],
                "credibility": claim.credibility,
                "credibility_words": CREDIBILITY[claim.credibility],
                "grade_words": row["grade_words"],
                "origin": row["origin"],
                "anchor": anchor,
                "anchor_words": row["anchor_words"],
                "passage": row["passage"],
                "weight": None if heard is None else heard["weight"],
                "counted": None if heard is None else heard["counted"],
                "cited_by": cited.get(row["id"], []),
                "note": row["note"],
            }
        )
    return {
        "reports": [
            {
                **row,
                "precision": row["published_span"]["precision"],
                "held": held.reports[row["id"]].state == "held",
            }
            for row in sheet["reports"]
        ],
        "claims": claims,
        "conflicts": [
            {
                "about": row["about"],
                "figures": [
                    {
                        "claim": side["claim"],
                        "value": side["figure"],
                        "low": side["low"],
                        "high": side["high"],
                        "unit": row["unit"],
                        "says": side["says"],
                        "report": side["report"],
                        "published": side["published"],
                    }
                    for side in row["sides"]
                ],
                "explained": row["explained"],
            }
            for row in sheet["conflicts"]
        ],
        "discount": {
            part: {each["grade"]: each["worth"] for each in sheet["discount"][part]}
            for part in sheet["discount"]
        },
        "origins": sheet["origins"],
        "reprints": sheet["reprints"],
        "gaps": sheet["gaps"],
        "note": sheet["note"],
    }


def _cited(made: Forecast) -> dict[str, list[str]]:
    """claim -> key paths in the written case and its history that cite it."""
    from standoff.evidence import citations

    found = {
        name: list(paths) for name, paths in citations(made.case.written.model_dump(mode="json")).items()
    }
    for entry in made.case.evidence.history:
        for claim in entry.because:
            found.setdefault(claim, []).append(f"history.{entry.index}")
    for position, gap in enumerate(made.case.evidence.gaps):
        for claim in gap.because:
            found.setdefault(claim, []).append(f"gaps.{position}")
    return found


def model(made: Forecast) -> dict[str, Any]:
    """The case with its mechanisms spelled out, and each mechanism with its card."""
    from standoff.mechanisms import MECHANISMS

    document = made.structure.document
    plain = document.model_dump(mode="json", by_alias=True)

    def called(title: str | None, own: bool) -> str | None:
        """A title that a mechanism made, with actors by their titles; what the case itself says stays."""
        for name, actor in document.actors.items() if title and not own else ():
            title = re.sub(rf"\b{re.escape(name)}\b", mid_sentence(actor.title or name), str(title))
        return title

    order = [phase.label for phase in made.structure.phases]
    return {
        "actors": [
            {
                "name": name,
                "title": actor.title,
                "types": [{"name": kind, **plain["actors"][name]["types"][kind]} for kind in actor.types],
                "precision": actor.precision,
                "tempo": plain["actors"][name]["tempo"],
                "standing": actor.standing or ("hold" if "hold" in document.moves.get(name, {}) else None),
                "because": actor.because,
                "judgement": actor.judgement,
            }
            for name, actor in document.actors.items()
        ],
        "factors": [
            {**plain["factors"][name], "name": name, "start": factor.start or factor.levels[0]}
            for name, factor in document.factors.items()
        ],
        "moves": [
            {**plain["moves"][actor][name], "actor": actor, "name": name, "rests_on": _uses(move, document)}
            for actor, moves in document.moves.items()
            for name, move in moves.items()
        ],
        "events": [
            {
                **plain["events"][name],
                "title": called(event.title, name in made.case.written.events),
                "name": name,
                "rests_on": _uses(event, document),
            }
            for name, event in document.events.items()
        ],
        "outcomes": [{**plain["outcomes"][name], "name": name} for name in document.outcomes],
        "flows": [
            {**plain["flows"][name], "title": called(flow.title, name in made.case.written.flows), "name": name}
            for name, flow in document.flows.items()
        ],
        "levers": [{**plain["levers"][name], "name": name} for name in document.levers],
        "mechanisms": [
            {
                "name": name,
                "settings": settings,
                "card": MECHANISMS[name].card.to_json() if name in MECHANISMS else None,
            }
            for entry in made.case.written.mechanisms
            for name, settings in entry.items()
        ],
        "order": order,
    }


def _uses(effect: Effect, document: CaseDocument) -> list[str]:
    """Parameters named anywhere in a move or event, derived ones included."""
    from standoff.game.plan import scope_of

    scope = scope_of(document)
    names: set[str] = set()

    def read(value: Any) -> None:
        if isinstance(value, Mapping):
            for part in value.values():
                read(part)
        elif value is not None:
            try:
                names.update(compile_expression(value, scope).names)
            except ExpressionError:
                return

    read(effect.when)
    read(effect.costs)
    read(effect.ends if isinstance(effect.ends, Mapping) else None)
    read(effect.noticed)
    for way in effect.perhaps:
        read(way.chance)
    if isinstance(effect, Event):
        read(effect.rate)
        read(effect.chance)
    return [name for name in document.parameters if name in names]
