"""A case: what an analyst wrote, read and checked.

load(where) -> Case             or CaseError with every error
check(where) -> problems        errors and warnings, never an exception
new(name, folder) -> folder     a small commented case to start from
describe(document) -> words     who can do what when, what it costs, what ends it
shipped_cases() -> folders      the cases that come with the package, by name
schema() -> JSON Schema         for editors
"""

from __future__ import annotations

from standoff.case.folder import find_case, shipped_cases
from standoff.case.load import check, load
from standoff.case.model import Case, case_hash
from standoff.case.new import new
from standoff.case.schema import evidence_schema, schema
from standoff.case.words import describe

__all__ = [
    "Case",
    "case_hash",
    "check",
    "describe",
    "evidence_schema",
    "find_case",
    "load",
    "new",
    "schema",
    "shipped_cases",
]
