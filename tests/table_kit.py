"""A case that is fitted, and a table for it: twelve disputes, in which a challenger demands and a target yields."""

from __future__ import annotations

from pathlib import Path

from standoff.case import load
from standoff.errors import FitError, Problem
from standoff.fit.design import Design, design
from standoff.fit.table import read_table
from standoff.language.read import read_yaml

CASE = """standoff: 1
title: Disputes
question: Who gives way?
clock: {start: 1900-01-01, step: year, steps: 1}
parameters:
  ease:
    judgement: the table tells
    regress: {constant: , log(power): }
  fight:
    judgement: the table tells
    regress:
      constant:
      regime is mixed: {normal: [0, 2]}
      balance:
  patience: {prior: {normal: [1, 0.2]}, judgement: a guess}
factors:
  asked: {levels: [no_demand, demanded]}
actors:
  challenger: {precision: 1}
  target: {precision: patience}
order: [challenger, target]
moves:
  challenger:
    stay: {when: asked is no_demand, ends: status_quo}
    demand: {when: asked is no_demand, then: {asked: demanded}}
  target:
    yield: {when: asked is demanded, ends: conceded}
    resist: {when: asked is demanded, ends: war}
outcomes:
  status_quo: {peaceful: true, worth: {challenger: ease}}
  conceded: {peaceful: true, worth: {challenger: 1}}
  war: {violent: true, worth: {challenger: -1, target: fight}}
  unresolved: {}
fit:
  counts: {status_quo: quiet, conceded: gave_way, war: war}
  groups: dyad
  time: year
"""
DATA = """dyad,year,power,regime,balance,quiet,gave_way,war
a-b,1950,1.5,mixed,0.31,7,1,0
a-c,1951,0.7,open,0.52,5,0,1
a-d,1952,2.2,closed,0.18,8,2,1
b-c,1953,1.1,mixed,0.77,4,1,1
b-d,1954,3.1,open,0.45,6,0,0
c-d,1955,0.4,closed,0.66,3,2,2
a-b,1960,1.6,open,0.35,6,1,1
a-c,1961,0.9,closed,0.58,4,1,0
a-d,1962,2.6,mixed,0.22,9,0,1
b-c,1963,1.3,open,0.71,5,2,1
b-d,1964,2.8,mixed,0.41,7,1,0
c-d,1965,0.5,open,0.62,2,1,3
"""
Edits = tuple[tuple[str, str], ...]


def changed(text: str, *edits: tuple[str, str]) -> str:
    """The text with every `old` (which must be there) made `new`, once."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def written(folder: Path, case: str = CASE, data: str | bytes = DATA) -> tuple[Path, Path]:
    """case.yaml and data.csv in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / "case.yaml", folder / "data.csv"
    files[0].write_text(case, encoding="utf-8")
    files[1].write_bytes(data if isinstance(data, bytes) else data.encode())
    return files


def laid_out(folder: Path, case: str = CASE, data: str | bytes = DATA) -> Design:
    """The design of a case and a table, as `standoff fit` makes it."""
    files = written(folder, case, data)
    return design(load(files[0]).document, read_table(files[1]), located=read_yaml(files[0]))


def complaints(folder: Path, case: str = CASE, data: str | bytes = DATA) -> list[Problem]:
    """Everything that is said of a case and a table, remarks included."""
    try:
        return list(laid_out(folder, case, data).remarks)
    except FitError as error:
        return list(error.problems)
