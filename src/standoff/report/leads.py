"""Where to go on from the bottom line: what to watch, what the forecast hangs on, what it leans on, what would help.

One sentence each, with the section that has the rest. What an analysis did not find, or could not tell, has no line.
"""

from __future__ import annotations

from standoff.report import exits, moved, rivals, upset, words
from standoff.report.phrases import Pieces, text_of
from standoff.report.references import Reference, References
from standoff.report.sentences import Line
from standoff.report.shown import Findings


def leads(findings: Findings, refs: References) -> list[Line]:
    """Lines to stand below the bottom line, in the order in which an analyst goes on."""
    made = [_changed(findings), *(ask(findings, refs) for ask in (_watch, _hangs, _leans, _out))]
    return [line for line in made if line is not None]


def _line(label: str, pieces: Pieces | str, section: str, heading: str) -> Line | None:
    text = pieces if isinstance(pieces, str) else text_of(pieces)
    more = Reference(heading, f"#{section}", "section")
    return Line(label, words.capital(text), rests=(more,)) if text else None


def _changed(findings: Findings) -> Line | None:
    found = findings.get("change")
    return _line("Since the last run", moved.headline(found), "change", "what changed") if found else None


def _watch(findings: Findings, refs: References) -> Line | None:
    target = upset.leader(findings)
    pieces = upset.sign(findings, refs, target) if target else []
    return _line("To watch", pieces, "indicators", "what to watch for")


def _hangs(findings: Findings, refs: References) -> Line | None:
    target = upset.leader(findings)
    pieces = upset.assumption(findings, refs, target) if target else []
    return _line("Hangs on", pieces, "sensitivity", "what it hangs on")


def _leans(findings: Findings, refs: References) -> Line | None:
    found = findings.get("hypotheses") or {}
    worst = rivals.failures(found) if found and not found.get("thin") else []
    pieces = rivals.failure(worst[0], found, refs) if worst and not worst[0].get("thin") else []
    return _line("Leans on", pieces, "hypotheses", "the evidence, item by item")


def _out(findings: Findings, refs: References) -> Line | None:
    found = findings.get("offramps") or {}
    sets = found.get("sets") or []
    if not sets:
        return None
    best = max(sets, key=lambda row: (row["gain"]["mean"], -len(row["levers"])))
    if not best["gain"]["mean"] > 0:
        return _line("Way out", "No lever of the case makes a peaceful settlement likelier.", "offramps", "ways out")
    verb = "adds" if len(best["levers"]) == 1 else "add"
    tried = "single levers" if found["size"] == 1 else f"sets of up to {words.small(found['size'])} levers"
    text = f"{text_of(exits.named(best['levers'], found, refs))} {verb} most to the chance of a peaceful settlement"
    then = words.percent(found["now"]["peaceful"]["mean"] + best["gain"]["mean"]) if found.get("now") else ""
    after = f" It would then stand at {then}." if then else ""
    return _line("Way out", f"{text}, of all {tried}: {exits.gain(best)}.{after}", "offramps", "ways out")
