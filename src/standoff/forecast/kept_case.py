"""The copy of the case in a run folder: what a later run reads to tell what has changed.

    RUN/case/case.yaml, evidence.yaml, reports/...   as they were when the run was made
    RUN/case/archetypes/NAME.yaml                    the archetype below it, if there is one
    RUN/case/made.json                               the name of the case and its --set

The originals of reports are not copied: no number depends on them. A run is as good without its copy, so that what
cannot be copied is left out; whoever reads the copy compares its hash with that of the run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from standoff.case import Case, load
from standoff.case.posteriors import posterior_files
from standoff.errors import CaseError, Problem, RunError
from standoff.forecast.store import write_whole
from standoff.language.archetype import BESIDE, archetypes

FOLDER = "case"
MADE = "made.json"


def keep_case(case: Case, run: Path) -> None:
    """Copy what decides the numbers of `case` into the run folder, unless a copy is there. case.yaml comes last: where
    it is, the rest is."""
    into = run / FOLDER
    if (into / "case.yaml").exists():
        return
    with suppress(RunError):
        made = {"name": case.name, "overrides": dict(case.overrides)}
        write_whole(into / MADE, json.dumps(made, indent=1))
        for name, content in _content(case):
            write_whole(into / name, content)


def kept_case(run: Path, hash_: str) -> Case:
    """The case a run was made of, read from its copy. Raises CaseError if there is none, it does not read, or it is
    not what the run says (`hash_`) that it was made of."""
    into = run / FOLDER
    if not (into / "case.yaml").is_file():
        raise CaseError(_no_copy(run, "a run folder without a copy of its case"))
    case = load(into, overrides=kept_overrides(run))
    if case.hash != hash_:
        raise CaseError(_no_copy(run, f"a copy of another case ({case.hash}, where the run was made of {hash_})"))
    return case


def kept_overrides(run: Path) -> dict[str, float]:
    """What was set by hand in a run; nothing where that is not known."""
    try:
        found = json.loads((run / FOLDER / MADE).read_text(encoding="utf-8"))["overrides"]
        return {str(name): float(value) for name, value in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _content(case: Case) -> Iterator[tuple[str, bytes]]:
    """(path inside the case folder, bytes) of every file that decides the case."""
    names = [Path(case.evidence.file).name, *(report.file for report in case.evidence.reports.values() if report.file)]
    names += posterior_files(case.written)
    if case.written.archetype is not None:
        name = case.written.archetype
        with suppress(OSError, LookupError):
            yield f"{BESIDE}/{name}.yaml", archetypes(case.folder)[name].read_bytes()
    for name in (*dict.fromkeys(names), "case.yaml"):
        with suppress(OSError):
            yield name, (case.folder / name).read_bytes()


def _no_copy(run: Path, found: str) -> Problem:
    return Problem(
        file=str(run / FOLDER),
        found=found,
        expected="the case as it was when the run was made",
        mend="Make the run again with `standoff assess`, from the case as it was; runs keep a copy from now on.",
    )
