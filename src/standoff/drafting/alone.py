"""One who accepts at a time: a second one waits until the first is done, so that no entry is lost between them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from standoff.errors import DraftError, Problem

PATIENCE = 60.0


@contextmanager
def alone(file: Path, patience: float = PATIENCE) -> Generator[None, None, None]:
    """Nobody else is inside this for the same file, in this process or another on this machine.

    The lock is on the file's folder, links followed: it leaves nothing behind, and ends with whoever holds it. Waits
    at most `patience` seconds and raises `DraftError` then. Where folders cannot be locked (Windows, some network
    disks) there is none, and the last look at the file before it is replaced must do.
    """
    handle = _opened(Path(os.path.realpath(file)).parent)  # links that lead nowhere are told of by whoever reads it
    try:
        if handle is not None:
            _wait(handle, file, patience)
        yield
    finally:
        if handle is not None:
            os.close(handle)  # and the lock with it


def _opened(folder: Path) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        return os.open(folder, os.O_RDONLY)
    except OSError:  # what is wrong with it is told where it is read
        return None


def _wait(handle: int, file: Path, patience: float) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    ends = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= ends:
                raise DraftError(
                    Problem(
                        f"somebody else who has been accepting for {patience:g} seconds",
                        "one who accepts at a time",
                        "Finish there first; nothing was written.",
                        file=str(file),
                    )
                ) from None
            time.sleep(0.05)
        except OSError:  # a disk without locks
            return
