"""The accounts of a brief: evidence, parameters, testimony, certificate, ending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standoff.report import basis, phrases, sentences, shown, strips, words
from standoff.report.references import References, merged
from standoff.report.shown import Findings, Row

ANCHORS = {
    "held": "passage verified",
    "moved": "passage moved, found again",
    "orphan": "passage not found",
    "not held": "text not held here",
}


def evidence(findings: Findings, refs: References) -> Row | None:
    """The section "Evidence"; None without claims and reports."""
    sheet = findings.get("evidence") or {}
    claims, reports = basis.rows(sheet, "claims"), basis.rows(sheet, "reports")
    if not claims and not reports:
        return None
    ledger = []
    why = {t.get("claim"): t.get("why") for t in basis.rows(findings, "testimony")}
    for claim in claims:
        anchor = claim.get("anchor") or {}
        state = str(anchor.get("state") or "")
        ledger.append(
            {
                "id": refs.id("claim", claim["id"]),
                "number": refs.numbers[claim["id"]],
                "name": claim["id"],
                "says": claim.get("says", ""),
                "by": claim.get("attributed_to"),
                "origin": claim.get("origin"),
                "report": refs.title("report", str(claim.get("report"))),
                "report_href": refs.href("report", str(claim.get("report"))),
                "credibility": claim.get("credibility"),
                "credibility_words": claim.get("credibility_words"),
                "anchor": str(claim.get("anchor_words") or ANCHORS.get(state, state)),
                "anchor_bad": state in {"orphan", "changed", "cut", "filler"},
                "passage": claim.get("passage"),
                "note": claim.get("note"),
                "place": f"characters {anchor['start']}–{anchor['end']}"
                if anchor.get("start") is not None
                else "",
                "weight": None if claim.get("weight") is None else f"{claim['weight']:.2f}",
                "counted": claim.get("counted"),
                "why": why.get(claim["id"]),
                "cited": [refs.path(p) for p in claim.get("cited_by") or []],
            }
        )
    passages = {claim["id"]: claim.get("passage") for claim in claims}
    conflicts = []
    for conflict in basis.rows(sheet, "conflicts"):
        figures = [
            {
                "value": _figure(f.get("value")),
                "unit": _unit(f),
                "says": f.get("says", ""),
                "claim": refs.claim(str(f.get("claim"))),
                "passage": passages.get(f.get("claim")),
                "report": refs.title("report", str(f.get("report"))),
                "report_href": refs.href("report", str(f.get("report"))),
                "published": words.day(f.get("published")),
            }
            for f in conflict.get("figures") or []
        ]
        conflicts.append(
            {"about": conflict.get("about", ""), "figures": figures, "explained": conflict.get("explained")}
        )
    discount = sheet.get("discount") or {}
    return {
        "claims": ledger,
        "conflicts": conflicts,
        "reports": [
            {**r, "anchor_id": refs.id("report", r["id"]), "day": words.day(r.get("published"))}
            for r in reports
        ],
        "origins": [
            (row.get("origin"), merged(refs.claim(c) for c in row.get("claims") or []))
            for row in basis.rows(sheet, "origins")
            if len(row.get("claims") or []) > 1
        ],
        "reprints": [
            {
                "reports": [
                    (refs.title("report", str(row.get(key))), refs.href("report", str(row.get(key))))
                    for key in ("one", "other")
                ],
                "share": words.percent(row.get("containment")),
            }
            for row in basis.rows(sheet, "reprints")
        ],
        "note": sheet.get("note"),
        "reliability": _table(discount.get("reliability")),
        "credibility": _table(discount.get("credibility")),
    }


def _table(record: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Worth by grade; what the case does not say counts for nothing."""
    return [
        (str(k), f"{v:g}" if isinstance(v, int | float) else "not stated" if v is None else str(v))
        for k, v in (record or {}).items()
        if any(worth is not None for worth in (record or {}).values())
    ]


def _unit(figure: Mapping[str, Any]) -> str:
    """The unit, unless the figure already says it."""
    unit = str(figure.get("unit") or "")
    return "" if str(figure.get("value")).endswith(unit) else unit


def _figure(value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"
    return str(value)


def parameters(findings: Findings, refs: References) -> Row | None:
    """The section "Parameters": one row each, and which three the evidence moved most."""
    found, moved = [], []
    worth = float((findings.get("run") or {}).get("effective_draws") or 0.0)
    chance = 0.6 / worth**0.5 if worth > 0 else 0.0  # two standard errors of a mean, in widths of the 90 % band
    for name, row in (findings.get("parameters") or {}).items():
        prior, posterior = row.get("prior") or {}, row.get("posterior") or {}
        fixed = prior.get("p05") == prior.get("p95") and posterior.get("p05") == posterior.get("p95")
        title = str(row.get("title") or words.plain(name))
        histogram = row.get("histogram")
        shift = 0.0
        if not fixed and prior.get("mean") is not None and posterior.get("mean") is not None:
            width = float(prior.get("p95", 0)) - float(prior.get("p05", 0))
            shift = (posterior["mean"] - prior["mean"]) / width if width else 0.0
        if abs(shift) > max(0.04, chance):
            moved.append((abs(shift), refs.to("parameter", name, label=title), shift > 0))
        edges = (histogram or {}).get("edges") or []
        span = (edges[-1] - edges[0]) if len(edges) > 1 else 0.0
        said = f"{title}: prior {words.number_range(prior)}, posterior {words.number_range(posterior)}"
        found.append(
            {
                "id": refs.id("parameter", name),
                "name": name,
                "title": title,
                "unit": row.get("unit"),
                "fixed": fixed,
                "prior_text": row.get("prior_text"),
                "prior": words.band_number(prior),
                "prior_ninety": words.number_range(prior),
                "posterior": words.band_number(posterior),
                "posterior_ninety": words.number_range(posterior),
                "strip": strips.density(histogram, said) if span and not fixed and histogram else "",
                "low": words.axis_number(edges[0], span) if edges else "",
                "high": words.axis_number(edges[-1], span) if edges else "",
                "because": [refs.claim(c) for c in row.get("because") or []],
                "judgement": row.get("judgement"),
                "used": basis.used_by(findings, refs, name),
                "derived": [
                    refs.to("parameter", other)
                    for other in basis.derived_from(findings.get("parameters") or {}, name)
                ],
                "by_hand": bool(row.get("set_by_hand")),
                "believed": _believed(findings, refs, name),
            }
        )
    if not found:
        return None
    moved.sort(key=lambda item: -item[0])
    return {
        "rows": found,
        "moved": [(ref, "up" if up else "down") for _, ref, up in moved[:3]],
        "fixed": sum(1 for r in found if r["fixed"]),
    }


def _believed(findings: Findings, refs: References, name: str) -> list[Row]:
    """For a parameter that is itself the prior of a type: what is believed of that type now."""
    found = []
    for actor in basis.rows(findings, "model", "actors"):
        for kind in actor.get("types") or []:
            now = ((findings.get("beliefs") or {}).get(actor["name"]) or {}).get(kind["name"])
            if now and str(kind.get("prior")).strip() == name:
                label = sentences.quoted(sentences.title_of(kind["name"], kind))
                to = refs.to("type", actor["name"], kind["name"], label=label)
                found.append({"of": to, "now": words.short_percent(now.get("mean"))})
    return found


def testimony(findings: Findings, refs: References) -> list[Row]:
    """The section "Testimony": what each claim bears on, its weight and whether it counted."""
    found = []
    for row in basis.rows(findings, "testimony"):
        bears = []
        for actor, types in (row.get("types") or {}).items():
            said = ", ".join(f"{words.plain(t)} ×{v:.2f}" for t, v in types.items())
            bears.append(
                [
                    phrases.Piece(shown.actor_title(findings, actor), refs.href("actor", actor)),
                    phrases.Piece(f": {said}"),
                ]
            )
        for expression, ratio in row.get("where") or []:
            bears.append([*phrases.expression(expression, refs), phrases.Piece(f": ×{ratio:.2f}")])
        claim = refs.claims.get(str(row.get("claim"))) or {}
        found.append(
            {
                "claim": refs.claim(str(row.get("claim"))),
                "says": claim.get("says") or row.get("claim"),
                "known": words.day(row.get("known")),
                "counted": bool(row.get("counted")),
                "why": row.get("why"),
                "weight": None if row.get("weight") is None else f"{row['weight']:.2f}",
                "bears": bears,
            }
        )
    return found


def certificate(findings: Findings) -> list[tuple[str, str, str]]:
    """(what, value, what it means) for each line of the certificate that is there."""
    held, run = findings.get("certificate") or {}, findings.get("run") or {}
    found: list[tuple[str, str, str]] = []

    def add(name: str, value: str, meaning: str) -> None:
        found.append((name, value, meaning))

    if run.get("draws") is not None:
        add("Draws", f"{run['draws']:,}", "Parameter sets tried; each is a full solution of the game.")
    if run.get("effective_draws") is not None:
        add(
            "Effective draws",
            f"{run['effective_draws']:.0f}",
            "How many equal draws the weighted ones are worth. Below 30, bands are rough.",
        )
    if run.get("pareto_k") is not None:
        add(
            "Pareto k",
            f"{run['pareto_k']:.2f}",
            "Heaviness of the tail of weights. Above 0.7, a few draws rule.",
        )
    if run.get("failed") is not None:
        ruled = int(run.get("ruled_out") or 0)
        add("Failed draws", str(run["failed"] - ruled), "Draws without a solution; left out, never averaged.")
        if ruled:
            add("Draws ruled out", str(ruled), "Draws in which what happened cannot happen; they weigh nothing.")
    if run.get("tempered"):
        add(
            "Tempered to",
            f"{run['tempered']:.2f}",
            "Power put on the likelihood when weights collapsed; 1 is none.",
        )
    if run.get("refined"):
        add("Refined draws", f"{run['refined']:,}", "Draws added where the evidence puts the weight.")
    if held.get("residual") is not None:
        add(
            "Residual",
            f"{held['residual']:.1e}",
            "Worst gap left in any choice between belief and behaviour.",
        )
    if held.get("grid_error") is not None:
        add(
            "Grid error",
            f"{held['grid_error'] * 100:.1f} points",
            "How far outcome chances move when the belief grid is halved: an estimate of the error, no bound.",
        )
    if held.get("states") is not None:
        add("States", f"{held['states']:,}", "Reachable public situations.")
    if held.get("belief_points") is not None:
        grid = held.get("grid")
        said = f" ({' × '.join(str(g) for g in grid)})" if isinstance(grid, list | tuple) and grid else ""
        add("Belief points", f"{held['belief_points']:,}{said}", "Grid on which beliefs are held.")
    if held.get("flagged") is not None:
        add("Stubborn nodes", str(held["flagged"]), "Nodes that did not settle to 1e-8, over all draws.")
    if held.get("near_splitting") is not None:
        add(
            "Near splitting",
            str(held["near_splitting"]),
            "Nodes, over all draws, close to having more than one equilibrium; the branch from even play was taken.",
        )
    if held.get("draws_checked") is not None:
        add("Draws checked", str(held["draws_checked"]), "The weightiest draws, solved again on the halved grid.")
    if held.get("node_updates") is not None:
        add("Node updates", f"{held['node_updates']:,}", "Work in all draws together.")
    return found


def ending(findings: Findings) -> Row | None:
    """How it came out, where known, and what the forecast gave it."""
    known = findings.get("ending")
    if not known:
        return None
    name = str(known.get("outcome"))
    row = (findings.get("outcomes") or {}).get(name)
    return {
        "date": words.day(known.get("date")),
        "source": known.get("source"),
        "title": sentences.title_of(name, row or {}),
        "given": words.percent(row["mean"]) if row else None,
    }
