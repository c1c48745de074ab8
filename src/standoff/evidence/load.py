"""Reading the evidence of a case: `evidence.yaml`, the digests, and the originals where they are at hand.

Every entry is read on its own, so that one broken claim is one problem and not a hundred.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from standoff.errors import CaseError, Problem
from standoff.evidence.body import Evidence
from standoff.evidence.citations import citations
from standoff.evidence.claims import Claim
from standoff.evidence.complaints import Complaints
from standoff.evidence.conflicts import find_conflicts
from standoff.evidence.document import KEY, DiscountRecord, Sections
from standoff.evidence.grades import Discount
from standoff.evidence.grip import grip_of
from standoff.evidence.lints import lint
from standoff.evidence.read_claims import check_references, read_claims
from standoff.evidence.read_history import read_explanations, read_history
from standoff.evidence.read_reports import read_reports
from standoff.language.located import Located
from standoff.language.read import read_yaml
from standoff.language.validation import validate

FILE = "evidence.yaml"


def load_evidence(
    folder: Path | str, *, texts: Path | str | None = None, case: Any = None, questions: bool = True
) -> tuple[Evidence, list[Problem]]:
    """The evidence in a case folder, and everything that is wrong with it; never raises for bad content.

    `texts` is a folder with originals, looked into before $STANDOFF_TEXTS and reports/originals. `case` is
    case.yaml as plain data: with it, a passage that no longer holds names all that rests on it. A folder
    without evidence.yaml has the evidence of its digests, or none. `questions`: also ask what may be doubtful, for
    which all texts are compared with each other; without, only what is wrong is said.
    """
    folder = Path(folder)
    located, problems = _read(folder / FILE)
    readable = not problems
    say = Complaints(located)
    say.extend(problems)
    sections, problems = validate(Sections, located)
    say.extend(problems)
    if sections is None:
        sections = Sections(**_sound(located.data))

    discount = _discount(sections, say)
    reports, unread_reports = read_reports(folder, sections.reports, say, Path(texts) if texts else None)
    if texts and not Path(texts).is_dir():
        say.extend(
            [Problem("no such folder", "the folder that holds the texts", "Check the path.", str(texts))]
        )
    claims = read_claims(sections.claims, reports, unread_reports, say)
    written = located.data.get("claims") if isinstance(located.data, dict) else None
    if problems and not isinstance(written, dict):
        # The claims as a whole are lost: everything that is cited counts as written but unread.
        readable, written = False, citations(located.data)
    unread = frozenset(written or ()) - set(claims)
    check_references(claims, reports, unread, unread_reports, say)
    history, gaps = read_history(sections.history, claims, reports, unread, say)
    explanations = read_explanations(sections.conflicts_declared, claims, unread, say)

    resting = _resting(case, located.data, claims)
    grips = {
        name: grip_of(claim, reports[claim.report], resting.get(name, []), say)
        for name, claim in claims.items()
    }
    evidence = Evidence(
        file=str(folder / FILE),
        reports=reports,
        claims=claims,
        history=history,
        gaps=gaps,
        discount=discount,
        conflicts=find_conflicts(claims, reports, explanations),
        grips=grips,
        unread=unread,
        readable=readable,
    )
    if readable and questions:
        lint(evidence, explanations, say)
    return evidence, sorted(say.problems, key=lambda each: (each.file, each.line, each.column))


def _read(path: Path) -> tuple[Located, list[Problem]]:
    if not path.exists():
        return Located({}, str(path)), []
    try:
        located = read_yaml(path)
    except CaseError as error:
        return Located({}, str(path)), list(error.problems)
    return located, []


def _sound(data: Any) -> dict[str, Any]:
    """What can be read when the file as a whole cannot: sections of the right kind, entries with a name."""
    if not isinstance(data, dict):
        return {}
    found: dict[str, Any] = {"discount": data.get("discount")}
    for section in ("reports", "claims"):
        if isinstance(data.get(section), dict):
            found[section] = {name: entry for name, entry in data[section].items() if KEY.match(name)}
    for section in ("history", "conflicts_declared"):
        if isinstance(data.get(section), list):
            found[section] = data[section]
    return found


def _discount(sections: Sections, say: Complaints) -> Discount:
    if sections.discount is None:
        return Discount()
    record, problems = validate(DiscountRecord, say.located, ("discount",))
    say.extend(problems)
    if record is None:
        return Discount()
    reliability = record.reliability.model_dump(exclude_none=True)
    credibility = record.credibility.model_dump(exclude_none=True, by_alias=True)
    return Discount(reliability, {int(grade): worth for grade, worth in credibility.items()})


def _resting(case: Any, data: Any, claims: dict[str, Claim]) -> dict[str, list[str]]:
    """Claim -> everything that rests on it: in the case, in the history, and what it says itself."""
    found: dict[str, list[str]] = {name: [] for name in claims}
    for document in (case, data):
        for name, paths in citations(document).items():
            found.setdefault(name, []).extend(paths)
    for name, claim in claims.items():
        found[name] += [f"types of {actor} (through bears_on)" for actor in claim.bears_on.types]
        found[name] += [f"{condition} (through bears_on)" for condition, _ in claim.bears_on.where]
        if claim.derived_from in found:
            found[claim.derived_from].append(f"claims.{name}")
    return found
