"""Parameters and priors: one family each, possible numbers, no circle of definitions."""

from __future__ import annotations

from collections.abc import Collection

from standoff.case.checks.desk import Desk
from standoff.errors import did_you_mean
from standoff.language.document import Parameter, Prior
from standoff.language.located import Path_


def check_priors(desk: Desk) -> None:
    """Every parameter has a prior or a definition, and its numbers are possible."""
    for name, parameter in desk.document.parameters.items():
        path: Path_ = ("parameters", name)
        said = {"prior": parameter.prior, "is": parameter.is_, "regress": parameter.regress}
        given = [f"`{key}`" for key, value in said.items() if value is not None]
        if len(given) != 1:
            both = f"{'both ' if len(given) == 2 else ''}{' and '.join(given)}"
            desk.complain(
                path,
                both if given else "neither `prior` nor `is`",
                "one of the two" if parameter.regress is None else "one of `prior`, `is` and `regress`",
                "Keep `prior` for a number you are unsure of, `is` for one that follows from others"
                f"{', `regress` for one that goes by the columns of a table' if parameter.regress is not None else ''}."
                if given
                else "Add `prior: {uniform: [low, high]}`, or `prior: {fixed: 0.5}` for a known number.",
            )
        if parameter.prior is not None:
            check_family(desk, (*path, "prior"), parameter.prior)
        if parameter.history is not None:
            check_family(desk, (*path, "history"), parameter.history)
            _check_history(desk, path, parameter)
    _check_circles(desk)


def _check_history(desk: Desk, path: Path_, parameter: Parameter) -> None:
    """Another view needs a first one, and both must leave something open."""
    for key, prior in (("prior", parameter.prior), ("history", parameter.history)):
        if prior is None or prior.fixed is not None:
            desk.complain(
                (*path, "history"),
                f"`history` where {'there is no prior' if prior is None else f'`{key}` is a fixed number'}",
                "a spread in both, to set the one view beside the other",
                "Leave `history` out, or write both as a spread such as `{beta: [2, 5]}`.",
                on_key=True,
            )


def check_past_types(desk: Desk) -> None:
    """`history` of an actor: a count or share for every type it has, and a prior that may move."""
    for name, actor in desk.document.actors.items():
        if actor.history is None:
            continue
        path: Path_ = ("actors", name, "history")
        if len(actor.types) < 2 or actor.sureness is None:
            lacks = "types" if len(actor.types) < 2 else "`sureness`"
            desk.complain(
                path, f"`history` of an actor without {lacks}", "an actor whose types have priors that may move",
                "Leave it out, or say `types:` and `sureness:`, how many past cases the priors are worth.", on_key=True,
            )  # fmt: skip
            continue
        said = {"counts": actor.history.counts, "from": actor.history.from_}
        given = [key for key, value in said.items() if value is not None]
        if len(given) != 1:
            desk.complain(
                path, "both `counts` and `from`" if given else "neither `counts` nor `from`", "one of the two",
                "Write `counts: {type: how many of the past cases, ...}`, or name a fit.", on_key=True,
            )  # fmt: skip
            continue
        if actor.history.counts is not None:
            _check_kinds(desk, (*path, "counts"), actor.history.counts, name, "count")
            for kind, count in actor.history.counts.items():
                if count < 0:
                    desk.complain((*path, "counts", kind), f"{count:g}", "a count of 0 or more", "Mend the count.")
        if actor.history.from_ is not None:
            _check_kinds(desk, (*path, "from", "shares"), actor.history.from_.shares, name, "share")


def _check_kinds(desk: Desk, path: Path_, given: Collection[str], name: str, what: str) -> None:
    """That something is said of every type of an actor, and of nothing else."""
    types = desk.document.actors[name].types
    for kind in given:
        if kind not in types:
            desk.complain((*path, kind), f"`{kind}`", f"a type of {name}", did_you_mean(kind, list(types)), on_key=True)
    missing = [kind for kind in types if kind not in given]
    if missing:
        desk.complain(
            path, f"no {what} for {', '.join(missing)}", f"a {what} for every type", f"Add it; 0 is a {what}.",
            on_key=True,
        )  # fmt: skip


def stated(prior: Prior) -> list[str]:
    """Names of the families a prior states; a good prior states one."""
    return [name.rstrip("_") for name in type(prior).model_fields if getattr(prior, name) is not None]


def wrong_numbers(prior: Prior) -> str:
    """What the numbers of a one-family prior should be, or '' where they are possible."""
    if prior.uniform is not None and not prior.uniform[0] < prior.uniform[1]:
        return "[low, high] with low below high"
    if prior.triangular is not None:
        low, mode, high = prior.triangular
        if not (low <= mode <= high and low < high):
            return "[low, likeliest, high] in rising order"
    if prior.beta is not None and not min(prior.beta) > 0:
        return "[a, b], both above 0"
    if prior.normal is not None and not prior.normal[1] > 0:
        return "[mean, standard deviation] with a deviation above 0"
    if prior.lognormal is not None and not (prior.lognormal[0] > 0 and prior.lognormal[1] > 1):
        return "[median, spread] with a median above 0 and a spread above 1"
    return ""


def possible(parameter: Parameter) -> bool:
    """Whether the parameter can be drawn."""
    prior = parameter.prior
    if prior is None or parameter.is_ is not None:
        return False
    unread = prior.from_ is not None and not prior.from_.values
    return len(stated(prior)) == 1 and not wrong_numbers(prior) and not unread


def check_family(desk: Desk, path: Path_, prior: Prior) -> None:
    """That a prior states one family, with numbers that are possible."""
    families = stated(prior)
    if len(families) != 1:
        found = " and ".join(families) if families else "no family"
        desk.complain(
            path,
            found,
            "exactly one of fixed, uniform, triangular, beta, normal, lognormal, from",
            "Write one, for instance `{uniform: [0.2, 0.6]}`.",
        )
        return
    wanted = wrong_numbers(prior)
    if wanted:
        family = families[0]
        numbers = getattr(prior, family)
        mend = (
            f"For a known number write `{{fixed: {numbers[0]:g}}}`."
            if numbers[0] == numbers[-1]
            else "Mend the numbers."
        )
        shown = ", ".join(f"{number:g}" for number in numbers)
        desk.complain((*path, family), f"{family} [{shown}]", wanted, mend)


def _check_circles(desk: Desk) -> None:
    """Derived parameters must rest on drawn ones in the end."""
    uses: dict[str, set[str]] = {}
    for name, parameter in desk.document.parameters.items():
        formula = desk.formulas.get(("parameters", name, "is"))
        if parameter.is_ is not None and formula is not None:
            uses[name] = set(formula.names) & set(desk.document.parameters)
    reported: set[str] = set()
    for name in uses:
        circle = _circle_from(name, uses)
        if circle and not reported & set(circle):
            reported |= set(circle)
            chain = " uses ".join(f"`{part}`" for part in [*circle, circle[0]])
            desk.complain(
                ("parameters", name, "is"),
                f"a circle: {chain}",
                "definitions that end in parameters with a prior",
                "Give one of them a prior instead of `is`.",
            )


def _circle_from(name: str, uses: dict[str, set[str]]) -> list[str]:
    """A way from `name` back to itself, if there is one."""
    ways: list[list[str]] = [[name]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in sorted(uses.get(way[-1], ())):
            if following == name:
                return way
            if following not in seen and following in uses:
                seen.add(following)
                ways.append([*way, following])
    return []
