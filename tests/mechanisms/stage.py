"""A stage for mechanisms: one small document with every name that the cards' examples use."""

from __future__ import annotations

from typing import Any

from standoff.language.document import CaseDocument
from standoff.language.read import parse_yaml
from standoff.mechanisms import expand

STAGE = """
standoff: 1
title: A stage
question: What does a mechanism add?
clock: {start: 2025-08-18, step: week, steps: 4}
parameters:
  audience: {prior: {fixed: 0.1}}
  mobilising: {prior: {fixed: 0.05}}
  deployment: {prior: {fixed: 0.02}}
  rally: {prior: {fixed: 0.3}}
  rally_gain: {prior: {fixed: 0.05}}
  rally_fades: {prior: {fixed: 0.2}}
  militia_toll: {prior: {fixed: 0.1}}
  militia_strength: {prior: {fixed: 0.5}}
  plotting: {prior: {fixed: 0.02}}
  takeover: {prior: {fixed: 0.5}}
  guard_strength: {prior: {fixed: 0.7}}
  guard_exposure: {prior: {fixed: 0.2}}
  rents: {prior: {fixed: 0.01}}
  guard_order: {prior: {fixed: 0.4}}
  safe_passage: {prior: {fixed: 0.0}}
  squeeze: {prior: {fixed: 0.2}}
  bite: {prior: {fixed: 0.1}}
  hunger: {prior: {fixed: 0.02}}
  incident_rate: {prior: {fixed: 0.01}}
  incident_to_war: {prior: {fixed: 0.1}}
  relief: {prior: {fixed: 0.05}}
  substance: {prior: {fixed: 0.5}}
  burden: {prior: {fixed: 0.02}}
  congress: {prior: {fixed: 0.2}}
  residue: {prior: {fixed: 0.25}}
  raid_success: {prior: {fixed: 0.6}}
factors:
  force: {levels: [patrol, flotilla, carrier_group]}
  rung: {levels: [quiet, boats, airspace, land]}
  cohesion: {levels: [broken, strained, firm], start: strained}
  militia: {levels: [none, called_up]}
  guards: {levels: [thin, strong]}
  hardship: {levels: [bearable, severe, acute]}
  sanctions: {levels: [lifted, imposed]}
  support: {levels: [words, supplies]}
  authority: {levels: [withheld, given]}
actors:
  washington:
    types: {bluff: {prior: 0.5}, resolved: {prior: 0.5}}
  caracas: {}
  generals: {}
  havana: {}
moves:
  washington:
    hold: {}
    reinforce: {then: {force: +1}, costs: 0.02}
    strike: {then: {rung: +1}}
    raid: {ends: {captured: raid_success, botched: 1 - raid_success}}
    step_back: {then: {force: -1}}
  caracas:
    hold: {}
    defy: {then: {militia: called_up}}
    quit: {ends: exit}
  generals:
    hold: {}
    plot: {covert: true}
  havana:
    hold: {}
    supply: {then: {support: +1}}
events:
  rumour: {chance: 0.1, then: {cohesion: -1}}
  mutiny: {rate: 0.001, per: week, ends: palace_coup}
outcomes:
  exit: {worth: {washington: 1, caracas: 0.3}}
  captured: {worth: {washington: {bluff: 0.2, resolved: 1}, caracas: -1}}
  botched: {worth: {washington: -1}}
  clash: {worth: {washington: -0.5, caracas: -0.5}}
  palace_coup: {worth: {caracas: -1}}
  removed_by_guards: {worth: {caracas: -1}}
  unresolved: {worth: {washington: {bluff: 0, resolved: -0.2}}}
mechanisms: []
"""


def stage(*entries: str, **sections: Any) -> CaseDocument:
    """The stage with these entries of `mechanisms`, each one as YAML; `sections` replace whole keys."""
    data = parse_yaml(STAGE).data
    data["mechanisms"] = [parse_yaml(entry).data for entry in entries]
    return CaseDocument.model_validate({**data, **sections})


def expanded(*entries: str) -> CaseDocument:
    """The stage with these entries spelled out; fails on any problem."""
    document, problems = expand(stage(*entries))
    assert problems == []
    assert document.mechanisms == []
    return document


def added(document: CaseDocument) -> dict[str, Any]:
    """What differs from the bare stage, as plain data: section -> name -> what it now says."""
    bare, now = stage().model_dump(exclude_defaults=True), document.model_dump(exclude_defaults=True)
    return _difference(bare, now)


def _difference(before: Any, after: Any) -> Any:
    return {
        key: _difference(before[key], value)
        if isinstance(value, dict) and isinstance(before.get(key), dict) and _records(key, value)
        else value
        for key, value in after.items()
        if before.get(key) != value
    }


def _records(key: str, value: dict[str, Any]) -> bool:
    return key not in ("ends", "then", "costs", "worth") and all(isinstance(name, str) for name in value)


def problem_paths(*entries: str) -> list[str]:
    """Key paths of the problems that these entries cause."""
    return [problem.path for problem in expand(stage(*entries))[1]]
