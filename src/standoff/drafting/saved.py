"""A draft put aside: what is left to decide, in a file, verified anew when it is taken up again.

The file holds neither endpoint nor key. It is data like a model's answer is: whoever changes it cannot make a passage
stand in a report that does not.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from standoff.case import load
from standoff.drafting.answer import Kind
from standoff.drafting.ground import Ground, ground_of
from standoff.drafting.propose import Draft, held_against
from standoff.drafting.tidy import tidy
from standoff.drafting.verify import Proposal
from standoff.errors import DraftError, Problem
from standoff.evidence.files import read_text

MARK = "standoff_draft"
_MOST = 2_000_000


def save(file: str | Path, ground: Ground, left: Sequence[Proposal], model: str | None) -> None:
    """Put aside what is left. Only a new file, or one that holds a draft, is written. Raises `DraftError`."""
    path = Path(file)
    if path.exists():
        _opened(path)  # never over anything else, evidence.yaml least of all
    data = {
        MARK: 1,
        "case": str(ground.case.folder.resolve()),
        "report": ground.report.id,
        "text": ground.digest,
        "model": model,
        "left": [{"kind": each.kind, **each.to_entry()} for each in left],
    }
    try:
        handle, aside = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
            os.replace(aside, path.resolve())
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _refused(error.strerror or str(error), "a file that can be written", "Name another.", path) from None


def resume(file: str | Path, *, case: str | Path | None = None, texts: str | Path | None = None) -> Draft:
    """What was put aside, held against the report as it is now. `case`: where the case lies, if it has moved.

    Raises `DraftError` for a file that is no draft, CaseError if the case does not read.
    """
    path = Path(file)
    data = _opened(path)
    ground = ground_of(load(case or str(data.get("case")), texts=texts), str(data.get("report")), texts)
    listed = data.get("left")
    entries: list[tuple[Kind, dict[str, Any]]] = []
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict):
            entries.append(("history" if entry.get("kind") == "history" else "claim", entry))
    proposals, rejected = held_against(entries[:400], ground)
    same = data.get("text") == ground.digest
    remarks = () if same else ("The report has changed since; every passage was looked for anew.",)
    named = data.get("model")
    model = tidy(named, 100) if isinstance(named, str) else None
    return Draft(ground, tuple(proposals), tuple(rejected), remarks, None, model)


def _opened(path: Path) -> dict[str, Any]:
    text = read_text(path)
    if len(text) <= _MOST:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict) and data.get(MARK) == 1:
            return data
    mend = "Name another file; this one is left as it is."
    raise _refused("a file that holds no draft", "one that --save has written", mend, path)


def _refused(found: str, expected: str, mend: str, file: Path) -> DraftError:
    return DraftError(Problem(found, expected, mend, file=str(file)))
