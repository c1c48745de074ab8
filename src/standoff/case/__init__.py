"""A case: what an analyst wrote, read and checked.

load(where) -> Case        or CaseError with every error
check(where) -> problems   errors and warnings, never an exception
"""

from __future__ import annotations

from standoff.case.folder import shipped_cases
from standoff.case.load import check, load
from standoff.case.model import Case, case_hash

__all__ = ["Case", "case_hash", "check", "load", "shipped_cases"]
