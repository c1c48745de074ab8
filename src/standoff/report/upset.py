"""What would change an answer: the sign that would move it most, the assumption it hangs on most, the lever that would.

An answer is about a number: the chance of some endings together, or of one type of an actor. Chances of several
endings add up, so what is known of each ending is known of their sum. Reads the plain data of the analyses; says
nothing of what is not there, and of sensitivity only what can be told from noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standoff.report import basis, drives, sentences, watch, words
from standoff.report.phrases import Piece, Pieces
from standoff.report.references import References, names_in
from standoff.report.shown import Findings, Row

SLIGHT = 0.005  # a change of a chance that is not worth telling


@dataclass(frozen=True, slots=True)
class Target:
    """The number that an answer is about: endings (their chances together), or a type of an actor."""

    outcomes: tuple[str, ...] = ()
    actor: str = ""
    type: str = ""

    def of(self, outcomes: Mapping[str, Any], hypotheses: Mapping[str, Any]) -> float:
        """Its chance where outcomes and types have these bands."""
        if self.actor:
            return float(hypotheses[self.actor][self.type]["mean"])
        return sum(float(outcomes[name]["mean"]) for name in self.outcomes)

    def called(self, refs: References) -> str:
        """What it is, for the middle of a sentence."""
        if self.actor:
            return sentences.quoted(words.capital(refs.title("type", self.actor, self.type)))
        if len(self.outcomes) == 1:
            return sentences.quoted(words.capital(refs.title("outcome", self.outcomes[0])))
        return f"the {words.small(len(self.outcomes))} together"


def upset(findings: Findings, refs: References, question: Mapping[str, Any]) -> list[Row]:
    """Statements (``label``, ``pieces``) of what would change the answer of a question, the most telling kind first."""
    panels = {panel.get("kind"): panel for panel in reversed(question.get("panels") or [])}
    first = [kind for kind in question.get("first") or [] if kind in panels]
    kinds = [*first, *(panel.get("kind") for panel in question.get("panels") or [])]
    found: list[Row] = []
    if kinds[:1] == ["value"]:
        found += _settled(findings, refs, question)
    target = next(filter(None, (_target(findings, panels[kind]) for kind in kinds)), None)
    target = target or (None if found else leader(findings))
    if target is None:
        return found
    for label, make in (("Watch", sign), ("Assumption", assumption), ("Lever", _lever)):
        if label == "Watch" and kinds[:1] == ["markers"]:
            continue  # the answer itself says what to watch for
        pieces = make(findings, refs, target)
        if pieces:
            found.append({"label": label, "pieces": pieces})
    return found


def _target(findings: Findings, panel: Mapping[str, Any]) -> Target | None:
    """What a panel is about; None for one that shows no chance of an ending or a type."""
    rows = panel.get("rows") or {}
    if panel.get("kind") == "hypotheses":
        return _of_hypotheses(findings, str(panel.get("set")))
    if panel.get("kind") == "types" and rows:
        return Target(actor=str(panel["actor"]), type=max(rows, key=lambda name: rows[name]["mean"]))
    if panel.get("kind") == "outcomes" and rows:
        if panel.get("weighed") == "against each other":
            return Target((max(rows, key=lambda name: rows[name]["mean"]),))
        return Target(tuple(rows))
    if panel.get("kind") == "after" and rows:
        return Target((max(rows, key=lambda name: abs(rows[name]["then"]["mean"] - rows[name]["now"]["mean"])),))
    return None


def _of_hypotheses(findings: Findings, name: str) -> Target | None:
    """The likeliest hypothesis of a set that is about one type of one actor, or about endings."""
    found = (((findings.get("hypotheses") or {}).get("sets") or {}).get(name) or {}).get("hypotheses") or {}
    order = sorted(found.values(), key=lambda row: -((row.get("posterior") or {}).get("mean") or 0.0))
    for row in order:
        types = list((row.get("types") or {}).items())
        if len(types) == 1 and len(types[0][1]) == 1:
            return Target(actor=types[0][0], type=types[0][1][0])
        if row.get("outcomes"):
            return Target(tuple(row["outcomes"]))
    return None


def leader(findings: Findings) -> Target | None:
    """The likeliest ending."""
    order = sentences.ranked(findings)
    return Target((order[0][0],)) if order else None


def _settled(findings: Findings, refs: References, question: Mapping[str, Any]) -> list[Row]:
    """A quantity of the case itself changes with the parameters it is made of, and with nothing else."""
    parameters = findings.get("parameters") or {}
    texts = [str(panel.get("expression")) for panel in question["panels"] if panel.get("kind") == "value"]
    named = [name for name in parameters if any(name in names_in(text) for text in texts)]
    if not named:
        return []
    pieces: Pieces = [Piece("The number is made of ")]
    for place, name in enumerate(named):
        pieces.append(Piece("" if not place else " and " if place == len(named) - 1 else ", "))
        row = parameters[name]
        span = words.number_range(row.get("prior") or {}) if row.get("prior") else ""
        pieces.append(Piece(f"“{refs.title('parameter', name)}”", refs.href("parameter", name)))
        pieces.append(Piece(f" ({span})" if span else ""))
    them = "it" if len(named) == 1 else "them"
    pieces.append(Piece(f": better knowledge of {them} would change it."))
    return [{"label": "Assumption", "pieces": pieces}]


def sign(findings: Findings, refs: References, target: Target) -> Pieces:
    """The sign that would, on expectation, move the number most; not one that may be the end itself."""
    found = findings.get("indicators") or {}
    if not found or found.get("thin"):
        return []
    now = target.of(found["outcomes"], found["hypotheses"])
    best: tuple[float, Mapping[str, Any], float, float] | None = None
    for row in found["indicators"]:
        seen, unseen = row.get("seen"), row.get("unseen")
        if row["never"] or any(part is None or part.get("thin") for part in (seen, unseen)):
            continue
        if row["kind"] == "quiet" or may_end(findings, row):
            continue
        then, without = (target.of(part["outcomes"], part["hypotheses"]) for part in (seen, unseen))
        chance = float(row["chance"]["mean"])
        size = chance * abs(then - now) + (1 - chance) * abs(without - now)
        if best is None or size > best[0]:
            best = (size, row, then, without)
    if best is None:
        return []
    if words.percent(best[2]) == words.percent(now) or abs(best[2] - now) < SLIGHT:
        return [Piece(f"No sign {watch.by_when(found)} short of the end would move it by as much as a point.")]
    _, row, then, without = best
    return [
        Piece("If "), *watch.name(row, refs),
        Piece(f" is seen {watch.by_when(found)} (chance {words.percent(row['chance']['mean'])}), "
              f"{target.called(refs)} {_goes(target)} from {words.percent(now)} to {words.percent(then)}; if not, to "
              f"{words.percent(without)}."),
        *([] if target.actor else watch.tells(row, refs)),
    ]  # fmt: skip


def _goes(target: Target) -> str:
    return "go" if len(target.outcomes) > 1 else "goes"


def may_end(findings: Findings, row: Mapping[str, Any]) -> bool:
    """Whether a sign is, or may at once become, the end of the story: nobody watches for that."""
    if watch.ends_it(row):
        return True
    if row["kind"] == "move":
        effect = basis.find(basis.rows(findings, "model", "moves"), actor=row["actor"], name=row["name"])
    else:
        effect = basis.find(basis.rows(findings, "model", "events"), name=row["name"])
    return effect is not None and any(basis.leads_to(effect, name) for name in findings.get("outcomes") or {})


def assumption(findings: Findings, refs: References, target: Target) -> Pieces:
    """The input between whose low and high draws the number differs most, among those that stand out from noise."""
    found = findings.get("sensitivity") or {}
    if not found or found.get("thin"):
        return []
    row: Mapping[str, Any] | None
    if target.actor:
        row = ((found.get("beliefs") or {}).get(target.actor) or {}).get(target.type)
    else:
        told = [name for name in target.outcomes if name in (found.get("outcomes") or {})]
        rows = [found["outcomes"][name] for name in told]
        row = max(rows, key=lambda one: float(one["mean"])) if rows else None
    effects = [one for one in (row or {}).get("effects") or [] if one["told"]]
    if row is None:
        return _slope(findings, refs, target)
    if not effects:
        return [Piece("No single assumption stands out from the noise between draws.")]
    best = max(effects, key=lambda one: abs(one["highest_third"] - one["lowest_third"]))
    what = sentences.quoted(words.capital(str(row["title"])))
    name = _input(best["input"], found, refs, what)
    return [
        Piece(f"{what} hangs most on "), name,
        Piece(f". Where that is lowest, in a third of the draws, it stands at {words.percent(best['lowest_third'])}; "
              f"where that is highest, at {words.percent(best['highest_third'])}."),
    ]  # fmt: skip


def _slope(findings: Findings, refs: References, target: Target) -> Pieces:
    """For endings too unlikely to have been asked about one by one: the parameter that goes with them most, by a
    straight line through the draws."""
    slopes = {
        name: sum(float((row.get("sway") or {}).get(outcome, 0.0)) for outcome in target.outcomes)
        for name, row in (findings.get("parameters") or {}).items()
    }
    best = max(slopes, key=lambda name: abs(slopes[name]), default=None)
    if best is None or abs(slopes[best]) < SLIGHT / 5:
        return []
    side, size = ("more" if slopes[best] > 0 else "less"), abs(slopes[best]) * 100
    return [
        Piece(f"{words.capital(target.called(refs))} {_goes(target)} most with "),
        Piece(sentences.quoted(refs.title("parameter", best)), refs.href("parameter", best)),
        Piece(f": where that is a standard deviation higher, {size:.1f} points {side} of it."),
    ]


def _input(name: str, found: Mapping[str, Any], refs: References, what: str) -> Piece:
    row = drives.inputs(found).get(name)
    if row is None:
        return Piece(sentences.quoted(words.capital(words.plain(name))), refs.href("parameter", name))
    piece = drives.called(row, refs)
    own = row["kind"] == "prior" and drives.kind(row["actor"], row["type"], refs) == what
    return Piece("its own starting estimate", piece.href) if own else piece


def _lever(findings: Findings, refs: References, target: Target) -> Pieces:
    """The single lever that moves the number most; what is believed of an intention no lever moves."""
    found = findings.get("offramps") or {}
    if target.actor or not found.get("sets"):
        return []
    singles = [one for one in found["sets"] if len(one["levers"]) == 1]
    changes = [(sum(float(one["outcomes"][name]["mean"]) for name in target.outcomes), one) for one in singles]
    if not changes:
        return []
    change, best = max(changes, key=lambda pair: abs(pair[0]))
    if abs(change) < SLIGHT:
        none = f"None of the {words.small(len(singles))} levers" if len(singles) > 1 else "The only lever"
        verb = "moves" if len(singles) > 1 else "does not move"
        return [Piece(f"{none} of the case {verb} it by half a point.")]
    name = best["levers"][0]
    title = Piece(sentences.quoted(words.capital(refs.title("lever", name))), refs.href("lever", name))
    of = f"most of the {words.small(len(singles))} levers" if len(singles) > 1 else "as the only lever"
    return [title, Piece(f" would move it {of}: by "
                         f"{words.in_points(words.points(change))}.")]  # fmt: skip

