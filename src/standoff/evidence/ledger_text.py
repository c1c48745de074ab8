"""The ledger for a terminal: what `standoff evidence CASE` prints."""

from __future__ import annotations

from datetime import date
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from standoff.evidence.body import Evidence
from standoff.evidence.ledger import ledger
from standoff.language.printable import visible


class _Page:
    """Lines of a fixed width, wrapped between words."""

    def __init__(self, width: int) -> None:
        self.width = max(width, 40)
        self.lines: list[str] = []

    def say(self, text: str, indent: int = 0, hang: int = 2) -> None:
        wrapped = wrap(text, self.width - indent - hang, break_long_words=False, break_on_hyphens=False)
        self.lines += [" " * (indent + (hang if row else 0)) + line for row, line in enumerate(wrapped)]

    def head(self, text: str) -> None:
        self.lines += ["", text, "-" * len(text)]

    def beside(self, columns: list[list[str]], indent: int = 2) -> None:
        """Paragraphs side by side; one below the other where they would be too narrow."""
        room = (self.width - indent) // len(columns) - 3
        if room < 24:
            for column in columns:
                for paragraph in column:
                    self.say(paragraph, indent)
            return
        blocks = [[line for each in column for line in wrap(each, room) or [""]] for column in columns]
        for row in zip_longest(*blocks, fillvalue=""):
            self.lines.append((" " * indent + " | ".join(f"{cell:<{room}}" for cell in row)).rstrip())


def ledger_text(evidence: Evidence, as_of: date | None = None, width: int = 100) -> str:
    """The ledger in words, `width` columns wide (at least 40), without colour."""
    sheet = _shown(ledger(evidence, as_of))
    page = _Page(width)
    known = f", known by {sheet['as_of']}" if sheet["as_of"] else ""
    origins = {claim["origin"] for claim in sheet["claims"]}
    counts = (("report", sheet["reports"]), ("claim", sheet["claims"]), ("origin", origins))
    page.say(", ".join(_many(len(each), kind) for kind, each in counts) + known)
    for part in (_reports, _claims, _conflicts, _history, _origins, _discount):
        part(page, sheet)
    return "\n".join(page.lines) + "\n"


def _shown(data: Any) -> Any:
    """The ledger's data with nothing in its texts that a terminal would obey."""
    if isinstance(data, str):
        return visible(data)
    if isinstance(data, dict):
        return {key: _shown(part) for key, part in data.items()}
    return [_shown(part) for part in data] if isinstance(data, list | tuple) else data


def _many(count: int, kind: str) -> str:
    return f"{count} {kind}" if count == 1 else f"{count} {kind}s"


def _reports(page: _Page, sheet: dict[str, Any]) -> None:
    page.head("Reports")
    for each in sheet["reports"]:
        page.say(f"{each['grade']}  {each['id']}: {each['title']}", 0, 3)
        outlet = f"{each['outlet']}; " if each["outlet"] else ""
        page.say(f"{outlet}published {each['published']}; {each['grade_words']}; {each['text']}", 3, 0)
        if each["grade_because"]:
            page.say(f"grade: {each['grade_because']}", 3, 0)


def _claims(page: _Page, sheet: dict[str, Any]) -> None:
    page.head("Claims, by report")
    last = ""
    for each in sheet["claims"]:
        if each["report"] != last:
            last = each["report"]
            page.lines.append(f"[{last}]")
        said = f" ({each['attributed_to']})" if each["attributed_to"] else ""
        page.say(f"{each['grade']}  {each['id']}: {each['says']}{said}", 2, 4)
        page.say(f"{each['anchor_words']}; origin {each['origin']}{_counted(each['testimony'])}", 6, 0)


def _counted(heard: dict[str, Any] | None) -> str:
    if heard is None:
        return ""
    if heard["counted"]:
        return f"; counted, {heard['why']}"
    return f"; not counted{' ' if heard['why'].startswith('beside ') else ': '}{heard['why']}"


def _conflicts(page: _Page, sheet: dict[str, Any]) -> None:
    page.head("Figures at odds")
    if not sheet["conflicts"]:
        page.say("None among the figures that the claims give.")
    for conflict in sheet["conflicts"]:
        page.say(f"{conflict['about']}:")
        page.beside(
            [
                [
                    side["figure"],
                    f"{side['report']}, {side['published']}, {side['grade']}",
                    f"{side['claim']}: {side['says']}",
                    f'Our digest: "{side["passage"]}"' if side["passage"] else "",
                ]
                for side in conflict["sides"]
            ]
        )
        page.say(f"Explained: {conflict['explained']}" if conflict["explained"] else "Not explained.", 2, 0)


def _history(page: _Page, sheet: dict[str, Any]) -> None:
    page.head("What happened, and when it was known")
    for each in sheet["history"]:
        told = ", ".join(each["because"]) or f"judgement: {each['judgement'] or 'none stated'}"
        page.say(f"{each['when']}: {each['who']}: {each['happened']} (known {each['known']}; {told})", 0, 4)
    for each in sheet["gaps"]:
        page.say(f"{each['first']} to {each['last']}: no report tells of {', '.join(each['who'])}", 0, 4)
    if not sheet["history"] and not sheet["gaps"]:
        page.say("Nothing dated.")


def _origins(page: _Page, sheet: dict[str, Any]) -> None:
    page.head("Claims of one origin count once")
    for each in sheet["origins"]:
        page.say(f"{each['origin']}: {', '.join(each['claims'])}", 0, 4)
    for each in sheet["reprints"]:
        page.say(f"{each['one']} and {each['other']} share {each['containment']:.0%} word for word", 0, 4)
    page.say(sheet["note"])


def _discount(page: _Page, sheet: dict[str, Any]) -> None:
    page.head("What the grades are worth in this case")
    for kind, table in sheet["discount"].items():
        for each in table:
            worth = "not stated" if each["worth"] is None else f"{each['worth']:g}"
            page.say(f"{kind} {each['grade']} ({each['words']}): {worth}", 0, 4)
    page.say("A likelihood ratio is raised to the power reliability times credibility.")
