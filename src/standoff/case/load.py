"""From a folder to a `Case`, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from standoff.case.checks.chances import check_chances
from standoff.case.checks.classes import check_classes
from standoff.case.checks.desk import Desk
from standoff.case.checks.draws import draws_of
from standoff.case.checks.ending import check_ending
from standoff.case.checks.fit import check_fit
from standoff.case.checks.formulas import check_formulas
from standoff.case.checks.grounds import check_grounds
from standoff.case.checks.hypotheses import check_hypotheses
from standoff.case.checks.names import check_names
from standoff.case.checks.pace import check_pace
from standoff.case.checks.past import check_past
from standoff.case.checks.priors import check_past_types, check_priors
from standoff.case.checks.reach import check_reach, small_enough
from standoff.case.checks.scene import Scene
from standoff.case.checks.story import check_clock, check_events, check_history
from standoff.case.folder import find_case
from standoff.case.model import Case, case_hash
from standoff.case.overrides import blamed, override
from standoff.case.posteriors import with_posteriors
from standoff.errors import CaseError, Problem
from standoff.evidence import Evidence, load_evidence
from standoff.language.archetype import laid_over
from standoff.language.document import CaseDocument
from standoff.language.located import Located, Path_
from standoff.language.read import read_yaml, validate
from standoff.language.validation import with_known_keys


def load(
    where: str | Path,
    *,
    overrides: Mapping[str, float | str] | None = None,
    texts: str | Path | None = None,
) -> Case:
    """Read and check a case: a folder, its case.yaml, or the name of a shipped case.

    `overrides` fix parameters at numbers, whatever their priors say. `texts` is a folder with the original
    reports. Raises `CaseError` with every error found.
    """
    file = find_case(where)
    reading = _read(file, overrides or {}, texts)
    errors = [problem for problem in reading.problems if problem.level == "error"]
    if errors or reading.written is None or reading.document is None:
        raise CaseError(blamed(errors, _read(file, {}, texts).problems, overrides) if overrides else errors)
    fixed = {name: float(value) for name, value in (overrides or {}).items()}
    reports = {name: report.digest_text for name, report in reading.evidence.reports.items()}
    reports |= {f"posterior {name}": digest for name, digest in reading.posteriors.items()}
    return Case(
        name=file.resolve().parent.name,
        folder=file.parent,
        written=reading.written,
        document=reading.document,
        evidence=reading.evidence,
        warnings=tuple(reading.problems),
        hash=case_hash(reading.located.data, _evidence_data(reading.evidence), reports, fixed),
        overrides=MappingProxyType(fixed),
    )


def check(where: str | Path, *, texts: str | Path | None = None) -> list[Problem]:
    """Everything wrong or doubtful about a case, errors and warnings in the order of the file.

    `texts` is a folder with the original reports. Never raises for what the case contains.
    """
    try:
        return _read(find_case(where), {}, texts).problems
    except CaseError as error:
        return list(error.problems)


@dataclass(frozen=True)
class _Reading:
    located: Located
    written: CaseDocument | None
    document: CaseDocument | None
    evidence: Evidence
    problems: list[Problem]
    posteriors: Mapping[str, str] = field(default_factory=dict)


def _read(file: Path, overrides: Mapping[str, float | str], texts: str | Path | None) -> _Reading:
    """Everything at once: the text, the shape, the evidence, the mechanisms, and every check on them."""
    problems: list[Problem] = []
    miscoded: list[Problem] = []
    try:
        located, miscoded = laid_over(read_yaml(file))
    except CaseError as error:
        located = Located({}, str(file))
        problems += error.problems
    evidence, said = load_evidence(file.parent, texts=texts, case=located.data)
    if problems:
        return _Reading(located, None, None, evidence, [*problems, *_errors(said)])
    if any(problem.path == "archetype" for problem in miscoded):  # all that it would have said is missing as well
        return _Reading(located, None, None, evidence, miscoded)
    written, misspelt = validate(CaseDocument, located)
    while written is None:  # a key that is put right may show others below it
        mended = with_known_keys(CaseDocument, located)
        if mended is None:
            break
        located = mended
        written, more = validate(CaseDocument, located)
        misspelt += more
    if written is None or _errors(miscoded):
        return _Reading(located, None, None, evidence, [*miscoded, *misspelt, *_errors(said)])
    written, unfit, posteriors = with_posteriors(written, file.parent, located)
    known = {name: value for name, value in overrides.items() if name in written.parameters}
    written, wrong = override(written, known)
    document, unspelled = _spell_out(written, located)
    # what a mechanism assumes by itself has no parameter before it is spelled out
    document, missing = override(document, {name: overrides[name] for name in overrides if name not in known})
    wrong += [*misspelt, *missing]
    desk = Desk(document, written, located, evidence, _evidence_text(evidence))
    _check_all(desk)
    return _Reading(
        located, written, document, evidence, _sorted([*miscoded, *unfit, *wrong, *unspelled, *desk.problems, *said]),
        posteriors,
    )


def _check_all(desk: Desk) -> None:
    check_names(desk)
    check_formulas(desk)
    check_priors(desk)
    check_fit(desk)
    check_past_types(desk)
    check_hypotheses(desk)
    check_classes(desk)
    check_events(desk)
    on_time = check_clock(desk)
    if on_time:
        check_history(desk)
    check_grounds(desk)
    if small_enough(desk) and on_time:
        scene = Scene(desk, draws_of(desk))
        check_chances(desk, scene)
        check_pace(desk, scene)
        check_reach(desk, scene)
        check_past(desk, scene)
    if on_time:
        check_ending(desk)


def _errors(problems: list[Problem]) -> list[Problem]:
    """What to say of the evidence when the case itself cannot be read: only what is certainly wrong."""
    return [problem for problem in problems if problem.level == "error"]


def _sorted(problems: list[Problem]) -> list[Problem]:
    """Errors before warnings, each in the order of the files; nothing twice."""
    unique = list(dict.fromkeys(problems))
    return sorted(
        unique, key=lambda problem: (problem.level != "error", problem.file, problem.line, problem.column)
    )


def _evidence_text(evidence: Evidence) -> Located:
    try:
        return read_yaml(evidence.file)
    except CaseError:
        return Located({}, evidence.file)


def _evidence_data(evidence: Evidence) -> object:
    return _evidence_text(evidence).data


def _spell_out(written: CaseDocument, located: Located) -> tuple[CaseDocument, list[Problem]]:
    """The document with its mechanisms expanded; without them if they trip over what else is broken."""
    if not written.mechanisms:
        return written, []
    from standoff.mechanisms import expand

    try:
        document, problems = expand(written)
    except (LookupError, ValueError, TypeError, ArithmeticError, CaseError) as error:
        line, column = located.where_key(("mechanisms",))
        problem = Problem(
            found=f"mechanisms that cannot be spelled out ({type(error).__name__}: {str(error)[:100]})",
            expected="settings that fit the rest of the case",
            mend="Mend the other problems first; then leave out one mechanism at a time to find which it is.",
            file=located.file_at(("mechanisms",)),
            line=line,
            column=column,
            path="mechanisms",
        )
        return written.model_copy(update={"mechanisms": []}), [problem]
    return document, [_placed(problem, located) for problem in problems]


def _placed(problem: Problem, located: Located) -> Problem:
    path: Path_ = tuple(int(part) if part.isdigit() else part for part in problem.path.split("."))
    line, column = located.where(path)
    return replace(problem, file=located.file_at(path), line=line, column=column)
