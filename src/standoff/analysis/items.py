"""What two bodies of evidence differ in, item by item, and every body of evidence in between.

An item is the least that can be added or taken away: a history entry, a claim that bears on something, a report with
another grade or date, a time declared unreported, the discount table. Only what decides a number counts: two entries
that differ in their titles are one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from standoff.evidence import Evidence, HistoryEntry
from standoff.evidence.claims import BearsOn, Claim
from standoff.evidence.grades import Discount
from standoff.evidence.history import EVENT, Gap
from standoff.evidence.reports import Report

SECTIONS = ("history", "gaps", "claims", "reports", "discount")
ORDER = ("discount", "report", "history", "claim", "gap")  # of items that became known on one day


@dataclass(frozen=True, slots=True)
class Correction:
    """One field of an item that was mended: what it is called, and what stood there `before` and stands there `now`, in
    words, None where nothing did."""

    field: str
    before: str | None
    now: str | None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"field": self.field, "before": self.before, "now": self.now}


@dataclass(frozen=True, slots=True)
class Item:
    """One difference. `kind` is one of `ORDER`; `what` is new, changed or removed; `day` is when it became known, or
    the earlier of the two dates where it was known by then or is taken away; `when` is when it happened, in words.
    `who` is the actor that `title` begins with, where it was made of an actor and a move. `corrected` says what was
    mended in an item that is changed. `put` says what it does to a `Body`: (section, key, value), a value of None
    taking the key away."""

    kind: str
    what: str
    id: str
    title: str
    day: date
    because: tuple[str, ...] = ()
    when: str | None = None
    put: tuple[tuple[str, Hashable, Any], ...] = field(default=(), repr=False)
    who: str | None = None
    corrected: tuple[Correction, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "kind": self.kind,
            "what": self.what,
            "id": self.id,
            "title": self.title,
            "date": self.day.isoformat(),
            "when": self.when,
            "because": list(self.because),
            "who": self.who,
            "corrected": [one.to_json() for one in self.corrected],
        }


@dataclass(frozen=True, slots=True)
class Body:
    """Evidence as a set of items. Entries are numbered over both bodies, so that one entry has one number in all that
    lie between; claims that are not part of a body stand in it without bearing on anything, since others may derive
    from them."""

    file: str
    history: Mapping[Hashable, HistoryEntry]
    gaps: Mapping[Hashable, Gap]
    claims: Mapping[Hashable, Claim]
    reports: Mapping[Hashable, Report]
    discount: Mapping[Hashable, Discount]

    def after(self, items: Iterable[Item]) -> Body:
        """This body with the items in it."""
        parts: dict[str, dict[Hashable, Any]] = {}
        for item in items:
            for section, key, value in item.put:
                part = parts.setdefault(section, dict(getattr(self, section)))
                if value is None:
                    part.pop(key, None)
                else:
                    part[key] = value
        found = {section: parts.get(section, getattr(self, section)) for section in SECTIONS}
        return Body(self.file, **found)

    @property
    def evidence(self) -> Evidence:
        """As evidence of a case."""
        entries = sorted(self.history.values(), key=lambda entry: (entry.when.first, entry.when.last, entry.index))
        return Evidence(
            file=self.file,
            reports={str(name): report for name, report in self.reports.items()},
            claims={str(name): claim for name, claim in self.claims.items()},
            history=tuple(entries),
            gaps=tuple(sorted(self.gaps.values(), key=lambda gap: (gap.first, gap.last, gap.index))),
            discount=self.discount["table"],
        )


@dataclass(frozen=True, slots=True)
class Differences:
    """From one body to the other: `before` with all `items` put in is `now` for every date up to `until`. `items` are
    in order of becoming known. `reports` are those that one date has and the other has not."""

    before: Body = field(repr=False)
    items: tuple[Item, ...]
    reports: tuple[Report, ...]

    @property
    def now(self) -> Body:
        """The later body."""
        return self.before.after(self.items)


def differences(old: Evidence, since: date, new: Evidence, until: date, titles: Mapping[str, str]) -> Differences:
    """What `new`, as known at `until`, has that `old`, as known at `since`, has not, and the other way round.

    titles: what actors, types, moves and events are called, ``actor``, ``actor.types.type``, ``actor.move`` and
    ``event.name``.
    """
    reports = {**new.reports, **old.reports}
    claims: dict[Hashable, Claim] = {name: _silent(claim) for name, claim in new.claims.items()}
    for name, claim in old.claims.items():
        claims[name] = claim if _heard(old, claim, since) else _silent(claim)
    entries, moved = _entries(old, since, new, until, titles)
    before = Body(
        file=new.file,
        history=entries,
        gaps={_gap_key(gap): gap for gap in old.gaps},
        claims=claims,
        reports=dict(reports.items()),
        discount={"table": old.discount},
    )
    items = [*_discount(old, new, since), *_reports(old, new, since), *moved]
    items += _claims(old, since, new, until, claims, titles)
    items += _gaps(old, since, new, until)
    items.sort(key=lambda item: (item.day, ORDER.index(item.kind), item.what != "removed"))
    fresh = [
        report
        for name, report in sorted(new.reports.items(), key=lambda pair: (pair[1].known, pair[0]))
        if report.known <= until and not (name in old.reports and old.reports[name].known <= since)
    ]
    return Differences(before, tuple(items), tuple(fresh))


def titles_of(document: Any) -> dict[str, str]:
    """What actors, types, moves and events are called in a case, as `differences` takes it."""
    found = {name: actor.title or _plain(name) for name, actor in document.actors.items()}
    for name, actor in document.actors.items():
        found.update({f"{name}.types.{kind}": row.title or _plain(kind) for kind, row in actor.types.items()})
    for actor, moves in document.moves.items():
        found.update({f"{actor}.{name}": move.title or _plain(name) for name, move in moves.items()})
    found.update({f"{EVENT}.{name}": event.title or _plain(name) for name, event in document.events.items()})
    return found


def _plain(name: str) -> str:
    return name.replace("_", " ")


# History


def _entries(
    old: Evidence, since: date, new: Evidence, until: date, titles: Mapping[str, str]
) -> tuple[dict[Hashable, HistoryEntry], list[Item]]:
    there = [entry for entry in old.history if entry.known <= since]
    here = [entry for entry in new.history if entry.known <= until]
    left = list(here)
    pairs: list[tuple[HistoryEntry | None, HistoryEntry | None]] = []
    for same in (_decides, _about, _kind):  # what is the same, then what is likeliest to be the same entry, mended
        rest = []
        for entry in there:
            twin = next((one for one in left if same(one) == same(entry)), None)
            if twin is None:
                rest.append(entry)
            else:
                left.remove(twin)
                pairs.append((entry, twin))
        there = rest
    pairs += [(entry, None) for entry in there] + [(None, entry) for entry in left]
    pairs.sort(key=lambda pair: _place(pair[1] or pair[0]))
    before: dict[Hashable, HistoryEntry] = {}
    items = []
    for number, (was, now) in enumerate(pairs):
        if was is not None:
            before[number] = replace(was, index=number)
        if was is not None and now is not None and _decides(was) == _decides(now):
            continue
        told = now or was
        assert told is not None
        what = "new" if was is None else "removed" if now is None else "changed"
        items.append(
            Item(
                kind="history",
                what=what,
                id=f"history.{told.index}",
                title=_said(told, titles),
                day=max(since, now.known) if now is not None else since,
                because=told.because,
                when=told.when.text,
                put=(("history", number, None if now is None else replace(now, index=number)),),
                who=None if told.title or told.who == EVENT else titles.get(told.who, _plain(told.who)),
                corrected=() if was is None or now is None else _mended_entry(was, now, titles),
            )
        )
    return before, items


def _place(entry: HistoryEntry | None) -> tuple[date, date, int]:
    assert entry is not None
    return entry.when.first, entry.when.last, entry.index


def _decides(entry: HistoryEntry) -> Hashable:
    moves = tuple(sorted(entry.moves.items()))
    return entry.when.first, entry.when.last, entry.who, moves, entry.known


def _about(entry: HistoryEntry) -> Hashable:
    return entry.when.first, entry.when.last, entry.who


def _kind(entry: HistoryEntry) -> Hashable:
    return entry.who, frozenset(entry.moves)


def _said(entry: HistoryEntry, titles: Mapping[str, str]) -> str:
    """What happened, in words."""
    if entry.title:
        return entry.title
    who = "" if entry.who == EVENT else f"{titles.get(entry.who, _plain(entry.who))}: "
    return f"{who}{_done(entry, titles)}"


def _done(entry: HistoryEntry, titles: Mapping[str, str]) -> str:
    told = []
    for move, chance in entry.moves.items():
        title = titles.get(f"{entry.who}.{move}", _plain(move))
        told.append(title if chance == 1.0 else f"{title} ({100 * chance:.3g}\N{NO-BREAK SPACE}%)")
    return " or ".join(told)


def _corrections(*fields: tuple[str, str | None, str | None]) -> tuple[Correction, ...]:
    return tuple(Correction(*one) for one in fields if one[1] != one[2])


def _mended_entry(was: HistoryEntry, now: HistoryEntry, titles: Mapping[str, str]) -> tuple[Correction, ...]:
    return _corrections(
        ("date", was.when.text, now.when.text),
        ("who did it", titles.get(was.who, _plain(was.who)), titles.get(now.who, _plain(now.who))),
        ("what was done", _done(was, titles), _done(now, titles)),
        ("known since", was.known.isoformat(), now.known.isoformat()),
    )


# Claims, reports, grades, gaps


def _heard(evidence: Evidence, claim: Claim, day: date) -> bool:
    report = evidence.reports.get(claim.report)
    return bool(claim.bears_on) and report is not None and report.known <= day


def _silent(claim: Claim) -> Claim:
    return replace(claim, bears_on=BearsOn())


def _weighs(claim: Claim) -> Hashable:
    types = tuple(sorted((actor, tuple(sorted(ratios.items()))) for actor, ratios in claim.bears_on.types.items()))
    voice = (claim.origin, claim.derived_from, claim.attributed_to)
    return claim.report, claim.credibility, voice, types, tuple(claim.bears_on.where)


def _mended_claim(was: Claim, now: Claim, titles: Mapping[str, str]) -> tuple[Correction, ...]:
    def likelier(claim: Claim, actor: str) -> str | None:
        ratios = claim.bears_on.types.get(actor)
        if not ratios:
            return None
        return ", ".join(f"{titles.get(f'{actor}.types.{kind}', _plain(kind))} × {r:g}" for kind, r in ratios.items())

    def where(claim: Claim) -> str | None:
        return ", ".join(f"{formula} × {ratio:g}" for formula, ratio in claim.bears_on.where) or None

    return _corrections(
        ("credibility", str(was.credibility), str(now.credibility)),
        ("report", was.report, now.report),
        ("origin", was.origin, now.origin),
        ("derived from", was.derived_from, now.derived_from),
        ("attributed to", was.attributed_to, now.attributed_to),
        *(
            (f"what it says of {titles.get(actor, _plain(actor))}", likelier(was, actor), likelier(now, actor))
            for actor in dict.fromkeys((*was.bears_on.types, *now.bears_on.types))
        ),
        ("what it says of parameters", where(was), where(now)),
    )


def _claims(
    old: Evidence,
    since: date,
    new: Evidence,
    until: date,
    there: Mapping[Hashable, Claim],
    titles: Mapping[str, str],
) -> list[Item]:
    items = []
    for name in sorted({*old.claims, *new.claims}):
        was, now = there[name], new.claims.get(name)
        heard_now = now is not None and _heard(new, now, until)
        then = _silent(was) if now is None else now if heard_now else _silent(now)
        if _weighs(was) == _weighs(then):
            continue
        heard_before = bool(was.bears_on)
        if heard_before or heard_now:
            what = "new" if not heard_before else "changed" if heard_now else "removed"
        else:
            what = "changed"  # it bears on nothing itself, but others may derive from it
        told = now or was
        day = max(since, new.reports[told.report].known) if heard_now else since
        put = (("claims", name, then),)
        mended = _mended_claim(was, then, titles) if what == "changed" else ()
        items.append(Item("claim", what, name, told.says, day, (name,), None, put, corrected=mended))
    return items


def _reports(old: Evidence, new: Evidence, since: date) -> list[Item]:
    """Reports of both that weigh otherwise now. New ones do nothing by themselves: their claims do."""

    def weighs(report: Report) -> Hashable:
        return report.published, report.grade, report.origin, report.derived_from

    items = []
    for name in sorted({*old.reports} & {*new.reports}):
        was, now = old.reports[name], new.reports[name]
        if weighs(was) == weighs(now):
            continue
        mended = _corrections(
            ("grade", was.grade, now.grade),
            ("published", was.published.text, now.published.text),
            ("origin", was.origin, now.origin),
            ("derived from", was.derived_from, now.derived_from),
        )
        put = (("reports", name, now),)
        items.append(Item("report", "changed", name, now.title, since, (), None, put, corrected=mended))
    return items


def _discount(old: Evidence, new: Evidence, since: date) -> list[Item]:
    if old.discount == new.discount:
        return []
    put = (("discount", "table", new.discount),)
    tables = [
        {f"{what} {grade}": f"{worth:g}" for what, table in pairs for grade, worth in table.items()}
        for pairs in (
            (("reliability", body.discount.reliability), ("credibility", body.discount.credibility))
            for body in (old, new)
        )
    ]
    fields = dict.fromkeys((*tables[0], *tables[1]))
    mended = _corrections(*((name, tables[0].get(name), tables[1].get(name)) for name in fields))
    return [Item("discount", "changed", "discount", "What grades are worth", since, (), None, put, corrected=mended)]


def _gap_key(gap: Gap) -> Hashable:
    return gap.first, gap.last, tuple(sorted(gap.who))


def _gaps(old: Evidence, since: date, new: Evidence, until: date) -> list[Item]:
    there, here = ({_gap_key(gap): gap for gap in body.gaps} for body in (old, new))
    items = []
    for key in there.keys() ^ here.keys():
        gap = here.get(key) or there[key]
        title = f"Unreported: {', '.join(_plain(who) for who in gap.who)}, {gap.first} to {gap.last}"
        what = "new" if key in here else "removed"
        day = max(since, min(gap.last, until))
        put = (("gaps", key, here.get(key)),)
        items.append(Item("gap", what, f"history.{gap.index}", title, day, gap.because, None, put))
    return sorted(items, key=lambda item: (item.day, item.title))
