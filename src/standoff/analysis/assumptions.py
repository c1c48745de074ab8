"""What two cases assume otherwise: the keys of case.yaml that decide a number, and what stands behind each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from standoff.case import Case
from standoff.language.document import (
    CaseDocument,
    Grounded,
    Lever,
    Parameter,
    Prior,
)
from standoff.language.priors import in_words

_WORDS = {
    CaseDocument: {"standoff", "title", "question", "summary", "questions", "ending", "levers", "mechanisms"},
    Grounded: {"title", "because", "judgement"},
    Parameter: {"unit"},
    Lever: set[str](),
}  # fields that decide no number of a forecast; `mechanisms` are spelled out in what is compared


@dataclass(frozen=True, slots=True)
class Assumption:
    """One key that differs: what stood `before` and what stands `now`, in words, None where nothing does."""

    path: str
    title: str
    before: str | None
    now: str | None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"path": self.path, "title": self.title, "before": self.before, "now": self.now}


def same_assumptions(a: Case, b: Case) -> bool:
    """Whether two cases are one game with one prior, whatever their evidence and their words."""
    return _flat(a.document, mechanisms=False, order=True) == _flat(b.document, mechanisms=False, order=True)


def assumptions(before: Case, now: Case) -> list[Assumption]:
    """What differs between two cases apart from their evidence, in the order of the later one's keys.

    Keys are those of case.yaml as it is written; what a mechanism adds is told by its settings.
    """
    old, new = (_flat(case.written, mechanisms=True) for case in (before, now))
    for case, flat in ((before, old), (now, new)):
        for name, value in case.overrides.items():
            if name not in case.written.parameters:  # of a mechanism: known only once that is spelled out
                flat[f"parameters.{name}.prior"] = f"fixed({value:g})"
    found = [path for path in (*new, *(path for path in old if path not in new)) if old.get(path) != new.get(path)]
    return [Assumption(path, _title(path, now), old.get(path), new.get(path)) for path in found]


def _title(path: str, case: Case) -> str:
    """What is changed, as a reader would call it: the title of a parameter, else the key."""
    parts = path.split(".")
    if parts[0] == "parameters" and len(parts) > 1:
        parameter = case.document.parameters.get(parts[1])
        if parameter is not None and parameter.title:
            return parameter.title
        return parts[1].replace("_", " ")
    return " ".join(part.replace("_", " ") for part in parts)


def _flat(value: Any, path: str = "", *, mechanisms: bool, order: bool = False) -> dict[str, str]:
    """Key path -> what stands there, in words, for everything that decides a number; `order`: with the order of names,
    which is that of types and moves."""
    found: dict[str, str] = {}

    def walk(value: Any, path: str) -> None:
        if isinstance(value, Prior):
            found[path] = in_words(value)
        elif isinstance(value, BaseModel):
            for name, field in type(value).model_fields.items():
                if name not in left_out(value):
                    walk(getattr(value, name), f"{path}.{field.alias or name}" if path else field.alias or name)
        elif isinstance(value, dict):
            if order and value:
                found[f"{path} in order"] = " ".join(map(str, value))
            for name, part in value.items():
                walk(part, f"{path}.{name}")
        elif isinstance(value, list | tuple) and any(isinstance(part, BaseModel | dict) for part in value):
            for i, part in enumerate(value):
                walk(part, f"{path}.{i}")
        elif value is not None and value != []:
            found[path] = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

    def left_out(record: BaseModel) -> set[str]:
        out: set[str] = set()
        for kind, names in _WORDS.items():
            if isinstance(record, kind):
                out |= names
        return out - {"mechanisms"} if mechanisms else out

    walk(value, path)
    return found
