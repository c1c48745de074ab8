"""Runs that are killed, torn, refused or spread over workers: the same digits, and nothing lost."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast_kit import PUSHES, day, edited, write
from standoff.assessment import assess
from standoff.case import Case, load
from standoff.errors import RunError
from standoff.forecast import Forecast, Settings, Workers, draw, ensemble, forecast
from standoff.forecast.ensemble import CHUNK
from standoff.language.plain import plain

SETTINGS = Settings(draws=24, refine=False, check_grid=False)
HISTORY = "history:\n  - {date: 2030-01-15, a: push, judgement: 'test: so it was'}\n"
UNSURE = edited(PUSHES, ("costs: {a: {x: 0.5, y: -0.1}}", "costs: {a: {x: p, y: -0.1}}"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "pushes", UNSURE, HISTORY, "{p: {prior: {uniform: [0, 1]}, judgement: 'test: any'}}")


@pytest.fixture
def case(folder: Path) -> Case:
    return load(folder)


def run(case: Case, out: Path | None = None, workers: Workers | None = None, **changes: Any) -> Forecast:
    settings = replace(SETTINGS, **changes)
    return forecast(case, as_of=day(3), settings=settings, workers=workers or Workers(0), out=out)


def digits(value: Any) -> Any:
    """Everything in a forecast but how long it took."""
    if isinstance(value, dict):
        return {key: digits(part) for key, part in value.items() if key != "seconds"}
    if isinstance(value, list):
        return [digits(part) for part in value]
    return value


def said(made: Forecast) -> str:
    return json.dumps(digits(plain(made.to_json())), sort_keys=True)


def records_of(made: Forecast) -> dict[str, Any]:
    return {name: array for name, array in made.records.items() if name != "seconds"}


def same(one: Forecast, other: Forecast) -> bool:
    """To the last bit."""
    first, second = records_of(one), records_of(other)
    return said(one) == said(other) and all(first[name].tobytes() == second[name].tobytes() for name in first)


def chunks(out: Path) -> list[str]:
    return sorted(path.name for path in (out / "draws").glob("chunk-*.npz"))


# Killed and resumed -----------------------------------------------------------------------------------------

KILLED = """
    import os, signal, sys
    from standoff.assessment import assess
    from standoff.forecast import Settings, Workers

    def stop(done, of):
        if done >= 8:
            os.kill(os.getpid(), signal.SIGKILL)

    if __name__ == "__main__":
        settings = Settings(draws=24, refine=False, check_grid=False)
        assess(sys.argv[1], out=sys.argv[2], settings=settings, workers=Workers(int(sys.argv[3])), progress=stop)
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_in_mid_assess_and_resumed(folder: Path, tmp_path: Path, workers: int) -> None:
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(KILLED))
    out = tmp_path / "run"
    done = subprocess.run([sys.executable, script, folder, out, str(workers)], capture_output=True, timeout=300)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    kept = chunks(out)
    assert 2 <= len(kept) < 24 // CHUNK
    assert not (out / "forecast.json").exists()
    before = {name: (out / "draws" / name).stat().st_mtime_ns for name in kept}
    assess(folder, out=out, settings=SETTINGS, workers=Workers(workers))
    assess(folder, out=tmp_path / "whole", settings=SETTINGS)
    resumed, whole = (json.loads((tmp_path / name / "forecast.json").read_text()) for name in ("run", "whole"))
    assert digits(resumed) == digits(whole)
    assert {name: (out / "draws" / name).stat().st_mtime_ns for name in kept} == before  # not computed again
    assert len(chunks(out)) == 24 // CHUNK
    assert left_over() == []


def left_over() -> list[str]:
    """Worker processes of ours whose parent has gone; it may take them a moment to notice."""
    end = time.monotonic() + 20
    while True:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command, where = (entry / "cmdline").read_bytes(), os.readlink(entry / "cwd")
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            except (OSError, IndexError):
                continue
            if b"multiprocessing" in command and parent == "1" and where == os.getcwd():
                found.append(entry.name)
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.1)


def gone_within(pids: list[int | None], seconds: float) -> bool:
    """Whether these processes end in time. Asked of the system: two threads wait for the same child here, and the one
    that comes second cannot tell."""
    end = time.monotonic() + seconds
    while any(lives(pid) for pid in pids if pid is not None):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("workers", [0, 2])
def test_an_interrupt_keeps_what_is_finished(case: Case, tmp_path: Path, workers: int) -> None:
    out = tmp_path / "run"

    def stop(done: int, of: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forecast(case, as_of=day(3), settings=SETTINGS, workers=Workers(workers), out=out, progress=stop)
    assert len(chunks(out)) >= 2
    assert gone_within([child.pid for child in multiprocessing.active_children()], seconds=10)
    counted: list[int] = []
    made = forecast(case, as_of=day(3), settings=SETTINGS, out=out, progress=lambda done, of: counted.append(done))
    assert counted[0] >= 8
    assert counted[-1] == 24
    assert same(made, run(case))


# Workers ----------------------------------------------------------------------------------------------------


def test_a_worker_that_is_killed_is_replaced(case: Case, tmp_path: Path) -> None:
    shot: list[int] = []

    def shoot(done: int, of: int) -> None:
        victims = [child.pid for child in multiprocessing.active_children() if child.pid is not None]
        if 0 < done < of and not shot and victims:
            shot.append(victims[0])
            os.kill(victims[0], signal.SIGKILL)

    settings = replace(SETTINGS, draws=48)
    made = forecast(case, as_of=day(3), settings=settings, workers=Workers(2), out=tmp_path / "run", progress=shoot)
    assert shot
    assert same(made, run(case, draws=48))


def test_workers_that_keep_dying_are_given_up(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensemble, "_adopt", os._exit)  # as the initializer of every worker
    monkeypatch.setattr(ensemble, "ATTEMPTS", 1)
    with pytest.raises(RunError, match="keep dying"):
        run(case, workers=Workers(2))


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_that_loses_a_worker(case: Case, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        shot: list[int] = []

        def shoot(done: int, of: int) -> None:
            if 0 < done < of and not shot:
                pids = [worker.process.pid for worker in cluster.workers.values()]
                shot.append(pids[0])
                os.kill(pids[0], signal.SIGKILL)

        settings = replace(SETTINGS, draws=48)
        workers = Workers(address=cluster.scheduler_address)
        made = forecast(case, as_of=day(3), settings=settings, workers=workers, out=tmp_path / "run", progress=shoot)
        assert shot
    assert same(made, run(case, draws=48))


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_is_not_there(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(ensemble, "CONNECT", "0.3s")
    with pytest.raises(RunError, match="no scheduler at"):
        run(case, workers=Workers(address="tcp://127.0.0.1:9"))
    with pytest.raises(RunError, match="no scheduler at"):
        run(case, workers=Workers(address="nonsense"))


# Disks and folders ------------------------------------------------------------------------------------------


def broken_after(writes: int, trouble: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The disk takes so many files and no more."""
    left = [writes]
    real = os.fsync

    def fsync(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(trouble, os.strerror(trouble))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    yield
    monkeypatch.setattr(os, "fsync", real)


@pytest.mark.parametrize(("trouble", "words"), [(errno.ENOSPC, "No space left"), (errno.EROFS, "Read-only")])
def test_a_disk_that_takes_no_more(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: int, words: str
) -> None:
    out = tmp_path / "run"
    for _ in broken_after(3, trouble, monkeypatch):
        with pytest.raises(RunError, match=words) as caught:
            run(case, out)
    assert "finished draws are kept" in caught.value.problems[0].mend
    assert chunks(out) == ["chunk-00000.npz", "chunk-00001.npz"]  # the manifest was the third
    assert [path.name for path in (out / "draws").iterdir() if not path.name.startswith("chunk")] == []
    assert same(run(case, out), run(case))


def test_a_real_disk_that_is_full(case: Case, tmp_path: Path) -> None:
    disk = tmp_path / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("no right to mount a small disk")
    try:
        with pytest.raises(RunError, match="No space left"):
            run(case, disk / "run", draws=64)
        kept = chunks(disk / "run")
        assert kept
        subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
        assert same(run(case, disk / "run", draws=64), run(case, draws=64))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_folders_that_cannot_be_one(case: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for out in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(RunError, match="expected a folder"):
            run(case, out)
    with pytest.raises(RunError, match="File name too long"):
        run(case, tmp_path / ("x" * 300))


def test_the_run_of_something_else(case: Case, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    whole = run(case, out)
    for changes in ({"seed": 1}, {"draws": 8}, {"grid": 3}, {"time_limit": 9.0}):
        ((name, value),) = changes.items()
        said = f"another run: {name.replace('_', ' ')} {getattr(SETTINGS, name) or 'none'} there, {value} here;"
        with pytest.raises(RunError, match=said):
            run(case, out, **changes)
    other = load(folder, overrides={"p": 0.5})
    with pytest.raises(RunError, match=f"content of the case or its --set {case.hash} there, {other.hash} here;"):
        run(other, out)
    with pytest.raises(RunError, match=rf"another run: date [\d-]+ there, {day(2)} here;"):
        forecast(case, as_of=day(2), settings=SETTINGS, out=out)
    with pytest.raises(RunError, match=f"seed {SETTINGS.seed} there, 1 here; draws {SETTINGS.draws} there, 8 here"):
        run(case, out, seed=1, draws=8)
    assert same(run(case, out), whole)
    (out / "manifest.json").write_text("{torn")
    with pytest.raises(RunError, match=r"manifest\.json.*cannot be read"):
        run(case, out)


def test_a_folder_with_other_things_in_it_is_left_alone(case: Case, folder: Path, tmp_path: Path) -> None:
    before = sorted(folder.rglob("*"))
    with pytest.raises(RunError, match=r"a folder with other things in it \(case.yaml"):
        run(case, folder)
    assert sorted(folder.rglob("*")) == before
    out = tmp_path / "out"
    (out / "brief.html").parent.mkdir()
    (out / "brief.html").write_text("an old brief")
    (out / ".hidden").write_text("")
    run(case, out)  # what a run leaves, and what nobody sees, is no obstacle
    (out / "notes.txt").write_text("mine")
    run(case, out)  # nor is what was put beside a run
    with pytest.raises(RunError, match=r"other things in it \(out"):
        run(case, tmp_path)


def test_draws_left_behind_by_another_run_are_not_taken_for_ours(case: Case, tmp_path: Path) -> None:
    """Without its manifest a folder may hold anything: what is of this run is kept, the rest is computed again."""
    out = tmp_path / "run"
    run(case, out, grid=3)
    (out / "manifest.json").unlink()
    whole = run(case)
    assert same(run(case, out), whole)
    (out / "manifest.json").unlink()
    before = [(out / "draws" / name).stat().st_mtime_ns for name in chunks(out)]
    assert same(run(case, out), whole)
    assert [(out / "draws" / name).stat().st_mtime_ns for name in chunks(out)] == before


def test_a_failed_draw_is_tried_again(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "run"
    real = draw.solve
    calls: list[int] = []

    def short_of_memory(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == 6:
            raise MemoryError
        return real(*arguments, **options)

    monkeypatch.setattr(draw, "solve", short_of_memory)
    first = run(case, out)
    assert first.to_json()["failed"] == 1
    monkeypatch.setattr(draw, "solve", real)
    assert same(run(case, out), run(case))


def test_torn_chunks_are_computed_again(case: Case, tmp_path: Path) -> None:
    out = tmp_path / "run"
    whole = run(case, out)
    files = [out / "draws" / name for name in chunks(out)]
    files[0].write_bytes(files[0].read_bytes()[:500])
    files[1].write_bytes(b"")
    content = bytearray(files[2].read_bytes())
    content[200:260] = bytes(60)
    files[2].write_bytes(content)
    with np.load(files[3]) as data:
        kept = {name: data[name] for name in data.files if name != "series"}
    np.savez_compressed(files[3], **kept)
    with np.load(files[4]) as data:
        kept = {name: data[name][:2] if data[name].ndim else data[name] for name in data.files}
    np.savez_compressed(files[4], **kept)
    files[5].unlink()
    files[5].mkdir()
    with pytest.raises(RunError):  # a folder in a file's place cannot be replaced
        run(case, out)
    files[5].rmdir()
    assert same(run(case, out), whole)
    assert same(run(case, out), whole)


def test_a_finished_run_computes_nothing(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "run"
    whole = run(case, out, refine=True)

    def never(*_: Any) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(ensemble, "run_draw", never)
    assert same(run(case, out, refine=True), whole)
