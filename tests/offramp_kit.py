"""A case whose off-ramp is known: an exit blocked by a guard and by distrust, and eight levers."""

from __future__ import annotations

EXIT = """
standoff: 1
title: The gate
question: Does he leave?
clock: {start: 2030-01-07, step: week, steps: 6}
parameters:
  stopped: {prior: {uniform: [0.5, 0.7]}, judgement: 'test: the guard'}
  trust: {prior: {uniform: [0.1, 0.3]}, judgement: 'test: distrust'}
  nerve: {prior: {uniform: [0.1, 0.3]}, judgement: 'test: any'}
  comfort: {prior: {fixed: 0}, judgement: 'test: none'}
  fear: {is: 2 + stopped, judgement: 'test: derived'}
factors:
  talks: {levels: [shut, open]}
actors:
  power:
    types: {soft: {prior: 0.6}, hard: {prior: 0.4}}
    precision: 4
  leader: {precision: 20, tempo: {per: week, times: 0.8}}
moves:
  power:
    hold: {}
    open_door: {when: talks is shut, then: {talks: open}, costs: 0.02}
    strike: {when: talks is open, ends: struck, costs: {power: {soft: 1.5, hard: 0.9 + nerve}}}
  leader:
    hold: {}
    leave: {when: talks is open, ends: {exit: 1 - stopped, shot: stopped}}
outcomes:
  exit: {peaceful: true, worth: {power: 1, leader: -1 + 1.6 * trust}}
  shot: {violent: true, worth: {power: 0.2, leader: -fear}}
  struck: {violent: true, worth: {power: 0.5, leader: -0.3}}
  unresolved: {worth: {power: {soft: 0, hard: -0.3}, leader: comfort}}
levers:
  guarantee: {by: [power], sets: {trust: 'min(trust + 0.8, 1)'}, costs: {power: 0.01}, judgement: test}
  escort: {by: a neighbour, sets: {stopped: 0.02}, costs: {}, judgement: test}
  half_guarantee: {by: [power], sets: {trust: trust + 0.1}, costs: {power: {soft: 0.3, hard: 0.1}}, judgement: test}
  half_escort: {by: a neighbour, sets: {stopped: stopped * 0.8}, judgement: test}
  pension: {by: [leader], sets: {comfort: 0.4}, judgement: test}
  courage: {by: the guards, sets: {fear: 1.5}, judgement: test}
  brakes: {by: a court, sets: {nerve: nerve + 0.5}, judgement: test}
  nothing: {by: nobody, sets: {trust: trust}, judgement: test}
"""

OPENED = "history:\n  - {date: 2030-01-08, power: open_door, judgement: 'test: so it was'}\n"


def pulled(levers: tuple[str, ...], values: dict[str, float]) -> dict[str, float]:
    """Parameters with these levers pulled, in the order of the case; worked out by hand."""
    v = dict(values)
    fixed_fear = False
    for name in levers:
        if name == "guarantee":
            v["trust"] = min(v["trust"] + 0.8, 1)
        elif name == "escort":
            v["stopped"] = 0.02
        elif name == "half_guarantee":
            v["trust"] = v["trust"] + 0.1
        elif name == "half_escort":
            v["stopped"] = v["stopped"] * 0.8
        elif name == "pension":
            v["comfort"] = 0.4
        elif name == "courage":
            v["fear"], fixed_fear = 1.5, True
        elif name == "brakes":
            v["nerve"] = v["nerve"] + 0.5
        if not fixed_fear:
            v["fear"] = 2 + v["stopped"]
    return v
