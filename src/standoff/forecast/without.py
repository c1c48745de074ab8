"""The evidence without one thing: a dated move, a testimony, a report, an origin.

What is left out is treated as never reported, and not as reported not to have happened. The turn that a left-out
move took becomes a declared gap; a left-out testimony is not heard, and then the next of its origin counts. Without
a report (or an origin) none of its claims is heard, and a dated move goes with it only if every claim it cites
does; where one is left, the move is known from the day on which that one was published. Grades, credibilities
and the origins of what is left stay as they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from standoff.errors import RunError
from standoff.evidence import Evidence, Testimony, testimony
from standoff.evidence.claims import BearsOn
from standoff.evidence.history import HistoryEntry, known_from
from standoff.forecast.timeline import Timeline, heard_by_step, timeline
from standoff.game.plan import PhasePlan
from standoff.language.document import CaseDocument

MOVE, TESTIMONY, REPORT, ORIGIN = "move", "testimony", "report", "origin"
MOST_WALKED = 64  # lines that a draw walks beside the whole one
Said = tuple[str, float]  # condition over parameters, ratio


@dataclass(frozen=True, slots=True)
class Variant:
    """The evidence without one thing.

    `name`: the history entry's index, the claim, report or origin. `entries`: history entries that go; `redated`:
    those that stay and become known later; `claims`: testimony no longer heard; `instead`: claims of the same origins
    that now count, or count for more. `line`: which of the walked lines it is, -1 where history and beliefs stay as
    they are. `unsaid` and `said`: conditions over parameters that no longer count, and that count instead.
    """

    kind: str
    name: str
    entries: tuple[int, ...] = ()
    redated: tuple[int, ...] = ()
    claims: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    line: int = -1
    unsaid: tuple[Said, ...] = ()
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Without:
    """`variants` of a date; `lines`: the different histories they leave, to be walked; `untried`: (kind, name) of
    what was not left out because there would be too much to walk."""

    variants: tuple[Variant, ...]
    lines: tuple[Timeline, ...]
    untried: tuple[tuple[str, str], ...]


def without_each(document: CaseDocument, phases: tuple[PhasePlan, ...], evidence: Evidence, line: Timeline) -> Without:
    """Everything that can be left out of what `line` knows, one at a time: reports and origins, moves, testimony.

    Takes time linear in the evidence, but for the laying of history, once for each different set of moves left out.
    """
    desk = _Desk(document, phases, evidence, line)
    wanted: list[Variant] = []
    by_report: dict[str, set[str]] = {}
    for claim, one in evidence.claims.items():
        by_report.setdefault(one.report, set()).add(claim)
    for name, claims in by_report.items():
        wanted += desk.without_claims(REPORT, name, claims)
    by_origin: dict[str, set[str]] = {}
    for claim, origin in evidence.origins.items():
        by_origin.setdefault(origin, set()).add(claim)
    for origin, claims in by_origin.items():
        wanted += desk.without_claims(ORIGIN, origin, claims)
    for index in sorted({signal.entry for signal in line.signals}, reverse=True):
        wanted += desk.found(Variant(MOVE, str(index), entries=(index,)))
    strength = {
        item.claim: max((abs(r - 1) for ratios in item.types.values() for r in ratios.values()), default=0.0)
        for items in line.testimony.values()
        for item in items
    }
    for claim in sorted(strength, key=lambda name: (-strength[name], name)):
        wanted += desk.found(Variant(TESTIMONY, claim, claims=(claim,)))
    return Without(tuple(wanted), tuple(desk.lines), tuple(desk.untried))


class _Desk:
    """Variants being worked out; `lines` grows with every history not met before."""

    def __init__(
        self, document: CaseDocument, phases: tuple[PhasePlan, ...], evidence: Evidence, line: Timeline
    ) -> None:
        self.document, self.phases, self.line = document, phases, line
        origins = evidence.origins
        self.origins = origins
        # origins are settled by all the claims there are, and stay what they are when one of them goes
        self.claims = {
            name: replace(claim, origin=origins[name], derived_from=None) for name, claim in evidence.claims.items()
        }
        self.evidence = replace(evidence, claims=self.claims)
        self.same_origin: dict[str, list[str]] = {}
        for name, origin in origins.items():
            self.same_origin.setdefault(origin, []).append(name)
        self.heard = {item.claim: item for items in line.testimony.values() for item in items}
        self.laid = frozenset(signal.entry for signal in line.signals)
        self.lines: list[Timeline] = []
        self.untried: list[tuple[str, str]] = []
        self.resting: dict[str, list[HistoryEntry]] = {}
        for entry in evidence.history:
            for claim in entry.because:
                self.resting.setdefault(claim, []).append(entry)
        self._whole = bare(line)
        self._seen: dict[object, int] = {_key(self._whole): -1}
        self._changes: dict[object, int] = {}
        self._laid: dict[tuple[tuple[int, date], ...], Timeline] = {}

    def without_claims(self, kind: str, name: str, gone: set[str]) -> list[Variant]:
        """Without some claims, as grounds of dated moves and as testimony."""
        entries, redated = [], []
        concerned = {entry.index: entry for claim in gone for entry in self.resting.get(claim, ())}
        for _, entry in sorted(concerned.items()):
            cited = [claim for claim in entry.because if claim in self.claims]
            if entry.index not in self.laid:
                continue
            left = [claim for claim in cited if claim not in gone]
            known = self._known(entry, left)
            if not left or known > self.line.as_of:
                entries.append(entry.index)
            elif known != entry.known:
                redated.append(entry.index)
        heard = tuple(sorted(gone & set(self.heard)))
        if not (entries or redated or heard):
            return []
        return self.found(Variant(kind, name, tuple(entries), tuple(redated), heard), gone)

    def found(self, one: Variant, gone: Iterable[str] = ()) -> list[Variant]:
        """[`one`] with what follows from it, or nothing where it cannot be walked any more."""
        before, after = self._heard({*gone, *one.claims})
        instead = sorted(claim for claim, item in after.items() if claim not in before or _more(item, before[claim]))
        unsaid, said = _said(before.values()), _said(after.values())
        change = (one.entries, tuple(sorted(gone)) if one.redated else (), _types(before), _types(after))
        at = self._changes.get(change)
        if at is None:
            still = not one.entries and not one.redated and _types(before) == _types(after)
            at = -1 if still else self._line(one, frozenset(gone), before, after)
            if at is None:
                self.untried.append((one.kind, one.name))
                return []
            self._changes[change] = at
        fresh, lost = tuple((said - unsaid).elements()), tuple((unsaid - said).elements())
        return [replace(one, instead=tuple(instead), line=at, unsaid=lost, said=fresh)]

    def _line(
        self, one: Variant, gone: frozenset[str], before: dict[str, Testimony], after: dict[str, Testimony]
    ) -> int | None:
        """Number of the line that a variant leaves; None where it does not fit on the clock, or there are too many."""
        if len(self.lines) >= MOST_WALKED:
            return None
        try:
            line = self._history(one, gone)
        except RunError:  # what is left would not fit on the clock
            return None
        heard = {name: item for name, item in self.heard.items() if name not in before} | after
        line = bare(replace(line, testimony=heard_by_step(self.document.clock, heard.values(), self.line.step)))
        at = self._seen.setdefault(_key(line), len(self.lines))
        if at == len(self.lines):
            self.lines.append(line)
        return at

    def _known(self, entry: HistoryEntry, claims: list[str]) -> date:
        return known_from(entry.when, [self.evidence.reports[self.claims[name].report].known for name in claims])

    def _history(self, one: Variant, gone: frozenset[str]) -> Timeline:
        """The line with the variant's moves laid anew; the turns of those that go are silent."""
        if not one.entries and not one.redated:
            return self.line
        history = []
        for entry in self.evidence.history:
            if entry.index in one.redated:
                left = [claim for claim in entry.because if claim in self.claims and claim not in gone]
                entry = replace(entry, known=self._known(entry, left))
            if entry.index not in one.entries:
                history.append(entry)
        key = tuple((entry.index, entry.known) for entry in history)
        if key not in self._laid:
            stripped = {name: replace(claim, bears_on=BearsOn()) for name, claim in self.claims.items()}
            evidence = replace(self.evidence, history=tuple(history), claims=stripped)
            self._laid[key] = timeline(self.document, self.phases, evidence, self.line.as_of)
        line = self._laid[key]
        turns = {(t, signal.phase) for signal in self.line.signals if signal.entry in one.entries for t in signal.steps}
        kinds = {signal.phase for signal in self.line.signals if signal.entry in one.entries}
        labels = {self.phases[k].label for k in kinds}
        steps = {t for t, _ in turns}
        freed = {
            (t, k)
            for t, k in {*self.line.definite, *self.line.imprecise} - {*line.definite, *line.imprecise}
            if t in steps and self.phases[k].label in labels
        }
        return replace(line, silent=line.silent | turns | freed)

    def _heard(self, gone: set[str]) -> tuple[dict[str, Testimony], dict[str, Testimony]]:
        """Claim -> what counts of it, of the origins concerned: with these claims and without them."""
        origins = {self.origins[claim] for claim in gone}
        of_them = [name for origin in sorted(origins) for name in self.same_origin[origin]]
        again = {name: self.claims[name] for name in of_them if name not in gone}
        reports = {one.report: self.evidence.reports[one.report] for one in again.values()}
        fresh = testimony(replace(self.evidence, claims=again, reports=reports), self.line.as_of) if again else []
        before = {name: self.heard[name] for name in of_them if name in self.heard}
        return before, {item.claim: item for item in fresh if item.counted and (item.types or item.where)}


def _types(heard: dict[str, Testimony]) -> str:
    """What testimony says of types, as text."""
    return repr(
        [
            (name, {actor: sorted(ratios.items()) for actor, ratios in item.types.items()})
            for name, item in sorted(heard.items())
            if item.types
        ]
    )


def bare(line: Timeline) -> Timeline:
    """`line` with the testimony about types only: what bears on parameters moves nobody's belief."""
    heard = {}
    for step, items in line.testimony.items():
        about = tuple(Testimony(item.claim, item.known, 0.0, True, "", item.types) for item in items if item.types)
        if about:
            heard[step] = about
    return replace(line, testimony=heard)


def _more(now: Testimony, before: Testimony) -> bool:
    return dict(now.types) != dict(before.types) or now.where != before.where


def _said(items: Iterable[Testimony]) -> Counter[Said]:
    return Counter(said for item in items for said in item.where)


def _key(line: Timeline) -> str:
    """What a walk of the line hangs on, as text."""
    signals = {
        at: sorted((one.entry, one.steps, one.bit) for one in found) for at, found in sorted(line.imprecise.items())
    }
    definite = {at: one.entry for at, one in sorted(line.definite.items())}
    heard = {
        step: [(item.claim, {actor: sorted(ratios.items()) for actor, ratios in item.types.items()}) for item in items]
        for step, items in sorted(line.testimony.items())
    }
    return repr((line.step, line.phase, definite, signals, sorted(line.silent), heard))
