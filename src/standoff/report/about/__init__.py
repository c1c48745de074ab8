"""Sections of the brief about what an analysis found, one file each.

A section has a file here with ``section(findings, references) -> Row | None`` (None: leave it out), a template
``templates/NAME.html.j2`` and one ``templates/NAME.md.j2``, which read the row as ``a``. `SECTIONS` is their order in
the brief, as (name, heading).
"""

from __future__ import annotations

from importlib import import_module

from standoff.report.references import References
from standoff.report.shown import Findings, Row

SECTIONS: tuple[tuple[str, str], ...] = (
    ("change", "What changed"),
    ("hypotheses", "Competing hypotheses"),
    ("indicators", "What to watch for"),
    ("sensitivity", "What it hangs on"),
    ("views", "Three views"),
    ("offramps", "Ways out, and what endangers the present"),
)


def sections(findings: Findings, references: References) -> dict[str, Row]:
    """Row by name of every section that has something to say."""
    found: dict[str, Row] = {}
    for name, _ in SECTIONS:
        row = import_module(f"standoff.report.about.{name}").section(findings, references)
        if row is not None:
            found[name] = row
    return found
