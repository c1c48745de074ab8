"""What an editor would ask about the evidence: nothing here stops anything, except origins in a circle.

Whether a claim is cited at all is asked by the case, which knows who cites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

from standoff.errors import Problem
from standoff.evidence.anchors import find_anchor
from standoff.evidence.body import Evidence
from standoff.evidence.claims import Claim
from standoff.evidence.complaints import Complaints
from standoff.evidence.conflicts import Explanation, same
from standoff.evidence.grades import CREDIBILITY, RELIABILITY
from standoff.evidence.grip import anchor_command
from standoff.evidence.history import Gap, HistoryEntry
from standoff.evidence.origins import circles, fold, report_origins
from standoff.evidence.reprints import find_reprints
from standoff.evidence.testimony import testimony


def lint(evidence: Evidence, explanations: Iterable[Explanation], complaints: Complaints) -> None:
    """All questions about evidence that has been read; `explanations` in the order of the file."""
    _circles(evidence, complaints)
    _confirmation(evidence, complaints)
    _discount(evidence, complaints)
    _uncited(evidence, complaints)
    _one_voice(evidence, complaints)
    _one_origin(evidence, complaints)
    _foresight(evidence, complaints)
    _groundless(evidence, complaints)
    _unanchored(evidence, complaints)
    _conflicts(evidence, explanations, complaints)
    _filler(evidence, complaints)
    _reprints(evidence, complaints)


def _circles(evidence: Evidence, complaints: Complaints) -> None:
    for kind, parents in (
        ("claims", {name: claim.derived_from for name, claim in evidence.claims.items()}),
        ("reports", {name: report.derived_from for name, report in evidence.reports.items()}),
    ):
        for circle in circles(parents):
            complaints.add(
                (kind, circle[0], "derived_from"),
                f"{kind} that are derived from each other: {' from '.join((*circle, circle[0]))}",
                "a first one, derived from none",
                "Remove `derived_from` from the one that said it first.",
            )


def _confirmation(evidence: Evidence, complaints: Complaints) -> None:
    sources = evidence.origins
    for name, claim in evidence.claims.items():
        if claim.credibility != 1:
            continue
        others = set(claim.confirmed_by) | {
            other for other, each in evidence.claims.items() if other != name and _same_figure(claim, each)
        }
        if {sources[other] for other in others if other in sources} - {sources[name]}:
            continue
        complaints.warn(
            ("claims", name, "credibility"),
            f"claim '{name}' graded 1, {CREDIBILITY[1]}, with one origin only ({sources[name]})",
            "a claim of another origin that agrees",
            "Name it under `confirmed_by:`, or grade this one 2.",
        )


def _same_figure(one: Claim, other: Claim) -> bool:
    return any(
        same(a.about, b.about) and same(a.unit, b.unit) and a.low <= b.high and b.low <= a.high
        for a in one.figures
        for b in other.figures
    )


def _discount(evidence: Evidence, complaints: Complaints) -> None:
    table = evidence.discount
    bearing = [claim for claim in evidence.claims.values() if claim.bears_on]
    silent: dict[str, list[str]] = {}
    for claim in bearing:
        for grade in table.silent_about(evidence.reports[claim.report].grade, claim.credibility):
            silent.setdefault(grade, []).append(claim.id)
    if any(problem.path.startswith("discount") for problem in complaints.problems):
        return
    if bearing and not table.reliability and not table.credibility:
        complaints.warn(
            ("discount",),
            f"no discount table, so none of {len(bearing)} claims that bear on something is counted",
            "what each grade is worth, from 0 to 1",
            "Add `discount: {reliability: {A: 1, B: 0.8, ...}, credibility: {1: 1, 2: 0.8, ...}}`.",
        )
    else:
        for grade, claims in sorted(silent.items()):
            complaints.warn(
                ("discount", grade.split()[0]),
                f"nothing about {grade} in the discount table, so not counted: {', '.join(claims)}",
                "a number for every grade in use",
                f"Add `{grade.split()[1]}: ...` under `discount.{grade.split()[0]}`.",
            )
    for kind, words, worst, unknown in (
        ("reliability", list(RELIABILITY), "E", "F"),
        ("credibility", [str(grade) for grade in CREDIBILITY], "5", "6"),
    ):
        worth = {str(key): value for key, value in getattr(table, kind).items()}
        ordered = [grade for grade in words if grade in worth and grade != unknown]
        for better, lower in pairwise(ordered):
            if worth[lower] > worth[better]:
                complaints.warn(
                    ("discount", kind, lower),
                    f"{kind} {lower} worth more ({worth[lower]:g}) than {better} ({worth[better]:g})",
                    "better grades worth at least as much",
                    "Exchange them, if this is not meant.",
                )
        if unknown in worth and worst in worth and worth[unknown] <= worth[worst]:
            complaints.warn(
                ("discount", kind, unknown),
                f"{kind} {unknown} worth no more than {worst}",
                f"{unknown} between the others: it means that nobody can judge, not that it is bad",
                f"Give {unknown} a number in the middle of the table.",
            )


def _uncited(evidence: Evidence, complaints: Complaints) -> None:
    cited = {claim.report for claim in evidence.claims.values()}
    if evidence.unread:
        return  # one of the claims that could not be read may cite it
    for name in sorted(set(evidence.reports) - cited):
        _warn_report(
            evidence,
            name,
            complaints,
            f"report '{name}', which no claim cites",
            "at least one claim from each report",
            f"Add a claim with `report: {name}`, or remove the report.",
        )


def _warn_report(
    evidence: Evidence, name: str, complaints: Complaints, found: str, expected: str, mend: str
) -> None:
    """A question about a report, placed where it is written: evidence.yaml or its digest."""
    if ("reports", name) in complaints.located.spots:
        complaints.warn(("reports", name), found, expected, mend)
        return
    file = str(Path(evidence.file).parent / evidence.reports[name].file)
    complaints.extend([Problem(found, expected, mend, file, 1, 1, level="warning")])


def _one_voice(evidence: Evidence, complaints: Complaints) -> None:
    """One outlet, one named source, and yet two origins: perhaps one story told twice."""
    sources = evidence.origins
    voices: dict[tuple[str, str], list[str]] = {}
    for name in sorted(evidence.claims):
        claim = evidence.claims[name]
        outlet = evidence.reports[claim.report].outlet
        if claim.bears_on and claim.attributed_to and outlet:
            voices.setdefault((fold(outlet), fold(claim.attributed_to)), []).append(name)
    for (_, voice), names in sorted(voices.items()):
        first = names[0]
        others = [name for name in names[1:] if sources[name] != sources[first]]
        if others:
            complaints.warn(
                ("claims", others[0], "attributed_to"),
                f"claims {', '.join([first, *others])} of one outlet, from '{voice}', with several origins",
                "one origin, if it is one source",
                "Give them the same `origin:` so that they count once, or leave it if the sources differ.",
            )


def _one_origin(evidence: Evidence, complaints: Complaints) -> None:
    """What bears on something and does not count, or only as a part, because its origin has said it already.

    A `note` that names the other claim says that it is meant so."""
    apart = "If they are different voices, give each its own `origin:`"
    meant = "or leave both and name one in a `note:` of the other"
    told: set[tuple[str, ...]] = set()
    for heard in testimony(evidence, date.max):
        for target, others in heard.beside.items():
            if all(_noted(evidence, heard.claim, other) for other in others):
                continue
            complaints.warn(
                ("claims", heard.claim, "bears_on"),
                f"claim '{heard.claim}', not counted on {_spoken(target)} beside {_quoted(others)}: "
                f"same origin ({heard.origin})",
                "one claim of an origin on each thing it bears on",
                f"{apart}; if not, remove this `bears_on`, {meant}.",
            )
        for target, others in heard.shared.items():
            group = (target, *sorted((heard.claim, *others)))
            if group in told or all(_noted(evidence, heard.claim, other) for other in others):
                continue
            told.add(group)
            complaints.warn(
                ("claims", heard.claim, "bears_on"),
                f"claims {_quoted(group[1:])}, counted as one on {_spoken(target)}: same origin "
                f"({heard.origin}), same weight; their ratios are averaged (geometric mean)",
                "one claim of an origin on each thing it bears on",
                f"{apart}; if not, let one of them carry the `bears_on`, {meant}.",
            )


def _noted(evidence: Evidence, one: str, other: str) -> bool:
    claims = evidence.claims
    return any(
        re.search(rf"(?<![\w-]){re.escape(named)}(?![\w-])", claims[speaker].note or "")
        for speaker, named in ((one, other), (other, one))
    )


def _spoken(target: str) -> str:
    return f"the {target}" if target.startswith("types of ") else f"`{target}`"


def _quoted(names: Iterable[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _foresight(evidence: Evidence, complaints: Complaints) -> None:
    for entry in evidence.history:
        told = [
            evidence.reports[evidence.claims[name].report] for name in _read(evidence.claims, entry.because)
        ]
        if told and all(report.published.last < entry.when.first for report in told):
            complaints.warn(
                ("history", entry.index, "date"),
                f"{entry.when} for something told by {', '.join(sorted({report.id for report in told}))}, "
                f"published by {max(report.published.last for report in told).isoformat()}",
                "a report no older than what it tells of",
                "Check the date, and which claim tells of it.",
            )


def _groundless(evidence: Evidence, complaints: Complaints) -> None:
    entries: list[HistoryEntry | Gap] = [*evidence.history, *evidence.gaps]
    for entry in entries:
        if not entry.because and not entry.judgement:
            complaints.warn(
                ("history", entry.index),
                "a history entry that rests on nothing",
                "`because:` with claims, or `judgement:` with a reason",
                "Say what tells of it.",
            )


def _unanchored(evidence: Evidence, complaints: Complaints) -> None:
    tool = '`standoff anchor FILE "passage"`'
    for name, claim in evidence.claims.items():
        report = evidence.reports[claim.report]
        if claim.anchor is None and claim.digest_anchor is None and (report.file or report.source):
            complaints.warn(
                ("claims", name),
                f"claim '{name}' without an anchor",
                "the place in the text where it stands",
                f"Make one with {anchor_command(complaints, report.file) if report.file else tool}.",
            )


def _conflicts(evidence: Evidence, explanations: Iterable[Explanation], complaints: Complaints) -> None:
    for conflict in evidence.conflicts:
        if conflict.explanation is None:
            sides = ", ".join(f"{side.figure} ({side.claim})" for side in conflict.sides)
            complaints.warn(
                ("claims", conflict.sides[-1].claim, "figures"),
                f"figures at odds about '{conflict.about}': {sides}",
                "figures that agree, or a word on why they do not",
                f"Add `- {{about: {conflict.about}, explained: ...}}` under `conflicts_declared`.",
            )
    for index, each in enumerate(explanations):
        if not evidence.unread and not any(
            each.covers(found.about, found.unit) for found in evidence.conflicts
        ):
            complaints.warn(
                ("conflicts_declared", index),
                f"an explanation of figures about '{each.about}' that are not at odds",
                "the words used under `figures: about`",
                "Check the wording, or remove it.",
            )


def _filler(evidence: Evidence, complaints: Complaints) -> None:
    for name, report in evidence.reports.items():
        for index, span in enumerate(report.filler):
            if report.text and not find_anchor(report.text, span).good:
                complaints.warn(
                    ("reports", name, "filler", index),
                    f"filler of report '{name}' that is not in the text as marked",
                    "a span of the text",
                    "Mark it anew; `standoff anchor` prints start, end and digest.",
                )


def _reprints(evidence: Evidence, complaints: Complaints) -> None:
    sources = report_origins(evidence.reports)
    for pair in find_reprints(evidence.reports):
        if sources[pair.one] != sources[pair.other]:
            _warn_report(
                evidence,
                pair.other,
                complaints,
                f"reports '{pair.one}' and '{pair.other}' that share {pair.containment:.0%} of the shorter, "
                "word for word, but have different origins",
                "one origin, if one retells the other",
                "Give the later one `derived_from:`, so that their claims count once.",
            )


def _read(claims: Mapping[str, Claim], names: Iterable[str]) -> list[str]:
    return [name for name in names if name in claims]
