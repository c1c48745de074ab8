"""The evidence as written: the shape of `evidence.yaml` and of the front matter of a digest.

Plain frozen records, like those of case.yaml: they say which keys exist and what kind of thing stands behind
each. Whether a claim's report exists, an anchor holds or origins run in a circle is for `load` and `lints`.
The published JSON Schema is generated from the descriptions below.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from standoff.evidence.grades import CREDIBILITY, RELIABILITY
from standoff.language.document import Name, Names, Record

KEY = re.compile(r"^[a-z0-9][a-z0-9_-]*$")
Key = Annotated[str, Field(pattern=KEY.pattern, description="lower case, digits, - and _")]
Written = Annotated[
    date | str | int,
    Field(description="a day, 'early December 2025', 'week of 2025-12-08', or two dates with '..' between"),
]


def _hex(*lengths: int) -> Callable[[str], str]:
    def check(value: str) -> str:
        if len(value) not in lengths or not set(value) <= set("0123456789abcdef"):
            raise ValueError(f"{max(lengths)} digits of 0-9 and a-f, as `standoff anchor` prints them")
        return value

    return check


Digest = Annotated[str, AfterValidator(_hex(64)), Field(description="SHA-256, 64 hex digits")]
Context = Annotated[str, AfterValidator(_hex(0, 16)), Field(description="16 hex digits, in quotation marks")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Probability = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Ratio = Annotated[
    float,
    Field(
        gt=0,
        le=1e6,
        allow_inf_nan=False,
        description="likelihood ratio, above 0; 1 is neutral, less speaks against",
    ),
]
Reliability = Literal["A", "B", "C", "D", "E", "F"]
Credibility = Annotated[int, Field(ge=1, le=6, description="1 confirmed ... 5 improbable, 6 unknown")]


def _surely(value: Any) -> Any:
    return {value: 1.0} if isinstance(value, str) else value


Happened = Annotated[
    dict[Name, Probability],
    BeforeValidator(_surely),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "object", "additionalProperties": {"exclusiveMinimum": 0, "maximum": 1}},
            ],
            "description": "a move, or move: probability that the report is right",
        }
    ),
]


def _worth(words: str, alias: str | None = None) -> Any:
    return Field(None, alias=alias, description=f"{words}: from 0 (ignore) to 1 (take in full)")


class ReliabilityRecord(Record):
    """What the grades of sources are worth."""

    A: Share | None = _worth(RELIABILITY["A"])
    B: Share | None = _worth(RELIABILITY["B"])
    C: Share | None = _worth(RELIABILITY["C"])
    D: Share | None = _worth(RELIABILITY["D"])
    E: Share | None = _worth(RELIABILITY["E"])
    F: Share | None = _worth(RELIABILITY["F"])


class CredibilityRecord(Record):
    """What the grades of claims are worth."""

    one: Share | None = _worth(CREDIBILITY[1], "1")
    two: Share | None = _worth(CREDIBILITY[2], "2")
    three: Share | None = _worth(CREDIBILITY[3], "3")
    four: Share | None = _worth(CREDIBILITY[4], "4")
    five: Share | None = _worth(CREDIBILITY[5], "5")
    six: Share | None = _worth(CREDIBILITY[6], "6")


class DiscountRecord(Record):
    """What grades are worth: a likelihood ratio is raised to the power reliability times credibility."""

    reliability: ReliabilityRecord = Field(default_factory=ReliabilityRecord, description="A to F: a number")
    credibility: CredibilityRecord = Field(default_factory=CredibilityRecord, description="1 to 6: a number")


class AnchorRecord(Record):
    """Where a passage stands, without its words. `standoff anchor FILE "passage"` makes one."""

    start: int = Field(ge=0, description="first character, in the normalised text")
    end: int = Field(gt=0, description="one past the last character")
    sha256: Digest = Field(description="digest of the normalised passage")
    before: Context = Field("", description="digest of up to five words before it")
    after: Context = Field("", description="digest of up to five words after it")


class SourceRecord(Record):
    """The original text, which we do not carry: its name and digest."""

    name: str = Field(description="file name of the original, looked for where the user keeps originals")
    sha256: Digest = Field(description="digest of the file, byte for byte")


class ReportRecord(Record):
    """A published text. Every field may stand in evidence.yaml or in the front matter of its digest."""

    title: str | None = Field(None, description="what it is")
    outlet: str | None = Field(None, description="who published it")
    published: Written | None = Field(None, description="when, as precisely as is known")
    precision: str | None = Field(None, description="how the date was found, where the text gives none")
    file: str | None = Field(None, description="our digest, or the text itself; reports/ID.md if not said")
    source: SourceRecord | None = Field(None, description="the original, where `file` is our digest of it")
    grade: Reliability = Field("F", description="reliability of the source, A to F; F is unknown, not bad")
    grade_because: str | None = Field(None, description="the reason for the grade")
    origin: str | None = Field(None, description="wire or newspaper it retells; one origin counts once")
    derived_from: Key | None = Field(None, description="report in this file that it retells or reprints")
    filler: list[AnchorRecord] = Field(
        default_factory=list,
        description="spans that are not the report (spliced-in advertising): never cited",
    )


class FrontMatter(ReportRecord):
    """The head of a digest: the fields of a report, and what the digest says about itself."""

    id: Key = Field(description="name of the report")
    digest: str | None = Field(None, description="a word on the digest itself: whose words, what is left out")


class FigureRecord(Record):
    """A number the claim gives. Figures about the same thing are held against each other."""

    about: str = Field(description="what is counted, in the same words wherever it is counted")
    value: float | tuple[float, float] = Field(description="the number, or [from, to]")
    unit: str = Field("", description="troops, ships, barrels a day, ...")


class WhereRecord(Record):
    """A likelihood ratio for the part of parameter space where a condition holds."""

    if_: str = Field(alias="if", description="condition over parameters: guard_order > 0.5")
    ratio: Ratio = Field(description="how much likelier the claim is where the condition holds")


class BearsOnRecord(Record):
    """What a claim says of hidden types (actor: {type: ratio}) or parameters (`where`), before discount."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[Name, Ratio]]

    where: list[WhereRecord] = Field(default_factory=list, description="ratios over parameters")


class ClaimRecord(Record):
    """One thing that one report says, in our words."""

    says: str = Field(description="the claim, paraphrased")
    report: Key = Field(description="the report that says it")
    anchor: AnchorRecord | None = Field(None, description="where it stands in the original")
    digest_anchor: AnchorRecord | None = Field(None, description="where it stands in our digest")
    attributed_to: str | None = Field(
        None, description="whom the report names for it: an office, 'officials'"
    )
    credibility: Credibility = Field(6, description="1 confirmed ... 5 improbable; 6 is unknown, not bad")
    origin: str | None = Field(
        None,
        description="who said it first; claims with one origin count once. "
        "Not said: whoever it is attributed to in that report, or the report itself",
    )
    derived_from: Key | None = Field(None, description="claim in this file that it repeats")
    confirmed_by: Names = Field(default_factory=list, description="claims of other origins that agree")
    bears_on: BearsOnRecord | None = Field(None, description="actor: {type: ratio}, or where: [...]")
    figures: list[FigureRecord] = Field(default_factory=list, description="numbers it gives")
    note: str | None = Field(None, description="a remark for the reader")


class MoveRecord(Record):
    """A dated move: `actor: move` or `actor: {move: probability}`; `event: name` for chance."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Happened]

    date: Written = Field(description="when it happened, as precisely as is known")
    event: Happened | None = Field(None, description="the chance event that happened")
    because: Names = Field(default_factory=list, description="claims that tell of it")
    judgement: str | None = Field(None, description="the author's reason, where no report says it")
    title: str | None = Field(None, description="what happened, for the reader")


class GapRecord(Record):
    """A time in which reports would not have told us what these actors did."""

    from_: Written = Field(alias="from", description="first day")
    to: Written = Field(description="last day")
    unreported: Names = Field(min_length=1, description="actors or events that are integrated out")
    because: Names = Field(default_factory=list, description="claims that say so")
    judgement: str | None = Field(None, description="the author's reason")


class ConflictRecord(Record):
    """An explanation for figures at odds."""

    about: str = Field(description="as in the figures")
    unit: str | None = Field(None, description="as in the figures; every unit if not said")
    explained: str = Field(description="why they differ, in a sentence")
    because: Names = Field(default_factory=list, description="claims the explanation rests on")


class EvidenceDocument(Record):
    """The whole of evidence.yaml."""

    discount: DiscountRecord | None = Field(None, description="what the grades are worth")
    reports: dict[Key, ReportRecord] = Field(default_factory=dict, description="published texts, by name")
    claims: dict[Key, ClaimRecord] = Field(default_factory=dict, description="what they say, by name")
    history: list[MoveRecord | GapRecord] = Field(default_factory=list, description="what happened, dated")
    conflicts_declared: list[ConflictRecord] = Field(
        default_factory=list, description="explanations for figures at odds, which are found by themselves"
    )


def _or_none(value: Any) -> Any:
    return {} if value is None else value


def _or_nothing(value: Any) -> Any:
    return [] if value is None else value


class Sections(Record):
    """The parts of evidence.yaml as they stand, before each entry is read on its own: one broken entry must
    not hide the others."""

    discount: Any = None
    reports: Annotated[dict[Key, Any], BeforeValidator(_or_none)] = Field(default_factory=dict)
    claims: Annotated[dict[Key, Any], BeforeValidator(_or_none)] = Field(default_factory=dict)
    history: Annotated[list[Any], BeforeValidator(_or_nothing)] = Field(default_factory=list)
    conflicts_declared: Annotated[list[Any], BeforeValidator(_or_nothing)] = Field(default_factory=list)


def is_gap(entry: Any) -> bool:
    """Whether a history entry, as plain data, is a gap and not a move."""
    return isinstance(entry, dict) and any(key in entry for key in ("unreported", "from", "to"))
