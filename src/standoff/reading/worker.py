"""Strange input is taken apart in a process of its own, with a limit on time and memory.

A page, a PDF or a plain text may be built to hang whoever takes it apart or to fill the memory, and a server to
answer one letter a second; the name of a host may take minutes to resolve. Whatever it is, the worker is stopped and
the program goes on. One worker serves many inputs; after a stop a new one is started.

The worker imports from where its parent does, the folder it is started in apart: a file that happens to lie beside
the reports is not run. It ends with its parent, by the end of its input or by the system's clock.

    parent -> worker   length, job as JSON, length, bytes
    worker -> parent   length, answer or problems as JSON, length, bytes
"""

from __future__ import annotations

import json
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from standoff.errors import EvidenceError, Problem, StandoffError
from standoff.evidence.dates import DateSpan
from standoff.language.printable import printable

if TYPE_CHECKING:
    from standoff.reading.arrived import Arrived
    from standoff.reading.beside import Beside, Question

MEMORY = 2_000_000_000  # bytes of address space
GRACE = 1.0  # seconds beyond the limit that a worker gets to stop by itself
START = 60.0  # seconds a worker gets to start: nothing strange is in that yet
_HEAD = struct.Struct(">Q")
_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from standoff.reading.worker import main
main(int(sys.argv[2]))
"""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server sent: `url` after redirects, `kind` and `charset` as declared."""

    data: bytes
    url: str
    kind: str
    charset: str | None


class Worker:
    """A process that reads. Use it as a context; it starts with the first job. `memory` in bytes, `grace` in
    seconds."""

    def __init__(self, memory: int = MEMORY, grace: float = GRACE) -> None:
        self._memory, self._grace = memory, grace
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        process.wait()

    def read(
        self,
        form: str,
        raw: bytes,
        charset: str | None,
        where: str,
        said: DateSpan | None,
        read_on: date,
        seconds: float,
    ) -> Arrived:
        """A report out of bytes, see `describe`. Raises `EvidenceError`."""
        from standoff.reading.carried import unpack

        job = {
            "do": "read", "form": form, "charset": charset, "source": where, "read_on": read_on.isoformat(),
            "said": None if said is None else [said.first.isoformat(), said.last.isoformat(), said.text],
        }  # fmt: skip
        _, data = self._ask(job, raw, seconds, where, "reading it")
        made: Arrived = unpack(data)
        return made

    def beside(self, asked: Question, seconds: float) -> Beside:
        """New reports held against the others, see `beside`. Raises `EvidenceError`."""
        from standoff.reading.carried import pack, unpack

        names = ", ".join(story.id for story in asked.new)
        what = "holding it against the other reports; it is read"
        _, data = self._ask({"do": "beside", "source": names}, pack(asked), seconds, names, what)
        found: Beside = unpack(data)
        return found

    def fetch(self, url: str, *, seconds: float, size: int, allow_private: bool) -> Fetched:
        """What stands at an address. Raises `EvidenceError`."""
        job = {"do": "fetch", "url": url, "seconds": seconds, "size": size, "allow_private": allow_private}
        answer, data = self._ask(job, b"", seconds, url, "fetching it")
        return Fetched(data, **answer)

    def _ask(
        self, job: dict[str, Any], raw: bytes, seconds: float, source: str, what: str
    ) -> tuple[dict[str, Any], bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.stop()  # ended while nobody asked it anything
        if self._process is None:
            self._start()
        process = self._process
        assert process is not None
        alarm = seconds + self._grace + 1.0  # of the worker's own, should nobody be left to stop it
        try:
            answer, data, late = _within(process, seconds + self._grace, {**job, "alarm": alarm}, raw)
        except _Ended as ended:
            rung = process.poll() == -getattr(signal, "SIGALRM", 0) != 0
            self.stop()
            raise _stopped(source, what, seconds if ended.late or rung else None) from None
        except BaseException:
            self.stop()  # interrupted: what it would answer is for nobody
            raise
        if late or not answer.pop("sound"):
            self.stop()
        answer.pop("sound", None)
        if "problems" in answer:
            raise EvidenceError([Problem(**each) for each in answer["problems"]])
        return answer, data

    def _start(self) -> None:
        here = str(Path(__file__).parents[2])
        try:
            home = os.path.realpath(os.getcwd())
        except OSError:  # removed meanwhile: nothing lies in it
            home = ""
        paths = [each for each in sys.path if os.path.isabs(each) and os.path.realpath(each) != home]
        paths += [] if here in paths else [here]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", "-c", _PROGRAM, json.dumps(paths), str(self._memory)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            # Of the memory set aside none goes to room that threads might want.
            env={**os.environ, "MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        try:
            _within(self._process, START, None, b"")
        except _Ended:
            self.stop()
            raise _no_worker() from None
        except BaseException:
            self.stop()
            raise


class _Ended(Exception):  # noqa: N818 - what it means, the caller knows
    """The worker has ended without an answer, `late` if it was stopped by the clock."""

    def __init__(self, late: bool) -> None:
        super().__init__()
        self.late = late


def _within(
    process: subprocess.Popen[bytes], seconds: float, job: dict[str, Any] | None, raw: bytes
) -> tuple[dict[str, Any], bytes, bool]:
    """(answer, data, whether the process was stopped all the same), or `_Ended`.

    Answer and clock may come at once: what came first counts, and a process that was stopped is known to be.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    one = threading.Lock()
    answered, late = threading.Event(), threading.Event()

    def end() -> None:
        with one:
            if not answered.is_set():
                late.set()
                process.kill()

    clock = threading.Timer(seconds, end)
    clock.daemon = True
    clock.start()
    try:
        if job is not None:
            _send(process.stdin, job, raw)
        answer, data = _receive(process.stdout)
        with one:
            answered.set()
        return answer, data, late.is_set()
    except (OSError, EOFError, ValueError):
        raise _Ended(late.is_set()) from None
    finally:
        clock.cancel()


def main(memory: int) -> None:
    """The worker: answer jobs until there are no more."""
    _limit(memory)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process
    into = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what a library prints is no answer
    from standoff.reading import carried, describe  # noqa: F401 - before the clock runs

    jobs = queue.SimpleQueue[tuple[dict[str, Any], bytes]]()
    threading.stack_size(512 * 1024)
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    _send(into, {"ready": True}, b"")
    while True:
        job, raw = jobs.get()
        _alarm(job["alarm"])
        data, sound = b"", True
        try:
            answer, data = _done(job, raw)
        except StandoffError as error:
            answer = _problems(error)
        except MemoryError:
            answer, sound = _problems(_too_much(str(job.get("source") or job.get("url")))), False
        except Exception as error:  # third-party parsers on hostile input: whatever they throw is said in one line
            answer, sound = _problems(_failed(str(job.get("source") or job.get("url")), error)), False
        _send(into, {**answer, "sound": sound}, data)
        _alarm(0)
        if not sound:
            return  # who knows what is broken inside: the next job gets a new process
        del raw, data


def _listen(jobs: queue.SimpleQueue[tuple[dict[str, Any], bytes]]) -> None:
    """Jobs as they come; when no more can come there is no parent, and whatever is being done is for nobody."""
    try:
        while True:
            jobs.put(_receive(sys.stdin.buffer))
    finally:
        os._exit(0)


def _alarm(seconds: float) -> None:
    """End this process after so many seconds, 0 for never. The system does it, also inside a library that listens to
    nobody."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _problems(error: StandoffError) -> dict[str, Any]:
    return {"problems": [asdict(each) for each in error.problems]}


def _done(job: dict[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
    if job["do"] == "fetch":
        from standoff.reading.fetch import fetch

        got = fetch(job["url"], seconds=job["seconds"], size=job["size"], allow_private=job["allow_private"])
        return {"url": got.url, "kind": got.kind, "charset": got.charset}, got.data
    from standoff.reading.carried import pack, unpack

    if job["do"] == "beside":
        from standoff.reading.beside import beside

        return {}, pack(beside(unpack(raw)))
    from standoff.reading.describe import describe

    told = job["said"]
    said = None if told is None else DateSpan(_day(told[0]), _day(told[1]), told[2])
    return {}, pack(describe(job["form"], raw, job["charset"], job["source"], said, _day(job["read_on"])))


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on this system: the limit on time remains
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return


def _send(pipe: IO[bytes], head: dict[str, Any], data: bytes) -> None:
    written = json.dumps(head).encode()
    pipe.write(_HEAD.pack(len(written)) + written + _HEAD.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    head: dict[str, Any] = json.loads(_part(pipe))
    return head, _part(pipe)


def _part(pipe: IO[bytes]) -> bytes:
    length = pipe.read(_HEAD.size)
    if len(length) < _HEAD.size:
        raise EOFError
    wanted = _HEAD.unpack(length)[0]
    data = pipe.read(wanted)
    if len(data) < wanted:
        raise EOFError
    return data


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _stopped(source: str, what: str, seconds: float | None) -> EvidenceError:
    if seconds is None:
        return _too_much(source)
    return EvidenceError(
        Problem(
            f"no end to {what} after {seconds:g} seconds", f"an answer within {seconds:g} seconds",
            "Give it longer with --timeout, or save the text from a viewer and read that file.",
            file=printable(source, 200),
        )
    )  # fmt: skip


def _too_much(source: str) -> EvidenceError:
    return EvidenceError(
        Problem(
            "more in it than the memory set aside for reading one report", "a report of ordinary size",
            "Save the text itself from a viewer or browser and read that file.", file=printable(source, 200),
        )
    )  # fmt: skip


def _failed(source: str, error: Exception) -> EvidenceError:
    what = printable(f"{type(error).__name__}: {error}".splitlines()[0], 120)
    return EvidenceError(
        Problem(
            f"a file that cannot be taken apart ({what})", "a page or document that opens",
            "Save the text itself from a viewer or browser and read that file.", file=printable(source, 200),
        )
    )  # fmt: skip


def _no_worker() -> EvidenceError:
    return EvidenceError(
        Problem(
            "a reading process that does not start", "this program in one piece",
            "Try again; if it stays so, install it anew.",
        )
    )  # fmt: skip
