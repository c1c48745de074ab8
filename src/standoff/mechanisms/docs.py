"""The page on mechanisms, written from their cards."""

from __future__ import annotations

from collections.abc import Iterable

from standoff.mechanisms import CARDS, MECHANISMS, Mechanism
from standoff.mechanisms.card import Card, Limit, Parameter

_HEAD = """\
# Mechanisms

A mechanism is a theory with a name. In a case it is one line under `mechanisms:`; when the case is read, the
line is spelled out in the case language itself, as costs, chances, flows, events and visible parameters.
`standoff show CASE` prints what each line added, so nothing acts that cannot be read.

The numbers a mechanism needs are expressions, usually the names of parameters of the case, where their
uncertainty and their sources stand. An amount marked *assumed* may be left out: it becomes a parameter of
the case with the usual range as its prior, and a judgement that says so. A plain number outside the usual
range is remarked on. Other names of a mechanism may be used in its place. Every mechanism also takes
`called`, `title`, `because` and `judgement`; what it touches inherits the last two.

Entries are spelled out in order, each into what the ones before it left.

"""


def page() -> str:
    """The whole page as Markdown, cards in the order of `MECHANISMS`."""
    index = "\n".join(f"- [{card.title}](#{card.name}): `{card.name}`" for card in CARDS)
    return _HEAD + index + "\n\n" + "\n".join(_section(each) for each in MECHANISMS.values())


def _section(mechanism: Mechanism) -> str:
    card = mechanism.card
    parts = [
        f'<a id="{card.name}"></a>\n\n## {card.title}',
        card.claim,
        _aliases(card),
        f"```yaml\nmechanisms:\n  - {card.example}\n```",
        f"**What it adds.** {card.writes}",
        "**Settings.**\n\n" + _settings(mechanism),
        "**Amounts.**\n\n" + _amounts(card.parameters),
        "**Direction.**\n\n" + _list(f"Raise `{each.raises}`: {each.effect}." for each in card.directions),
        "**Where it fails, and what speaks against it.**\n\n" + _list(_limit(each) for each in card.limits),
        "**Sources.**\n\n" + _list(str(work) for work in card.works),
    ]
    return "\n\n".join(parts) + "\n"


def _aliases(card: Card) -> str:
    names = ", ".join(f"`{alias.name}` ({alias.source.short})" for alias in card.aliases)
    return f"In a case: `{card.name}`. Also: {names}."


def _settings(mechanism: Mechanism) -> str:
    shared = {"called", "title", "because", "judgement"}
    rows = []
    for name, field in mechanism.settings.model_fields.items():
        if name in shared:
            continue
        must = " (required)" if field.is_required() else ""
        rows.append(f"| `{name}`{must} | {field.description} |")

    return "\n".join(["| setting | what it is |", "|---|---|", *rows])


def _amounts(parameters: Iterable[Parameter]) -> str:
    rows = []
    for each in parameters:
        unit = f"{each.unit} per {each.per}" if each.per else each.unit
        left_out = "assumed" if each.assumed else "no such term"
        rows.append(f"| `{each.name}` | {each.what} | {unit} | {each.low:g} to {each.high:g} | {left_out} |")
    head = ["| amount | what it is | unit | usual range | if left out |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def _limit(limit: Limit) -> str:
    return f"{limit.text} ({limit.source.short})"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


if __name__ == "__main__":
    print(page(), end="")
