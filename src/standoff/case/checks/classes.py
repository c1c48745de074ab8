"""Reference classes: endings that exist, counts that can be, and time that means something."""

from __future__ import annotations

from standoff.case.checks.desk import Desk
from standoff.errors import did_you_mean
from standoff.language.located import Path_


def check_classes(desk: Desk) -> None:
    """Everything under `reference_classes`."""
    known = list(desk.document.outcomes)
    for name, one in desk.document.reference_classes.items():
        path: Path_ = ("reference_classes", name)
        for i, outcome in enumerate(one.outcomes):
            if outcome not in known:
                desk.complain(
                    (*path, "outcomes", i), f"`{outcome}`", "an outcome", did_you_mean(outcome, known)
                )
        if one.count > one.of:
            desk.complain(
                (*path, "count"), f"{one.count} of {one.of} cases", "no more than there were",
                "Exchange the two, or mend one of them.",
            )  # fmt: skip
        if one.within is not None and "unresolved" in one.outcomes:
            desk.complain(
                (*path, "within"), "a time within which nothing was to happen", "a class without `within`",
                "Count the endings instead, and leave `unresolved` to the rest; or leave `within` out.", on_key=True,
            )  # fmt: skip
        if set(one.outcomes) >= set(known):
            desk.warn(
                (*path, "outcomes"), "every outcome of the case", "some of them",
                "A class of all endings says nothing; name those it was counted for.", on_key=True,
            )  # fmt: skip
