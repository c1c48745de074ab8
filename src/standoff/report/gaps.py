"""Times in which nobody would have told, and what a reader cannot know because of them.

A case declares them (`unreported` in evidence.yaml). In them a silence says nothing, so what may have changed is
inferred; a level that such a time may have moved says so where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from standoff.report import basis, phrases, words
from standoff.report.references import Reference, References

Findings = Mapping[str, Any]
Row = dict[str, Any]
SURE = 0.995


def declared(findings: Findings) -> list[Mapping[str, Any]]:
    """The gaps of the case that had begun by the date of the forecast, in its order."""
    return basis.rows(findings, "evidence", "gaps")


def rows(findings: Findings, refs: References) -> list[Row]:
    """One row a gap: when, who, judgement, grounds."""
    return [
        {
            "id": refs.id("gap", str(position)),
            "href": refs.href("gap", str(position)),
            "span": words.span(gap.get("first"), gap.get("last")),
            "who": _whose(refs, gap.get("who") or []),
            "judgement": gap.get("judgement"),
            "because": [refs.claim(c) for c in gap.get("because") or []],
        }
        for position, gap in enumerate(declared(findings))
    ]


def _whose(refs: References, names: Iterable[str]) -> list[Reference]:
    """Actors and events by their titles."""
    found = []
    for name in names:
        kind = "actor" if refs.id("actor", name) else "event"
        found.append(Reference(words.mid_sentence(refs.title(kind, name)), refs.href(kind, name), kind))
    return found


def sentence(findings: Findings, refs: References) -> str:
    """``What A and events of chance did from 1 to 9 May 2031 was not reported (judgement)...``; empty without gaps."""
    said = []
    for gap in declared(findings):
        names = [str(name) for name in gap.get("who") or []]
        who = [words.mid_sentence(refs.title("actor", n)) for n in names if refs.id("actor", n)]
        who += ["events of chance"] if any(not refs.id("actor", n) for n in names) else []
        why = words.gist(gap.get("judgement"), 140).rstrip(".")
        when = words.when(gap.get("first"), gap.get("last"))
        said.append(f"what {words.listed(who)} did {when}{f' ({why})' if why else ''}")
    if not said:
        return ""
    return f"No report tells {'; nor '.join(said)}: it is inferred, not known."


def links(findings: Findings, refs: References) -> list[Reference]:
    """Each gap by its dates, leading to its entry in the history."""
    return [
        Reference(f"unreported {row['span']}", row["href"], "gap", str(row["judgement"] or ""))
        for row in rows(findings, refs)
    ]


def movers(findings: Findings, factor: str) -> list[Mapping[str, Any]]:
    """Moves and events that can change a factor."""
    effects = basis.rows(findings, "model", "moves") + basis.rows(findings, "model", "events")
    return [effect for effect in effects if changes(effect, factor)]


def changes(effect: Mapping[str, Any], factor: str) -> bool:
    """Whether a move or event can change a factor."""
    ways = [effect.get("then"), *(way.get("then") for way in effect.get("perhaps") or [])]
    return any(factor in (way or {}) for way in ways if isinstance(way, Mapping))


def setters(findings: Findings, factor: str) -> tuple[list[Mapping[str, Any]], str | None]:
    """History entries that made the level of a factor what it is, oldest first, and the level they give.

    What came before a move that sets the level outright no longer counts; a shift adds to what stood before, and
    one that pushes against an end of the scale changes nothing. The level is None where a choice of chance was left.
    """
    model = basis.find(basis.rows(findings, "model", "factors"), name=factor) or {}
    levels = [str(level) for level in model.get("levels") or []]
    if not levels:
        return [], None
    start = str(model.get("start") or levels[0])
    at: int | None = levels.index(start) if start in levels else 0
    found: list[Mapping[str, Any]] = []
    for entry in basis.rows(findings, "history"):
        effect = _effect(findings, entry)
        if effect is None or not changes(effect, factor):
            continue
        value = (effect.get("then") or {}).get(factor)
        step = phrases.shift_of(value)
        if step is not None and at is not None:
            moved = min(max(at + step, 0), len(levels) - 1)
            found += [entry] if moved != at else []
            at = moved
        elif step is None and value is not None and not isinstance(value, Mapping):
            found = [entry]
            at = levels.index(str(value)) if str(value) in levels else None
        else:
            found.append(entry)
            at = None
    return found, None if at is None else levels[at]


def _effect(findings: Findings, entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    who, move = str(entry.get("who")), str(entry.get("move"))
    if who == "event":
        return basis.find(basis.rows(findings, "model", "events"), name=move)
    return basis.find(basis.rows(findings, "model", "moves"), actor=who, name=move)


def doubt(findings: Findings, refs: References, factor: str, chance: float) -> Row | None:
    """Why a level is not certain, or may have moved unseen: a text, and what it leads to. None where nothing says so.

    A gap counts if something in it can change the factor and no later report sets the level outright.
    """
    moving = movers(findings, factor)
    made, _ = setters(findings, factor)
    outright = [e for e in made if phrases.shift_of(_given(findings, e, factor)) is None]
    since = str(outright[-1].get("date")) if outright else ""
    found: list[Reference] = []
    for row, gap in zip(rows(findings, refs), declared(findings), strict=True):
        names = set(gap.get("who") or [])
        mine = [e for e in moving if (e.get("actor") or e["name"]) in names]
        if mine and str(gap.get("last"))[:10] >= since:
            owners = list(dict.fromkeys(str(e.get("actor") or e["name"]) for e in mine))
            found += [Reference(row["span"], row["href"], "gap"), *_whose(refs, owners)]
    if found:
        text = "inferred, not reported" if chance <= SURE else "so says the model; not reported"
        return {"text": text, "refs": _once(found)}
    if chance > SURE:
        return None
    unsure = [e for e in made if (e.get("probability") or 1) < 1]
    if unsure:
        sure = [f"that of {_title(e)} is right with chance {words.percent(e['probability'])}" for e in unsure]
        return {
            "text": f"of the reports, {words.listed(sure)}",
            "refs": [basis.history_reference(refs, e) for e in unsure],
        }
    ways = [_way(refs, effect) for effect in moving]
    if not ways:
        return None
    return {"text": "may have changed without a report, by", "refs": ways}


def _given(findings: Findings, entry: Mapping[str, Any], factor: str) -> Any:
    return ((_effect(findings, entry) or {}).get("then") or {}).get(factor)


def _title(entry: Mapping[str, Any]) -> str:
    return f"“{entry.get('title') or words.plain(entry.get('move'))}”"


def _way(refs: References, effect: Mapping[str, Any]) -> Reference:
    key = ("move", effect["actor"], effect["name"]) if "actor" in effect else ("event", effect["name"])
    return refs.to(*key, label=str(effect.get("title") or words.plain(effect["name"])))


def _once(items: Iterable[Reference]) -> list[Reference]:
    return list({(item.label, item.href): item for item in items}.values())
