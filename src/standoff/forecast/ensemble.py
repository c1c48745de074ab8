"""Many draws: over processes, over a Dask cluster, or in this one; resumable and independent of how many.

Draws are cut into chunks of consecutive indices. A chunk depends on nothing but the task and its points, so
who computes it, and when, does not matter. The same holds for any other work that comes in pieces (`Crew`).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from standoff.errors import Problem, RunError
from standoff.forecast.draw import FAILED, Record, Task, empty_record, run_draw
from standoff.forecast.settings import as_whole
from standoff.forecast.store import RunFolder, joined, stacked
from standoff.game.model import Floats

CHUNK = 1  # draws per chunk: seconds of work, and what an interrupted run loses at most for each worker
ATTEMPTS = 3  # how often workers may all die without finishing anything
CONNECT = "10s"  # how long to wait for a scheduler
Progress = Callable[[int, int], None]
Work = Callable[[Any, Any], Any]  # (what all pieces share, a piece) -> its result

_job: tuple[Work, Any] | None = None  # of this worker process: the work, and what all pieces share


def _adopt(job: tuple[Work, Any]) -> None:
    global _job
    _job = job
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which keeps what is finished
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    from multiprocessing.connection import wait

    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _run_piece(piece: Any) -> Any:
    assert _job is not None
    work, shared = _job
    return work(shared, piece)


def _run_with(task: Task, points: Floats) -> Record:
    return stacked([run_draw(task, u) for u in points])


@dataclass(frozen=True, slots=True)
class Workers:
    """How to compute; the numbers do not depend on it.

    count: processes; 0 or 1 is this one alone. A script that asks for more must do so under
        ``if __name__ == "__main__":``.
    address: of a Dask scheduler, such as ``tcp://127.0.0.1:8786``, which then does all the work.

    Raises RunError for anything else.
    """

    count: int = 0
    address: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "count", as_whole(self.count, "count", 0))
        if not isinstance(self.address, str | None):
            raise RunError(
                Problem(
                    found=f"address={self.address!r}"[:100],
                    expected="the address of a Dask scheduler, such as 'tcp://127.0.0.1:8786', or None",
                    mend="Give it as text, or leave it out.",
                    path="address",
                )
            )


def run_chunks(
    task: Task,
    points: Floats,
    folder: RunFolder | None,
    workers: Workers,
    first_chunk: int = 0,
    progress: Progress | None = None,
) -> Record:
    """Compute all points [D, size] in order; chunks already in `folder` are taken from there, unless a draw of them
    failed: memory or time may suffice the next time.

    `progress(done, all)` counts draws. KeyboardInterrupt leaves finished chunks in the folder and is passed
    on. Raises RunError if workers cannot be had, die again and again, or a chunk cannot be stored.
    """
    pieces = [points[i : i + CHUNK] for i in range(0, len(points), CHUNK)]
    chunks: dict[int, Record] = {}
    if folder is not None:
        shapes = {name: (array.shape, array.dtype) for name, array in empty_record(task).items()}
        for index, piece in enumerate(pieces):
            found = folder.load(first_chunk + index)
            if found is not None and _holds(found, piece, shapes):
                chunks[index] = found
    done = sum(len(pieces[index]) for index in chunks)
    if progress is not None:
        progress(done, len(points))
    waiting = {index: pieces[index] for index in range(len(pieces)) if index not in chunks}
    with Crew(_run_with, task, workers) as crew, closing(crew.run(waiting)) as computed:
        for index, chunk in computed:
            chunks[index] = chunk
            if folder is not None:
                folder.save(first_chunk + index, chunk)
            done += len(pieces[index])
            if progress is not None:
                progress(done, len(points))
    return joined([chunks[index] for index in range(len(pieces))])


def _holds(found: Record, piece: Floats, shapes: dict[str, tuple[tuple[int, ...], Any]]) -> bool:
    """Whether a stored chunk is what would be computed for these points."""
    if set(found) != set(shapes):
        return False
    if any(array.shape != (len(piece), *shapes[name][0]) for name, array in found.items()):
        return False
    return bool((found["u"] == piece).all() and (found["status"] != FAILED).all())


class Crew:
    """Whoever computes: `work(shared, piece)` for pieces that are independent of each other.

    work: a function that workers can import; shared: sent to every worker once. Processes are started when there is
    something for them to do, stay for the next call of `run`, and end at once with the ``with`` block.
    """

    def __init__(self, work: Work, shared: Any, workers: Workers) -> None:
        self.work, self.shared, self.workers = work, shared, workers
        self.pool: ProcessPoolExecutor | None = None
        self.client: Any = None
        self.scattered: Any = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self._dismiss()
        if self.client is not None:
            self.client.close()
            self.client = None

    def run(self, pieces: Mapping[int, Any]) -> Generator[tuple[int, Any], None, None]:
        """(index, result) of every piece, as they are finished. Raises what `work` raises, and RunError if workers
        cannot be had or die again and again."""
        if not pieces:
            return
        if self.workers.address is not None:
            yield from self._on_cluster(pieces, self.workers.address)
        elif self.workers.count > 1 and (len(pieces) > 1 or self.pool is not None):
            yield from self._in_processes(pieces)
        else:
            for index, piece in pieces.items():
                yield index, self.work(self.shared, piece)

    def _dismiss(self) -> None:
        if self.pool is not None:
            _stop(self.pool)
            self.pool = None

    def _in_processes(self, pieces: Mapping[int, Any]) -> Generator[tuple[int, Any], None, None]:
        """A worker that is killed breaks its pool: another is started for what is left."""
        left = dict(pieces)
        stalled = 0
        while left:
            before = len(left)
            if self.pool is None:
                context = multiprocessing.get_context("spawn")
                size = min(self.workers.count, len(left))
                job = (self.work, self.shared)
                self.pool = ProcessPoolExecutor(size, mp_context=context, initializer=_adopt, initargs=(job,))
            done = False
            try:
                with _sheltered():
                    futures = {self.pool.submit(_run_piece, piece): index for index, piece in left.items()}
                for future in as_completed(futures):
                    result = future.result()
                    index = futures[future]
                    left.pop(index)
                    yield index, result
                done = True
            except BrokenProcessPool:
                stalled = 0 if len(left) < before else stalled + 1
            finally:
                if not done:
                    self._dismiss()
            if stalled == ATTEMPTS:
                raise RunError(
                    Problem(
                        found="worker processes that keep dying",
                        expected="workers that finish a few draws",
                        mend="There may be too little memory: try --workers 1 or a coarser --grid. A script that asks "
                        "for workers must do so under `if __name__ == '__main__':`. Finished draws are kept.",
                    )
                )

    def _on_cluster(self, pieces: Mapping[int, Any], address: str) -> Generator[tuple[int, Any], None, None]:
        """What a lost worker held is sent again; the numbers do not change."""
        if self.client is None:
            self.client = _connected(address)
        from distributed import as_completed as completed

        client = self.client
        left = dict(pieces)
        stalled, last = 0, ""
        while left:
            before = len(left)
            try:
                if self.scattered is None:
                    self.scattered = client.scatter(self.shared, broadcast=True, hash=False)
                futures = {
                    client.submit(self.work, self.scattered, piece, retries=5, pure=False): index
                    for index, piece in left.items()
                }
                for future in completed(list(futures), loop=client.loop):
                    result = future.result()
                    index = futures[future]
                    left.pop(index)
                    yield index, result
            except Exception as error:  # Dask raises what it likes: lost workers, cancelled futures, closed links
                last = _first_line(error)
                stalled = 0 if len(left) < before else stalled + 1
                self.scattered = None
            if stalled == ATTEMPTS:
                raise RunError(
                    Problem(
                        found=f"a cluster that loses its work ({last})",
                        expected="workers that finish a few draws",
                        mend="Look at the workers' logs: memory, and whether they have this version of standoff. "
                        "Finished draws are kept.",
                    )
                )


@contextmanager
def _sheltered() -> Generator[None, None, None]:
    """Processes started here never hear Ctrl-C, not even before their first line."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End a pool without waiting for draws that nobody will use."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise RunError(
            Problem(
                found="no Dask in this environment",
                expected="the `distributed` package",
                mend="Install standoff with its `cluster` extra.",
            )
        ) from None
    try:
        return Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError, ImportError) as error:
        raise RunError(
            Problem(
                found=f"no scheduler at {address} ({_first_line(error)})",
                expected="the address of a running Dask scheduler, such as tcp://127.0.0.1:8786",
                mend="Start one with `dask scheduler` and `dask worker ADDRESS`, or leave --cluster out.",
            )
        ) from None


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")[:200] or type(error).__name__
