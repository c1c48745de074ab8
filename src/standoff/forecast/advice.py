"""What to do where draws are too few: ask for more, or look at the priors."""

from __future__ import annotations

from math import ceil

from standoff.forecast.settings import DRAWS, QUICK_DRAWS

MANY = 64  # draws asked for above which too few effective ones are no accident of asking for few
STEP = 8  # numbers to ask for are multiples of it


def advice(asked: int, effective: float, needed: float, failed: int = 0) -> str:
    """A sentence or two on how to come by `needed` effective draws, where `asked` gave `effective`.

    asked: draws asked for, those of refinement not among them; failed: of all that were made, those that could not be
        solved. To ask for more is advised where few were asked for: as many as suffice if the others are worth as much
        as these. Only where many were, history is what they lack.
    """
    if 2 * failed > asked:
        several = f"{failed} draws failed and weigh" if failed != 1 else "One draw failed and weighs"
        return f"{several} nothing; the warnings of `standoff forecast` say why."
    several = f"{asked} draws were" if asked != 1 else "One draw was"
    if asked >= MANY:
        return f"{several} asked for, and history contradicts most: widen the priors that it contradicts."
    wanted = needed * asked / effective if effective > 0 else DRAWS
    number = min(max(STEP * ceil(wanted / STEP), QUICK_DRAWS), DRAWS)
    return f"{several} asked for; ask for at least {number}, with --draws {number}."
