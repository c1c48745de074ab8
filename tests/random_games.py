"""Small random cases: two actors with secrets (three and two types), one without, covert moves, chance, tempo.

Everything the case language can say that changes the mathematics occurs in some of them: guards with the clock,
`then`, `perhaps` and `ends` with remainders, costs by actor and type, hazards that depend on a type, flows,
discount, and worths that depend on anybody's type.
"""

from __future__ import annotations

from random import Random
from typing import Any

from oracle_games import document
from standoff.language.document import CaseDocument

TYPES = {"a": ["x", "y", "z"], "b": ["u", "v"], "c": [""]}


def number(random: Random, low: float, high: float) -> float:
    return round(random.uniform(low, high), 3)


def by_type(random: Random, actor: str, low: float, high: float) -> Any:
    """An amount for each type of an actor, in one of the ways it may be written."""
    if actor == "c":
        return number(random, low, high)
    first = TYPES[actor][0]
    if random.random() < 0.5:
        return {kind: number(random, low, high) for kind in TYPES[actor]}
    return f"{number(random, low, high)} if {actor} is {first} else {number(random, low, high)} - 0.1 * f"


def anybodys(random: Random, actor: str, low: float, high: float) -> str:
    """An amount that depends on somebody else's type, on the state and on the clock."""
    other = random.choice([name for name in ("a", "b") if name != actor])
    kind = random.choice(TYPES[other])
    return (
        f"({number(random, low, high)} if {other} is {kind} else {number(random, low, high)})"
        f" + {number(random, -0.2, 0.2)} * g - {number(random, 0, 0.1)} * step"
    )


def priors(random: Random, actor: str, quarters: bool) -> dict[str, Any]:
    """Priors on multiples of a quarter, which every grid with a multiple of four subdivisions holds, or off them."""
    if quarters:
        shares = [0.25, 0.5, 0.25] if actor == "a" else [0.75, 0.25]
    else:
        raw = [random.uniform(0.5, 1.5) for _ in TYPES[actor]]
        shares = [share / sum(raw) for share in raw]
    return {kind: {"prior": share} for kind, share in zip(TYPES[actor], shares, strict=True)}


def random_game(seed: int, steps: int = 1, *, silent: bool = False) -> CaseDocument:
    """A random case. Over several steps `a` has a choice in the first one only, and `b` in the last.

    `silent`: nothing anybody does or that happens tells about a type, so beliefs stay at priors of quarters;
    worths still depend on types.
    """
    random = Random(seed)
    a_test = "a is x" if not silent else "f >= l1"
    active = "true" if silent else "step == 0"
    last = "true" if silent else f"step == {steps - 1}"

    def cost(actor: str, low: float, high: float) -> Any:
        return number(random, low, high) if silent else by_type(random, actor, low, high)

    def worth(actor: str, low: float, high: float) -> Any:
        if silent:  # its own type is not in it, so that no type plays otherwise than another
            return anybodys(random, actor, low, high)
        return by_type(random, actor, low, high) if random.random() < 0.5 else anybodys(random, actor, low, high)

    third: dict[str, Any] = {"b": "0.1 if a is y else 0.3", "c": "0.4 if a is z and b is v else 0.1"}
    if not silent:
        third["b"] = "0.1 if b is u else 0.3 if a is y else 0.2"
        third["a"] = f"(0.3 if b is u else -0.3) + {number(random, -0.4, 0.4)} * f + (0.2 if a is y else 0)"
    said: dict[str, Any] = {
        "clock": {"start": "2030-01-01", "step": "week", "steps": steps},
        "parameters": {"p": {"prior": {"uniform": [0.2, 0.6]}}, "q": {"is": "1 - p"}},
        "factors": {
            "f": {"levels": ["l0", "l1", "l2"], "start": random.choice(["l0", "l1"])},
            "g": {"levels": ["low", "high"]},
        },
        "actors": {
            "a": {"types": priors(random, "a", silent), "precision": number(random, 0.5, 1.5)},
            "b": {"types": priors(random, "b", silent), "precision": number(random, 0.5, 1.5)},
            "c": {"precision": number(random, 0.5, 4), "discount": {"per": "month", "factor": 0.9}},
        },
        "moves": {
            "a": {
                "hold": {},
                "push": {"when": active, "then": {"f": 1}, "costs": {"a": number(random, -0.5, 0.5), **third}},
                "sneak": {
                    "when": f"({active}) and g is low",
                    "covert": True,
                    "perhaps": [{"chance": f"0.7 if {a_test} else 0.3 * q", "then": {"g": "high"}}],
                    "then": {"f": "+1"} if random.random() < 0.5 else {},
                    "costs": {"a": cost("a", -0.3, 0.3)},
                },
            },
            "b": {
                "answer": {"when": last, "then": {"f": "-1"}, "costs": {"b": cost("b", -0.4, 0.4), "a": 0.2}},
                "yield": {"when": f"({last}) and f >= l1", "ends": {"deal": 0.6, "war": "0.2 * p"}, "then": {"g": 1}},
                "wait": {},
            },
            "c": {
                "stay": {"costs": {"a": "0.1 if b is u else -0.1"}},
                "quit": {"when": "f >= l1 or g is high", "ends": {"war": "p", "deal": "0.5 * (1 - p)"},
                         "costs": "0.3 if a is x and b is u else -0.2 * f"},
            },
        },
        "events": {
            "storm": {
                "rate": "0.05 * f" if silent else "0.05 * f + (0.4 if a is z else 0.1)",
                "per": "week",
                "when": "f >= l1",
                "perhaps": [{"chance": "0.5 * p", "then": {"g": 1}}],
                "then": {"f": "+1"},
                "costs": {"b": 0.1, "c": "0.2 if g is high else 0"},
            },
            "rift": {
                "chance": "0.2 * g" if silent else "0.2 if b is u else 0.4 * g",
                "when": "g is high",
                "ends": {"deal": 0.5, "war": 0.5},
            },
        },
        "outcomes": {
            name: {"worth": {actor: worth(actor, -1, 1) for actor in "abc"}} for name in ("deal", "war", "unresolved")
        },
        "flows": {
            "burden": {"of": "c", "per": "month", "worth": "-0.3 if a is y else -0.1 * f", "when": "f >= l1"},
            "drain": {"of": "b", "per": "week", "worth": -0.05},
        },
    }  # fmt: skip
    if random.random() < 0.5:
        said["actors"]["a"]["tempo"] = {"per": "week", "times": "0.3 + p"}
    if random.random() < 0.5:
        said["actors"]["b"]["tempo"] = {"per": "month", "times": 3}
        said["actors"]["b"]["standing"] = random.choice(["wait", "answer"])
    said["order"] = random.choice(
        [
            ["a", "b", "c", "chance"],
            ["a", {"events": ["storm"]}, "c", "b", "chance"],
            ["b", "chance", "a", "c"],
        ]
    )
    return document(**said)
