"""A small case with every kind of evidence, and the same case with parts of the evidence taken away by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from forecast_kit import write
from standoff.case import load
from standoff.forecast import Forecast, Settings, forecast

CASE = """
standoff: 1
title: Two neighbours
question: Who gives way?
clock: {start: 2030-01-07, step: week, steps: 8}
parameters:
  price: {prior: {uniform: [0.2, 0.9]}, judgement: 'test: any'}
  nerve: {prior: {uniform: [2, 6]}, judgement: 'test: any'}
factors:
  level: {levels: [l0, l1, l2, l3]}
actors:
  a:
    types: {x: {prior: 0.5}, y: {prior: 0.3}, z: {prior: 0.2}}
    sureness: 9
    precision: nerve
    tempo: {per: week, times: 0.6}
  b:
    types: {soft: {prior: 0.6}, hard: {prior: 0.4}}
    precision: 3
    tempo: {per: week, times: 0.5}
moves:
  a:
    hold: {}
    push: {when: level < l3, then: {level: +1}, costs: {a: {x: price, y: 0.1, z: -0.1}}}
    quit: {ends: given_up, costs: {a: {x: 0.1, y: 0.6, z: 0.9}}}
  b:
    hold: {}
    answer: {noticed: 0.7, when: level > l0, then: {level: -1}, costs: {b: {soft: 0.5, hard: price}}}
    fold: {ends: won, costs: {b: {soft: 0.3, hard: 1}}}
events:
  storm: {rate: 0.1 + 0.1 * level, per: week, then: {level: -1}, noticed: 0.5}
  clash: {rate: 0.03 * level, per: week, ends: war}
outcomes:
  given_up: {peaceful: true, worth: {a: {x: -0.2, y: -0.6, z: -1}, b: 0.5}}
  won: {worth: {a: {x: 0.5, y: 0.8, z: 1}, b: -0.6}}
  war: {worth: {a: -0.5, b: -0.5}}
  unresolved: {worth: {a: 0, b: 0}}
hypotheses:
  meant:
    title: Is it meant?
    one_of:
      earnest: {title: it is meant, types: {a: [y, z]}}
      show: {title: a show, types: {a: x}}
    judgement: 'test: so it is put'
  both:
    title: Do they understand each other?
    one_of:
      quarrel: {title: neither gives way, types: {a: [y, z], b: hard}}
      calm: {title: nobody means it, types: {a: x, b: soft}}
    judgement: 'test: so it is put'
  ends:
    title: Does it come to blows?
    one_of:
      blows: {title: it does, outcomes: war}
      peace: {title: it does not, outcomes: [given_up, won]}
    judgement: 'test: so it is put'
"""


def _claim(report: str, credibility: int, origin: str, bears_on: dict[str, Any]) -> dict[str, Any]:
    return {"says": "so", "report": report, "credibility": credibility, "origin": origin, "bears_on": bears_on}


EVIDENCE: dict[str, Any] = {
    "discount": {"reliability": {"A": 1, "C": 0.5}, "credibility": {2: 1, 4: 0.5}},
    "reports": {
        "wire": {"title": "Wire", "published": date(2030, 1, 18), "grade": "A", "file": "wire.txt"},
        "echo": {"title": "Echo", "published": date(2030, 1, 31), "grade": "C", "file": "wire.txt"},
        "late": {"title": "Late", "published": date(2030, 2, 10), "grade": "A", "file": "wire.txt"},
    },
    "claims": {
        "show": _claim("wire", 4, "office", {"a": {"x": 4, "z": 0.5}}),
        "again": _claim("echo", 4, "office", {"a": {"x": 9}}),
        "other": _claim("echo", 2, "street", {"a": {"z": 3}}),
        "dear": _claim("echo", 2, "street", {"where": [{"if": "price > 0.5", "ratio": 3}]}),
        "dearer": _claim("late", 4, "street", {"where": [{"if": "price > 0.5", "ratio": 5}], "b": {"hard": 2}}),
        "now": _claim("late", 2, "camp", {"b": {"soft": 2}}),
        "pushed": {"says": "it pushed", "report": "wire", "credibility": 2},
        "pushed_too": {"says": "it pushed", "report": "echo", "credibility": 2},
        "answered": {"says": "it answered", "report": "echo", "credibility": 2},
        "stormy": {"says": "a storm", "report": "late", "credibility": 2},
    },
    "history": [
        {"date": date(2030, 1, 15), "a": "push", "because": ["pushed", "pushed_too"]},
        {"date": "2030-01-14..2030-01-30", "b": "answer", "because": ["answered"]},
        {"date": date(2030, 1, 29), "a": {"push": 0.8}, "because": ["pushed_too"]},
        {"date": "2030-01-21..2030-02-09", "event": "storm", "because": ["stormy"]},
        {"date": date(2030, 2, 12), "b": "hold", "judgement": "test: so it was"},
    ],
}
AS_OF = date(2030, 2, 13)
PLAIN = Settings(draws=3, refine=False, check_grid=False, grid=2)


def folder(at: Path, evidence: dict[str, Any] = EVIDENCE, case: str = CASE) -> Path:
    """The case on disk."""
    found = write(at, case, yaml.safe_dump(evidence, sort_keys=False))
    (found / "wire.txt").write_text("They mean it.\n")
    return found


def made_of(at: Path, evidence: dict[str, Any] = EVIDENCE, settings: Settings = PLAIN, case: str = CASE) -> Forecast:
    """Its forecast."""
    return forecast(load(folder(at, evidence, case)), as_of=AS_OF, settings=settings)


def gap(who: str, first: date, last: date) -> dict[str, Any]:
    return {"from": first, "to": last, "unreported": [who], "judgement": "test: left out"}


GAPS = {  # the turns that each history entry may have taken, as a declared gap
    0: gap("a", date(2030, 1, 14), date(2030, 1, 20)),
    1: gap("b", date(2030, 1, 14), date(2030, 1, 30)),
    2: gap("a", date(2030, 1, 28), date(2030, 2, 3)),
    3: gap("storm", date(2030, 1, 21), date(2030, 2, 9)),
    4: gap("b", date(2030, 2, 11), date(2030, 2, 13)),
}


def without(
    *, entries: Iterable[int] = (), testimony: Iterable[str] = (), claims: Iterable[str] = ()
) -> dict[str, Any]:
    """The evidence without history entries (their turns declared as gaps), without what some claims bear on, and
    without some claims altogether."""
    entries, testimony, claims = list(entries), list(testimony), list(claims)
    left = {}
    for name, claim in EVIDENCE["claims"].items():
        if name not in claims:
            left[name] = {key: value for key, value in claim.items() if name not in testimony or key != "bears_on"}
    history = []
    for i, entry in enumerate(EVIDENCE["history"]):
        if i in entries:
            history.append(GAPS[i])
            continue
        cited = [name for name in entry.get("because", []) if name not in claims]
        history.append({**entry, **({"because": cited} if cited else {})})
    return {**EVIDENCE, "claims": left, "history": history}
