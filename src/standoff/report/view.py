"""What the templates read: findings, put in reading order, with references resolved and pictures drawn.

Nothing is computed here that the findings do not hold, apart from order, rounding and lay-out. Missing parts
of the findings give empty sections, which the templates leave out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from standoff.report import basis, charts, diagram, phrases, sentences, strips, words
from standoff.report.references import Reference, References, merged

Findings = Mapping[str, Any]
Row = dict[str, Any]
BAND = ("p05", "p25", "p50", "p75", "p95")


def build(findings: Findings, *, pictures: bool = True) -> Row:
    """Everything a template prints, by section. With `pictures` false no chart is drawn (Markdown)."""
    refs = References(findings)
    case = findings.get("case") or {}
    order = [name for name, _ in sentences.ranked(findings)]
    title = str(case.get("title") or case.get("name") or "A crisis")
    draw: Callable[..., Any] = _drawn if pictures else _undrawn
    history = _history(findings, refs)
    marks = [h["date"] for h in history if h["loud"]]
    return {
        "case": case,
        "title": title,
        "question": case.get("question"),
        "summary": case.get("summary"),
        "warnings": sentences.warnings(findings),
        "suspects": [
            basis.history_reference(refs, h)
            for h in (sentences.least_expected(findings) if sentences.is_thin(findings) else [])
        ],
        "bottom_line": sentences.bottom_line(findings, refs),
        "scale": [(w, f"{lo * 100:.0f}–{hi * 100:.0f}{words.NBSP}%") for lo, hi, w in words.SCALE],
        "outcomes": _outcomes(findings, refs, order),
        "ticks": [_tick(t) for t in strips.ticks(_top(findings))],
        "by_date": _by_date(findings, refs, order),
        "by_date_figure": draw(charts.by_date, findings, order),
        "series": _series(findings, refs, order),
        "series_figure": draw(charts.outcome_series, findings, order, marks),
        "beliefs": _beliefs(findings, refs, marks, draw),
        "timeline": _timeline(findings, history) if pictures else [],
        "timeline_ends": _span(findings, history),
        "telling": [h for h in history if h["size"] >= 0.005],
        "questions": _questions(findings, refs),
        "next": _next(findings, refs),
        "state": _state(findings, refs),
        "diagram": draw(diagram.draw, findings, refs),
        "model": _model(findings, refs),
        "evidence": _evidence(findings, refs),
        "parameters": _parameters(findings, refs),
        "history": history,
        "testimony": _testimony(findings, refs),
        "certificate": _certificate(findings),
        "run": findings.get("run") or {},
        "ending": _ending(findings),
        "refs": refs,
    }


def _drawn(make: Callable[..., Any], *arguments: Any) -> Any:
    return make(*arguments)


def _undrawn(*_: Any) -> None:
    return None


def _top(findings: Findings) -> float:
    return strips.ceiling(list((findings.get("outcomes") or {}).values()))


def _banded(band: Mapping[str, Any]) -> Row:
    """A chance as the templates print it."""
    return {
        "mean": words.short_percent(band.get("mean")),
        "half": words.percent_range(band.get("p25"), band.get("p75")),
        "ninety": words.percent_range(band.get("p05"), band.get("p95")),
        "words": words.estimate(*words.spoken_band(band)) if band.get("mean") is not None else "",
    }


def _outcomes(findings: Findings, refs: References, order: Sequence[str]) -> list[Row]:
    found, top = [], _top(findings)
    outcomes = findings.get("outcomes") or {}
    for name in order:
        row = outcomes[name]
        title = sentences.title_of(name, row)
        colour = charts.outcome_colour(name, row)
        ways = []
        for effect in basis.routes(findings, name):
            key = ("move", effect["actor"], effect["name"]) if "actor" in effect else ("event", effect["name"])
            ways.append(refs.to(*key, label=str(effect.get("title") or words.plain(effect["name"]))))
        found.append(
            {
                "id": refs.id("outcome", name), "name": name, "title": title, "peaceful": bool(row.get("peaceful")),
                **_banded(row), "strip": strips.interval(row, top, colour, title), "ways": ways,
                "rests": basis.outcome_grounds(findings, refs, name),
                "worth": refs.href("worth", name),
            }
        )  # fmt: skip
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
            for k in picks
        ]
        found.append(
            {"title": sentences.title_of(name, outcomes[name]), "href": refs.href("outcome", name), "cells": cells,
             "rests": basis.outcome_grounds(findings, refs, name)}
        )  # fmt: skip
    shown = set(charts.worth_showing({n: table[n] for n in names}))
    return {
        "dates": [words.day(dates[k], year=False) for k in picks], "rows": found,
        "left_out": [sentences.title_of(n, outcomes[n]) for n in names if n not in shown],
    }  # fmt: skip


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
            moves.append(Reference(label, refs.href("history", index), "history", words.day(move.get("date"))))
        cells = [
            {"name": n, "title": sentences.title_of(n, outcomes[n]),
             "mean": words.short_percent((point.get("outcomes") or {}).get(n, {}).get("mean"))}
            for n in order[:5]
        ]  # fmt: skip
        worth = point.get("effective_draws")
        found.append(
            {"as_of": words.day(point["as_of"]), "cells": cells, "moves": moves,
             "draws": "–" if worth is None else f"{worth:.0f}", "thin": worth is not None and worth < 30}
        )  # fmt: skip
    return found


def _actor(findings: Findings, name: str) -> str:
    return sentences.actor_title(findings, name)


def _mid(findings: Findings, name: str) -> str:
    """The actor's title within a sentence."""
    return sentences.mid_sentence(_actor(findings, name))


def _beliefs(findings: Findings, refs: References, marks: Sequence[str], draw: Callable[..., Any]) -> list[Row]:
    found = []
    for actor, types in (findings.get("beliefs") or {}).items():
        title = _actor(findings, actor)
        top = strips.ceiling(list(types.values()), 0.6)
        found.append(
            {
                "actor": actor, "title": sentences.mid_sentence(title), "href": refs.href("actor", actor),
                "rows": _type_rows(types, refs, actor, top),
                "ticks": [_tick(t) for t in strips.ticks(top)],
                "figure": draw(charts.belief_series, findings, actor, title, marks),
                "rests": basis.belief_grounds(findings, refs, actor),
                "path": basis.belief_path(findings, refs, actor),
            }
        )  # fmt: skip
    return found


def _type_rows(types: Mapping[str, Mapping[str, Any]], refs: References, actor: str, top: float) -> list[Row]:
    rows = []
    for name, row in types.items():
        title = str(row.get("title") or words.plain(name))
        prior = row.get("prior")
        rows.append(
            {"name": name, "title": title, "href": refs.href("type", actor, name), **_banded(row),
             "prior": None if prior is None else words.short_percent(prior),
             "change": None if prior is None else words.points(row["mean"] - prior),
             "strip": strips.interval(row, top, charts.MIND, title, prior)}
        )  # fmt: skip
    return rows


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
            {"at": h["date"][:10], "number": h["number"], "href": h["href"], "loud": h["loud"], "title": h["title"]}
            for h in history if h["who"] == who
        ]  # fmt: skip
        title = "Chance events" if who == "event" else _actor(findings, who)
        said = f"{title}: " + "; ".join(f"{words.day(m['at'])} {m['title']}" for m in mine if m["loud"])
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
                shift.append((_actor(findings, actor), [(words.plain(t), words.points(v)) for t, v in rows]))
        size = max((abs(v) for t in (entry.get("shift") or {}).values() for v in t.values()), default=0.0)
        likelihood = entry.get("likelihood") or {}
        key = ("event", move) if who == "event" else ("move", who, move)
        precision = str(entry.get("precision") or "day")
        found.append(
            {
                "id": refs.id("history", index), "href": refs.href("history", index), "number": int(entry["index"]) + 1,
                "date": entry["date"], "day": words.day(entry["date"]),
                "precision": "" if precision == "day" else precision,
                "who": who, "actor": "Chance" if who == "event" else _actor(findings, who),
                "title": str(entry.get("title") or words.plain(move)), "move": refs.href(*key),
                "loud": move not in {"hold", standing.get(who)}, "shift": shift, "size": size,
                "sure": words.short_percent(entry["probability"]) if (entry.get("probability") or 1) < 1 else "",
                "expected": words.short_percent(likelihood.get("mean")) if likelihood else "–",
                "expected_ninety": words.percent_range(likelihood.get("p05"), likelihood.get("p95")),
                "surprise": (likelihood.get("mean") or 1) < 0.05,
                "because": [refs.claim(c) for c in entry.get("because") or []],
                "judgement": entry.get("judgement"),
            }
        )  # fmt: skip
    return found


def _next(findings: Findings, refs: References) -> list[Row]:
    found = []
    for actor, moves in (findings.get("next_moves") or {}).items():
        top = strips.ceiling(list(moves.values()), 0.6)
        ranked = sorted(moves.items(), key=lambda item: -item[1]["mean"])
        types = list(dict.fromkeys(t for row in moves.values() for t in row.get("by_type") or {}))
        found.append(
            {
                "actor": actor, "title": _actor(findings, actor), "href": refs.href("actor", actor),
                "types": [words.plain(t) for t in types] if len(types) > 1 else [],
                "ticks": [_tick(t) for t in strips.ticks(top)],
                "rows": [_move_row(findings, refs, actor, name, row, top, types) for name, row in ranked],
            }
        )  # fmt: skip
    return found


def _move_row(
    findings: Findings, refs: References, actor: str, name: str, row: Mapping[str, Any], top: float,
    types: Sequence[str],
) -> Row:  # fmt: skip
    title = str(row.get("title") or words.plain(name))
    by_type = row.get("by_type") or {}
    return {
        "title": title, "href": refs.href("move", actor, name), **_banded(row),
        "strip": strips.interval(row, top, charts.MIND, title),
        "by_type": [(words.plain(t), words.short_percent(by_type.get(t))) for t in types] if len(types) > 1 else [],
        "rests": basis.move_grounds(findings, refs, actor, name),
    }  # fmt: skip


def _state(findings: Findings, refs: References) -> list[Row]:
    found = []
    for name, row in (findings.get("state") or {}).items():
        pairs = list(zip(row.get("levels") or [], row.get("probabilities") or [], strict=False))
        if not pairs:
            continue
        pairs.sort(key=lambda pair: -pair[1])
        level, chance = pairs[0]
        rest = [(words.plain(lv), words.short_percent(p)) for lv, p in pairs[1:] if p >= 0.005]
        found.append(
            {"title": str(row.get("title") or words.plain(name)), "href": refs.href("factor", name),
             "level": words.plain(level), "chance": "" if chance > 0.995 else words.short_percent(chance),
             "rest": rest, "rests": basis.factor_grounds(findings, refs, name)}
        )  # fmt: skip
    return found


# Questions ----------------------------------------------------------------------------------------------------


def _questions(findings: Findings, refs: References) -> list[Row]:
    found = []
    for position, question in enumerate(findings.get("questions") or []):
        panels = [panel for panel in (_panel(findings, refs, p) for p in question.get("panels") or []) if panel]
        rests = merged([refs.claim(c) for c in question.get("because") or []], *(p["rests"] for p in panels))
        found.append(
            {"id": refs.id("question", str(position)), "number": position + 1, "ask": question.get("ask", ""),
             "reading": question.get("reading"), "panels": panels, "rests": rests,
             "answers": [p["answer"] for p in panels if p["answer"]],
             "framing": [refs.claim(c) for c in question.get("because") or []],
             "path": _unique([r for p in panels for r in p["path"]])}
        )  # fmt: skip
    return found


def _unique(items: Sequence[Reference]) -> list[Reference]:
    return list(dict.fromkeys(items))


def _panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row | None:
    kind = panel.get("kind")
    makers = {
        "types": _types_panel, "outcomes": _outcomes_panel, "moves": _moves_panel,
        "after": _after_panel, "value": _value_panel, "factors": _factors_panel,
    }  # fmt: skip
    if kind not in makers:
        return None
    made = makers[kind](findings, refs, panel)
    return {"kind": kind, "answer": "", "path": [], "rests": [], "ticks": [], "rows": [], **made}


def _tick(value: float) -> str:
    return f"{value * 100:.0f}{words.NBSP}%"


def _ticked(top: float) -> list[str]:
    return [_tick(t) for t in strips.ticks(top)]


def _types_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    actor, types = str(panel.get("actor")), panel.get("rows") or {}
    top = strips.ceiling(list(types.values()), 0.6)
    known = (findings.get("beliefs") or {}).get(actor) or {}
    types = {n: {"prior": (known.get(n) or {}).get("prior"), **row} for n, row in types.items()}
    answer = ""
    if types:
        name, row = max(types.items(), key=lambda item: item[1]["mean"])
        answer = (
            f"Of {_mid(findings, actor)}, the leading reading is {sentences.quoted(sentences.title_of(name, row))}. "
            f"It {sentences.judged(row)}."
        )
    return {
        "head": f"What is believed about {_mid(findings, actor)}", "rows": _type_rows(types, refs, actor, top),
        "ticks": _ticked(top), "answer": answer, "rests": basis.belief_grounds(findings, refs, actor),
        "path": basis.belief_path(findings, refs, actor),
    }  # fmt: skip


def _outcomes_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    chosen, together = panel.get("rows") or {}, panel.get("together")
    bands = [*chosen.values(), *([together] if together else [])]
    top = strips.ceiling(bands)
    rows, path, rests = [], [], []
    known = findings.get("outcomes") or {}
    for name, row in chosen.items():
        title = sentences.title_of(name, {**known.get(name, {}), **row})
        colour = charts.outcome_colour(name, {**known.get(name, {}), **row})
        rows.append({"title": title, "href": refs.href("outcome", name), **_banded(row), "prior": None,
                     "strip": strips.interval(row, top, colour, title)})  # fmt: skip
        path += [
            refs.to("move", e["actor"], e["name"], label=str(e.get("title") or words.plain(e["name"])))
            if "actor" in e
            else refs.to("event", e["name"], label=str(e.get("title") or words.plain(e["name"])))
            for e in basis.routes(findings, name)
        ]
        rests.append(basis.outcome_grounds(findings, refs, name))
    answer = ""
    if together and len(chosen) > 1:
        rows.append({"title": "Any of these", "href": "", **_banded(together), "prior": None, "total": True,
                     "strip": strips.interval(together, top, charts.INK, "Any of these")})  # fmt: skip
        answer = f"One or another of these {sentences.judged(together)}."
    elif chosen:
        name, row = max(chosen.items(), key=lambda item: item[1]["mean"])
        title = sentences.quoted(sentences.title_of(name, {**known.get(name, {}), **row}))
        answer = f"{title} {sentences.judged(row)}."
    return {"head": "How likely these endings are", "rows": rows, "ticks": _ticked(top), "answer": answer,
            "path": path, "rests": merged(*rests)}  # fmt: skip


def _moves_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    actor, moves = str(panel.get("actor")), panel.get("rows") or {}
    top = strips.ceiling(list(moves.values()), 0.6)
    ranked = sorted(moves.items(), key=lambda item: -item[1]["mean"])
    rows = [_move_row(findings, refs, actor, n, r, top, []) for n, r in ranked]
    answer = ""
    if ranked:
        name, row = ranked[0]
        answer = (
            f"The likeliest next move of {_mid(findings, actor)} is "
            f"{sentences.quoted(sentences.title_of(name, row))}. It {sentences.judged(row)}."
        )
    return {
        "head": f"The next move of {_mid(findings, actor)}", "rows": rows, "ticks": _ticked(top),
        "answer": answer, "rests": merged(*(r["rests"] for r in rows)),
        "path": [refs.to("move", actor, n, label=sentences.title_of(n, r)) for n, r in ranked[:4]],
    }  # fmt: skip


def _after_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    actor, move = str(panel.get("actor")), str(panel.get("move"))
    title = refs.title("move", actor, move)
    table = panel.get("rows") or {}
    known = findings.get("outcomes") or {}
    top = strips.ceiling([b for row in table.values() for b in (row["now"], row["then"])])
    rows, best = [], ("", 0.0)
    for name, row in table.items():
        now, then = row["now"], row["then"]
        change = then["mean"] - now["mean"]
        label = sentences.title_of(name, known.get(name, {}))
        if abs(change) > abs(best[1]):
            best = (name, change)
        rows.append(
            {"title": label, "href": refs.href("outcome", name), "mean": words.short_percent(then["mean"]),
             "now": words.short_percent(now["mean"]), "change": words.points(change), "size": abs(change),
             "ninety": words.percent_range(then.get("p05"), then.get("p95")), "prior": None,
             "strip": strips.dumbbell(now["mean"], then["mean"], top,
                                      charts.outcome_colour(name, known.get(name, {})), label)}
        )  # fmt: skip
    rows.sort(key=lambda r: -r["size"])
    still = [r["title"] for r in rows if r["size"] < 0.01]
    if len(still) < len(rows):
        rows = [r for r in rows if r["size"] >= 0.01]
    else:
        still = []
    answer = ""
    if best[0]:
        row = table[best[0]]
        answer = (
            f"If the next move of {_mid(findings, actor)} were {sentences.quoted(title)}, "
            f"{sentences.quoted(sentences.title_of(best[0], known.get(best[0], {})))} would go from "
            f"{words.percent(row['now']['mean'])} to {words.percent(row['then']['mean'])}, the largest change."
        )
    if panel.get("open") is False:
        answer = f"{answer} The move is not open in the present state, so this is a look ahead.".strip()
    return {
        "head": f"If {_mid(findings, actor)} chose “{title}” next", "rows": rows, "ticks": _ticked(top),
        "still": still, "answer": answer, "rests": basis.move_grounds(findings, refs, actor, move),
        "path": [refs.to("move", actor, move, label=title)],
    }  # fmt: skip


def _value_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    band = panel.get("band") or {}
    label = str(panel.get("label") or panel.get("expression") or "")
    if band.get("mean") is None:
        return {"head": label, "answer": f"{label}: no value could be computed."}
    low = min(0.0, float(band.get("p05", band["mean"])))
    high = max(float(band.get("p95", band["mean"])), low + 1e-9)
    if low == 0.0 and 0.5 < high <= 1.0:
        high = 1.0
    mean, ninety = words.band_number(band), words.number_range(band)
    span = "" if ninety == mean else f"; nine in ten draws give {ninety}"
    return {
        "head": label, "low": words.axis_number(low, high - low), "high": words.axis_number(high, high - low),
        "rows": [{"title": label, "href": "", "mean": mean, "ninety": ninety, "half": words.number_range(band, "p25", "p75"),
                  "prior": None, "strip": strips.quantity(band, low, high, f"{label}: {mean}, {ninety}")}],
        "answer": f"{label}: {mean}{span}.",
        "pieces": phrases.expression(panel.get("expression", ""), refs),
        "rests": basis.expression_grounds(findings, refs, panel.get("expression")),
    }  # fmt: skip


def _factors_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    courses = panel.get("rows") or {}
    made = []
    answers = []
    for name, row in courses.items():
        if not row or not row.get("probabilities"):
            continue
        title = str(row.get("title") or refs.title("factor", name))
        levels = [words.plain(level) for level in row.get("levels") or []]
        first, last = row["probabilities"][0], row["probabilities"][-1]
        made.append(
            {"title": title, "href": refs.href("factor", name), "strip": strips.course(row, title),
             "from": words.day(row["dates"][0], year=False), "to": words.day(row["dates"][-1], year=False),
             "levels": [{"name": lv, "shade": f"{strips.shade(k, len(levels)):.2f}",
                         "first": words.short_percent(first[k]), "last": words.short_percent(last[k])}
                        for k, lv in enumerate(levels)]}
        )  # fmt: skip
        if levels:
            k = max(range(len(levels)), key=lambda i: last[i])
            answers.append(
                f"“{title}” is likeliest to stand at “{levels[k]}” by {words.day(row['dates'][-1])}: "
                f"{words.percent(last[k])}, against {words.percent(first[k])} now."
            )
    return {
        "head": "Expected course", "courses": made, "answer": " ".join(answers),
        "rests": merged(*(basis.factor_grounds(findings, refs, n) for n in courses)),
        "path": [refs.to("factor", n, label=refs.title("factor", n)) for n in courses],
    }  # fmt: skip


# The model, the evidence, the numbers ---------------------------------------------------------------------------


def _model(findings: Findings, refs: References) -> Row | None:
    model = findings.get("model") or {}
    if not model:
        return None
    moves = basis.rows(model, "moves")
    parameters = findings.get("parameters") or {}

    def effect(row: Mapping[str, Any], *key: str) -> Row:
        named = basis.effect_parameters(row, parameters)
        return {
            "id": refs.id(*key), "title": str(row.get("title") or words.plain(row["name"])), "name": row["name"],
            "pieces": phrases.effect(row, refs), "covert": bool(row.get("covert")),
            "rests": merged([refs.claim(c) for c in row.get("because") or []],
                            [refs.to("parameter", p) for p in named if p in parameters]),
            "judgement": row.get("judgement"),
        }  # fmt: skip

    actors = []
    for actor in basis.rows(model, "actors"):
        types = [
            {"id": refs.id("type", actor["name"], t["name"]), "name": words.plain(t["name"]), "title": t.get("title"),
             "prior": words.short_percent(t["prior"]) if isinstance(t.get("prior"), float | int) else None,
             "pieces": phrases.expression(t.get("prior", ""), refs),
             "rests": [refs.claim(c) for c in t.get("because") or []], "judgement": t.get("judgement")}
            for t in actor.get("types") or []
        ]  # fmt: skip
        actors.append(
            {"id": refs.id("actor", actor["name"]), "name": actor["name"],
             "title": str(actor.get("title") or words.plain(actor["name"])), "types": types,
             "habits": _habits(actor, refs),
             "rests": refs.grounds({"because": actor.get("because")}), "judgement": actor.get("judgement"),
             "moves": [effect(m, "move", m["actor"], m["name"]) for m in moves if m["actor"] == actor["name"]]}
        )  # fmt: skip
    return {
        "actors": actors,
        "events": [effect(e, "event", e["name"]) for e in basis.rows(model, "events")],
        "factors": [
            {"id": refs.id("factor", f["name"]), "name": f["name"], "title": str(f.get("title") or words.plain(f["name"])),
             "levels": [words.plain(lv) for lv in f.get("levels") or []],
             "start": words.plain(f.get("start") or (f.get("levels") or [""])[0]),
             "rests": [refs.claim(c) for c in f.get("because") or []], "judgement": f.get("judgement")}
            for f in basis.rows(model, "factors")
        ],
        "outcomes": [
            {"id": refs.id("worth", o["name"]), "title": str(o.get("title") or words.plain(o["name"])),
             "href": refs.href("outcome", o["name"]), "peaceful": bool(o.get("peaceful")),
             "pieces": phrases.worth(o, refs), "rests": [refs.claim(c) for c in o.get("because") or []],
             "judgement": o.get("judgement")}
            for o in basis.rows(model, "outcomes")
        ],
        "flows": [_flow(f, refs) for f in basis.rows(model, "flows")],
        "levers": [_lever(lv, refs) for lv in basis.rows(model, "levers")],
        "mechanisms": [_mechanism(m, refs) for m in basis.rows(model, "mechanisms")],
        "order": [words.plain(o) for o in model.get("order") or []],
    }  # fmt: skip


def _habits(actor: Mapping[str, Any], refs: References) -> phrases.Pieces:
    found: phrases.Pieces = []
    if actor.get("precision") is not None:
        found += [phrases.Piece("Precision of choice "), *phrases.expression(actor["precision"], refs), phrases.Piece(". ")]
    tempo = actor.get("tempo")
    if isinstance(tempo, Mapping):
        found += [phrases.Piece("Reconsiders "), *phrases.expression(tempo.get("times", ""), refs),
                  phrases.Piece(f" times a {tempo.get('per', 'step')}. ")]  # fmt: skip
    elif tempo:
        found.append(phrases.Piece(f"Reconsiders: {tempo}. "))
    if actor.get("standing"):
        found += [phrases.Piece("Otherwise goes on with "),
                  phrases.Piece(f"“{refs.title('move', actor['name'], actor['standing'])}”",
                                refs.href("move", actor["name"], actor["standing"])), phrases.Piece(".")]  # fmt: skip
    return found


def _flow(row: Mapping[str, Any], refs: References) -> Row:
    when = row.get("when", True)
    pieces = [phrases.Piece(f"{refs.title('actor', str(row.get('of', '')))}: ", refs.href("actor", str(row.get("of", "")))),
              *phrases.expression(row.get("worth", ""), refs), phrases.Piece(f" per {row.get('per', 'step')}")]  # fmt: skip
    if when not in (True, "true", None):
        pieces += [phrases.Piece(" while "), *phrases.expression(when, refs)]
    return {"id": refs.id("flow", row["name"]), "title": str(row.get("title") or words.plain(row["name"])),
            "pieces": pieces, "rests": [refs.claim(c) for c in row.get("because") or []],
            "judgement": row.get("judgement")}  # fmt: skip


def _lever(row: Mapping[str, Any], refs: References) -> Row:
    pieces = [phrases.Piece(f"By {row.get('by', '?')}. ")] if row.get("by") else []
    for name, value in (row.get("sets") or {}).items():
        pieces += [phrases.Piece("Sets "), phrases.Piece(refs.title("parameter", name), refs.href("parameter", name)),
                   phrases.Piece(" to "), *phrases.expression(value, refs), phrases.Piece(". ")]  # fmt: skip
    price = phrases.cost(row.get("costs"), refs)
    if price:
        pieces += [phrases.Piece("It "), *price, phrases.Piece(".")]
    return {"id": refs.id("lever", row["name"]), "title": str(row.get("title") or words.plain(row["name"])),
            "pieces": pieces, "rests": [refs.claim(c) for c in row.get("because") or []],
            "judgement": row.get("judgement")}  # fmt: skip


def _mechanism(row: Mapping[str, Any], refs: References) -> Row:
    card = row.get("card") or {}
    facts = []
    for key, value in card.items():
        if key in {"claim", "name", "title"} or value in (None, "", [], {}):
            continue
        facts.append((words.plain(key), _flat(value)))
    settings = row.get("settings")
    return {
        "id": refs.id("mechanism", row["name"]), "title": words.plain(row["name"]).capitalize(),
        "claim": card.get("claim"), "facts": facts,
        "settings": phrases.by_name(settings, refs, ": ") if isinstance(settings, Mapping) else [],
    }  # fmt: skip


def _flat(value: Any) -> str:
    """A card's field in one line, whatever its shape."""
    if isinstance(value, Mapping):
        return "; ".join(f"{words.plain(k)}: {_flat(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_flat(v) for v in value)
    return str(value)


ANCHORS = {
    "held": "passage verified", "moved": "passage moved, found again", "orphan": "passage not found",
    "not held": "text not held here",
}  # fmt: skip


def _evidence(findings: Findings, refs: References) -> Row | None:
    evidence = findings.get("evidence") or {}
    claims, reports = basis.rows(evidence, "claims"), basis.rows(evidence, "reports")
    if not claims and not reports:
        return None
    shown = []
    why = {t.get("claim"): t.get("why") for t in basis.rows(findings, "testimony")}
    for claim in claims:
        anchor = claim.get("anchor") or {}
        state = str(anchor.get("state") or "")
        shown.append(
            {
                "id": refs.id("claim", claim["id"]), "number": refs.numbers[claim["id"]], "name": claim["id"],
                "says": claim.get("says", ""), "by": claim.get("attributed_to"), "origin": claim.get("origin"),
                "report": refs.title("report", str(claim.get("report"))),
                "report_href": refs.href("report", str(claim.get("report"))),
                "credibility": claim.get("credibility"), "credibility_words": claim.get("credibility_words"),
                "anchor": ANCHORS.get(state, state), "anchor_bad": state == "orphan",
                "place": f"characters {anchor['start']}–{anchor['end']}" if anchor.get("start") is not None else "",
                "weight": None if claim.get("weight") is None else f"{claim['weight']:.2f}",
                "counted": claim.get("counted"), "why": why.get(claim["id"]),
                "cited": [refs.path(p) for p in claim.get("cited_by") or []],
            }
        )  # fmt: skip
    conflicts = []
    for conflict in basis.rows(evidence, "conflicts"):
        figures = [
            {"value": _figure(f.get("value")), "unit": f.get("unit") or "", "says": f.get("says", ""),
             "claim": refs.claim(str(f.get("claim"))), "report": refs.title("report", str(f.get("report"))),
             "report_href": refs.href("report", str(f.get("report"))), "published": words.day(f.get("published"))}
            for f in conflict.get("figures") or []
        ]  # fmt: skip
        conflicts.append({"about": conflict.get("about", ""), "figures": figures, "explained": conflict.get("explained")})
    discount = evidence.get("discount") or {}
    return {
        "claims": shown, "conflicts": conflicts,
        "reports": [{**r, "anchor_id": refs.id("report", r["id"]), "day": words.day(r.get("published"))} for r in reports],
        "reliability": _table(discount.get("reliability")), "credibility": _table(discount.get("credibility")),
    }  # fmt: skip


def _table(record: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    return [(str(k), f"{v:g}" if isinstance(v, int | float) else str(v)) for k, v in (record or {}).items()]


def _figure(value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"
    return str(value)


def _parameters(findings: Findings, refs: References) -> Row | None:
    found, moved = [], []
    for name, row in (findings.get("parameters") or {}).items():
        prior, posterior = row.get("prior") or {}, row.get("posterior") or {}
        fixed = prior.get("p05") == prior.get("p95") and posterior.get("p05") == posterior.get("p95")
        title = str(row.get("title") or words.plain(name))
        histogram = row.get("histogram")
        shift = 0.0
        if not fixed and prior.get("mean") is not None and posterior.get("mean") is not None:
            width = float(prior.get("p95", 0)) - float(prior.get("p05", 0))
            shift = (posterior["mean"] - prior["mean"]) / width if width else 0.0
        if abs(shift) > 0.04:
            moved.append((abs(shift), refs.to("parameter", name, label=title), shift > 0))
        edges = (histogram or {}).get("edges") or []
        span = (edges[-1] - edges[0]) if len(edges) > 1 else 0.0
        said = f"{title}: prior {words.number_range(prior)}, posterior {words.number_range(posterior)}"
        found.append(
            {
                "id": refs.id("parameter", name), "name": name, "title": title, "unit": row.get("unit"),
                "fixed": fixed, "prior_text": row.get("prior_text"),
                "prior": words.band_number(prior), "prior_ninety": words.number_range(prior),
                "posterior": words.band_number(posterior), "posterior_ninety": words.number_range(posterior),
                "strip": strips.density(histogram, said) if span and not fixed and histogram else "",
                "low": words.axis_number(edges[0], span) if edges else "",
                "high": words.axis_number(edges[-1], span) if edges else "",
                "because": [refs.claim(c) for c in row.get("because") or []], "judgement": row.get("judgement"),
                "used": basis.used_by(findings, refs, name),
            }
        )  # fmt: skip
    if not found:
        return None
    moved.sort(key=lambda item: -item[0])
    return {"rows": found, "moved": [(ref, "up" if up else "down") for _, ref, up in moved[:3]],
            "fixed": sum(1 for r in found if r["fixed"])}  # fmt: skip


def _testimony(findings: Findings, refs: References) -> list[Row]:
    found = []
    for row in basis.rows(findings, "testimony"):
        bears = []
        for actor, types in (row.get("types") or {}).items():
            said = ", ".join(f"{words.plain(t)} ×{v:.2f}" for t, v in types.items())
            bears.append([phrases.Piece(_actor(findings, actor), refs.href("actor", actor)), phrases.Piece(f": {said}")])
        for expression, ratio in row.get("where") or []:
            bears.append([*phrases.expression(expression, refs), phrases.Piece(f": ×{ratio:.2f}")])
        claim = refs.claims.get(str(row.get("claim"))) or {}
        found.append(
            {"claim": refs.claim(str(row.get("claim"))), "says": claim.get("says") or row.get("claim"),
             "known": words.day(row.get("known")), "counted": bool(row.get("counted")), "why": row.get("why"),
             "weight": None if row.get("weight") is None else f"{row['weight']:.2f}", "bears": bears}
        )  # fmt: skip
    return found


def _certificate(findings: Findings) -> list[tuple[str, str, str]]:
    """(what, value, what it means) for each line of the certificate that is there."""
    certificate, run = findings.get("certificate") or {}, findings.get("run") or {}
    found: list[tuple[str, str, str]] = []

    def add(name: str, value: str, meaning: str) -> None:
        found.append((name, value, meaning))

    if run.get("draws") is not None:
        add("Draws", f"{run['draws']:,}", "Parameter sets tried; each is a full solution of the game.")
    if run.get("effective_draws") is not None:
        add("Effective draws", f"{run['effective_draws']:.0f}",
            "How many equal draws the weighted ones are worth. Below 30, bands mean little.")  # fmt: skip
    if run.get("pareto_k") is not None:
        add("Pareto k", f"{run['pareto_k']:.2f}", "Heaviness of the tail of weights. Above 0.7, a few draws rule.")
    if run.get("failed") is not None:
        add("Failed draws", str(run["failed"]), "Draws without a solution; left out, never averaged.")
    if run.get("tempered"):
        add("Tempered to", f"{run['tempered']:.2f}", "Power put on the likelihood when weights collapsed; 1 is none.")
    if run.get("refined"):
        add("Refined draws", f"{run['refined']:,}", "Draws added where the evidence puts the weight.")
    if certificate.get("residual") is not None:
        add("Residual", f"{certificate['residual']:.1e}", "Worst gap left in any choice between belief and behaviour.")
    if certificate.get("grid_error") is not None:
        add("Grid error", f"{certificate['grid_error'] * 100:.1f} points",
            "How far outcome chances move when the belief grid is halved.")  # fmt: skip
    if certificate.get("states") is not None:
        add("States", f"{certificate['states']:,}", "Reachable public situations.")
    if certificate.get("belief_points") is not None:
        grid = certificate.get("grid")
        said = f" ({' × '.join(str(g) for g in grid)} intervals)" if isinstance(grid, list | tuple) and grid else ""
        add("Belief points", f"{certificate['belief_points']:,}{said}", "Grid on which beliefs are held.")
    if certificate.get("flagged") is not None:
        add("Stubborn nodes", str(certificate["flagged"]), "Nodes whose fixed point needed the last resort.")
    if certificate.get("near_splitting") is not None:
        add("Near splitting", str(certificate["near_splitting"]),
            "Nodes close to having more than one equilibrium; the branch from even play was taken.")  # fmt: skip
    if certificate.get("draws_checked") is not None:
        add("Draws checked", str(certificate["draws_checked"]), "Draws solved again on a finer grid.")
    if certificate.get("node_updates") is not None:
        add("Node updates", f"{certificate['node_updates']:,}", "Work in one solution.")
    return found


def _ending(findings: Findings) -> Row | None:
    ending = findings.get("ending")
    if not ending:
        return None
    name = str(ending.get("outcome"))
    row = (findings.get("outcomes") or {}).get(name)
    return {
        "date": words.day(ending.get("date")), "source": ending.get("source"),
        "title": sentences.title_of(name, row or {}), "given": words.percent(row["mean"]) if row else None,
    }  # fmt: skip
