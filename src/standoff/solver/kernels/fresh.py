"""Compiled code of an earlier version is not used again.

Numba keeps compiled kernels in a folder and recompiles one when the file it stands in changes. It does not see
changes in the other files of this room, whose functions are compiled into it; so the kept code is thrown away when
any of them differs from what it was made from.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

STAMP = "standoff-kernels.sha256"


def forget_stale_code(sources: Path, kept: Path, owners: tuple[str, ...]) -> bool:
    """Delete what numba keeps in `kept` of the modules `owners` unless it was made from the files in `sources`.

    Returns whether anything had to go. A folder that cannot be written is left as it is.
    """
    digest = hashlib.sha256()
    for file in sorted(sources.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    stamp = kept / STAMP
    stale = False
    with contextlib.suppress(OSError):
        if stamp.is_file() and stamp.read_text() == digest.hexdigest():
            return False
        for owner in owners:
            for old in [*kept.glob(f"{owner}.*.nbi"), *kept.glob(f"{owner}.*.nbc")]:
                old.unlink(missing_ok=True)
                stale = True
        kept.mkdir(parents=True, exist_ok=True)
        stamp.write_text(digest.hexdigest())
    return stale
