"""What the templates read: findings, put in reading order, with references resolved and pictures drawn.

Nothing is computed here that the findings do not hold, apart from order, rounding and lay-out. Missing parts
of the findings give empty sections, which the templates leave out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from standoff.report import (
    about,
    anatomy,
    answers,
    basis,
    charts,
    diagram,
    gaps,
    ledgers,
    sentences,
    shown,
    strips,
    words,
)
from standoff.report.leads import leads
from standoff.report.references import Reference, References, merged
from standoff.report.shown import Findings, Row
from standoff.report.weigh import Weights


def build(findings: Findings, *, pictures: bool = True) -> Row:
    """Everything a template prints, by section. With `pictures` false no chart is drawn (Markdown)."""
    refs = References(findings)
    case = findings.get("case") or {}
    order = [name for name, _ in sentences.ranked(findings)]
    title = str(case.get("title") or case.get("name") or "A crisis")
    draw: Callable[..., Any] = _drawn if pictures else _undrawn
    history = _history(findings, refs)
    lines = sentences.bottom_line(findings, refs)
    marks = [h["date"] for h in history if h["loud"]]
    return {
        "case": case,
        "title": title,
        "question": case.get("question"),
        "clock": _clock(case),
        "step": shown.step_word(findings),
        "summary": case.get("summary"),
        "warnings": sentences.warnings(findings),
        "suspects": [
            basis.history_reference(refs, h)
            for h in (sentences.costliest(findings) if sentences.is_thin(findings) else [])
        ],
        "bottom_line": [line for line in lines[:-1] if line.label != "Movement" or not findings.get("change")],
        "leads": leads(findings, refs),
        "limits": lines[-1],
        "weigh": Weights(findings, refs),
        "scale": [(w, f"{lo * 100:.0f}–{hi * 100:.0f}{words.NBSP}%") for lo, hi, w in words.SCALE],
        "outcomes": _outcomes(findings, refs, order),
        "ticks": [shown.tick(t) for t in strips.ticks(_top(findings))],
        "by_date": _by_date(findings, refs, order),
        "by_date_figure": draw(charts.by_date, findings, order),
        "series": _series(findings, refs, order),
        "series_figure": draw(charts.outcome_series, findings, order, marks),
        "beliefs": _beliefs(findings, refs, marks, draw),
        "timeline": _timeline(findings, history) if pictures else [],
        "timeline_ends": _span(findings, history),
        "questions": answers.questions(findings, refs),
        "next": _next(findings, refs),
        "state": _state(findings, refs),
        "diagram": draw(diagram.draw, findings, refs),
        "model": anatomy.model(findings, refs),
        "evidence": ledgers.evidence(findings, refs),
        "parameters": ledgers.parameters(findings, refs),
        "history": history,
        "gaps": gaps.rows(findings, refs),
        "testimony": ledgers.testimony(findings, refs),
        "certificate": ledgers.certificate(findings),
        "run": findings.get("run") or {},
        "ending": ledgers.ending(findings),
        "refs": refs,
        "about": about.sections(findings, refs),
        "about_order": about.SECTIONS,
    }


def _clock(case: Row) -> list[str]:
    """Where the date stands on the clock: ``week 20 of 26``, and when it runs out."""
    said = []
    day, now, steps = str(case.get("as_of") or ""), case.get("now_step"), case.get("steps")
    if case.get("first_day") and day and day < str(case["first_day"]):
        said.append(f"before the clock starts on {words.day(case['first_day'])}")
    elif now is not None and steps and now < steps:
        said.append(f"{case.get('step') or 'step'} {now + 1} of {steps}")
    if case.get("last_day"):
        over = bool(now is not None and steps and now >= steps)
        said.append(f"the clock {'ran' if over else 'runs'} out on {words.day(case['last_day'])}")
    return said


def _drawn(make: Callable[..., Any], *arguments: Any) -> Any:
    return make(*arguments)


def _undrawn(*_: Any) -> None:
    return None


def _top(findings: Findings) -> float:
    return strips.ceiling(list((findings.get("outcomes") or {}).values()))


def _outcomes(findings: Findings, refs: References, order: Sequence[str]) -> list[Row]:
    found, top = [], _top(findings)
    outcomes = findings.get("outcomes") or {}
    for name in order:
        row = outcomes[name]
        title = sentences.title_of(name, row)
        colour = charts.outcome_colour(name, row)
        ways = []
        for effect in basis.routes(findings, name):
            key = (
                ("move", effect["actor"], effect["name"]) if "actor" in effect else ("event", effect["name"])
            )
            ways.append(refs.to(*key, label=str(effect.get("title") or words.plain(effect["name"]))))
        found.append(
            {
                "id": refs.id("outcome", name),
                "name": name,
                "title": title,
                "peaceful": bool(row.get("peaceful")),
                **shown.banded(row),
                "strip": strips.interval(row, top, colour, title),
                "ways": ways,
                "rests": basis.outcome_grounds(findings, refs, name),
                "worth": refs.href("worth", name),
            }
        )
    return found


def _by_date(findings: Findings, refs: References, order: Sequence[str]) -> Row | None:
    curves = findings.get("by_date") or {}
    dates, table = curves.get("dates") or [], curves.get("outcomes") or {}
    outcomes = findings.get("outcomes") or {}
    names = [n for n in order if n in table and n in outcomes]
    if len(dates) < 2 or not names:
        return None
    picks = sorted({round(k * (len(dates) - 1) / 4) for k in range(1, 5)})
    found = []
    for name in names:
        row = table[name]
        cells = [
            {
                "mean": words.short_percent(row["mean"][k]),
                "ninety": words.percent_range(row["p05"][k], row["p95"][k]),
            }
            if row["mean"][k] > 0
            else {"mean": "–", "ninety": ""}
            for k in picks
        ]
        found.append(
            {
                "name": name,
                "title": sentences.title_of(name, outcomes[name]),
                "href": refs.href("outcome", name),
                "cells": cells,
                "rests": basis.outcome_grounds(findings, refs, name),
            }
        )
    drawn = [n for n in names if n != charts.CLOCK_OUT] or names
    visible = set(charts.worth_showing({n: table[n] for n in drawn}))
    return {
        "dates": [words.day(dates[k], year=False) for k in picks],
        "rows": found,
        "left_out": [sentences.title_of(n, outcomes[n]) for n in drawn if n not in visible],
        "clock_out": charts.CLOCK_OUT in names and len(names) > 1,
    }


def _series(findings: Findings, refs: References, order: Sequence[str]) -> list[Row]:
    found = []
    entries = {(h.get("date"), h.get("who"), h.get("move")): h for h in basis.rows(findings, "history")}
    outcomes = findings.get("outcomes") or {}
    for point in findings.get("series") or []:
        moves = []
        for move in point.get("moves") or []:
            entry = entries.get((move.get("date"), move.get("who"), move.get("move")))
            label = str(move.get("title") or words.plain(move.get("move")))
            index = str(entry["index"]) if entry else ""
            moves.append(
                Reference(
                    label, refs.href("history", index), "history", words.span(move.get("date"), move.get("until"))
                )
            )
        cells = [
            {
                "name": n,
                "title": sentences.title_of(n, outcomes[n]),
                "mean": words.short_percent((point.get("outcomes") or {}).get(n, {}).get("mean")),
            }
            for n in order[:5]
        ]
        worth = point.get("effective_draws")
        found.append(
            {
                "as_of": words.day(point["as_of"]),
                "cells": cells,
                "moves": moves,
                "draws": "–" if worth is None else f"{worth:.0f}",
                "thin": sentences.few(worth, int((findings.get("run") or {}).get("draws") or 0)),
            }
        )
    return found


def _beliefs(
    findings: Findings, refs: References, marks: Sequence[str], draw: Callable[..., Any]
) -> list[Row]:
    found = []
    for actor, types in (findings.get("beliefs") or {}).items():
        title = shown.actor_title(findings, actor)
        top = strips.ceiling(list(types.values()), 0.6)
        found.append(
            {
                "actor": actor,
                "title": words.mid_sentence(title),
                "href": refs.href("actor", actor),
                "rows": shown.type_rows(types, refs, actor, top),
                "ticks": [shown.tick(t) for t in strips.ticks(top)],
                "figure": draw(charts.belief_series, findings, actor, title, marks),
                "rests": basis.belief_grounds(findings, refs, actor),
                "path": basis.belief_path(findings, refs, actor),
            }
        )
    return found


def _span(findings: Findings, history: Sequence[Row]) -> tuple[str, str] | None:
    case = findings.get("case") or {}
    dates = [h["date"][:10] for h in history]
    first = case.get("first_day") or (min(dates) if dates else None)
    last = case.get("as_of") or (max(dates) if dates else None)
    if not first or not last:
        return None
    return (min([first, *dates]), max([last, *dates]))


def _timeline(findings: Findings, history: Sequence[Row]) -> list[Row]:
    span = _span(findings, history)
    if not history or span is None:
        return []
    lanes = []
    for who in dict.fromkeys(h["who"] for h in history):
        mine = [
            {
                "at": h["date"][:10],
                "when": h["day"],
                "number": h["number"],
                "href": h["href"],
                "loud": h["loud"],
                "title": h["title"],
            }
            for h in history
            if h["who"] == who
        ]
        title = "Chance events" if who == "event" else shown.actor_title(findings, who)
        said = f"{title}: " + "; ".join(f"{m['when']} {m['title']}" for m in mine if m["loud"])
        crowded = any(m["loud"] for m in mine)
        lanes.append({"title": title, "strip": strips.timeline(mine, *span, said, 36 if crowded else 20)})
    return lanes


def _history(findings: Findings, refs: References) -> list[Row]:
    standing = {a["name"]: a.get("standing") or "hold" for a in basis.rows(findings, "model", "actors")}
    found = []
    for entry in basis.rows(findings, "history"):
        index = str(entry["index"])
        who, move = str(entry.get("who", "")), str(entry.get("move", ""))
        shift = []
        for actor, types in (entry.get("shift") or {}).items():
            rows = [(t, v) for t, v in types.items() if abs(v) >= 0.005]
            if rows:
                shift.append(
                    (shown.actor_title(findings, actor), [(words.plain(t), words.points(v)) for t, v in rows])
                )
        size = max((abs(v) for t in (entry.get("shift") or {}).values() for v in t.values()), default=0.0)
        expected = entry.get("expected") or entry.get("likelihood") or {}
        decided = float((entry.get("expected_of_decisions") or expected).get("mean") or 0.0)
        key = ("event", move) if who == "event" else ("move", who, move)
        precision = str(entry.get("precision") or "day")
        found.append(
            {
                "id": refs.id("history", index),
                "href": refs.href("history", index),
                "number": int(entry["index"]) + 1,
                "date": entry["date"],
                "day": words.span(entry["date"], entry.get("until")),
                "precision": "" if precision in {"day", "interval"} else precision,
                "who": who,
                "actor": "Chance" if who == "event" else shown.actor_title(findings, who),
                "title": str(entry.get("title") or words.plain(move)),
                "move": refs.href(*key),
                "loud": move not in {"hold", standing.get(who)},
                "shift": shift,
                "size": size,
                "sure": words.short_percent(entry["probability"])
                if (entry.get("probability") or 1) < 1
                else "",
                "expected": words.short_percent(expected.get("mean")) if expected else "–",
                "expected_ninety": words.percent_range(expected.get("p05"), expected.get("p95")),
                "decided": words.short_percent(decided) if expected and decided > 1.005 * expected["mean"] else "",
                "scored": bool(expected),
                "surprise": bool(expected) and decided < 0.05 and who != "event",
                "because": [refs.claim(c) for c in entry.get("because") or []],
                "judgement": entry.get("judgement"),
            }
        )
    return found


def _next(findings: Findings, refs: References) -> list[Row]:
    found = []
    for turn in shown.turns(findings):
        actor, moves = str(turn["actor"]), turn["moves"]
        which = shown.which_turn(findings, turn)
        top = strips.ceiling(list(moves.values()), 0.6)
        ranked = sorted(moves.items(), key=lambda item: -item[1]["mean"])
        types = list(dict.fromkeys(t for row in moves.values() for t in row.get("by_type") or {}))
        found.append(
            {
                "actor": actor,
                "title": shown.actor_title(findings, actor) + (f", {which}" if which else ""),
                "href": refs.href("actor", actor),
                "pace": _pace(findings, actor),
                "types": [words.plain(t) for t in types] if len(types) > 1 else [],
                "ticks": [shown.tick(t) for t in strips.ticks(top)],
                "rows": [
                    shown.move_row(findings, refs, actor, name, row, top, types) for name, row in ranked
                ],
            }
        )
    return found


def _pace(findings: Findings, actor: str) -> str:
    """How often an actor decides, in words; empty where that is no number, or in every step."""
    tempo = (basis.find(basis.rows(findings, "model", "actors"), name=actor) or {}).get("tempo")
    return words.pace(tempo.get("times"), str(tempo.get("per", "step"))) if isinstance(tempo, dict) else ""


def _state(findings: Findings, refs: References) -> list[Row]:
    found = []
    for name, row in (findings.get("state") or {}).items():
        pairs = list(zip(row.get("levels") or [], row.get("probabilities") or [], strict=False))
        if not pairs:
            continue
        pairs.sort(key=lambda pair: -pair[1])
        level, chance = pairs[0]
        rest = [(words.plain(lv), words.short_percent(p)) for lv, p in pairs[1:] if p >= 0.005]
        made, _ = gaps.setters(findings, name)
        model = basis.find(basis.rows(findings, "model", "factors"), name=name)
        found.append(
            {
                "title": str(row.get("title") or words.plain(name)),
                "href": refs.href("factor", name),
                "level": words.plain(level),
                "chance": "" if chance > 0.995 else words.short_percent(chance),
                "rest": rest,
                "since": [basis.history_reference(refs, e) for e in made],
                "rests": merged(*(refs.grounds(e, "history", str(e["index"])) for e in made))
                if made
                else refs.grounds(model, "factor", name),
                "doubt": gaps.doubt(findings, refs, name, chance),
            }
        )
    return found
