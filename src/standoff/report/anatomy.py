"""The model in words, as the brief prints it: actors, moves, chance, factors, endings, theory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standoff.report import basis, phrases, words
from standoff.report.references import References, merged
from standoff.report.shown import Findings, Row


def model(findings: Findings, refs: References) -> Row | None:
    """The section "The model"; None when the findings hold no model."""
    written = findings.get("model") or {}
    if not written:
        return None
    moves = basis.rows(written, "moves")
    parameters = findings.get("parameters") or {}

    def effect(row: Mapping[str, Any], *key: str) -> Row:
        named = basis.effect_parameters(row, parameters)
        return {
            "id": refs.id(*key),
            "title": str(row.get("title") or words.plain(row["name"])),
            "name": row["name"],
            "pieces": phrases.effect(row, refs),
            "covert": bool(row.get("covert")),
            "rests": merged(
                merged(refs.claim(c) for c in row.get("because") or []),
                [refs.to("parameter", p) for p in named if p in parameters],
            ),
            "judgement": row.get("judgement"),
        }

    actors = []
    for actor in basis.rows(written, "actors"):
        types = [
            {
                "id": refs.id("type", actor["name"], t["name"]),
                "name": words.plain(t["name"]),
                "title": t.get("title"),
                "prior": words.short_percent(t["prior"]) if isinstance(t.get("prior"), float | int) else None,
                "pieces": phrases.expression(t.get("prior", ""), refs),
                "rests": merged(refs.claim(c) for c in t.get("because") or []),
                "judgement": t.get("judgement"),
            }
            for t in actor.get("types") or []
        ]
        actors.append(
            {
                "id": refs.id("actor", actor["name"]),
                "name": actor["name"],
                "title": str(actor.get("title") or words.plain(actor["name"])),
                "types": types,
                "habits": _habits(actor, refs),
                "rests": merged(refs.claim(c) for c in actor.get("because") or []),
                "judgement": actor.get("judgement"),
                "moves": [
                    effect(m, "move", m["actor"], m["name"]) for m in moves if m["actor"] == actor["name"]
                ],
            }
        )
    return {
        "actors": actors,
        "events": [effect(e, "event", e["name"]) for e in basis.rows(written, "events")],
        "factors": [
            {
                "id": refs.id("factor", f["name"]),
                "name": f["name"],
                "title": str(f.get("title") or words.plain(f["name"])),
                "levels": [words.plain(lv) for lv in f.get("levels") or []],
                "start": words.plain(f.get("start") or (f.get("levels") or [""])[0]),
                "rests": merged(refs.claim(c) for c in f.get("because") or []),
                "judgement": f.get("judgement"),
            }
            for f in basis.rows(written, "factors")
        ],
        "outcomes": [
            {
                "id": refs.id("worth", o["name"]),
                "title": str(o.get("title") or words.plain(o["name"])),
                "href": refs.href("outcome", o["name"]),
                "peaceful": bool(o.get("peaceful")),
                "pieces": phrases.worth(o, refs),
                "rests": merged(refs.claim(c) for c in o.get("because") or []),
                "judgement": o.get("judgement"),
            }
            for o in basis.rows(written, "outcomes")
        ],
        "flows": [_flow(f, refs) for f in basis.rows(written, "flows")],
        "levers": [_lever(lv, refs) for lv in basis.rows(written, "levers")],
        "mechanisms": [
            _mechanism(m, position, refs) for position, m in enumerate(basis.rows(written, "mechanisms"))
        ],
        "order": [_turn(str(label), refs) for label in written.get("order") or []],
    }


def _turn(label: str, refs: References) -> str:
    """Whose turn it is: an actor by its title, an event by its own."""
    if refs.href("actor", label):
        return words.mid_sentence(refs.title("actor", label))
    return f"chance ({refs.title('event', label)})" if refs.href("event", label) else words.plain(label)


def _habits(actor: Mapping[str, Any], refs: References) -> phrases.Pieces:
    found: phrases.Pieces = []
    if actor.get("precision") is not None:
        found += [
            phrases.Piece("Precision of choice "),
            *phrases.expression(actor["precision"], refs),
            phrases.Piece(". "),
        ]
    tempo = actor.get("tempo")
    if isinstance(tempo, Mapping):
        times = tempo.get("times", "")
        often = "once" if times == 1 else "twice" if times == 2 else ""
        said = (
            [phrases.Piece(often)] if often else [*phrases.expression(times, refs), phrases.Piece(" times")]
        )
        found += [phrases.Piece("Reconsiders "), *said, phrases.Piece(f" a {tempo.get('per', 'step')}. ")]
    elif tempo:
        found.append(phrases.Piece(f"Reconsiders: {tempo}. "))
    if actor.get("standing"):
        found += [
            phrases.Piece("Otherwise goes on with "),
            phrases.Piece(
                f"“{refs.title('move', actor['name'], actor['standing'])}”",
                refs.href("move", actor["name"], actor["standing"]),
            ),
            phrases.Piece("."),
        ]
    return found


def _flow(row: Mapping[str, Any], refs: References) -> Row:
    when = row.get("when", True)
    pieces = [
        phrases.Piece(
            refs.title("actor", str(row.get("of", ""))), refs.href("actor", str(row.get("of", "")))
        ),
        phrases.Piece(": "),
        *phrases.expression(row.get("worth", ""), refs),
        phrases.Piece(f" per {row.get('per', 'step')}"),
    ]
    if when not in (True, "true", None):
        pieces += [phrases.Piece(" while "), *phrases.expression(when, refs)]
    return {
        "id": refs.id("flow", row["name"]),
        "title": str(row.get("title") or words.plain(row["name"])),
        "pieces": pieces,
        "rests": merged(refs.claim(c) for c in row.get("because") or []),
        "judgement": row.get("judgement"),
    }


def _lever(row: Mapping[str, Any], refs: References) -> Row:
    pieces = [phrases.Piece(f"By {row.get('by', '?')}. ")] if row.get("by") else []
    for name, value in (row.get("sets") or {}).items():
        pieces += [
            phrases.Piece("Sets "),
            phrases.Piece(refs.title("parameter", name), refs.href("parameter", name)),
            phrases.Piece(" to "),
            *phrases.expression(value, refs),
            phrases.Piece(". "),
        ]
    price = phrases.cost(row.get("costs"), refs)
    if price:
        pieces += [phrases.Piece(words.capital(price[0].text), price[0].href), *price[1:], phrases.Piece(".")]
    return {
        "id": refs.id("lever", row["name"]),
        "title": str(row.get("title") or words.plain(row["name"])),
        "pieces": pieces,
        "rests": merged(refs.claim(c) for c in row.get("because") or []),
        "judgement": row.get("judgement"),
    }


def _mechanism(row: Mapping[str, Any], position: int, refs: References) -> Row:
    card = row.get("card") or {}
    facts = []
    for key, value in card.items():
        if key in {"claim", "name", "title"} or value in (None, "", [], {}):
            continue
        facts.append((words.plain(key), _flat(value)))
    settings = dict(row.get("settings") or {})
    because = settings.pop("because", None) or []
    because = [because] if isinstance(because, str) else because
    judgement = settings.pop("judgement", None)
    return {
        "id": refs.id("mechanism", str(position)),
        "title": words.capital(str(card.get("title") or words.plain(row["name"]))),
        "claim": card.get("claim"),
        "facts": facts,
        "settings": phrases.by_name(settings, refs, ": "),
        "rests": merged(refs.claim(str(c)) for c in because),
        "judgement": judgement,
    }


def _flat(value: Any) -> str:
    """A card's field in one line, whatever its shape, without a full stop."""
    if isinstance(value, Mapping):
        return "; ".join(f"{words.plain(k)}: {_flat(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_flat(v) for v in value)
    return str(value).strip().removesuffix(".")
