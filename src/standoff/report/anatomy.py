"""The model in words, as the brief prints it: actors, moves, chance, factors, endings, theory."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
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
    theory = basis.rows(written, "mechanisms")

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
                "habits": _habits(actor, refs, (written.get("order") or []).count(actor["name"])),
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
            _mechanism(m, position, refs, first=m["name"] not in [other["name"] for other in theory[:position]])
            for position, m in enumerate(theory)
        ],
        "order": _order([str(label) for label in written.get("order") or []], refs),
    }


def _order(labels: list[str], refs: References) -> list[str]:
    """Whose turn it is, in order: actors by their titles, turns in a row as "twice", events in a row as one chance."""
    found = []
    for (kind, name), run in groupby(labels, key=lambda label: _turn(label, refs)):
        times = list(run)
        if kind == "event":
            found.append(f"chance ({words.listed([refs.title('event', label) for label in times])})")
        else:
            often = {1: "", 2: " twice"}.get(len(times), f" {words.small(len(times))} times")
            found.append(f"{name}{often}")
    return found


def _turn(label: str, refs: References) -> tuple[str, str]:
    if refs.href("actor", label):
        return "actor", words.mid_sentence(refs.title("actor", label))
    return ("event", "") if refs.href("event", label) else ("other", words.plain(label))


def _habits(actor: Mapping[str, Any], refs: References, turns: int = 1) -> phrases.Pieces:
    found: phrases.Pieces = []
    if actor.get("precision") is not None:
        found += [
            phrases.Piece("Precision of choice "),
            *phrases.expression(actor["precision"], refs),
            phrases.Piece(". "),
        ]
    tempo = actor.get("tempo")
    if isinstance(tempo, Mapping):
        times, per = tempo.get("times", ""), str(tempo.get("per", "step"))
        pace = words.pace(times, per)
        said = (
            [phrases.Piece(pace)]
            if pace
            else [*phrases.expression(times, refs), phrases.Piece(f" times a {per}")]
        )
        each = f" in each of its {words.small(turns)} turns" if turns > 1 else ""
        found += [phrases.Piece("Decides "), *said, phrases.Piece(f"{each}. ")]
    elif tempo:
        found.append(phrases.Piece(f"Decides: {tempo}. "))
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
    makers = _makers(row, refs)
    pieces = [phrases.Piece("By "), *makers, phrases.Piece(". ")] if makers else []
    for name, value in (row.get("sets") or {}).items():
        pieces += [
            phrases.Piece("Sets "),
            phrases.Piece(f"“{refs.title('parameter', name)}”", refs.href("parameter", name)),
            phrases.Piece(" to "),
            *phrases.expression(value, refs),
            phrases.Piece(". "),
        ]
    for who, value in _prices(row.get("costs"), row, refs):
        pieces += [phrases.Piece("It costs "), *who, phrases.Piece(" "), *value, phrases.Piece(". ")]
    if pieces and not pieces[-1].href:
        pieces[-1] = phrases.Piece(pieces[-1].text.rstrip())
    return {
        "id": refs.id("lever", row["name"]),
        "title": str(row.get("title") or words.plain(row["name"])),
        "pieces": pieces,
        "rests": merged(refs.claim(c) for c in row.get("because") or []),
        "judgement": row.get("judgement"),
    }


def _makers(row: Mapping[str, Any], refs: References) -> phrases.Pieces:
    """Who could make a commitment: actors by their titles, others as the case calls them."""
    by = row.get("by") or []
    names = [by] if isinstance(by, str) else [str(name) for name in by]
    found: phrases.Pieces = []
    for place, name in enumerate(names):
        link = refs.href("actor", name)
        found.append(phrases.Piece("" if not place else " and " if place == len(names) - 1 else ", "))
        found.append(phrases.Piece(words.mid_sentence(refs.title("actor", name)) if link else name, link))
    return found


def _prices(
    costs: Any, row: Mapping[str, Any], refs: References
) -> list[tuple[phrases.Pieces, phrases.Pieces]]:
    """Who pays what for a commitment."""
    if costs is None or costs in (0, {}):
        return []
    if not isinstance(costs, Mapping):
        return [(_makers(row, refs) or [phrases.Piece("whoever makes it")], phrases.expression(costs, refs))]
    return [
        ([phrases.Piece(words.mid_sentence(refs.title("actor", who)), refs.href("actor", who))], _value(value, refs))
        for who, value in costs.items()
    ]


def _value(value: Any, refs: References) -> phrases.Pieces:
    return phrases.by_name(value, refs) if isinstance(value, Mapping) else phrases.expression(value, refs)


def _mechanism(row: Mapping[str, Any], position: int, refs: References, *, first: bool) -> Row:
    """One mechanism as it is set here; its card is printed where it first stands."""
    card = row.get("card") or {}
    facts = []
    for key, value in card.items() if first else ():
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
        "claim": card.get("claim") if first else "Once more, set otherwise.",
        "facts": facts,
        "settings": _settings(settings, refs),
        "rests": merged(refs.claim(str(c)) for c in because),
        "judgement": judgement,
    }


def _settings(settings: Mapping[str, Any], refs: References) -> phrases.Pieces:
    """Settings by name, actors by their titles."""
    found: phrases.Pieces = []
    for key, value in settings.items():
        actor = refs.href("actor", str(value)) if isinstance(value, str) else ""
        said = (
            [phrases.Piece(f"{words.plain(key)}: "), phrases.Piece(refs.title("actor", str(value)), actor)]
            if actor
            else phrases.by_name({key: value}, refs, ": ")
        )
        found += [*([phrases.Piece(", ")] if found else []), *said]
    return found


def _flat(value: Any) -> str:
    """A card's field in one line, whatever its shape, without a full stop."""
    if isinstance(value, Mapping):
        return "; ".join(f"{words.plain(k)}: {_flat(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_flat(v) for v in value)
    return str(value).strip().removesuffix(".")
