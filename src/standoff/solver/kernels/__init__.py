"""The inner loops: layers of nodes, single nodes off the grid, forward mass. The only room that knows numba.

    lanes.py    eight belief points at once: a small vector type for compiled code
    node.py     one node: Bayes, the response to play, Newton, following the branch; work arrays
    batch.py    plain rounds for eight nodes at once, with secant acceleration
    layers.py   a phase for many states: what `standoff.solver.sweep` calls
    paths.py    a phase for many sampled paths

Everything works on plain arrays, allocates nothing and holds no Python object, so layers run in threads. The
model and the method are described in docs/mathematics.md, sections 2 and 3.
"""

from standoff.solver.kernels.lanes import LINE
from standoff.solver.kernels.layers import (
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
    "layer_with_types",
    "layer_without_types",
    "locate",
    "locate_many",
    "own_columns",
    "play_many",
    "push_mass",
    "scratch",
    "step_paths",
]
