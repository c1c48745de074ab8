"""What the solver sees: reachable states, edges, payoffs and observations as named arrays."""

from standoff.game.compile import Structure, compile_case
from standoff.game.model import Game, Phase

__all__ = ["Game", "Phase", "Structure", "compile_case"]
