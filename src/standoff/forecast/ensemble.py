"""Many draws: over processes, over a Dask cluster, or in this one; resumable and independent of how many.

Draws are cut into chunks of consecutive indices. A chunk depends on nothing but the task and its points, so who
computes it, and when, does not matter.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from standoff.errors import Problem, RunError
from standoff.forecast.draw import Record, Task, run_draw
from standoff.forecast.store import RunFolder, joined, stacked
from standoff.game.model import Floats

CHUNK = 4  # draws per chunk: a few seconds of work, a few hundred kilobytes
Progress = Callable[[int, int], None]

_task: Task | None = None  # of this worker process


def _adopt(task: Task) -> None:
    global _task
    _task = task
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which keeps what is finished
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")


def _run_points(points: Floats) -> Record:
    assert _task is not None
    return stacked([run_draw(_task, u) for u in points])


def _run_with(task: Task, points: Floats) -> Record:
    return stacked([run_draw(task, u) for u in points])


@dataclass(frozen=True, slots=True)
class Workers:
    """How to compute: `count` processes (0: in this one), or a Dask scheduler's `address`."""

    count: int = 0
    address: str | None = None


def run_chunks(
    task: Task, points: Floats, folder: RunFolder | None, workers: Workers, first_chunk: int = 0,
    progress: Progress | None = None,
) -> Record:  # fmt: skip
    """Compute all points [D, size] in order; chunks already in `folder` are taken from there.

    `progress(done, all)` counts draws. KeyboardInterrupt leaves finished chunks in the folder and is passed
    on. Raises RunError if workers cannot be had or die again and again.
    """
    pieces = [points[i : i + CHUNK] for i in range(0, len(points), CHUNK)]
    chunks: dict[int, Record] = {}
    if folder is not None:
        for index, piece in enumerate(pieces):
            found = folder.load(first_chunk + index)
            if found is not None and found["u"].shape == piece.shape and (found["u"] == piece).all():
                chunks[index] = found
    done = sum(len(pieces[index]) for index in chunks)
    if progress is not None:
        progress(done, len(points))
    waiting = [index for index in range(len(pieces)) if index not in chunks]
    for index, chunk in _compute(task, {index: pieces[index] for index in waiting}, workers):
        chunks[index] = chunk
        if folder is not None:
            folder.save(first_chunk + index, chunk)
        done += len(pieces[index])
        if progress is not None:
            progress(done, len(points))
    return joined([chunks[index] for index in range(len(pieces))])


def _compute(task: Task, pieces: dict[int, Floats], workers: Workers) -> Iterator[tuple[int, Record]]:
    if not pieces:
        return
    if workers.address is not None:
        yield from _on_cluster(task, pieces, workers.address)
    elif workers.count > 1 and len(pieces) > 1:
        yield from _in_processes(task, pieces, workers.count)
    else:
        for index, points in pieces.items():
            yield index, _run_with(task, points)


def _in_processes(task: Task, pieces: dict[int, Floats], count: int) -> Iterator[tuple[int, Record]]:
    from concurrent.futures.process import BrokenProcessPool

    left = dict(pieces)
    for _ in range(3):  # a worker that was killed breaks the pool: start another for what is left
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(min(count, len(left)), mp_context=context, initializer=_adopt, initargs=(task,))
        try:
            futures = {pool.submit(_run_points, points): index for index, points in left.items()}
            for future in as_completed(futures):
                index = futures[future]
                chunk = future.result()
                left.pop(index)
                yield index, chunk
            pool.shutdown()
            return
        except BrokenProcessPool:
            pool.shutdown(wait=False, cancel_futures=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    raise RunError(
        Problem(
            found="worker processes that keep dying",
            expected="workers that finish a few draws",
            mend="There may be too little memory: try --workers 1 or a coarser --grid. Finished draws are kept.",
        )
    )


def _on_cluster(task: Task, pieces: dict[int, Floats], address: str) -> Iterator[tuple[int, Record]]:
    try:
        from distributed import Client
        from distributed import as_completed as completed
    except ImportError:
        raise RunError(
            Problem(
                found="no Dask in this environment",
                expected="the `distributed` package",
                mend="Install standoff with its `cluster` extra.",
            )
        ) from None
    client: Any = None
    try:
        client = Client(address, timeout="10s")
    except (OSError, TimeoutError, ValueError) as error:
        raise RunError(
            Problem(
                found=f"no scheduler at {address} ({error})",
                expected="the address of a running Dask scheduler, such as tcp://127.0.0.1:8786",
                mend="Start one with `dask scheduler` and `dask worker ADDRESS`, or leave --cluster out.",
            )
        ) from None
    try:
        shared = client.scatter(task, broadcast=True, hash=False)
        futures = {
            client.submit(_run_with, shared, points, retries=5, pure=False): index for index, points in pieces.items()
        }
        for future in completed(list(futures)):
            yield futures[future], future.result()
    finally:
        client.close()
