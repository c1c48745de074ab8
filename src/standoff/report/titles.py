"""The titles of a case without the rest of its findings, for what is printed on a terminal."""

from __future__ import annotations

from standoff.language.document import CaseDocument
from standoff.report.references import References


def titles(document: CaseDocument) -> References:
    """References that know every title and lead nowhere that matters: a terminal prints no links."""
    return References(
        {
            "outcomes": {name: {"title": outcome.title} for name, outcome in document.outcomes.items()},
            "parameters": {name: {"title": parameter.title} for name, parameter in document.parameters.items()},
            "model": {
                "actors": [
                    {
                        "name": name,
                        "title": actor.title,
                        "types": [{"name": kind, "title": one.title} for kind, one in actor.types.items()],
                    }
                    for name, actor in document.actors.items()
                ],
                "moves": [
                    {"actor": actor, "name": name, "title": move.title}
                    for actor, moves in document.moves.items()
                    for name, move in moves.items()
                ],
                "events": [{"name": name, "title": event.title} for name, event in document.events.items()],
                "factors": [
                    {"name": name, "title": factor.title, "levels": list(factor.levels)}
                    for name, factor in document.factors.items()
                ],
            },
        }
    )
