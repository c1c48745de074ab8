"""Where every cross-reference of a brief leads.

A brief is one page with an anchor for each claim, parameter, move, event, history entry, outcome, factor,
type and report. `References` is built once from the findings; it hands out a link only when its target is
on the page, so that no link of a brief is ever dead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standoff.report.words import plain, span


@dataclass(frozen=True, slots=True)
class Reference:
    """One thing a number rests on. `href` is empty when its target is not on the page."""

    label: str
    href: str
    kind: str
    hint: str = ""


def slug(text: str) -> str:
    """The text as the tail of an id: letters, digits, ``_``, ``.`` and ``-`` stay, the rest becomes ``-``."""
    return re.sub(r"[^\w.-]+", "-", text, flags=re.ASCII).strip("-") or "x"


class References:
    """Ids of everything a brief shows, and links to them.

    Ids are ``kind-name`` (``claim-safe-passage``, ``move-orvane-land``, ``history-3``); names that would give
    the same id are told apart by a number. Numbers of claims follow the order of the ledger.
    """

    def __init__(self, findings: Mapping[str, Any]) -> None:
        self._ids: dict[tuple[str, ...], str] = {}
        self._taken: set[str] = set()
        self.claims: dict[str, Mapping[str, Any]] = {}
        self.numbers: dict[str, int] = {}
        evidence = findings.get("evidence") or {}
        model = findings.get("model") or {}
        for claim in evidence.get("claims") or []:
            self.numbers[claim["id"]] = len(self.numbers) + 1
            self.claims[claim["id"]] = claim
            self._add("claim", claim["id"])
        self._titles: dict[tuple[str, ...], str] = {}
        self._testimony = bool(findings.get("testimony"))
        for report in evidence.get("reports") or []:
            self._add("report", report["id"], title=report.get("title"))
        for name, row in (findings.get("parameters") or {}).items():
            self._add("parameter", name, title=row.get("title"))
        for entry in findings.get("history") or []:
            when = span(entry.get("date"), entry.get("until"), year=False)
            said = f"{entry.get('title') or plain(entry.get('move'))} ({when})"
            self._add("history", str(entry["index"]), title=said)
        for position, gap in enumerate(evidence.get("gaps") or []):
            when = span(gap.get("first"), gap.get("last"))
            self._add("gap", str(position), title=f"not reported, {when}")
        for name, row in (findings.get("outcomes") or {}).items():
            self._add("outcome", name, title=row.get("title"))
        for outcome in model.get("outcomes") or []:
            if ("outcome", outcome["name"]) not in self._ids:
                self._titles["outcome", outcome["name"]] = outcome.get("title") or plain(outcome["name"])
            self._add("worth", outcome["name"])
        for actor in model.get("actors") or []:
            self._add("actor", actor["name"], title=actor.get("title"))
            for kind in actor.get("types") or []:
                self._add("type", actor["name"], kind["name"], title=kind.get("title"))
        self._levels = {
            f["name"]: [str(level) for level in f.get("levels") or []] for f in model.get("factors") or []
        }
        for factor in model.get("factors") or []:
            self._add("factor", factor["name"], title=factor.get("title"))
        for move in model.get("moves") or []:
            self._add("move", move["actor"], move["name"], title=move.get("title"))
        for position, mechanism in enumerate(model.get("mechanisms") or []):
            self._add("mechanism", str(position), title=plain(mechanism.get("name", "")))
        for kind in ("event", "flow", "lever"):
            for row in model.get(kind + "s") or []:
                self._add(kind, row["name"], title=row.get("title"))
        for position, question in enumerate(findings.get("questions") or []):
            self._add("question", str(position), title=question.get("ask"))

    def _add(self, *key: str, title: str | None = None) -> None:
        if key in self._ids:
            return
        base = "-".join([key[0], *(slug(part) for part in key[1:])])
        found, tail = base, 2
        while found in self._taken:
            found, tail = f"{base}-{tail}", tail + 1
        self._taken.add(found)
        self._ids[key] = found
        if title:
            self._titles[key] = title

    def id(self, *key: str) -> str:
        """The id of ``("move", actor, name)`` and the like; empty when it is not on the page."""
        return self._ids.get(tuple(str(part) for part in key), "")

    def href(self, *key: str) -> str:
        """``#id``, or empty."""
        found = self.id(*key)
        return f"#{found}" if found else ""

    def levels(self, factor: str) -> list[str]:
        """Levels of a factor, lowest first; empty when the model does not hold it."""
        return self._levels.get(factor, [])

    def title(self, *key: str) -> str:
        """The title given in the case, else the name as words."""
        return self._titles.get(tuple(str(part) for part in key)) or plain(key[-1])

    def to(self, *key: str, label: str | None = None) -> Reference:
        """A reference to anything but a claim, by its title if nothing else is said."""
        text = label if label is not None else self.title(*key)
        return Reference(text, self.href(*key), key[0], self.title(*key))

    def claim(self, ident: str) -> Reference:
        """A claim by its number in the ledger; one that is not there is named in full, without a link."""
        if ident not in self.numbers:
            return Reference(ident, "", "claim", "not in the ledger")
        return Reference(
            str(self.numbers[ident]),
            self.href("claim", ident),
            "claim",
            str(self.claims[ident].get("says", "")),
        )

    def grounds(self, record: Mapping[str, Any] | None, *owner: str) -> list[Reference]:
        """What a record itself rests on: its claims, and its judgement where one is stated.

        `owner` is the key of the place where the judgement is printed in full.
        """
        if not record:
            return []
        found = [self.claim(ident) for ident in record.get("because") or []]
        if record.get("judgement"):
            what = f"“{self.title(*owner)}”" if owner else ""
            if owner and owner[0] == "worth":
                what = f"the worth of “{self.title('outcome', *owner[1:])}”"
            label = f"judgement on {what}" if what else "judgement"
            found.append(Reference(label, self.href(*owner), "judgement", str(record["judgement"])))
        return found

    def path(self, text: str) -> Reference:
        """A key path of the case (``parameters.audience``, ``history.3``, ``moves.orvane.land.when``)."""
        head, *rest = text.split(".")
        keys: dict[str, int] = {
            "parameters": 1,
            "history": 1,
            "gaps": 1,
            "moves": 2,
            "events": 1,
            "outcomes": 1,
            "factors": 1,
            "flows": 1,
            "levers": 1,
            "questions": 1,
            "mechanisms": 1,
        }
        if head == "actors" and len(rest) >= 3 and rest[1] == "types":
            label = f"{self.title('actor', rest[0])}: {self.title('type', rest[0], rest[2])}"
            return Reference(label, self.href("type", rest[0], rest[2]), "type")
        if head == "actors" and rest:
            return Reference(self.title("actor", rest[0]), self.href("actor", rest[0]), "actor")
        if head in keys and len(rest) >= keys[head]:
            kind = head[:-1] if head != "history" else "history"
            key = (kind, *rest[: keys[head]])
            label = self.title(*key)
            if kind == "question" and rest[0].isdigit():
                label = f"question {int(rest[0]) + 1}"
            return Reference(label, self.href(*key), kind, self.title(*key))
        if head in {"testimony", "bears_on"} and self._testimony:
            return Reference("testimony", "#testimony", "testimony")
        return Reference(plain(text), "", "path")


def merged(*groups: Iterable[Reference]) -> list[Reference]:
    """All references once, in order of appearance; claims first, in the order of their numbers."""
    seen: dict[tuple[str, str], Reference] = {}
    for group in groups:
        for item in group:
            seen.setdefault((item.label, item.href), item)
    rows = list(seen.values())
    claims = [r for r in rows if r.kind == "claim"]
    claims.sort(key=lambda r: (not r.label.isdigit(), int(r.label) if r.label.isdigit() else 0, r.label))
    return claims + [r for r in rows if r.kind != "claim"]


def names_in(value: Any) -> set[str]:
    """Every name that stands in an expression, or in a record of expressions."""
    if isinstance(value, str):
        return set(re.findall(r"[A-Za-z_]\w*", value))
    if isinstance(value, Mapping):
        found: set[str] = set()
        for key, item in value.items():
            found |= names_in(str(key)) | names_in(item)
        return found
    if isinstance(value, Sequence):
        return set().union(*(names_in(item) for item in value)) if value else set()
    return set()
