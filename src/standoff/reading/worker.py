"""Strange input is taken apart in a process of its own, with a limit on time and memory.

A page or a PDF may be built to hang its parser or to fill the memory, and a server to answer one letter a
second; the name of a host may take minutes to resolve. Whatever it is, the worker is stopped and the program goes on.
One worker serves many inputs; after a stop a new one is started.

    parent -> worker   length, job as JSON, length, bytes
    worker -> parent   length, answer or problems as JSON, length, bytes
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from standoff.errors import EvidenceError, Problem, StandoffError
from standoff.evidence.dates import DateSpan
from standoff.language.printable import printable
from standoff.reading.arrived import Candidate
from standoff.reading.plain import Extract

MEMORY = 2_000_000_000  # bytes of address space
GRACE = 1.0  # seconds beyond the limit that a worker gets to stop by itself
_HEAD = struct.Struct(">Q")


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

    def extract(self, form: str, raw: bytes, declared: str | None, source: str, seconds: float) -> Extract:
        """A page or a PDF as text. Raises `EvidenceError`."""
        job = {"do": form, "declared": declared, "source": source}
        answer, _ = self._ask(job, raw, seconds, source, "reading it")
        told = tuple(
            Candidate(DateSpan(*map(_day, (each["first"], each["last"]))), each["where"]) for each in answer.pop("told")
        )
        return Extract(**{**answer, "told": told, "remarks": tuple(answer["remarks"])})

    def fetch(self, url: str, *, seconds: float, size: int, allow_private: bool) -> Fetched:
        """What stands at an address. Raises `EvidenceError`."""
        job = {"do": "fetch", "url": url, "seconds": seconds, "size": size, "allow_private": allow_private}
        answer, data = self._ask(job, b"", seconds, url, "fetching it")
        return Fetched(data, **answer)

    def _ask(
        self, job: dict[str, Any], raw: bytes, seconds: float, source: str, what: str
    ) -> tuple[dict[str, Any], bytes]:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        clock = threading.Timer(seconds + self._grace, end)
        clock.start()
        try:
            _send(process.stdin, job, raw)
            answer, data = _receive(process.stdout)
        except (OSError, EOFError, ValueError):
            self.stop()
            raise _stopped(source, what, seconds if late.is_set() else None) from None
        except BaseException:
            self.stop()  # interrupted: what it would answer is for nobody
            raise
        finally:
            clock.cancel()
        if not answer.pop("sound"):
            self.stop()
        if "problems" in answer:
            raise EvidenceError([Problem(**each) for each in answer["problems"]])
        return answer, data

    def _start(self) -> subprocess.Popen[bytes]:
        here = str(Path(__file__).parents[2])
        paths = os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "standoff.reading.worker", str(self._memory)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip
        return self._process


def main() -> None:
    """The worker: answer jobs until there are no more."""
    _limit(int(sys.argv[1]))
    into = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what a library prints is no answer
    while True:
        try:
            job, raw = _receive(sys.stdin.buffer)
        except EOFError:
            return
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
        if not sound:
            return  # who knows what is broken inside: the next job gets a new process


def _problems(error: StandoffError) -> dict[str, Any]:
    return {"problems": [asdict(each) for each in error.problems]}


def _done(job: dict[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
    if job["do"] == "fetch":
        from standoff.reading.fetch import fetch

        got = fetch(job["url"], seconds=job["seconds"], size=job["size"], allow_private=job["allow_private"])
        return {"url": got.url, "kind": got.kind, "charset": got.charset}, got.data
    if job["do"] == "pdf":
        from standoff.reading.pdf import read_pdf

        found = read_pdf(raw, job["source"])
    else:
        from standoff.reading.page import read_page

        found = read_page(raw, job["declared"], job["source"])
    told = [
        {"first": one.span.first.isoformat(), "last": one.span.last.isoformat(), "where": one.where}
        for one in found.told
    ]
    return {
        "text": found.text, "title": found.title, "outlet": found.outlet, "told": told, "remarks": list(found.remarks)
    }, b""  # fmt: skip


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


def _day(text: str) -> Any:
    from datetime import date

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


if __name__ == "__main__":
    main()
