"""The ledger: all evidence of a case on one sheet, as plain data ready for JSON.

It says for every report what its grade means, for every claim whether its passage holds and whether it is
counted, and lays figures at odds side by side. With `as_of`, only what was known by then.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from standoff.evidence.anchors import Anchor
from standoff.evidence.body import Evidence
from standoff.evidence.conflicts import Conflict
from standoff.evidence.dates import DateSpan
from standoff.evidence.grades import CREDIBILITY, RELIABILITY, grade_words
from standoff.evidence.grip import HOLD_WORDS, Grip
from standoff.evidence.history import Gap, HistoryEntry
from standoff.evidence.reports import TEXT_WORDS, Report
from standoff.evidence.reprints import find_reprints
from standoff.evidence.testimony import Testimony, testimony

NO_COMMON_ORIGIN = (
    "Different origins mean that no common one was declared or found, not that the sources are independent."
)


def ledger(evidence: Evidence, as_of: date | None = None) -> dict[str, Any]:
    """Plain data: `discount`, `reports`, `claims`, `origins`, `reprints`, `conflicts`,
    `history`, `gaps`.

    Dates are ISO strings; reports and claims are in order of publication. Nothing of an original's words is
    in it: `passage` is that of our own digest.
    """
    until = as_of or date.max
    reports = [report for report in evidence.reports.values() if report.known <= until]
    reports.sort(key=lambda report: (report.known, report.published.first, report.id))
    place = {report.id: index for index, report in enumerate(reports)}
    claims = [name for name, claim in evidence.claims.items() if claim.report in place]
    claims.sort(key=lambda name: (place[evidence.claims[name].report], name))
    heard = {each.claim: each for each in testimony(evidence, until)}
    sources = evidence.origins
    conflicts = [_conflict(evidence, each, set(place)) for each in evidence.conflicts]
    return {
        "file": evidence.file,
        "as_of": as_of.isoformat() if as_of else None,
        "discount": _discount(evidence),
        "reports": [_report(each) for each in reports],
        "claims": [_claim(evidence, name, sources[name], heard.get(name)) for name in claims],
        "origins": _origins(evidence, claims, sources),
        "reprints": [
            each.to_json() for each in find_reprints({name: evidence.reports[name] for name in place})
        ],
        "conflicts": [found for found in conflicts if found],
        "history": [_entry(each) for each in evidence.history if each.known <= until],
        "gaps": [_gap(each) for each in evidence.gaps if each.first <= until],
        "note": NO_COMMON_ORIGIN,
    }


def _discount(evidence: Evidence) -> dict[str, list[dict[str, Any]]]:
    table = evidence.discount
    return {
        "reliability": [_worth(key, words, table.reliability.get(key)) for key, words in RELIABILITY.items()],
        "credibility": [
            _worth(str(key), words, table.credibility.get(key)) for key, words in CREDIBILITY.items()
        ],
    }


def _origins(evidence: Evidence, claims: list[str], sources: dict[str, str]) -> list[dict[str, Any]]:
    """What is told more than once: origins that the case declares, with their claims; the most often told first.

    Claims that share an origin only because one report, or one voice in it, makes them are different statements,
    each told once."""
    grouped: dict[str, list[str]] = {}
    for name in claims:
        grouped.setdefault(sources[name], []).append(name)
    told = [
        (origin, names)
        for origin, names in grouped.items()
        if len(names) > 1 and any(_declared(evidence, name) for name in names)
    ]
    ordered = sorted(told, key=lambda each: (-len(each[1]), each[0]))
    return [
        {
            "origin": origin,
            "claims": names,
            "reports": sorted({evidence.claims[name].report for name in names}),
        }
        for origin, names in ordered
    ]


def _declared(evidence: Evidence, name: str) -> bool:
    claim = evidence.claims[name]
    report = evidence.reports[claim.report]
    return bool(claim.origin or claim.derived_from or report.origin or report.derived_from)


def _worth(grade: str, words: str, worth: float | None) -> dict[str, Any]:
    return {"grade": grade, "words": words, "worth": worth}


def _span(span: DateSpan) -> dict[str, str]:
    return {"first": span.first.isoformat(), "last": span.last.isoformat(), "precision": span.precision}


def _report(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "title": report.title,
        "outlet": report.outlet,
        "published": str(report.published),
        "published_span": _span(report.published),
        "precision_because": report.precision,
        "grade": report.grade,
        "grade_words": RELIABILITY[report.grade],
        "grade_because": report.grade_because,
        "file": report.file,
        "source": report.source.name if report.source else None,
        "text": TEXT_WORDS[report.state],
        "filler_spans": len(report.filler),
    }


def _claim(evidence: Evidence, name: str, origin: str, heard: Testimony | None) -> dict[str, Any]:
    claim = evidence.claims[name]
    grip = evidence.grips.get(name, Grip())
    report = evidence.reports[claim.report]
    return {
        "id": name,
        "says": claim.says,
        "report": claim.report,
        "known": report.known.isoformat(),
        "attributed_to": claim.attributed_to,
        "grade": f"{report.grade}{claim.credibility}",
        "grade_words": grade_words(report.grade, claim.credibility),
        "origin": origin,
        "derived_from": claim.derived_from,
        "confirmed_by": list(claim.confirmed_by),
        "anchor": _anchor(claim.anchor, grip.original),
        "digest_anchor": _anchor(claim.digest_anchor, grip.digest),
        "anchor_words": _hold(grip),
        "passage": evidence.passage(name),
        "figures": [asdict(each) for each in claim.figures],
        "bears_on": {
            "types": {actor: dict(ratios) for actor, ratios in claim.bears_on.types.items()},
            "where": [{"if": condition, "ratio": ratio} for condition, ratio in claim.bears_on.where],
        },
        "testimony": None if heard is None else _heard(heard),
        "note": claim.note,
    }


def _heard(heard: Testimony) -> dict[str, Any]:
    return {
        "counted": heard.counted,
        "weight": heard.weight,
        "why": heard.why,
        "types": {actor: dict(ratios) for actor, ratios in heard.types.items()},
        "where": [{"if": condition, "ratio": ratio} for condition, ratio in heard.where],
    }


def _anchor(anchor: Anchor | None, hold: str) -> dict[str, Any] | None:
    return None if anchor is None else {"start": anchor.start, "end": anchor.end, "state": hold}


def _hold(grip: Grip) -> str:
    """One line for both anchors: what holds in the original, and in the digest where that differs."""
    if grip.original == grip.digest:
        return HOLD_WORDS[grip.original]
    named = {"original": grip.original, "digest": grip.digest}
    return "; ".join(f"{where}: {HOLD_WORDS[hold]}" for where, hold in named.items() if hold != "none")


def _conflict(evidence: Evidence, conflict: Conflict, known: set[str]) -> dict[str, Any] | None:
    sides = []
    for side in conflict.sides:
        claim = evidence.claims[side.claim]
        report = evidence.reports[claim.report]
        if report.id not in known:
            continue
        sides.append(
            {
                "claim": side.claim,
                "figure": str(side.figure),
                "low": side.figure.low,
                "high": side.figure.high,
                "says": claim.says,
                "passage": evidence.passage(side.claim),
                "report": report.id,
                "published": str(report.published),
                "grade": f"{report.grade}{claim.credibility}",
                "origin": side.origin,
            }
        )
    if len({(side["low"], side["high"]) for side in sides}) < 2:
        return None
    told = conflict.explanation
    return {
        "about": conflict.about,
        "unit": conflict.unit,
        "sides": sides,
        "explained": told.explained if told else None,
        "because": list(told.because) if told else [],
    }


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "index": entry.index,
        "when": str(entry.when),
        "when_span": _span(entry.when),
        "who": entry.who,
        "moves": dict(entry.moves),
        "happened": " or ".join(
            move if chance == 1 else f"{move} (probability {chance:g} that the report is right)"
            for move, chance in entry.moves.items()
        ),
        "known": entry.known.isoformat(),
        "because": list(entry.because),
        "judgement": entry.judgement,
        "title": entry.title,
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "first": gap.first.isoformat(),
        "last": gap.last.isoformat(),
        "who": list(gap.who),
        "because": list(gap.because),
        "judgement": gap.judgement,
    }
