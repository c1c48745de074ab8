"""From written claims to values, each on its own; references between them checked."""

from __future__ import annotations

from collections.abc import Collection

from standoff.errors import did_you_mean
from standoff.evidence.claims import BearsOn, Claim, Figure
from standoff.evidence.complaints import Complaints
from standoff.evidence.document import ClaimRecord
from standoff.evidence.read_reports import to_anchor
from standoff.evidence.reports import Report
from standoff.language.located import Path_
from standoff.language.validation import validate


def read_claims(
    names: Collection[str], reports: dict[str, Report], unread_reports: frozenset[str], say: Complaints
) -> dict[str, Claim]:
    """The claims that can be read and whose report is known, by name."""
    found: dict[str, Claim] = {}
    for name in names:
        path: Path_ = ("claims", name)
        record, problems = validate(ClaimRecord, say.located, path)
        say.extend(problems)
        if record is None:
            continue
        if record.report not in reports:
            if record.report not in unread_reports:
                unknown(say, (*path, "report"), "report", record.report, reports)
            continue
        bears_on = _bears_on(record, path, say)
        figures = tuple(_figure(each.about, each.value, each.unit) for each in record.figures)
        found[name] = Claim(
            id=name,
            says=record.says,
            report=record.report,
            anchor=to_anchor(record.anchor, (*path, "anchor"), say),
            digest_anchor=to_anchor(record.digest_anchor, (*path, "digest_anchor"), say),
            attributed_to=record.attributed_to,
            credibility=record.credibility,
            origin=record.origin,
            derived_from=record.derived_from,
            confirmed_by=tuple(record.confirmed_by),
            bears_on=bears_on,
            figures=figures,
            note=record.note,
        )
    return found


def _figure(about: str, value: float | tuple[float, float], unit: str) -> Figure:
    low, high = sorted(value) if isinstance(value, tuple) else (value, value)
    return Figure(about, low, high, unit)


def _bears_on(record: ClaimRecord, path: Path_, say: Complaints) -> BearsOn:
    """Ratios by actor; `washington.types` is read as `washington`."""
    if record.bears_on is None:
        return BearsOn()
    types: dict[str, dict[str, float]] = {}
    for key, ratios in (record.bears_on.__pydantic_extra__ or {}).items():
        actor = key.removesuffix(".types")
        if actor in types:
            say.add(
                (*path, "bears_on", key),
                f"the types of '{actor}' a second time",
                "each actor once",
                "Put all its types into one entry.",
            )
        types[actor] = dict(ratios)
    return BearsOn(types, tuple((each.if_, each.ratio) for each in record.bears_on.where))


def check_references(
    claims: dict[str, Claim],
    reports: dict[str, Report],
    unread: frozenset[str],
    unread_reports: frozenset[str],
    say: Complaints,
) -> None:
    """Complain of `derived_from` and `confirmed_by` that name nothing."""
    for name, claim in claims.items():
        if claim.derived_from and claim.derived_from not in {*claims, *unread}:
            unknown(say, ("claims", name, "derived_from"), "claim", claim.derived_from, claims)
        for other in claim.confirmed_by:
            if other not in {*claims, *unread}:
                unknown(say, ("claims", name, "confirmed_by"), "claim", other, claims)
    for name, report in reports.items():
        if report.derived_from and report.derived_from not in {*reports, *unread_reports}:
            unknown(say, ("reports", name, "derived_from"), "report", report.derived_from, reports)


def check_because(
    names: list[str], claims: dict[str, Claim], unread: frozenset[str], path: Path_, say: Complaints
) -> None:
    """Complain of every name under `because` that is no claim."""
    for name in names:
        if name not in claims and name not in unread:
            unknown(say, path, "claim", name, claims)


def unknown(say: Complaints, path: Path_, kind: str, name: str, known: Collection[str]) -> None:
    """Complain of a reference to nothing."""
    say.add(path, f"no {kind} '{name}'", f"the name of a {kind} in evidence.yaml", did_you_mean(name, known))
