"""The case as written: the shape of `case.yaml`, field by field.

These are plain frozen records. They say which keys exist and what kind of thing stands behind each;
whether the names in an expression exist, whether probabilities add up and whether a guard can ever
hold is for `standoff.case.check`. The published JSON Schema and the language reference are generated
from the field descriptions below, so a description is written for the person who edits the YAML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    WithJsonSchema,
    model_validator,
)

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="lower case, digits and _")]
_EXPRESSION = {
    "type": ["string", "number", "boolean"],
    "description": "a number, or an expression over parameters, factors, types and the clock",
}
Expression = Annotated[
    str | float | int | bool,
    Field(description="a number, or an expression over parameters, factors, types and the clock"),
    WithJsonSchema(_EXPRESSION),
]
Payoff = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [_EXPRESSION, {"type": "object", "additionalProperties": _EXPRESSION}],
            "description": "an expression, or type: expression",
        }
    ),
]
Change = Annotated[
    Any,
    WithJsonSchema({"type": ["string", "integer"], "description": "a level, or +n or -n rungs"}),
]
Seen = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "number", "boolean"]},
                {"type": "array", "items": {"type": ["string", "number", "boolean"]}},
            ],
            "description": "a text, a number, or a list of them",
        }
    ),
]
Period = Literal["day", "week", "month", "quarter", "year", "step"]
Step = Literal["day", "week", "month", "quarter", "year"]


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _a_day(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and len(value) == 10):
        return value
    raise ValueError("a day such as 2025-11-28")


Names = Annotated[
    list[str],
    BeforeValidator(_one_or_many),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Day = Annotated[date, BeforeValidator(_a_day)]


class Record(BaseModel):
    """Base of every written record: unknown keys are errors, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=(), allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _nothing_said(cls, value: Any) -> Any:
        """``hold:`` with nothing after it is a move that does nothing, not a mistake."""
        return {} if value is None else value


class Grounded(Record):
    """A record whose numbers rest on something: cited claims, or a stated judgement."""

    title: str | None = Field(None, description="what it is, in a few words for the reader")
    because: Names = Field(default_factory=list, description="claims in evidence.yaml that it rests on")
    judgement: str | None = Field(None, description="the author's reason, where no report says it: 'who: why'")


class Clock(Record):
    """When the story starts and how time is cut."""

    start: Day = Field(description="first day of step 0")
    step: Step = Field("week", description="length of one step: day, week, month, quarter or year")
    steps: int = Field(gt=0, le=2000, description="how many steps until the clock runs out")
    parts: int = Field(
        1, ge=1, le=64, description="cut each step into this many turns; to see that the answer does not hang on it"
    )


class Fitted(Record):
    """Posterior draws of a fit to data, and where to take them."""

    file: str = Field(description="posterior draws that `standoff fit` wrote, by their path inside the case folder")
    at: dict[str, float | str] = Field(
        default_factory=dict,
        description="column: its value here, a number or a text, for what goes by columns of a table",
    )
    case: str | None = Field(None, description="hash of the fitted case; if said, a fit of another version is refused")


class FromFit(Fitted):
    """A parameter of another case as a fit to data left it."""

    parameter: Name = Field(description="which parameter of the fitted case")
    _values: tuple[float, ...] = PrivateAttr(())  # equally likely, in the order that the whole file shares

    @property
    def values(self) -> tuple[float, ...]:
        """The draws, once the case is read: equally likely, draw by draw of the file; empty before."""
        return self._values

    def resolved(self, values: Iterable[float]) -> FromFit:
        """The same with its draws."""
        found = self.model_copy()
        found._values = tuple(values)
        return found


class Prior(Record):
    """What is believed about a parameter before the evidence: exactly one family."""

    fixed: float | None = Field(None, description="known: this number")
    uniform: tuple[float, float] | None = Field(None, description="[low, high]")
    triangular: tuple[float, float, float] | None = Field(None, description="[low, likeliest, high]")
    beta: tuple[float, float] | None = Field(None, description="[a, b], on 0 to 1, mean a/(a+b)")
    normal: tuple[float, float] | None = Field(None, description="[mean, standard deviation]")
    lognormal: tuple[float, float] | None = Field(
        None, description="[median, spread]: 90 % lies between median/spread and median*spread"
    )
    from_: FromFit | None = Field(None, alias="from", description="what a fit to data left of a parameter")


class Coefficient(Record):
    """What is believed of a coefficient before the table is seen; where nothing is said, nothing (a flat prior)."""

    normal: tuple[float, float | Name] | None = Field(
        None, description="[mean, standard deviation]; or [0, NAME], a standard deviation that `fit` has under `tune`"
    )
    fixed: float | None = Field(None, description="known: this number, of the term as it is written")


class Parameter(Grounded):
    """A number somebody could dispute: a prior, an expression of other parameters, or a line through a table."""

    unit: str | None = Field(None, description="what it is measured in")
    prior: Prior | None = Field(None, description="uncertain or fixed; give this or `is`")
    is_: Expression | None = Field(
        None, alias="is", description="derived: an expression of other parameters; give this or `prior`"
    )
    regress: dict[str, Coefficient | None] | None = Field(
        None,
        min_length=1,
        description="linear in columns of a table, for `standoff fit`: `constant` or an expression over columns, and "
        "the prior of its coefficient, `normal` or `fixed`, or nothing; give this, `prior` or `is`. A list of terms "
        "that `fit` has under `terms` may stand here by its name; `pairs(NAME)` are all products of two terms of it, "
        "squares among them; `each(COLUMN)` is an effect for every value of a column",
    )
    history: Prior | None = Field(
        None, description="what history says of it, where `prior` is judgement: the brief shows both views"
    )


class Factor(Grounded):
    """Something everyone can see, on an ordered scale."""

    levels: list[Name] = Field(min_length=1, description="names of the levels, lowest first")
    start: Name | None = Field(None, description="level on the first day; the lowest if not said")


class SharesOfFit(Fitted):
    """The shares of an actor's types as a fit to data left them."""

    shares: dict[Name, Expression] = Field(
        description="type: its share, an expression over parameters of the fitted case, as its own types state their "
        "`prior`; every type of the actor"
    )
    _values: dict[str, tuple[float, ...]] = PrivateAttr(default_factory=dict)

    @property
    def values(self) -> Mapping[str, tuple[float, ...]]:
        """type -> draws of its share, once the case is read: equally likely, draw by draw of the file; empty before."""
        return self._values

    def resolved(self, values: Mapping[str, Iterable[float]]) -> SharesOfFit:
        """The same with its draws."""
        found = self.model_copy()
        found._values = {kind: tuple(draws) for kind, draws in values.items()}
        return found


class PastCases(Grounded):
    """What history says of an actor's hidden intention: how many past actors in such a place turned out to be of each
    type, or the shares that a fit to such cases left."""

    counts: dict[Name, float] | None = Field(
        None, description="type: how many of the past cases; every type of the actor; give this or `from`"
    )
    from_: SharesOfFit | None = Field(None, alias="from", description="shares that a fit to data left; or `counts`")
    source: str = Field(description="where the past cases were counted, or which they were")


class ActorType(Grounded):
    """A hidden intention: what only this actor knows about itself."""

    prior: Expression = Field(1, description="probability at the start; the types of an actor sum to 1")


class Tempo(Record):
    """How often an actor really reconsiders; between times its standing move goes on."""

    per: Period = Field(description="unit of time")
    times: Expression = Field(
        description="how many times in that unit; in each of its phases, where `order` gives it several"
    )


class Discount(Record):
    """What the future is worth: a payoff one unit of time away counts this much."""

    per: Period = Field(description="unit of time")
    factor: Expression = Field(description="between 0 and 1; 1 means no impatience")


class Actor(Grounded):
    """An institution or office that makes moves."""

    types: dict[Name, ActorType] = Field(
        default_factory=dict, description="hidden intentions; leave out where there is no secret"
    )
    precision: Expression = Field(4, description="inverse noise of choice per unit of payoff; 0 is a coin toss")
    tempo: Tempo | None = Field(None, description="how often it reconsiders; every step if not said")
    discount: Discount | None = Field(None, description="impatience; none if not said")
    standing: Name | None = Field(
        None,
        description="the move that goes on when it does not reconsider; `hold` or the first one if not said",
    )
    sureness: float | None = Field(
        None,
        gt=0,
        description="how firmly the priors of its types are held, as a number of past cases; exact if unsaid",
    )
    history: PastCases | None = Field(
        None, description="what past cases say of its types instead: the brief shows both views; needs `sureness`"
    )


class Alternative(Record):
    """One way a move or event may turn out, with its chance."""

    chance: Expression = Field(description="probability of this way")
    then: dict[Name, Change] = Field(default_factory=dict, description="factor: level, +n or -n")


class Effect(Grounded):
    """What a move or an event does. `ends` and `perhaps` exclude each other; `then` is the rest."""

    when: Expression = Field(True, description="open only while this holds")
    then: dict[Name, Change] = Field(
        default_factory=dict, description="factor: level it goes to, or +n/-n rungs (stops at the ends)"
    )
    perhaps: list[Alternative] = Field(
        default_factory=list,
        description="other ways it may turn out, each with its chance, instead of `then`",
    )
    ends: str | dict[Name, Expression] | None = Field(
        None, description="outcome it leads to, or outcome: probability (the remainder goes on with `then`)"
    )
    costs: Expression | dict[Name, Payoff] | None = Field(
        None,
        description="what it costs the mover; or actor: cost; a cost may be type: cost; negative is a gain",
    )
    noticed: Expression | None = Field(
        None,
        description="chance that reports would tell of it; unsaid: 1, and 0 for covert and standing moves",
    )


class Move(Effect):
    """Something an actor can do in its turn."""

    covert: bool = Field(False, description="seen only through what it changes")


class Event(Effect):
    """Chance: a hazard in time, or a chance on an occasion."""

    rate: Expression | None = Field(None, description="hazard per unit of time `per`; give this or `chance`")
    per: Period | None = Field(None, description="unit of time of `rate`")
    chance: Expression | None = Field(None, description="probability, once, on the occasion `when`")


class Outcome(Grounded):
    """A way the story ends."""

    peaceful: bool = Field(False, description="counts as a peaceful settlement")
    violent: bool = Field(
        False,
        description="counts as violence; if no outcome says so, all but the peaceful ones and `unresolved` do",
    )
    worth: dict[Name, Payoff] = Field(
        default_factory=dict, description="actor: worth, or actor: {type: worth}; nothing said is 0"
    )


class Flow(Grounded):
    """A payoff that runs while something lasts: sanctions, a deployment, a blockade."""

    of: Name = Field(description="whose payoff")
    per: Period = Field(description="unit of time")
    worth: Payoff = Field(description="payoff per unit of time, or type: payoff; a burden is negative")
    when: Expression = Field(True, description="runs only while this holds")


class Lever(Grounded):
    """A commitment somebody could make, as a change of parameters."""

    by: Names = Field(
        description="who could make it, in words; where it is an actor, by its name, what the actor gains is told"
    )
    sets: dict[Name, Expression] = Field(min_length=1, description="parameter: its new value")
    costs: dict[Name, Payoff] = Field(default_factory=dict, description="actor: what the commitment costs it")


class OrderEntry(Record):
    """One phase of a step: an actor (some of its moves, if named) or chance (some events, if named)."""

    actor: Name | None = Field(None, description="who moves")
    moves: list[Name] | None = Field(None, description="only these moves; all of the actor's if not said")
    events: list[Name] | None = Field(None, description="these chance events")


Shown = Literal["types", "outcomes", "moves", "after", "value", "factors", "hypotheses", "markers"]


class Question(Record):
    """A question the brief answers, and what it shows for an answer."""

    ask: str = Field(description="the question as a reader would put it")
    types: Name | None = Field(None, description="show what is believed about this actor's hidden type")
    outcomes: Names = Field(default_factory=list, description="show the chance of these outcomes, and together")
    weighed: Literal["together", "against each other"] = Field(
        "together", description="whether the answer adds the outcomes up or ranks them"
    )
    moves: Name | None = Field(None, description="show what this actor is likely to do next")
    after: dict[Name, Name] | None = Field(
        None, description="actor: move; show the outcomes if this were its next move, beside the present ones"
    )
    value: dict[str, Expression] | None = Field(
        None, description="label: expression over parameters and present factors; show its range"
    )
    factors: Names = Field(default_factory=list, description="show the expected course of these factors")
    hypotheses: Name | None = Field(None, description="show how this set of competing hypotheses stands")
    markers: bool = Field(False, description="show what to watch for: what each sign would tell")
    first: list[Shown] = Field(
        default_factory=list,
        description="which of these the short answer takes, in order; the first that is shown if not said",
    )
    reading: str | None = Field(None, description="a sentence or two of reasoning that frames the numbers")
    because: Names = Field(default_factory=list, description="claims the framing rests on")


class Hypothesis(Grounded):
    """One reading among several that exclude each other: of hidden intentions, or of how it ends."""

    types: dict[Name, Names] = Field(
        default_factory=dict,
        description="actor: its types under this reading; where several actors are named, it holds of all of them",
    )
    outcomes: Names = Field(default_factory=list, description="the endings under this reading; give this or `types`")


class HypothesisSet(Grounded):
    """Competing hypotheses. What none of them covers is shown as "none of these"."""

    one_of: dict[Name, Hypothesis] = Field(
        min_length=1, description="the hypotheses, of which no two can be true: all about types, or all about endings"
    )


class Window(Record):
    """A stretch of time, as so many days, weeks, months, quarters or years."""

    times: float = Field(gt=0, description="how many")
    per: Period = Field(description="of what")


class ReferenceClass(Grounded):
    """Past cases like this one, and how many of them ended so: the outside view. Nothing in the model uses it."""

    outcomes: Names = Field(min_length=1, description="the endings it speaks of, together")
    count: int = Field(ge=0, description="how many of the past cases ended in one of them")
    of: int = Field(gt=0, description="how many past cases there were")
    within: Window | None = Field(
        None, description="the time in which they had to end so; if said, the chance is scaled to the time left here"
    )
    source: str = Field(description="where they were counted")


class Ending(Record):
    """How it came out, where known. For scoring only; nothing in the model may use it."""

    date: Day = Field(description="the day it ended")
    outcome: Name = Field(description="which of the outcomes it was")
    source: str = Field(description="where that is reported")


class Coded(Record):
    """How a situation is coded on one factor of its archetype's rubric, and why."""

    level: Name = Field(description="one of the levels that the rubric gives the factor")
    because: Names = Field(default_factory=list, description="claims in evidence.yaml that decide it")
    judgement: str | None = Field(None, description="the facts that decide it, in a sentence")


class OutcomeColumn(Record):
    """The column of a table that says how each of its cases ended."""

    column: str = Field(description="name of the column")
    values: dict[Name, Seen] = Field(
        min_length=1, description="outcome: what stands in the column for it, a text, a number, or a list of them"
    )


class Fit(Record):
    """How the rows of a table answer to the case, for `standoff fit`."""

    counts: dict[Name, str] | None = Field(
        None, min_length=1, description="outcome: the column that counts it; give this or `outcome`"
    )
    outcome: OutcomeColumn | None = Field(None, description="the column that says which outcome it was")
    rule: Literal["logit", "probit", "private"] = Field(
        "logit",
        description="how choices err: `logit`, as in a forecast; `probit`, a normal error on every move; `private`, a "
        "normal error on what every outcome is worth, known to the player alone",
    )
    groups: str | None = Field(
        None, description="column of what belongs together: for standard errors, the bootstrap and folds"
    )
    time: str | None = Field(None, description="column of numbers that puts the rows in order, for folds by time")
    where: Expression = Field(True, description="use only the rows where this holds, an expression over columns")
    hierarchy: dict[Name, str] = Field(
        default_factory=dict, description="parameter: column; every group of the column has an effect of its own on it"
    )
    terms: dict[Name, list[str]] = Field(
        default_factory=dict,
        description="lists of terms that several parameters share: in `regress`, the name of a list stands for all of "
        "them, each with a coefficient of its own and the same prior",
    )
    standardise: bool = Field(
        False,
        description="whether terms are taken in standard deviations from their mean, as the cases of the rows that "
        "are learnt from have them; priors and estimates are on that scale. Not `constant`, `each` and what is fixed",
    )
    tune: dict[Name, list[float]] = Field(
        default_factory=dict,
        description="name of a standard deviation in priors of coefficients: values to choose from, on folds within "
        "the rows that are learnt from, one name after another, the others at the middle of their lists or as chosen; "
        "0 leaves the terms out",
    )


class CaseDocument(Record):
    """The whole of case.yaml."""

    standoff: Literal[1] = Field(description="version of the case language")
    title: str = Field(description="name of the case")
    question: str = Field(description="the question it answers, in one sentence")
    summary: str | None = Field(None, description="a paragraph for the reader who knows nothing of it")
    archetype: Name | None = Field(
        None, description="a model that ships, over which this case is laid: every key said here goes before its own"
    )
    coding: dict[Name, Coded] = Field(
        default_factory=dict, description="factor of the archetype's rubric: its level here, and why"
    )
    clock: Clock = Field(description="when the story starts and how time is cut")
    parameters: dict[Name, Parameter] = Field(default_factory=dict, description="every number somebody could dispute")
    factors: dict[Name, Factor] = Field(
        default_factory=dict, description="what everyone can see, each on an ordered scale"
    )
    actors: dict[Name, Actor] = Field(min_length=1, description="who makes moves: institutions and offices")
    order: list[str | OrderEntry] = Field(
        default_factory=list,
        description="who comes when within a step; actors as listed, then chance, if not said",
    )
    moves: dict[Name, dict[Name, Move]] = Field(default_factory=dict, description="actor: move: what it does")
    events: dict[Name, Event] = Field(
        default_factory=dict, description="chance: what happens without anybody's decision"
    )
    outcomes: dict[Name, Outcome] = Field(
        min_length=1, description="the endings; `unresolved` is the one where the clock runs out"
    )
    flows: dict[Name, Flow] = Field(default_factory=dict, description="payoffs that run while something lasts")
    mechanisms: list[dict[Name, dict[str, Any]]] = Field(
        default_factory=list, description="named theories with their settings, each expanding into the above"
    )
    levers: dict[Name, Lever] = Field(
        default_factory=dict,
        description="commitments somebody could make, as changes of parameters; the brief lists them",
    )
    questions: list[Question] = Field(default_factory=list, description="the questions the brief answers, in its order")
    hypotheses: dict[Name, HypothesisSet] = Field(
        default_factory=dict,
        description="sets of competing hypotheses to weigh, beside every actor's types and the endings themselves",
    )
    reference_classes: dict[Name, ReferenceClass] = Field(
        default_factory=dict,
        description="past cases like this one and how they ended, to set beside the forecast; where two speak of the "
        "same ending, the first one counts",
    )
    fit: Fit | None = Field(None, description="how the rows of a table answer to the case, for `standoff fit`")
    ranked: list[Names] = Field(
        default_factory=list,
        description="the outcomes in an order that means something, best for one side first, alike ones in a list of "
        "their own; for the ranked score",
    )
    ending: Ending | None = Field(None, description="how it came out, where known; for scoring only")
