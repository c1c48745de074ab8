"""The value a case folder becomes, and the hash that names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from standoff.errors import Problem
from standoff.evidence.body import Evidence
from standoff.language.document import CaseDocument


@dataclass(frozen=True)
class Case:
    """A case that reads without errors.

    `written` is case.yaml as it stands; `document` is the same with mechanisms spelled out and overrides
    applied, and is what the game is made of. `warnings` stop nothing. `hash` names the content: 16 hex
    digits that do not depend on comments, layout or where the folder lies.
    """

    name: str
    folder: Path
    written: CaseDocument = field(repr=False)
    document: CaseDocument = field(repr=False)
    evidence: Evidence = field(repr=False)
    warnings: tuple[Problem, ...] = field(repr=False)
    hash: str
    overrides: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        fixed = f", overrides={dict(self.overrides)}" if self.overrides else ""
        return f"Case({self.name!r}, {self.document.title!r}, folder={str(self.folder)!r}, hash={self.hash!r}{fixed})"

    def __reduce__(self) -> tuple[Any, ...]:
        rest = (self.written, self.document, self.evidence, self.warnings, self.hash, dict(self.overrides))
        return (Case, (self.name, self.folder, *rest))


def case_hash(
    case: Any, evidence: Any, reports: Mapping[str, str], overrides: Mapping[str, float] | None = None
) -> str:
    """First 16 hex digits of a SHA-256 over the plain data of case.yaml and evidence.yaml (in the order
    written, which is the order of types and moves), the digests' text by report, and the overrides."""
    content = {
        "case": case,
        "evidence": evidence,
        "reports": dict(sorted(reports.items())),
        "overrides": {name: float(value) for name, value in sorted((overrides or {}).items())},
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a case")
