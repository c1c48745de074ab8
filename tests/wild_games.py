"""Random cases of odd shapes: one to four actors, none to three with secrets, one to six types, no move to nine.

Where `random_games` has one cast and varies what it is worth to whom, here everything varies that the kernels have
to find their way in: grids whose points fill no register, states without a move, standing moves closed by their
guard, turns that never come or always do, chances of 0 and 1, discounts of 0 and 1, phases of one actor in two parts.
"""

from __future__ import annotations

from random import Random
from typing import Any

from oracle_games import document
from standoff.language.document import CaseDocument

MOST_PROFILES = 12


class Wild:
    """One case in the making."""

    def __init__(self, seed: int, hot: bool) -> None:
        self.random = random = Random(seed)
        self.hot = hot
        self.steps = random.choice([1, 1, 2, 3, 4])
        self.types: dict[str, list[str]] = {}
        profiles = 1
        for actor in "abcd"[: random.choice([1, 2, 2, 3, 3, 4])]:
            count = random.choice([0, 0, 1, 2, 2, 3, 4, 5, 6])
            count = count if profiles * count <= MOST_PROFILES else 0
            profiles *= max(count, 1)
            self.types[actor] = [f"{actor}{i}" for i in range(count)]
        self.secret = [actor for actor, kinds in self.types.items() if len(kinds) > 1]
        self.factors = {f"f{j}": [f"l{j}{i}" for i in range(random.randint(1, 4))] for j in range(random.randint(0, 3))}
        self.outcomes = [f"o{i}" for i in range(random.choice([1, 2, 3, 7]))]

    def number(self, low: float, high: float) -> float:
        return round(self.random.uniform(low, high), 3)

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def case(self) -> CaseDocument:
        moves = {actor: self.moves(actor) for actor in self.types}
        events = {f"e{i}": self.event() for i in range(self.random.choice([0, 0, 1, 2, 3]))}
        flows = {f"w{i}": self.flow() for i in range(self.random.choice([0, 0, 1, 2]))}
        said = {
            "clock": {"start": "2030-01-01", "step": self.random.choice(["day", "week"]), "steps": self.steps},
            "parameters": {"p": {"prior": {"uniform": [0.05, 0.95]}}},
            "factors": {
                name: {"levels": levels, "start": self.random.choice(levels)} for name, levels in self.factors.items()
            },
            "actors": {actor: self.actor(actor, list(moves[actor])) for actor in self.types},
            "moves": {actor: theirs for actor, theirs in moves.items() if theirs},
            "events": events,
            "outcomes": {name: {"worth": self.worth()} for name in (*self.outcomes, "unresolved")},
            "flows": flows,
            "order": self.order(moves, list(events)) if self.maybe(0.6) else [],
        }
        return document(**said)

    def guard(self, nested: bool = False) -> str:
        random = self.random
        kinds = [f"step {random.choice(['<', '>=', '=='])} {random.randint(0, self.steps)}", f"p < {self.number(0, 1)}"]
        kinds += ["false" if self.maybe(0.05) else "true"]
        for name, levels in self.factors.items():
            kinds += [f"{name} {random.choice(['is', 'is not', '>=', '<', '<='])} {random.choice(levels)}"] * 2
        first = random.choice(kinds)
        return first if nested or self.maybe(0.7) else f"({first}) {random.choice(['and', 'or'])} ({self.guard(True)})"

    def amount(self, actor: str, low: float, high: float) -> Any:
        """A number, one for each type or for some of them, or a sum over anybody's types, the state and the clock."""
        random, kinds = self.random, self.types[actor]
        if kinds and self.maybe(0.35):
            return {kind: self.number(low, high) for kind in random.sample(kinds, random.randint(1, len(kinds)))}
        if self.maybe(0.25):
            return self.number(low, high)
        parts = [str(self.number(low, high))]
        for name in self.secret:
            if self.maybe(0.5):
                parts.append(f"({self.number(low, high)} if {name} is {random.choice(self.types[name])} else 0)")
        parts += [f"{self.number(-0.3, 0.3)} * {name}" for name in (*self.factors, "step", "p") if self.maybe(0.3)]
        return " + ".join(parts)

    def worth(self) -> dict[str, Any]:
        return {actor: self.amount(actor, -1, 1) for actor in self.types if self.maybe(0.9)}

    def shift(self) -> dict[str, Any]:
        return {
            name: self.random.choice([1, -1, "+1", "-1", 2, self.random.choice(levels)])
            for name, levels in self.factors.items()
            if self.maybe(0.5)
        }

    def chances(self, count: int, whose: str | None) -> list[Any]:
        """Chances that leave something over, some of them 0, some by type of one actor."""
        raw = [self.random.random() for _ in range(count + 1)]
        found: list[Any] = []
        for share in raw[:count]:
            chance = round(0.999 * share / sum(raw), 4)
            kind = self.random.random()
            if whose and kind < 0.5:
                test = f"{whose} is {self.random.choice(self.types[whose])}"
                found.append(f"{chance} if {test} else {round(chance * self.random.random(), 4)}")
            else:
                found.append(0 if kind < 0.6 else f"{chance} * p" if kind < 0.75 else chance)
        return found

    def effect(self, whose: str | None) -> dict[str, Any]:
        """Guard, ways and costs of a move or an event; chances may hang on the type of `whose`."""
        random = self.random
        said: dict[str, Any] = {"then": self.shift()}
        kind = random.random()
        if kind < 0.25:
            said = {"ends": random.choice(self.outcomes)}
        elif kind < 0.5:
            names = random.sample(self.outcomes, min(random.randint(1, 3), len(self.outcomes)))
            sure = len(names) == 2 and self.maybe(0.5)
            chances = ["p", "1 - p"] if sure else self.chances(len(names), whose)
            said["ends"] = dict(zip(names, chances, strict=True))
        elif kind < 0.75:
            said["perhaps"] = [
                {"chance": one, "then": self.shift()} for one in self.chances(random.randint(1, 3), whose)
            ]
        if self.maybe(0.5):
            said["when"] = self.guard()
        if self.maybe(0.5):
            said["costs"] = {actor: self.amount(actor, -0.4, 0.5) for actor in self.types if self.maybe(0.6)}
        return said

    def moves(self, actor: str) -> dict[str, Any]:
        names = [f"m{i}" for i in range(self.random.choice([0, 1, 1, 2, 3, 4, 5, 9]))]
        found: dict[str, Any] = {}
        for name in names:
            found[name] = self.effect(actor if actor in self.secret else None)
            if self.maybe(0.2):
                found[name]["covert"] = True
        if found and self.maybe(0.4):
            found["hold"] = {"when": self.guard()} if self.maybe(0.3) else {}
        return found

    def event(self) -> dict[str, Any]:
        whose = self.random.choice(self.secret) if self.secret and self.maybe(0.5) else None
        said = {"when": self.guard(), **self.effect(whose)}
        low, high = self.number(0, 0.6), self.number(0, 0.6)
        chance = f"{low} if {whose} is {self.random.choice(self.types[whose])} else {high}" if whose else low
        if self.maybe(0.5):
            return {**said, "rate": self.random.choice([chance, 0]), "per": self.random.choice(["day", "week", "step"])}
        return {**said, "chance": self.random.choice([chance, chance, 0, 1])}

    def flow(self) -> dict[str, Any]:
        actor = self.random.choice(list(self.types))
        per = self.random.choice(["day", "week", "month", "step"])
        return {"of": actor, "per": per, "worth": self.amount(actor, -0.2, 0.2), "when": self.guard()}

    def actor(self, actor: str, moves: list[str]) -> dict[str, Any]:
        random = self.random
        raw = [0.0 if self.maybe(0.1) else self.number(0.01, 1) for _ in self.types[actor]]
        raw = raw if sum(raw) else [1.0, *raw][: len(raw)]
        precisions = [0, self.number(1, 10), self.number(5, 50), self.number(20, 200)]
        said: dict[str, Any] = {
            "types": {kind: {"prior": one / sum(raw)} for kind, one in zip(self.types[actor], raw, strict=True)},
            "precision": random.choice(precisions) if self.hot else random.choice([0, self.number(0.2, 2)]),
        }
        if self.maybe(0.5):
            times = random.choice([0, 0.001, self.number(0, 1), self.number(0, 4), "p", 50])
            said["tempo"] = {"per": random.choice(["day", "week", "month"]), "times": times}
        if self.maybe(0.3):
            said["discount"] = {
                "per": random.choice(["step", "month"]),
                "factor": random.choice([0, 1, self.number(0.5, 1)]),
            }
        if moves and self.maybe(0.3):
            said["standing"] = random.choice(moves)
        return said

    def order(self, moves: dict[str, dict[str, Any]], events: list[str]) -> list[Any]:
        """Actors in any order, some in two parts; the first event by itself, perhaps in between."""
        random, found = self.random, []
        for actor in random.sample(list(moves), len(moves)):
            names = random.sample(list(moves[actor]), len(moves[actor]))
            if len(names) > 1 and self.maybe(0.3):
                cut = random.randint(1, len(names) - 1)
                found += [{"actor": actor, "moves": names[:cut]}, {"actor": actor, "moves": names[cut:]}]
            elif names:
                found.append(actor)
        if events:
            found.insert(random.randint(0, len(found)), {"events": events[:1]})
            found.insert(random.randint(0, len(found)), "chance")
        return found


def wild_game(seed: int, *, hot: bool = False) -> CaseDocument:
    """A case of odd shape with one parameter `p`; `hot`: precisions up to 200 instead of 2."""
    return Wild(seed, hot).case()
