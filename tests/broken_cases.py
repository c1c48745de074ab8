"""What can be wrong with a case, one row each: how the starter case is broken and what is said about it.

``python tests/broken_cases.py`` prints the table with the messages as they are now.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Broken:
    """`case` and `evidence`: edits of the starter's files. `at`: text on the line complained of ('' where the
    whole file is meant). `path`, `found`, `mend`: what the complaint must be about and contain."""

    name: str
    path: str
    at: str
    found: str
    mend: str = ""
    case: Edits = field(default=())
    evidence: Edits = field(default=())
    level: str = "error"


def _case(
    name: str,
    path: str,
    old: str,
    new: str,
    found: str,
    mend: str = "",
    at: str | None = None,
    level: str = "error",
) -> Broken:
    line = next(line for line in new.split("\n") if line.strip()) if at is None else at
    return Broken(name, path, line, found, mend, case=((old, new),), level=level)


def _warn(name: str, path: str, old: str, new: str, found: str, mend: str = "", at: str | None = None) -> Broken:
    return _case(name, path, old, new, found, mend, at, "warning")


def _sets(name: str, path: str, one_of: str, found: str, mend: str = "", reason: str = "judgement: x") -> Broken:
    """A set of hypotheses `mood` put before the questions."""
    written = f"hypotheses: {{mood: {{{reason}, one_of: {{{one_of}}}}}}}\n"
    level = "error" if reason.startswith("judgement") else "warning"
    return _case(name, path, "\nquestions:\n", f"\n{written}\nquestions:\n", found, mend, written.strip(), level)


def _evidence(
    name: str,
    path: str,
    old: str,
    new: str,
    found: str,
    mend: str = "",
    level: str = "error",
    at: str | None = None,
) -> Broken:
    line = new.split("\n")[0] if at is None else at
    return Broken(name, path, line, found, mend, evidence=((old, new),), level=level)


_LAND = "ends: {island_taken: landing_odds, landing_fails: 1 - landing_odds}"
_UNIFORM = "prior: {uniform: [0.3, 0.8]}"
_STORES = "rate: 0.5\n    per: week"
_ORDER = "order: [admiralty, council, chance]"
_GIVE_UP = "ends: claim_given_up"
_TIGHTEN = "then: {cordon: +1}"

ERRORS = [
    # the text
    _case("a tab", "", "  cordon:\n", "\tcordon:\n", "a tab", "Indent with spaces", "\tcordon:"),
    _case("broken YAML", "", "costs: face * cordon", "costs: [face", "a missing comma", at="# stepping back"),
    _case(
        "a repeated key",
        "factors.talks",
        "  talks:\n",
        "  talks: {}\n  talks:\n",
        "a second time",
        at="  talks:\n",
    ),
    _case(
        "an unknown key",
        "moves.admiralty.land.wen",
        "when: cordon is blockade\n",
        "wen: cordon is blockade\n",
        "the key `wen`",
        "Did you mean 'when'?",
    ),
    _case(
        "a name with capitals",
        "factors.Cordon",
        "  cordon:\n    title",
        "  Cordon:\n    title",
        "the name `Cordon`",
        "Write `cordon`",
        "  Cordon:",
    ),
    _case(
        "a missing part",
        "clock",
        "clock: {start: 2031-03-01, step: day, steps: 84}",
        "",
        "no `clock`",
        "Add",
        "standoff: 1",
    ),
    # names
    _case(
        "a misspelt level in a condition",
        "moves.admiralty.land.when",
        "when: cordon is blockade\n",
        "when: cordon is blokade\n",
        "`blokade`",
        "Did you mean 'blockade'?",
    ),
    _case(
        "a misspelt level in `then`",
        "moves.council.ask_for_talks.then.talks",
        "then: {talks: open}",
        "then: {talks: opn}",
        "`opn`",
        "Did you mean 'open'?",
    ),
    _case(
        "a misspelt first level",
        "factors.cordon.start",
        "start: open_sea",
        "start: opensea",
        "`opensea`",
        "open_sea",
    ),
    _case(
        "a misspelt factor in `then`",
        "moves.admiralty.tighten.then.cordn",
        _TIGHTEN,
        "then: {cordn: +1}",
        "`cordn`",
        "Did you mean 'cordon'?",
    ),
    _case(
        "a shift that is none",
        "moves.admiralty.tighten.then.cordon",
        _TIGHTEN,
        "then: {cordon: 1.5}",
        "the number 1.5",
        "Known here",
    ),
    _case(
        "a misspelt name in a formula",
        "moves.admiralty.withdraw.costs",
        "costs: face * cordon",
        "costs: fase * cordon",
        "`fase`",
        "Did you mean 'face'?",
    ),
    _case(
        "a misspelt actor",
        "moves.councl",
        "  council:\n    hold: {}\n    ask",
        "  councl:\n    hold: {}\n    ask",
        "`councl`",
        "Did you mean 'council'?",
        "  councl:",
    ),
    _case(
        "a misspelt outcome",
        "moves.council.give_up.ends",
        _GIVE_UP,
        "ends: claim_given",
        "`claim_given`",
        "Did you mean 'claim_given_up'?",
    ),
    _case(
        "a misspelt outcome with a chance",
        "moves.admiralty.land.ends.island_tekan",
        _LAND,
        "ends: {island_tekan: landing_odds, landing_fails: 1 - landing_odds}",
        "`island_tekan`",
        "island_taken",
    ),
    _case(
        "a misspelt type",
        "outcomes.island_taken.worth.admiralty.blff",
        "admiralty: {bluff: 0.1, resolved: 0.9}",
        "admiralty: {blff: 0.1, resolved: 0.9}",
        "`blff`",
        "'bluff'",
    ),
    _case(
        "a type in place of an actor",
        "moves.admiralty.tighten.costs",
        "costs: {admiralty: {bluff: 0.08, resolved: 0.02}}",
        "costs: {bluff: 0.08, resolved: 0.02}",
        "types of admiralty in place of actors",
        "{admiralty: {...}}",
    ),
    _case(
        "a misspelt actor in a worth",
        "outcomes.claim_given_up.worth.counsil",
        "worth: {admiralty: 1, council: -0.6}",
        "worth: {admiralty: 1, counsil: -0.6}",
        "`counsil`",
        "'council'",
    ),
    _case(
        "an unknown bearer of a flow",
        "flows.hunger.of",
        "of: council",
        "of: counsel",
        "`counsel`",
        "'council'",
    ),
    _case(
        "a cost of an event that names nobody",
        "events.collision.costs",
        "rate: 0.03 * cordon\n",
        "costs: 0.1\n    rate: 0.03 * cordon\n",
        "says not whose",
        "actor: amount",
    ),
    _case(
        "an unknown standing move",
        "actors.council.standing",
        "title: The council of Sel\n",
        "title: The council of Sel\n    standing: wait\n",
        "`wait`",
        at="standing: wait",
    ),
    _case(
        "order names nobody",
        "order.1",
        _ORDER,
        "order: [admiralty, counsil, chance]",
        "`counsil`",
        "'council'",
    ),
    _case(
        "order with an unknown move",
        "order.0.moves.0",
        _ORDER,
        "order: [{actor: admiralty, moves: [lnd]}, council, chance]",
        "`lnd`",
        "Did you mean 'land'?",
    ),
    _case(
        "order with an unknown event",
        "order.2.events.0",
        _ORDER,
        "order: [admiralty, council, {events: [colision]}]",
        "`colision`",
        "'collision'",
    ),
    _case(
        "an order entry about nothing",
        "order.1",
        _ORDER,
        "order: [admiralty, {}, council, chance]",
        "neither an actor",
    ),
    _case(
        "a lever of an unknown parameter",
        "levers.relief_convoy.sets.hardshp",
        "sets: {hardship: hardship / 4}",
        "sets: {hardshp: hardship / 4}",
        "`hardshp`",
        "Did you mean 'hardship'?",
    ),
    _case(
        "a lever by somebody who is nearly an actor",
        "levers.relief_convoy.by.0",
        "by: a neighbouring state",
        "by: [concil, a neighbouring state]",
        "`concil`, nearly an actor",
        "Did you mean 'council'?",
    ),
    _case(
        "an outcome that is peaceful and violent",
        "outcomes.bank_shared.violent",
        "title: The bank is shared\n    peaceful: true",
        "title: The bank is shared\n    peaceful: true\n    violent: true",
        "peaceful and violent",
        "Drop one of them",
        at="    violent: true",
    ),
    _sets(
        "a hypothesis about nobody",
        "hypotheses.mood.one_of.sham.types.admirality",
        "sham: {types: {admirality: bluff}}",
        "`admirality`",
        "'admiralty'",
    ),
    _sets(
        "a hypothesis about an actor with no secret",
        "hypotheses.mood.one_of.sham.types.council",
        "sham: {types: {council: bluff}}",
        "which hides nothing",
        "admiralty",
    ),
    _sets(
        "a hypothesis about a type that is none",
        "hypotheses.mood.one_of.sham.types.admiralty.0",
        "sham: {types: {admiralty: buff}}",
        "`buff`",
        "'bluff'",
    ),
    _sets(
        "a hypothesis about no type",
        "hypotheses.mood.one_of.sham.types.admiralty",
        "sham: {types: {admiralty: []}}",
        "no type",
    ),
    _sets(
        "a hypothesis about an unknown outcome",
        "hypotheses.mood.one_of.deal.outcomes.0",
        "deal: {outcomes: bank_sharred}",
        "`bank_sharred`",
        "'bank_shared'",
    ),
    _sets(
        "a hypothesis about nothing",
        "hypotheses.mood.one_of.sham",
        "sham: {title: so it seems}",
        "neither `types` nor `outcomes`",
    ),
    _sets(
        "a hypothesis about two things",
        "hypotheses.mood.one_of.sham",
        "sham: {types: {admiralty: bluff}, outcomes: withdrawn}",
        "both `types` and `outcomes`",
    ),
    _sets(
        "hypotheses about different things",
        "hypotheses.mood.one_of",
        "sham: {types: {admiralty: bluff}}, deal: {outcomes: withdrawn}",
        "some hypotheses about types and some about outcomes",
        "two sets",
    ),
    _sets(
        "hypotheses that can both be true",
        "hypotheses.mood.one_of.real",
        "sham: {types: {admiralty: bluff}}, real: {types: {admiralty: [resolved, bluff]}}",
        "together with `sham`: if admiralty is bluff",
    ),
    _sets(
        "endings under two hypotheses",
        "hypotheses.mood.one_of.quiet",
        "deal: {outcomes: [bank_shared, withdrawn]}, quiet: {outcomes: [withdrawn, unresolved]}",
        "if it ends in withdrawn",
    ),
    _sets(
        "a hypothesis called what is left over",
        "hypotheses.mood.one_of.none_of_these",
        "none_of_these: {outcomes: withdrawn}",
        "what the others leave over",
    ),
    _case(
        "a set of hypotheses by a name that is taken",
        "hypotheses.admiralty",
        "\nquestions:\n",
        "\nhypotheses: {admiralty: {judgement: x, one_of: {sham: {types: {admiralty: bluff}}}}}\n\nquestions:\n",
        "as one that is there already",
    ),
    _case(
        "a question about nobody",
        "questions.0.types",
        "types: admiralty",
        "types: admirality",
        "`admirality`",
    ),
    _case(
        "a question about an actor with no secret",
        "questions.0.types",
        "types: admiralty",
        "types: council",
        "which hides nothing",
        "admiralty",
    ),
    _case(
        "a question about a set of hypotheses that is none",
        "questions.0.hypotheses",
        "types: admiralty",
        "types: admiralty\n    hypotheses: aims",
        "`aims`",
        at="hypotheses: aims",
    ),
    _case(
        "a short answer from what is not shown",
        "questions.0.first.0",
        "types: admiralty",
        "types: admiralty\n    first: [moves]",
        "does not show",
        "Give the question a `moves:`",
        at="first: [moves]",
    ),
    _case(
        "a question about an unknown move",
        "questions.2.after.admiralty",
        "after: {admiralty: tighten}",
        "after: {admiralty: tihgten}",
        "`tihgten`",
        "'tighten'",
    ),
    _case(
        "`because` names no claim",
        "factors.cordon.because.0",
        "because: [boats-sent]\n\n  talks",
        "because: [boats-snet]\n\n  talks",
        "`boats-snet`",
        "Did you mean 'boats-sent'?",
    ),
    _case(
        "one name for two things",
        "factors.face",
        "  talks:\n",
        "  face: {levels: [a, b]}\n  talks:\n",
        "which is also declared under parameters",
        "Rename",
    ),
    _case(
        "a word of the language as a name",
        "parameters.step",
        "  face:\n",
        "  step: {prior: {fixed: 1}}\n  face:\n",
        "a word of the language",
        "step_",
    ),
    _case(
        "a level twice",
        "factors.talks.levels.1",
        "levels: [shut, open]",
        "levels: [shut, shut]",
        "a second time",
        "Remove one",
    ),
    # expressions
    _case(
        "a hostile expression",
        "moves.admiralty.land.when",
        "when: cordon is blockade\n",
        "when: __import__('os').system('ls')\n",
        "`'`",
        "without quotation marks",
    ),
    _case(
        "an expression that would explode",
        "moves.admiralty.withdraw.costs",
        "costs: face * cordon",
        "costs: face + 10**10**10",
        "the exponent 1e+10",
        "smaller power",
    ),
    _case(
        "an expression that is nested too deeply",
        "moves.admiralty.withdraw.costs",
        "costs: face * cordon",
        f"costs: {'(' * 60}face{')' * 60}",
        "nested too deeply",
        "Name its parts",
    ),
    _case(
        "an expression that stops",
        "moves.admiralty.withdraw.costs",
        "costs: face * cordon",
        "costs: face *",
        "stops after `*`",
        "Write what follows",
    ),
    _case(
        "a date as a condition",
        "moves.admiralty.land.when",
        "when: cordon is blockade\n",
        "when: 2031-04-01\n",
        "the day 2031-04-01",
        "date >= 2031-04-01",
    ),
    _case(
        "a list as a worth",
        "outcomes.withdrawn.worth.council",
        "worth: {admiralty: 0, council: 0.8}",
        "worth: {admiralty: 0, council: [0.8]}",
        "a list of 1",
        "Write a number",
    ),
    _case(
        "the clock in a parameter",
        "parameters.hardship.is",
        "prior: {uniform: [0.02, 0.1]}",
        "is: 0.1 * step",
        "the clock",
        "Use the clock in moves",
    ),
    _case(
        "a factor in a parameter",
        "parameters.hardship.is",
        "prior: {uniform: [0.02, 0.1]}",
        "is: 0.1 * cordon",
        "the factor `cordon`",
        "where they act",
    ),
    _case(
        "a hidden type in a condition",
        "moves.admiralty.share.when",
        "when: talks is open and cordon < blockade",
        "when: talks is open and admiralty is bluff",
        "a test of the hidden type",
        "by type",
    ),
    _case(
        "another's hidden type in a chance",
        "moves.council.give_up.ends.claim_given_up",
        _GIVE_UP,
        "ends: {claim_given_up: 0.9 if admiralty is bluff else 0.5}",
        "a test of the hidden type",
    ),
    # parameters
    _case(
        "a prior with impossible numbers",
        "parameters.landing_odds.prior.uniform",
        _UNIFORM,
        "prior: {uniform: [0.8, 0.3]}",
        "uniform [0.8, 0.3]",
        "Mend the numbers",
    ),
    _case(
        "a beta prior with a negative number",
        "parameters.landing_odds.prior.beta",
        _UNIFORM,
        "prior: {beta: [-1, 2]}",
        "beta [-1, 2]",
    ),
    _case(
        "a triangle out of order",
        "parameters.face.prior.triangular",
        "triangular: [0.05, 0.15, 0.3]",
        "triangular: [0.05, 0.5, 0.3]",
        "triangular [0.05, 0.5, 0.3]",
    ),
    _case(
        "a spread below 1",
        "parameters.face.prior.lognormal",
        "triangular: [0.05, 0.15, 0.3]",
        "lognormal: [0.1, 0.5]",
        "lognormal [0.1, 0.5]",
    ),
    _case(
        "a deviation of nothing",
        "parameters.face.prior.normal",
        "triangular: [0.05, 0.15, 0.3]",
        "normal: [0.1, 0]",
        "normal [0.1, 0]",
    ),
    _case(
        "two families in one prior",
        "parameters.landing_odds.prior",
        _UNIFORM,
        "prior: {uniform: [0.3, 0.8], fixed: 0.5}",
        "fixed and uniform",
        "Write one",
    ),
    _case(
        "no family in a prior",
        "parameters.landing_odds.prior",
        _UNIFORM,
        "prior: {}",
        "no family",
        "Write one",
    ),
    _case(
        "both prior and is",
        "parameters.landing_odds",
        _UNIFORM,
        "prior: {uniform: [0.3, 0.8]}\n    is: 0.5",
        "both `prior` and `is`",
        "Keep",
        "  landing_odds:",
    ),
    _case(
        "neither prior nor is",
        "parameters.landing_odds",
        _UNIFORM + "\n",
        "\n",
        "neither `prior` nor `is`",
        "Add",
        "  landing_odds:",
    ),
    _case(
        "a circle of definitions",
        "parameters.face.is",
        "prior: {triangular: [0.05, 0.15, 0.3]}\n",
        "is: 2 * grace\n  grace: {is: face / 2}\n  x:\n    prior: {fixed: 1}\n",
        "`face` uses `grace` uses `face`",
        "Give one",
    ),
    # numbers
    _case(
        "priors of types that do not sum",
        "actors.admiralty.types",
        "bluff:    {prior: 0.6,",
        "bluff:    {prior: 0.7,",
        "which sum to 1.1",
        "1 minus the others",
        "    types:",
    ),
    _case(
        "a chance above 1",
        "moves.admiralty.land.ends.island_taken",
        _LAND,
        "ends: {island_taken: landing_odds + 0.5, landing_fails: 0}",
        "gives 1.",
        "narrow the prior",
    ),
    _case(
        "chances that sum to more than 1",
        "moves.admiralty.land.ends",
        _LAND,
        "ends: {island_taken: landing_odds, landing_fails: 0.5}",
        "chances that sum to 1.",
        "share what is there",
    ),
    _case(
        "a negative chance",
        "moves.council.give_up.ends.claim_given_up",
        _GIVE_UP,
        "ends: {claim_given_up: 0.5 - cordon}",
        "gives -0.5 where cordon is patrols",
    ),
    _case(
        "a negative rate",
        "events.collision.rate",
        "rate: 0.03 * cordon\n",
        "rate: 0.03 - cordon\n",
        "gives -0.97",
    ),
    _case(
        "a division by zero",
        "outcomes.withdrawn.worth.council",
        "worth: {admiralty: 0, council: 0.8}",
        "worth: {admiralty: 0, council: 1 / cordon}",
        "gives inf where cordon is open_sea",
        "division by zero",
    ),
    _case(
        "a discount above 1",
        "actors.council.discount.factor",
        "title: The council of Sel\n",
        "title: The council of Sel\n    discount: {per: week, factor: 1.1}\n",
        "gives 1.1",
        at="discount: {",
    ),
    _case(
        "a negative precision",
        "actors.council.precision",
        "precision: 5\n\norder",
        "precision: -5\n\norder",
        "gives -5",
        at="precision: -5",
    ),
    _case(
        "perhaps beside a certain end",
        "moves.council.give_up.perhaps",
        _GIVE_UP,
        "perhaps: [{chance: 0.1, then: {}}]\n      ends: claim_given_up",
        "beside a certain end",
        "give the end a chance",
    ),
    _case(
        "a chance above 1 for one type",
        "moves.admiralty.land.ends.island_taken",
        _LAND,
        "ends: {island_taken: 1.2 if admiralty is bluff else landing_odds, landing_fails: 0}",
        "gives 1.2 where admiralty is bluff",
    ),
    _case(
        "a rate that time drives below 0",
        "events.collision.rate",
        "rate: 0.03 * cordon\n",
        "rate: 0.1 - 0.04 * step\n",
        "gives -0.02 where step = 3",
        "max(0, ...)",
    ),
    _case(
        "a rate that a date drives below 0",
        "events.collision.rate",
        "rate: 0.03 * cordon\n",
        "rate: 0 - (date >= 2031-04-12)\n",
        "gives -1 where date = 2031-04-12",
    ),
    _case(
        "a word of the language as a level",
        "factors.talks.levels.0",
        "levels: [shut, open]",
        "levels: [if, open]",
        "`if`, a word of the language",
    ),
    _case(
        "a word of the language as a type",
        "actors.admiralty.types.not",
        "      bluff:    {prior",
        "      not:    {prior",
        "`not`, a word of the language",
        "not_",
    ),
    _case(
        "an order entry with moves of nobody",
        "order.1.moves",
        _ORDER,
        "order: [admiralty, {events: [collision], moves: [hold]}, council]",
        "moves of nobody",
    ),
    # events, clock, outcomes
    _case(
        "a rate without its unit",
        "events.stores_run_low.rate",
        _STORES,
        "rate: 0.5",
        "a rate without `per`",
        "per: week",
    ),
    _case(
        "neither rate nor chance",
        "events.stores_run_low",
        _STORES,
        "",
        "neither `rate` nor `chance`",
        at="  stores_run_low:",
    ),
    _case(
        "both rate and chance",
        "events.stores_run_low",
        _STORES,
        "rate: 0.5\n    per: week\n    chance: 0.1",
        "both `rate` and `chance`",
        at="  stores_run_low:",
    ),
    _case(
        "a chance on no occasion",
        "events.stores_run_low.chance",
        "when: cordon is blockade and stores is full\n    rate: 0.5\n    per: week",
        "chance: 0.5",
        "a chance on no occasion",
        "rate",
    ),
    _case(
        "no outcome for the end of the clock",
        "outcomes",
        "  unresolved:  ",
        "  undecided:  ",
        "no outcome `unresolved`",
        "Add",
        "outcomes:\n",
    ),
    _case(
        "an ending before the start",
        "ending.date",
        "questions:\n",
        "ending: {date: 2031-02-01, outcome: withdrawn, source: invented}\n\nquestions:\n",
        "before the clock starts",
        "clock.start",
    ),
    _case(
        "a clock beyond the calendar",
        "clock",
        "start: 2031-03-01",
        "start: 9999-03-01",
        "beyond the year 9999",
    ),
    _case(
        "too many states",
        "factors",
        "factors:\n",
        "factors:\n" + "".join(f"  f{i}: {{levels: [a, b, c, d, e, f, g, h, i, j]}}\n" for i in range(9)),
        "combinations of levels: f0 10 x f1 10",
        "Merge levels",
        "factors:\n",
    ),
    _case(
        "an unknown mechanism",
        "mechanisms.0.audience_cost",
        "levers:\n",
        "mechanisms:\n  - audience_cost: {of: admiralty, on: withdraw}\n\nlevers:\n",
        "audience_cost",
        "audience_costs",
        "  - audience_cost:",
    ),
    # evidence
    _evidence(
        "a claim about an unknown type",
        "claims.a-show.bears_on.admiralty.blff",
        "bluff: 1.5",
        "blff: 1.5",
        "`blff`",
        "'bluff'",
        at="blff: 1.5",
    ),
    _evidence(
        "a claim about an unknown actor",
        "claims.a-show.bears_on.admirality",
        "bears_on: {admiralty:",
        "bears_on: {admirality:",
        "`admirality`",
        "'admiralty'",
    ),
    _evidence(
        "a claim about an unknown parameter",
        "claims.a-show.bears_on.where.0.if",
        "bears_on: {admiralty: {bluff: 1.5, resolved: 0.8}}",
        "bears_on: {where: [{if: landing_ods > 0.5, ratio: 2}]}",
        "`landing_ods`",
        "'landing_odds'",
    ),
    _evidence(
        "a claim about the present state",
        "claims.a-show.bears_on.where.0.if",
        "bears_on: {admiralty: {bluff: 1.5, resolved: 0.8}}",
        "bears_on: {where: [{if: cordon is blockade, ratio: 2}]}",
        "which is not a parameter",
    ),
    _evidence(
        "history of an unknown actor",
        "history.0",
        "admiralty: tighten",
        "admirality: tighten",
        "`admirality`",
    ),
    _evidence(
        "history of an unknown move",
        "history.0.admiralty",
        "admiralty: tighten",
        "admiralty: tihgten",
        "`tihgten`",
        "Did you mean 'tighten'?",
    ),
    _evidence(
        "history of an unknown event",
        "history.0.event",
        "admiralty: tighten",
        "event: colision",
        "`colision`",
        "'collision'",
    ),
    _evidence(
        "history before the clock",
        "history.0.date",
        "date: 2031-03-02",
        "date: 2031-02-01",
        "before the clock starts",
        "Mend the date",
    ),
    _evidence(
        "history after the clock",
        "history.0.date",
        "date: 2031-03-02",
        "date: 2031-12-24",
        "after the clock",
        "Mend the date",
    ),
    _evidence(
        "two moves in one step",
        "history.1",
        "because: [boats-sent]}",
        "because: [boats-sent]}\n  - {date: 2031-03-02, admiralty: withdraw, judgement: x}",
        "one more move of admiralty",
        "date the second to the first step in which that turn is free",
        at="admiralty: withdraw",
    ),
    Broken(
        "two moves that share one of two turns",
        "history.1",
        "admiralty: withdraw",
        "one more move of admiralty",
        "two entries",
        case=((_ORDER, "order: [admiralty, {actor: admiralty, moves: [hold, share]}, council, chance]"),),
        evidence=(
            (
                "because: [boats-sent]}",
                "because: [boats-sent]}\n  - {date: 2031-03-02, admiralty: withdraw, judgement: x}",
            ),
        ),
    ),
    Broken(
        "history of a covert move",
        "history.0.admiralty",
        "admiralty: tighten",
        "the covert move `tighten`",
        "make the move overt",
        case=(("      title: draw the ring closer\n", "      title: draw the ring closer\n      covert: true\n"),),
        evidence=(("date: 2031-03-02", "date: 2031-03-03"),),
    ),
    _evidence(
        "a gap about nobody",
        "history.1.unreported",
        "because: [boats-sent]}",
        "because: [boats-sent]}\n  - {from: 2031-03-08, to: 2031-03-20, unreported: [counsil], judgement: x}",
        "`counsil`",
        "'council'",
        at="[counsil]",
    ),
]

WARNINGS = [
    _warn(
        "a condition that can never hold",
        "moves.admiralty.land.when",
        "when: cordon is blockade\n",
        "when: cordon > blockade\n",
        "can never hold",
        "Mend the condition",
    ),
    _warn(
        "a condition that play never reaches",
        "moves.admiralty.share.when",
        "then: {talks: open}\n      because",
        "then: {talks: shut}\n      because",
        "only where play can never get to",
        at="when: talks is open and",
    ),
    _warn(
        "a level never reached",
        "factors.talks",
        "then: {talks: open}\n      because",
        "then: {talks: shut}\n      because",
        "never leaves `shut`",
        at="  talks:\n",
    ),
    _warn(
        "one level of several never reached",
        "factors.cordon.levels",
        "levels: [open_sea, patrols, blockade]",
        "levels: [calm, open_sea, patrols, blockade]",
        "`calm`, which play can never get to",
    ),
    _warn(
        "an outcome nothing leads to",
        "outcomes.withdrawn",
        "ends: withdrawn\n",
        "then: {cordon: open_sea}\n",
        "nothing leads to",
        "ends: withdrawn",
        "  withdrawn:",
    ),
    _warn(
        "an actor left out of the order",
        "moves.council",
        _ORDER,
        "order: [admiralty, chance]",
        "leaves out",
        "it never moves",
        "  council:\n    hold: {}\n    ask",
    ),
    _warn(
        "events left out of the order",
        "events.collision",
        _ORDER,
        "order: [admiralty, council]",
        "leaves out",
        "Add `chance`",
        "  collision:",
    ),
    _warn(
        "a move no phase names",
        "moves.council.give_up",
        _ORDER,
        "order: [admiralty, {actor: council, moves: [hold, ask_for_talks]}, chance]",
        "no entry of `order` names",
        at="    give_up:",
    ),
    _warn(
        "a standing move that may be closed",
        "moves.admiralty.hold.when",
        "admiralty:\n    hold: {}",
        "admiralty:\n    hold: {when: cordon > open_sea}",
        "the standing move `hold`",
        "Give it no `when`",
        "    hold: {when",
    ),
    _warn(
        "decisions as often as steps",
        "actors.council.tempo",
        "  council:\n    title: The council of Sel\n    tempo: {per: week, times: 1}",
        "  council:\n    title: The council of Sel\n    tempo: {per: week, times: 7}",
        "reconsiders about once a step",
        "`clock: {..., parts: 2}`",
        "    tempo: {per: week, times: 7}",
    ),
    _warn(
        "decisions that are lost",
        "actors.council.tempo",
        "  council:\n    title: The council of Sel\n    tempo: {per: week, times: 1}",
        "  council:\n    title: The council of Sel\n    tempo: {per: day, times: 2}",
        "about twice a step, where it gets one turn at most: decisions are lost",
        "parts: 4",
        "    tempo: {per: day",
    ),
    _warn(
        "a parameter nothing uses",
        "parameters.spare",
        "  face:\n",
        "  spare: {prior: {fixed: 1}, judgement: x}\n  face:\n",
        "a parameter that nothing uses",
        "Use it, or remove it",
    ),
    _warn(
        "a factor nothing looks at",
        "factors.mood",
        "  talks:\n",
        "  mood: {levels: [a]}\n  talks:\n",
        "a factor that no formula looks at",
        "Use it, or remove it",
    ),
    _warn(
        "a number that rests on nothing",
        "outcomes.landing_fails",
        'judgement: "author: what the Admiralty fears most."',
        "",
        "rests on nothing",
        "judgement",
        "  landing_fails:",
    ),
    _warn(
        "a prior that rests on nothing",
        "parameters.landing_odds",
        _UNIFORM + "\n    because: [a-show]",
        _UNIFORM,
        "rests on nothing",
        at="  landing_odds:",
    ),
    _warn(
        "an actor that wants nothing",
        "actors.crew",
        "  council:\n    title",
        "  crew: {}\n  council:\n    title",
        "no outcome and no flow",
        "worth",
    ),
    _warn(
        "a worth for some types only",
        "outcomes.bank_shared.worth.admiralty",
        "{bluff: 0.4, resolved: -0.1}",
        "{bluff: 0.4}",
        "nothing said for `resolved`",
        "counts as 0",
    ),
    _warn(
        "then beside a certain end",
        "moves.council.give_up.then",
        _GIVE_UP,
        "then: {talks: shut}\n      ends: claim_given_up",
        "beside a certain end",
    ),
    _sets(
        "hypotheses that rest on nothing",
        "hypotheses.mood",
        "sham: {types: {admiralty: bluff}}",
        "rest on nothing",
        "Add one of the two",
        reason="title: x",
    ),
    _warn(
        "a question that shows nothing",
        "questions.0",
        "    types: admiralty\n",
        "",
        "shows nothing",
        at="- ask: Does the Admiralty mean it?",
    ),
    Broken(
        "a question after a move that nobody sees",
        "questions.2.after.council",
        "after: {council: ask_for_talks}",
        "`ask_for_talks`, a covert move",
        "what would be seen of it",
        case=(
            ("after: {admiralty: tighten}", "after: {council: ask_for_talks}"),
            ("      title: offer to talk\n", "      title: offer to talk\n      covert: true\n"),
        ),
        level="warning",
    ),
    _warn(
        "a condition that is a number",
        "moves.admiralty.land.when",
        "when: cordon is blockade\n",
        "when: 0.5\n",
        "the number 0.5",
        "Write a comparison",
    ),
    _evidence(
        "a claim nothing cites",
        "claims.idle",
        "  demand:\n",
        "  idle: {says: x, report: harbour-gazette}\n  demand:\n",
        "nothing cites",
        "Cite it",
        level="warning",
        at="  idle:",
    ),
]
WARNINGS += [
    _evidence(
        "a claim nobody graded",
        "claims.a-show",
        "    credibility: 3\n",
        "",
        "has no `credibility`",
        "Grade it",
        level="warning",
        at="  a-show:",
    ),
    _evidence(
        "a report nobody graded",
        "reports.harbour-gazette",
        "harbour-gazette: {file: reports/harbour-gazette.md}",
        'harbour-gazette: {file: reports/harbour-gazette.md, grade: F, grade_because: ""}',
        "with grade F",
        "say why under `grade_because`",
        level="warning",
        at="  harbour-gazette: {",
    ),
]
WARNINGS.append(
    Broken(
        "an ending on the first day",
        "ending.date",
        "date: 2031-03-01, outcome",
        "the first day of the clock",
        "clock.start",
        case=(("questions:\n", "ending: {date: 2031-03-01, outcome: withdrawn, source: invented}\n\nquestions:\n"),),
        level="warning",
    )
)
WARNINGS.append(
    Broken(
        "unresolved before the clock runs out",
        "ending.date",
        "date: 2031-05-23",
        "before the clock runs out on 2031-05-24",
        "Leave `ending` out",
        case=(("questions:\n", "ending: {date: 2031-05-23, outcome: unresolved, source: invented}\n\nquestions:\n"),),
        level="warning",
    )
)
WARNINGS.append(
    Broken(
        "a chance that leaves its range in rare draws",
        "moves.admiralty.land.ends.island_taken",
        "ends: {island_taken: landing_odds, landing_fails: 0}",
        "in rare draws",
        "narrow the prior",
        case=(
            (_LAND, "ends: {island_taken: landing_odds, landing_fails: 0}"),
            (_UNIFORM, "prior: {normal: [0.5, 0.2]}"),
        ),
        level="warning",
    )
)


def main() -> None:
    """Print the table."""
    import tempfile
    from pathlib import Path

    from case_kit import CASE, EVIDENCE, changed, written
    from standoff.case import check

    print("| what is broken | line:column | path | found | expected | mend |\n|---|---|---|---|---|---|")
    for row in [*ERRORS, *WARNINGS]:
        with tempfile.TemporaryDirectory() as folder:
            case = written(Path(folder), changed(CASE, *row.case), changed(EVIDENCE, *row.evidence))
            for problem in check(case):
                if problem.path == row.path and row.found in problem.found:
                    cells = (problem.path, problem.found, problem.expected, problem.mend)
                    text = " | ".join(cell.replace("|", "\\|") for cell in cells)
                    print(f"| {row.name} ({row.level}) | {problem.line}:{problem.column} | {text} |")
                    break


if __name__ == "__main__":
    main()
