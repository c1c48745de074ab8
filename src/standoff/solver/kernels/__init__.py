"""The inner loops: layers of nodes, single nodes off the grid, forward mass. The only room that knows numba.

    lanes.py    many belief points at once: a small vector type for compiled code
    node.py     one node: Bayes, the response to play, following the branch of equilibria; work arrays
    batch.py    many nodes at once: accelerated rounds from uniform play
    layers.py   a phase for many states: what `standoff.solver.sweep` calls
    paths.py    a phase for many sampled paths
    signs.py    a phase for many masses, each stopped by what it shows
    fresh.py    compiled code of an earlier version is not used again

Everything works on plain arrays, allocates nothing and holds no Python object, so layers run in threads. The
model and the method are described in docs/mathematics.md, sections 2 and 3.

Names used throughout

    n      number of types of the actor whose type matters in the phase
    A, O   moves open in a state; observations they can leave, each with one successor
    E      ways the open moves can turn out: way e belongs to move ``e_act[e]``, leaves observation ``e_obs[e]`` with
           probability ``e_prob[e, k]`` for type k
    sig    [A, n] probability of each move, given a turn, for each type; `turn` is the chance of one, `standing` the
           move that goes on without
    reach  [O, n+1] probability of each observation for each type, tempo included, and last under the public belief
    post   [O, n] public belief after each observation
    q      [A, n] value of each move for each type; ``q = R(sig)``, and ``sig = softmax(lam q)`` in equilibrium
    flat, at, vs, ks   the mover's own values: simplex point p, type k after observation o at
           ``flat[at[o] + p * vs + k * ks]``
    m, table   subdivisions of the mover's simplex, and where its lattice corners stand (`standoff.solver.grid`)
    w      work arrays (`scratch`); names that begin with l_ hold many beliefs, the lane as last axis
"""

from pathlib import Path

from standoff.solver.kernels.fresh import forget_stale_code
from standoff.solver.kernels.lanes import LINE
from standoff.solver.kernels.layers import (
    close_step,
    layer_with_types,
    layer_without_types,
    locate,
    locate_many,
    own_columns,
    play_many,
    push_mass,
)
from standoff.solver.kernels.node import (
    FOLLOWED,
    RESIDUAL,
    ROUNDS,
    SPLIT,
    STUCK,
    UPDATES,
    WORST_BELIEF,
    WORST_STATE,
    Work,
    scratch,
)
from standoff.solver.kernels.paths import step_paths
from standoff.solver.kernels.signs import push_signs, worth_of_signs

__all__ = [
    "FOLLOWED",
    "LINE",
    "RESIDUAL",
    "ROUNDS",
    "SPLIT",
    "STUCK",
    "UPDATES",
    "WORST_BELIEF",
    "WORST_STATE",
    "Work",
    "close_step",
    "layer_with_types",
    "layer_without_types",
    "locate",
    "locate_many",
    "own_columns",
    "play_many",
    "push_mass",
    "push_signs",
    "scratch",
    "step_paths",
    "worth_of_signs",
]

forget_stale_code(Path(__file__).parent, Path(layer_with_types.stats.cache_path), ("layers", "paths", "signs"))
