"""What a named theory says of itself: the card that the docs and the brief print.

A card is frozen data. It claims something in a sentence or two, names its sources and its other names,
lists the numbers it needs with unit and usual range, says which way each of them pushes (a battery of
tests holds it to that) and where it is known to fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from standoff.language.document import Period


@dataclass(frozen=True, slots=True)
class Source:
    """One work in the literature; `venue` includes volume, issue and pages where it has them."""

    authors: str
    year: int
    title: str
    venue: str

    @property
    def short(self) -> str:
        """``Fearon 1994``; what a sentence cites."""
        first, comma, _ = self.authors.partition(",")
        return f"{first} et al. {self.year}" if comma else f"{self.authors} {self.year}"

    def __str__(self) -> str:
        closing = "" if self.title.endswith(("?", "!")) else "."
        return f"{self.authors} ({self.year}). {self.title}{closing} {self.venue}."


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of the same idea, usable in a case, with the work it is known from."""

    name: str
    source: Source


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number the mechanism works with.

    `low` and `high` bound what is usual (not what is possible). If `assumed`, leaving the setting out puts
    a uniform prior over that range into the case, as a visible parameter; otherwise the term is left out.
    `per` is the unit of time of a rate.
    """

    name: str
    what: str
    unit: str
    low: float
    high: float
    assumed: bool = False
    per: Period | None = None


@dataclass(frozen=True, slots=True)
class Direction:
    """Raise this setting, and this follows, other things equal."""

    raises: str
    effect: str


@dataclass(frozen=True, slots=True)
class Limit:
    """Where the claim fails, or the evidence against it."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Card:
    """The whole card. `writes` says what is added to the case, `example` is YAML that a test expands."""

    name: str
    title: str
    claim: str
    writes: str
    sources: tuple[Source, ...]
    aliases: tuple[Alias, ...]
    parameters: tuple[Parameter, ...]
    directions: tuple[Direction, ...]
    limits: tuple[Limit, ...]
    example: str

    @property
    def works(self) -> tuple[Source, ...]:
        """Every work cited anywhere on the card, once, by author and year."""
        cited = {
            *self.sources,
            *(alias.source for alias in self.aliases),
            *(limit.source for limit in self.limits),
        }
        return tuple(sorted(cited, key=lambda source: (source.authors, source.year, source.title)))

    def to_json(self) -> dict[str, Any]:
        """The card as plain data, every line ready to print: what the brief shows."""
        return {
            "name": self.name,
            "title": self.title,
            "claim": self.claim,
            "adds": self.writes,
            "direction": [f"raise {each.raises}: {each.effect}" for each in self.directions],
            "fails": [f"{limit.text} ({limit.source.short})" for limit in self.limits],
            "also_called": [
                f"{alias.name.replace('_', ' ')} ({alias.source.short})" for alias in self.aliases
            ],
            "sources": [str(work) for work in self.works],
        }

    def parameter(self, name: str) -> Parameter:
        """The card's entry for a setting; KeyError if it has none."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)
