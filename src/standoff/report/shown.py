"""Rows that several parts of a brief share: a chance with its bands, a type, a move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from standoff.report import basis, charts, sentences, strips, words
from standoff.report.references import References

Findings = Mapping[str, Any]
Row = dict[str, Any]


def banded(band: Mapping[str, Any]) -> Row:
    """A chance as the templates print it."""
    return {
        "mean": words.short_percent(band.get("mean")),
        "half": words.percent_range(band.get("p25"), band.get("p75")),
        "ninety": words.percent_range(band.get("p05"), band.get("p95")),
        "words": words.estimate(*words.spoken_band(band)) if band.get("mean") is not None else "",
    }


def actor_title(findings: Findings, name: str) -> str:
    return sentences.actor_title(findings, name)


def mid_title(findings: Findings, name: str) -> str:
    """The actor's title within a sentence."""
    return words.mid_sentence(actor_title(findings, name))


def turns(findings: Findings) -> list[Mapping[str, Any]]:
    """What may be chosen in each turn that comes next; findings without turns have one an actor."""
    if findings.get("next_turns") is not None:
        return list(findings["next_turns"])
    return [{"actor": actor, "moves": moves} for actor, moves in (findings.get("next_moves") or {}).items() if moves]


def which_turn(findings: Findings, turn: Mapping[str, Any]) -> str:
    """``in the first of its two turns a week``; empty where an actor has one turn only."""
    of, place = int(turn.get("turns") or 1), int(turn.get("turn") or 1)
    if of < 2:
        return ""
    often = f"in a {step_word(findings)}" if (findings.get("case") or {}).get("turn") else f"a {step_word(findings)}"
    return f"in the {words.ordinal(place)} of its {words.small(of)} turns {often}"


def step_word(findings: Findings) -> str:
    """What one round of the order of play is called: ``week``, ``step of half a week``."""
    case = findings.get("case") or {}
    return f"step of {case['turn']}" if case.get("turn") else str(case.get("step") or "step")


def tick(value: float) -> str:
    return f"{value * 100:.0f}{words.NBSP}%"


def ticked(top: float) -> list[str]:
    return [tick(t) for t in strips.ticks(top)]


def type_rows(types: Mapping[str, Mapping[str, Any]], refs: References, actor: str, top: float) -> list[Row]:
    rows = []
    for name, row in types.items():
        title = str(row.get("title") or words.plain(name))
        prior = row.get("prior")
        rows.append(
            {
                "name": name,
                "title": title,
                "href": refs.href("type", actor, name),
                **banded(row),
                "prior": None if prior is None else words.short_percent(prior),
                "change": None if prior is None else words.shift(prior, row["mean"]),
                "strip": strips.interval(row, top, charts.MIND, title, prior),
            }
        )
    return rows


def move_row(
    findings: Findings,
    refs: References,
    actor: str,
    name: str,
    row: Mapping[str, Any],
    top: float,
    types: Sequence[str],
) -> Row:
    title = str(row.get("title") or words.plain(name))
    by_type = row.get("by_type") or {}
    return {
        "title": title,
        "href": refs.href("move", actor, name),
        **banded(row),
        "strip": strips.interval(row, top, charts.MIND, title),
        "by_type": [(words.plain(t), words.short_percent(by_type.get(t))) for t in types]
        if len(types) > 1
        else [],
        "rests": basis.move_grounds(findings, refs, actor, name),
    }
