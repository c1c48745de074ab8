"""Whether the kernels have been compiled on this machine before."""

from __future__ import annotations

import os
from pathlib import Path


def compiled_before() -> bool:
    """True if compiled kernels lie in numba's cache, so that the first solve starts at once."""
    places = [Path(__file__).parent]
    if os.environ.get("NUMBA_CACHE_DIR"):
        places = [Path(os.environ["NUMBA_CACHE_DIR"])]
    return any(next(place.rglob("*layer_with*.nbi"), None) is not None for place in places if place.is_dir())
