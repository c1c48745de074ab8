"""Answers to the case's questions: each panel as a sentence, rows of numbers, and the reasoning behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from standoff.report import basis, charts, phrases, sentences, shown, strips, watch, words
from standoff.report.references import Reference, References, merged, names_in
from standoff.report.shown import Findings, Row
from standoff.report.upset import may_end, upset

MARKERS = 3  # signs told in the answer to a question about markers
SLIGHT = 0.02  # changes of a chance below this are told in a sentence, without a table


def questions(findings: Findings, refs: References) -> list[Row]:
    """One row a question, in the order of the case; panels of an unknown kind are left out."""
    found: list[Row] = []
    for position, question in enumerate(findings.get("questions") or []):
        panels = [
            panel for panel in (_panel(findings, refs, p) for p in question.get("panels") or []) if panel
        ]
        rests = merged([refs.claim(c) for c in question.get("because") or []], *(p["rests"] for p in panels))
        found.append(
            {
                "id": refs.id("question", str(position)),
                "number": position + 1,
                "ask": question.get("ask", ""),
                "reading": question.get("reading"),
                "panels": panels,
                "rests": rests,
                "answers": [paragraph for p in panels for paragraph in p["answer"].split("\n") if paragraph],
                "short": _short(panels, question.get("first") or [], [row["short"] for row in found]),
                "about": sorted({name for p in panels for name in p["about"]}),
                "framing": [refs.claim(c) for c in question.get("because") or []],
                "path": _unique([r for p in panels for r in p["path"]]),
                "upset": upset(findings, refs, question),
            }
        )
    return found


def _short(panels: Sequence[Row], first: Sequence[str], told: Sequence[str]) -> str:
    """The answer in short: what the kinds of panel in `first` say. If the case names none, what the first panel says,
    unless an earlier question was answered with just that."""
    if first:
        ones = {kind: [p for p in panels if p["kind"] == kind and p["answer"]] for kind in first}
        kept = [p for kind, many in ones.items() for p in (many if kind == "value" else many[:1])]
        return " ".join(str(p["short"] or p["answer"]) for p in kept)
    shorts = [str(p["short"] or p["answer"]) for p in panels if p["answer"]]
    return next((short for short in shorts if short not in told), shorts[0] if shorts else "")


def _unique(items: Sequence[Reference]) -> list[Reference]:
    """Each place once, by the name it first has."""
    return list({item.href or item.label: item for item in reversed(items)}.values())[::-1]


def _panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row | None:
    kind = panel.get("kind")
    makers = {
        "types": _types_panel,
        "outcomes": _outcomes_panel,
        "moves": _moves_panel,
        "after": _after_panel,
        "value": _value_panel,
        "factors": _factors_panel,
        "hypotheses": _hypotheses_panel,
        "markers": _markers_panel,
    }
    if kind not in makers:
        return None
    made = makers[kind](findings, refs, panel)
    about = [str(panel["actor"])] if kind in {"types", "moves"} else list(panel.get("rows") or {})
    empty: Row = {"answer": "", "short": "", "path": [], "rests": [], "ticks": [], "rows": []}
    return {"kind": kind, "about": about, **empty, **made}


def _types_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    actor, types = str(panel.get("actor")), panel.get("rows") or {}
    top = strips.ceiling(list(types.values()), 0.6)
    known = (findings.get("beliefs") or {}).get(actor) or {}
    types = {n: {"prior": (known.get(n) or {}).get("prior"), **row} for n, row in types.items()}
    answer = short = ""
    if types:
        name, row = max(types.items(), key=lambda item: item[1]["mean"])
        unclear = sentences.undecided(types, name) or sentences.close_behind(types, name).strip()
        answer = f"{sentences.leading_reading(shown.mid_title(findings, actor), types, name)}. {unclear}".strip()
        lead = sentences.quoted(sentences.title_of(name, row))
        short = f"Of {shown.mid_title(findings, actor)}: {lead} {sentences.judged(row)}. {unclear}".strip()
    return {
        "short": short,
        "head": f"What is believed about {shown.mid_title(findings, actor)}",
        "rows": shown.type_rows(types, refs, actor, top),
        "ticks": shown.ticked(top),
        "answer": answer,
        "rests": basis.belief_grounds(findings, refs, actor),
        "path": basis.belief_path(findings, refs, actor),
    }


def _outcomes_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    chosen, together = panel.get("rows") or {}, panel.get("together")
    bands = [*chosen.values(), *([together] if together else [])]
    top = strips.ceiling(bands)
    rows, path, rests = [], [], []
    known = findings.get("outcomes") or {}
    for name, row in chosen.items():
        title = sentences.title_of(name, {**known.get(name, {}), **row})
        colour = charts.outcome_colour(name, {**known.get(name, {}), **row})
        rows.append(
            {
                "title": title,
                "href": refs.href("outcome", name),
                **shown.banded(row),
                "prior": None,
                "strip": strips.interval(row, top, colour, title),
            }
        )
        path += [
            refs.to("move", e["actor"], e["name"], label=sentences.title_of(e["name"], e))
            if "actor" in e
            else refs.to("event", e["name"], label=sentences.title_of(e["name"], e))
            for e in basis.routes(findings, name)
        ]
        rests.append(basis.outcome_grounds(findings, refs, name))
    answer = ""
    if len(chosen) > 1 and panel.get("weighed") == "against each other":
        answer = _ranked(chosen, known)
    elif together and len(chosen) > 1:
        rows.append(
            {
                "title": "Any of these",
                "href": "",
                **shown.banded(together),
                "prior": None,
                "total": True,
                "strip": strips.interval(together, top, charts.INK, "Any of these"),
            }
        )
        named = [sentences.quoted(row["title"]) for row in rows[:-1]]
        if len(named) > 4:
            named = [*named[:3], f"{words.small(len(named) - 3)} more"]
        answer = f"One or another of {words.listed(named)} {sentences.judged(together)}."
    elif chosen:
        name, row = max(chosen.items(), key=lambda item: item[1]["mean"])
        title = sentences.quoted(sentences.title_of(name, {**known.get(name, {}), **row}))
        answer = f"{title} {sentences.judged(row)}."
    return {
        "head": "How likely these endings are",
        "rows": rows,
        "ticks": shown.ticked(top),
        "answer": answer,
        "path": path,
        "rests": merged(*rests),
    }


def _ranked(chosen: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """Endings against each other, likeliest first."""
    order = sorted(chosen.items(), key=lambda item: -item[1]["mean"])
    titles = [sentences.quoted(sentences.title_of(name, {**known.get(name, {}), **row})) for name, row in order]
    rest = [f"{title} at {words.percent(row['mean'])}" for title, (_, row) in zip(titles[1:], order[1:], strict=True)]
    return f"Likeliest of these is {titles[0]}: it {sentences.judged(order[0][1])}. Behind it: {words.listed(rest)}."


def _moves_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    actor, moves = str(panel.get("actor")), panel.get("rows") or {}
    top = strips.ceiling(list(moves.values()), 0.6)
    ranked = sorted(moves.items(), key=lambda item: -item[1]["mean"])
    rows = [shown.move_row(findings, refs, actor, n, r, top, []) for n, r in ranked]
    answer = short = ""
    which = shown.which_turn(findings, panel)
    if ranked:
        name, row = ranked[0]
        when = f", {which}," if which else ","
        answer = (
            f"When {shown.mid_title(findings, actor)} next decides{when} no move is likelier "
            f"than {sentences.quoted(sentences.title_of(name, row))}, as things stand. {sentences.still_judged(row)}."
            f"{sentences.close_behind(moves, name)}{_soon(findings, actor, name)}"
        )
        short = (
            f"No next move of {shown.mid_title(findings, actor)} is likelier than "
            f"{sentences.quoted(sentences.title_of(name, row))}. {sentences.still_judged(row)}."
        )
    return {
        "short": short,
        "head": f"The next move of {shown.mid_title(findings, actor)}{f', {which}' if which else ''}",
        "rows": rows,
        "ticks": shown.ticked(top),
        "answer": answer,
        "rests": merged(*(r["rests"] for r in rows)),
        "path": [refs.to("move", actor, n, label=sentences.title_of(n, r)) for n, r in ranked[:4]],
    }


def _soon(findings: Findings, actor: str, move: str) -> str:
    """How likely it is that a move is seen soon: who has a turn does not always decide, and a story may end before."""
    found = findings.get("indicators") or {}
    row = basis.find(found.get("indicators") or [], id=f"{actor}.{move}")
    if row is None or not row.get("chances") or not found.get("horizons"):
        return ""
    chance, by = row["chances"][0]["mean"], words.day(found["horizons"][0]["date"])
    return f" That it is seen by {by} has a chance of {words.percent(chance)}, for not every turn is used to decide."


def _after_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    actor, move = str(panel.get("actor")), str(panel.get("move"))
    title = words.capital(refs.title("move", actor, move))
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
            {
                "title": label,
                "href": refs.href("outcome", name),
                "mean": words.short_percent(then["mean"]),
                "now": words.short_percent(now["mean"]),
                "change": words.shift(now["mean"], then["mean"]),
                "size": abs(change),
                "ninety": words.percent_range(then.get("p05"), then.get("p95")),
                "prior": None,
                "strip": strips.dumbbell(
                    now["mean"], then["mean"], top, charts.outcome_colour(name, known.get(name, {})), label
                ),
            }
        )
    rows.sort(key=lambda r: -r["size"])
    still = [r["title"] for r in rows if r["size"] < 0.01]
    if len(still) < len(rows):
        rows = [r for r in rows if r["size"] >= 0.01]
    else:
        still = []
    sole = _sole_ending(findings, actor, move)
    answer = ""
    if sole and sole in table:
        rows, still = [], []
        answer = (
            f"{sentences.quoted(title)} ends it at once in "
            f"{sentences.quoted(sentences.title_of(sole, known.get(sole, {})))}."
        )
    elif best[0] and abs(best[1]) < 0.01:
        answer = (
            f"If the next move of {shown.mid_title(findings, actor)} were {sentences.quoted(title)}, no ending would "
            "become likelier or less likely by as much as a point."
        )
        rows = []
    elif best[0] and abs(best[1]) < SLIGHT:
        row = table[best[0]]
        answer = (
            f"If the next move of {shown.mid_title(findings, actor)} were {sentences.quoted(title)}, that would hardly "
            f"change how it ends: the most is {sentences.quoted(sentences.title_of(best[0], known.get(best[0], {})))} "
            f"at {words.percent(row['then']['mean'])}, against {words.percent(row['now']['mean'])} now."
        )
        rows = []
    elif best[0]:
        row = table[best[0]]
        answer = (
            f"If the next move of {shown.mid_title(findings, actor)} were {sentences.quoted(title)}, "
            f"{sentences.quoted(sentences.title_of(best[0], known.get(best[0], {})))} would go from "
            f"{words.percent(row['now']['mean'])} to {words.percent(row['then']['mean'])}, "
            "the largest change."
        )
    share = panel.get("share")
    if panel.get("unseen"):
        answer = f"{sentences.quoted(title)} is never seen when it is done, so nothing can follow from seeing it."
    elif not table:
        answer = (
            f"{sentences.quoted(title)} is not open to {shown.mid_title(findings, actor)} as things stand."
        )
    elif panel.get("open") is False:
        answer = f"{answer} The move is not open in the present state, so this is a look ahead."
    elif share is not None and share < 0.995:
        answer = (
            f"{answer} The move is open in {words.percent(share)} of the weighed draws; this is about those."
        )
    return {
        "head": f"If {shown.mid_title(findings, actor)} chose “{title}” next",
        "rows": rows,
        "ticks": shown.ticked(top),
        "still": still,
        "answer": answer,
        "rests": basis.move_grounds(findings, refs, actor, move),
        "path": [refs.to("move", actor, move, label=title)],
    }


def _sole_ending(findings: Findings, actor: str, move: str) -> str | None:
    """The outcome that a move ends in whenever it is made; None where it ends nothing or may end in several."""
    ends = (basis.find(basis.rows(findings, "model", "moves"), actor=actor, name=move) or {}).get("ends")
    if isinstance(ends, Mapping):
        return str(next(iter(ends))) if len(ends) == 1 and str(next(iter(ends.values()))) in {"1", "1.0"} else None
    return str(ends) if ends else None


def _unit(findings: Findings, expression: Any, label: str) -> str:
    """The unit of a value, where it can be told from that of its parameters: all have one, and nothing multiplies two
    of them or divides; empty where the label says it already."""
    parameters = findings.get("parameters") or {}
    text = str(expression)
    named = [p for p in parameters if p in names_in(text)]
    units = {str(parameters[p].get("unit") or "") for p in named}
    if len(units) != 1 or "/" in text or "**" in text or (len(named) > 1 and "*" in text):
        return ""
    unit = units.pop()
    told = label.lower()
    if not unit or unit == "probability" or any(len(word) > 3 and word in told for word in unit.split()):
        return ""
    return f" {unit.removeprefix('share ')}"


def _unknown(value: Any) -> bool:
    return value is None or value != value


def _now(row: Mapping[str, Any] | None, level: int) -> str:
    """``, against 42 % now``; empty where it is not known."""
    chances = (row or {}).get("probabilities") or []
    if level >= len(chances) or _unknown(chances[level]) or not sum(chances) > 0:
        return ""
    return f", against {words.percent(chances[level] / sum(chances))} now"


def _value_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    band = panel.get("band") or {}
    label = words.capital(str(panel.get("label") or panel.get("expression") or ""))
    if band.get("mean") is None:
        return {"head": label, "answer": f"{label}: no value could be computed."}
    low = min(0.0, float(band.get("p05", band["mean"])))
    high = max(float(band.get("p95", band["mean"])), low + 1e-9)
    if low == 0.0 and 0.5 < high <= 1.0:
        high = 1.0
    mean, ninety = words.band_number(band), words.number_range(band)
    span = "" if ninety == mean else f"; nine in ten draws give {ninety}"
    unit = _unit(findings, panel.get("expression"), label)
    return {
        "head": label,
        "low": words.axis_number(low, high - low),
        "high": words.axis_number(high, high - low),
        "rows": [
            {
                "title": label,
                "href": "",
                "mean": mean,
                "ninety": ninety,
                "half": words.number_range(band, "p25", "p75"),
                "prior": None,
                "strip": strips.quantity(band, low, high, f"{label}: {mean}, {ninety}"),
            }
        ],
        "answer": f"{label}: {mean}{unit}{span}.",
        "unit": unit,
        "pieces": phrases.expression(panel.get("expression", ""), refs),
        "rests": basis.expression_grounds(findings, refs, panel.get("expression")),
    }


def _factors_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    courses = panel.get("rows") or {}
    made = []
    answers = []
    state = findings.get("state") or {}
    for name, row in courses.items():
        # once every story has ended, there is no course
        known = [line for line in (row or {}).get("probabilities") or [] if not any(map(_unknown, line))]
        if not known:
            continue
        row = {**row, "probabilities": known, "dates": row["dates"][: len(known)]}
        title = str(row.get("title") or refs.title("factor", name))
        levels = [words.plain(level) for level in row.get("levels") or []]
        first, last = known[0], known[-1]
        made.append(
            {
                "title": title,
                "href": refs.href("factor", name),
                "strip": strips.course(row, title),
                "from": words.day(row["dates"][0], year=False),
                "to": words.day(row["dates"][-1], year=False),
                "levels": [
                    {
                        "name": lv,
                        "shade": f"{strips.shade(k, len(levels)):.2f}",
                        "first": words.short_percent(first[k]),
                        "last": words.short_percent(last[k]),
                    }
                    for k, lv in enumerate(levels)
                ],
            }
        )
        if levels:
            k = max(range(len(levels)), key=lambda i: last[i])
            answers.append(
                f"If nothing has ended it by then, “{title}” is likeliest to stand at “{levels[k]}” on "
                f"{words.day(row['dates'][-1])}: {words.percent(last[k])}{_now(state.get(name), k)}."
            )
    return {
        "head": "Expected course, as long as it goes on",
        "courses": made,
        "answer": " ".join(answers),
        "short": answers[0] if answers else "",
        "rests": merged(*(basis.factor_grounds(findings, refs, n) for n in courses)),
        "path": [refs.to("factor", n, label=refs.title("factor", n)) for n in courses],
    }


def _hypotheses_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    """How a set of competing hypotheses stands, beside where it stood at the start."""
    found = ((findings.get("hypotheses") or {}).get("sets") or {}).get(str(panel.get("set"))) or {}
    readings = (found.get("hypotheses") or {}).items()
    known = {name: row for name, row in readings if (row.get("posterior") or {}).get("mean") is not None}
    if not known:
        return {"head": "Competing hypotheses"}
    bands = {n: {**row["posterior"], "title": row.get("title"), "prior": row.get("prior")} for n, row in known.items()}
    top = strips.ceiling(list(bands.values()), 0.6)
    name, row = max(bands.items(), key=lambda item: item[1]["mean"])
    lead = sentences.quoted(sentences.title_of(name, row))
    unclear = sentences.undecided(bands, name) or sentences.close_behind(bands, name).strip()
    short = f"{lead} {sentences.judged(row)}. {unclear}".strip()
    rows = []
    for name, row in bands.items():
        title = str(row["title"] or words.plain(name))
        strip = strips.interval(row, top, charts.MIND, title, row["prior"])
        prior = None if row["prior"] is None else words.short_percent(row["prior"])
        rows.append({"title": title, "href": "", **shown.banded(row), "prior": prior, "strip": strip})
    return {
        "head": words.capital(str(found.get("title") or "Competing hypotheses")),
        "rows": rows,
        "ticks": shown.ticked(top),
        "short": short,
        "answer": short,
        "rests": [refs.claim(claim) for claim in found.get("because") or []],
    }


def _markers_panel(findings: Findings, refs: References, panel: Mapping[str, Any]) -> Row:
    """The signs that would tell most about how it ends, with what each would tell; the watch list has the rest. Where
    there are none, why."""
    found = findings.get("indicators") or {}
    if not found or found.get("thin"):
        thin = found.get("thin") or {"say": "which signs would tell was not worked out in this run"}
        return {"head": "What to watch for", "answer": f"{words.capital(thin['say'])}. {thin.get('mend', '')}".rstrip()}
    known = watch.leading(found, len(found["indicators"]))
    told = [row for row in known if row["kind"] != "quiet" and not may_end(findings, row)][:MARKERS]
    if not told:
        return {"head": "What to watch for", "answer": "No sign short of the end itself tells much of how it ends."}
    first, *more = [phrases.text_of(watch.sentence(row, found, refs)) for row in told]
    named = [f"“{watch.short_name(row, refs)}” ({watch.bits(row['bits']['outcome'])})" for row in told]
    short = f"{first} Next come {words.listed(named[1:])}." if more else first
    return {"head": "What to watch for", "short": short, "answer": "\n".join([first, *more])}
