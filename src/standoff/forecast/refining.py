"""Where history leaves the weight of few draws: a proposal around those, and what corrects for it."""

from __future__ import annotations

import numpy as np

from standoff.forecast import weights as weighing
from standoff.forecast.draws import Mixture, mixture_around
from standoff.game.model import Floats


def proposal_of(points: Floats, log_weights: Floats) -> Mixture:
    """The proposal for refined draws, from draws of the prior at `points` [N, size] with `log_weights` [N]."""
    power = weighing.temper(log_weights, min(8.0, len(points) / 4))
    return mixture_around(points, weighing.normalised(power * log_weights))


def log_balance(proposal: Mixture, u: Floats, drawn: int, refined: int) -> Floats:
    """[D] log-density of draws u [D, size] relative to the prior, by the balance heuristic: `drawn` of the prior and
    `refined` of the proposal are one sample from the mixture of both."""
    near = proposal.log_density(u)
    return np.asarray(np.logaddexp(np.log(drawn), np.log(refined) + near) - np.log(drawn + refined))


def marginal(proposal: Mixture, columns: list[int]) -> Mixture:
    """The proposal of some coordinates alone, the others integrated out: kernels are products, so they drop."""
    return Mixture(proposal.centres[:, columns], proposal.weights, proposal.width[columns], proposal.share)
