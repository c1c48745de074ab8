"""What rests on nothing, and what nothing rests on: numbers without a reason, parameters, claims and factors
that nothing uses, worths that are left unsaid."""

from __future__ import annotations

from typing import Any

from standoff.case.checks.desk import Desk, list_names
from standoff.case.checks.formulas import slots
from standoff.case.checks.names import citations
from standoff.language.expressions import ExpressionError, compile_expression
from standoff.language.located import Path_


def check_grounds(desk: Desk) -> None:
    """Warnings only."""
    _check_reasons(desk)
    _check_used(desk)
    _check_cited(desk)
    _check_graded(desk)
    _check_worths(desk)


# numbers without a reason


def _check_reasons(desk: Desk) -> None:
    """Elements as written whose own formulas contain numbers other than 0 and 1."""
    numbers: dict[Path_, list[float]] = {}
    for slot in slots(desk.written):
        if isinstance(slot.source, str | float | int) and not slot.truth:
            found = _numbers(desk, slot.source)
            if found:
                numbers.setdefault(_owner(slot.path), []).extend(found)
    for name, parameter in desk.written.parameters.items():
        if parameter.prior is not None or any(prior is not None for prior in (parameter.regress or {}).values()):
            numbers.setdefault(("parameters", name), []).append(0.5)
    for path in numbers:
        if path and not _has_reason(desk, path):
            desk.warn(
                path,
                "a number that rests on nothing",
                "`because:` with the claims it rests on, or `judgement:` with a reason",
                "Add one of the two; `judgement: 'who: why'` owns up to a guess.",
                on_key=True,
            )
    for i, entry in enumerate(desk.written.mechanisms):
        for name, settings in entry.items():
            if _has_number(settings) and not (settings.get("because") or settings.get("judgement")):
                desk.warn(
                    ("mechanisms", i, name),
                    "settings with numbers that rest on nothing",
                    "`because:` or `judgement:` among them",
                    "Add one of the two.",
                    on_key=True,
                )


def _numbers(desk: Desk, source: Any) -> list[float]:
    try:
        return list(compile_expression(source, desk.scope()).numbers)
    except ExpressionError:
        return []


def _owner(path: Path_) -> Path_:
    """The element that owes a reason for the formula at `path`; () for none."""
    section = path[0]
    if section == "actors":
        if path[2] == "types":
            return path[:4]
        return path[:2] if path[2] != "precision" else ()
    if section == "moves":
        return path[:3]
    return () if section == "questions" else path[:2]


def _has_reason(desk: Desk, path: Path_) -> bool:
    data = desk.located.data
    for i, part in enumerate(path):
        data = data.get(part) if isinstance(data, dict) else None
        # an actor may answer for its types, nothing else answers for what is inside it
        answers = i == len(path) - 1 or (path[0] == "actors" and i == 1)
        if answers and isinstance(data, dict) and (data.get("because") or data.get("judgement")):
            return True
    return False


def _has_number(data: Any) -> bool:
    if isinstance(data, dict):
        return any(_has_number(value) for value in data.values())
    if isinstance(data, list):
        return any(_has_number(value) for value in data)
    return isinstance(data, int | float) and not isinstance(data, bool) and data not in (0, 1)


# what nothing uses


def _check_used(desk: Desk) -> None:
    document = desk.document
    used: set[str] = set()
    for formula in desk.formulas.values():
        used |= formula.names
    for name in document.parameters:
        if name not in used and name in desk.written.parameters and not _broken(desk):
            desk.warn(
                ("parameters", name),
                "a parameter that nothing uses",
                "a formula with it",
                "Use it, or remove it.",
                on_key=True,
            )
    for name in document.factors:
        if name not in used and not _broken(desk):
            desk.warn(
                ("factors", name),
                "a factor that no formula looks at",
                "a condition, a chance or a worth that depends on it",
                "Use it, or remove it; as it is, it only makes the case larger.",
                on_key=True,
            )


def _broken(desk: Desk) -> bool:
    """Whether some formula did not read: then nobody can say what is unused."""
    return any(slot.path not in desk.formulas for slot in slots(desk.document))


def _check_cited(desk: Desk) -> None:
    evidence = desk.evidence
    cited = {name for _, name in citations(desk.located.data)}
    cited |= {name for _, name in citations(desk.evidence_located.data)}
    for claim in evidence.claims.values():
        cited |= set(claim.confirmed_by)
        if claim.derived_from:
            cited.add(claim.derived_from)
    for name, claim in evidence.claims.items():
        if name not in cited and not claim.bears_on:
            desk.complain_of_evidence(
                ("claims", name),
                "a claim that nothing cites and that bears on nothing",
                "a `because:` that names it, or `bears_on`",
                "Cite it where a number rests on it, or remove it.",
                level="warning",
            )


def _check_graded(desk: Desk) -> None:
    """F and 6 mean that nobody can judge; where nobody has tried, that is remarked on."""
    evidence = desk.evidence
    weighing = {name: claim for name, claim in evidence.claims.items() if claim.bears_on}
    for name in weighing:
        written = _written_at(desk, ("claims", name))
        if "credibility" not in written:
            desk.complain_of_evidence(
                ("claims", name),
                "a claim that bears on something and has no `credibility`, so it counts as 6, unknown",
                "1 (confirmed) to 6 (cannot be judged)",
                "Grade it; write 6 if nobody can judge it.",
                level="warning",
            )
    for name in dict.fromkeys(claim.report for claim in weighing.values()):
        report = evidence.reports[name]
        if report.grade == "F" and not report.grade_because:
            desk.complain_of_evidence(
                ("reports", name),
                "a report that others rest on, with grade F, unknown, and no reason",
                "a grade from A to F, and `grade_because`",
                "Grade the source; if nobody can judge it, say why under `grade_because`.",
                level="warning",
            )


def _written_at(desk: Desk, path: Path_) -> dict[str, Any]:
    try:
        found = desk.evidence_located.get(path)
    except LookupError:
        return {}
    return found if isinstance(found, dict) else {}


# worths


def _check_worths(desk: Desk) -> None:
    document = desk.document
    said = {actor for outcome in document.outcomes.values() for actor in outcome.worth}
    said |= {flow.of for flow in document.flows.values()}
    for name in document.actors:
        if name not in said:
            desk.warn(
                ("actors", name),
                "an actor to whom no outcome and no flow is worth anything",
                "what it wants: `worth` in the outcomes",
                "Say what the outcomes are worth to it; as it is, only the costs of its moves guide it.",
                on_key=True,
            )
    for name, outcome in document.outcomes.items():
        for actor, worth in outcome.worth.items():
            kinds = list(document.actors[actor].types) if actor in document.actors else []
            missing = [kind for kind in kinds if isinstance(worth, dict) and kind not in worth]
            if missing:
                desk.warn(
                    ("outcomes", name, "worth", actor),
                    f"a worth for some types only; nothing said for {list_names(missing)}",
                    "a worth for every type",
                    "Write it for each; what is not said counts as 0.",
                )
