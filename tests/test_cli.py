"""The command line: usage, answers, refusals, interruptions, defects."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from case_kit import CASE, changed, written
from standoff import __version__, verbs
from standoff.case import shipped_cases
from standoff.cli import app, run, screen

VERBS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
STANDOFF = [sys.executable, "-c", "from standoff.cli import main; main()"]


def call(*args: object, input: str | None = None) -> Result:
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, [str(arg) for arg in args], input=input)


def fine(*args: object, input: str | None = None) -> str:
    result = call(*args, input=input)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*args: object) -> str:
    """What is said on standard error; standard output stays empty, and nobody sees a traceback."""
    result = call(*args)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return " ".join(result.stderr.split())


@pytest.fixture
def sel(tmp_path: Path) -> Path:
    return written(tmp_path / "sel")


# Help and usage ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_examples(verb: str) -> None:
    said = fine(verb, "--help")
    examples = said.split("Examples:")[1].split("\n\n")[0].strip().splitlines()
    assert len(examples) >= 2
    known = {name for one in VERBS[verb].params for name in one.opts}
    for line in examples:
        words = shlex.split(line.split("|")[-1] if f"standoff {verb}" not in line.split("|")[0] else line.split("|")[0])
        assert words[:2] == ["standoff", verb]
        assert {word for word in words if word.startswith("--")} <= known
    assert fine(verb, "-h") == said


def test_the_first_help() -> None:
    said = fine("--help")
    assert all(verb in said for verb in VERBS)
    assert "Exit codes: 0 fine" in said
    assert "..." not in said.split("Commands:")[1]  # every verb in one whole line
    assert fine("--version") == f"standoff {__version__}\n"
    assert call().exit_code == 2  # and the help is shown
    assert "Commands:" in call().output


def test_help_wakes_nothing_heavy() -> None:
    code = (
        "import sys; from standoff.cli import app; import standoff; "
        "heavy = {'numpy', 'scipy', 'numba', 'rich', 'pydantic', 'ruamel', 'vl_convert', 'jinja2'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "args",
    [
        ["assess"],
        ["assess", "sel", "--nothing"],
        ["frobnicate", "sel"],
        ["solve", "sel", "--set", "face"],
        ["solve", "sel", "--set", "=3"],
        ["forecast", "sel", "--as-of", "the other day"],
        ["forecast", "sel", "--draws", "0"],
        ["forecast", "sel", "--draws", "many"],
        ["simulate", "sel", "--paths", "0"],
        ["solve", "sel", "--grid", "0"],
    ],
)
def test_wrong_usage(args: list[str], sel: Path) -> None:
    result = call(*[sel if arg == "sel" else arg for arg in args])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error" in result.stderr
    assert "Traceback" not in result.stderr


# Looking ----------------------------------------------------------------------------------------------------


def test_check(sel: Path, tmp_path: Path) -> None:
    assert "no problems found" in fine("check", sel)
    assert json.loads(fine("check", sel, "--json")) == []
    broken = written(tmp_path / "broken", changed(CASE, ("when: cordon < blockade", "when: cordon < blocade")))
    result = call("check", broken)
    assert result.exit_code == 1
    assert "Did you mean" in result.stdout
    result = call("check", broken, "--clock", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["clock"] is None
    assert told["problems"][0]["path"] == "moves.admiralty.tighten.when"
    doubtful = written(tmp_path / "doubtful", changed(CASE, ("[0.3, 0.8]}\n    because: [a-show]", "[0.3, 0.8]}")))
    assert "warning" in fine("check", doubtful)
    assert call("check", tmp_path / "nowhere").exit_code == 1
    assert "no such folder" in call("check", sel, "--texts", tmp_path / "nowhere").stdout


def test_check_clock(sel: Path) -> None:
    said = fine("check", sel, "--clock", "--grid", 4)
    assert re.search(r"Halving the step moves no outcome by more than \d+\.\d\d points", said)
    assert "A day a step" in said
    told = json.loads(fine("check", sel, "--clock", "--json", "--grid", 4))
    assert told["clock"]["largest"] == max(abs(row["moved"]) for row in told["clock"]["outcomes"].values())
    assert bool(told["problems"]) == (told["clock"]["largest"] > 0.02)


def test_show_evidence_cases(sel: Path) -> None:
    assert "The Admiralty of Norrey" in fine("show", sel)
    assert json.loads(fine("show", sel, "--json"))["title"] == "The Sel bank"
    assert "usually reliable" in fine("evidence", sel)
    assert json.loads(fine("evidence", sel, "--as-of", "2031-03-03", "--json"))["claims"] == []
    assert len(json.loads(fine("evidence", sel, "--as-of", "March 2031", "--json"))["claims"]) == 5
    assert [row["name"] for row in json.loads(fine("cases", "--json"))] == list(shipped_cases())
    said = " ".join(fine("cases").split())
    assert "venezuela-2025 Washington and Caracas, 2025 Does the pressure end" in said
    assert "Ended on 3 January 2026: he is seized in a raid. /" in said
    assert "force is used by the US administration. Coded by the archetype ultimatum." in said


def test_an_anchor_into_filler_is_remarked_on(sel: Path) -> None:
    report = sel / "reports" / "harbour-gazette.md"
    spot = fine("anchor", report, "about two weeks once the ferries stop").removeprefix("digest_anchor: ")
    report.write_text(report.read_text().replace("digest: an", f"filler: [{spot.strip()}]\ndigest: an", 1))
    told = CliRunner().invoke(app, ["anchor", str(report), "flour and fuel for about two weeks"])
    assert told.exit_code == 0
    assert told.stdout.startswith("digest_anchor: {start: ")
    assert 'filler: "about two weeks once the ferries stop"' in told.stderr
    assert "refuses a claim that cites filler" in " ".join(told.stderr.split())
    assert not CliRunner().invoke(app, ["anchor", str(report), "the boats carry no troops"]).stderr


def test_anchor(sel: Path) -> None:
    report = sel / "reports" / "harbour-gazette.md"
    line = fine("anchor", report, "two weeks").strip()
    assert line.startswith("digest_anchor: {start: ")
    assert fine("anchor", report, "-", input="two\nweeks\n").strip() == line
    assert json.loads(fine("anchor", report, "two weeks", "--json"))["end"] > 0
    assert "places" in refused("anchor", report, "the")
    assert fine("anchor", report, "the", "--occurrence", 2) != fine("anchor", report, "the", "--occurrence", 1)
    assert "expected" in refused("anchor", report, "nothing of the kind")
    assert "nowhere.md" in refused("anchor", report.with_name("nowhere.md"), "x")


@pytest.fixture(autouse=True)
def _not_through_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_RUN_RECURSION_DEPTH", raising=False)


def test_the_next_steps_of_a_new_case_can_be_typed_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = fine("new", "mine", "--out", "my cases").splitlines()
    assert said[0] == "Made my cases/mine. Next:"
    steps = [shlex.split(line.partition("   ")[0]) for line in (line.strip() for line in said[1:])]
    assert [step[1] for step in steps] == ["assess", "show", "check"]
    for step in steps:
        assert step[0] == "standoff"
        small = ["--draws", 2, "--grid", 2, "--workers", 1] if step[1] == "assess" else []
        fine(*step[1:], *small)
    monkeypatch.setenv("UV_RUN_RECURSION_DEPTH", "1")
    assert "  uv run standoff check other" in fine("new", "other")


def test_a_new_case_of_a_shipped_name_is_remarked_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("new", "mine").stderr == ""
    assert "`venezuela-2025` now means yours" in call("new", "venezuela-2025").stderr
    assert call("new", "venezuela-2025", "--out", "deeper", "--json").stderr == ""


def test_new(tmp_path: Path) -> None:
    assert "standoff assess" in fine("new", "mine", "--out", tmp_path)
    assert json.loads(fine("new", "other", "--out", tmp_path, "--json")) == {"folder": str(tmp_path / "other")}
    assert "something there already" in refused("new", "mine", "--out", tmp_path)
    assert "letters, digits" in refused("new", "../mine")
    assert "no problems found" in fine("check", tmp_path / "mine")


# Solving ----------------------------------------------------------------------------------------------------


def test_solve(sel: Path) -> None:
    told = json.loads(fine("solve", sel, "--json", "--grid", 6))
    assert sum(told["outcomes"].values()) == pytest.approx(1)
    assert set(told["start"]) == {"admiralty", "council"}
    assert set(told["start"]["council"]) == {"-"}
    assert sum(told["start"]["admiralty"]["bluff"].values()) == pytest.approx(1)
    said = fine("solve", sel, "--grid", 6)
    assert "The council gives up its claim" in said
    assert "Resolved" in said
    other = json.loads(fine("solve", sel, "--json", "--grid", 6, "--set", "face=2", "--set", "hardship = 0"))
    assert other["outcomes"]["withdrawn"] < told["outcomes"]["withdrawn"]
    assert "Did you mean 'face'?" in refused("solve", sel, "--set", "fase=1")
    assert "a number" in refused("solve", sel, "--set", "face=much")
    assert "time limit" in refused("solve", sel, "--time-limit", "0")
    problems = json.loads(call("solve", sel, "--time-limit", "0", "--json").stdout)
    assert problems[0]["mend"].startswith("Raise --time-limit")


def test_simulate(sel: Path) -> None:
    told = json.loads(fine("simulate", sel, "--paths", 2000, "--stories", 2, "--json", "--grid", 6))
    assert sum(row["share"] for row in told["outcomes"].values()) == pytest.approx(1)
    assert len(told["stories"]) == 2
    assert told["by_date"]["outcomes"]["withdrawn"][-1] == pytest.approx(told["outcomes"]["withdrawn"]["share"])
    again = json.loads(fine("simulate", sel, "--paths", 2000, "--stories", 2, "--json", "--grid", 6, "--seed", 0))
    assert again["outcomes"] == told["outcomes"]
    assert again["stories"] == told["stories"]
    said = fine("simulate", sel, "--paths", 100, "--stories", 1, "--grid", 6)
    assert "Story 1" in said
    assert "It ends:" in said
    measured = 100 * told["certificate"]["grid_error"]
    assert f"Solved ± {measured:.2f}" in said
    assert f"grid error {measured:.2f} points" in said
    assert all("solved" in row for row in told["outcomes"].values())
    assert "exact" not in fine("simulate", "--help").lower()


def test_forecast_and_assess(sel: Path, tmp_path: Path) -> None:
    small = ["--draws", 4, "--grid", 4, "--workers", 1]
    told = json.loads(fine("forecast", sel, *small, "--json"))
    assert told["draws"] == 4
    assert told["as_of"] == "2031-03-04"
    early = json.loads(fine("forecast", sel, *small, "--json", "--as-of", "2031-03-01"))
    assert early["beliefs"]["admiralty"]["bluff"]["mean"] == pytest.approx(0.6)
    assert "How it may end" in fine("forecast", sel, *small)
    out = tmp_path / "run"
    said = fine("assess", sel, *small, "--out", out)
    assert str(out / "brief.html") in said.replace("\n", "")
    assert {path.name for path in out.iterdir()} == {
        "manifest.json", "draws", "forecast.json", "brief.html", "brief.md", "case",
    }  # fmt: skip
    again = json.loads(fine("assess", sel, *small, "--out", out, "--json"))
    assert again["outcomes"]["withdrawn"]["mean"] == told["outcomes"]["withdrawn"]["mean"]
    assert "another run: seed 20250818 there, 9 here" in refused("assess", sel, *small, "--out", out, "--seed", 9)
    assert "other things in it (case.yaml" in refused("assess", sel, *small, "--out", sel)
    assert "expected a folder" in refused("forecast", sel, *small, "--out", sel / "case.yaml")


def test_remarks_on_what_is_set_by_hand_and_on_warnings(sel: Path, tmp_path: Path) -> None:
    small, odd = ["--draws", 2, "--grid", 2, "--workers", 1], ["--set", "face=2"]
    by_hand = "Set by hand: `face` at 2, which its prior, triangular(0.05, 0.15, 0.3), rules out."
    for verb in ("solve", "simulate"):
        assert by_hand in call(verb, sel, "--grid", 2, *odd).stderr
        assert call(verb, sel, "--grid", 2, *odd, "--json").stderr == ""
    assert by_hand in json.loads(fine("forecast", sel, *small, *odd, "--json"))["warnings"]
    assert by_hand in " ".join(fine("assess", sel, *small, *odd, "--out", tmp_path / "run").split())
    assert "check" not in call("solve", sel, "--grid", 2).stderr
    doubtful = written(tmp_path / "doubtful", changed(CASE, ("[0.3, 0.8]}\n    because: [a-show]", "[0.3, 0.8]}")))
    count = len(json.loads(fine("check", doubtful, "--json")))
    assert count
    said = f"{count} warning{'s' * (count > 1)}: standoff check {doubtful}"
    for verb in ("forecast", "assess"):
        extra = ["--out", tmp_path / "other"] if verb == "assess" else []
        assert said in call(verb, doubtful, *small, *extra).stderr
    assert said in call("solve", doubtful, "--grid", 2).stderr


def test_a_run_folder_of_its_own(sel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    fine("assess", "sel", "--draws", 4, "--grid", 4, "--workers", 1)
    fine("assess", "sel", "--draws", 4, "--grid", 4, "--workers", 1, "--set", "face=0.1")
    names = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert len(names) == 2
    assert all(re.fullmatch(r"sel-2031-03-04-[0-9a-f]{8}", name) for name in names)


# Refusals, defects, interruptions ---------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["assess", "forecast", "solve", "simulate", "check", "show", "evidence"])
@pytest.mark.parametrize(
    "content",
    ["", "standoff: [", "a: &a [*a]", "standoff: 1\ntitle: x", "\x00", "{}", "[]", "standoff: 1\nnothing: here"],
)
def test_a_broken_case_is_refused_by_every_verb(verb: str, content: str, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(content)
    result = call(verb, tmp_path)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert "mend" in result.output
    told = json.loads(call(verb, tmp_path, "--json").stdout)
    assert told[0]["level"] == "error"
    assert told[0]["mend"]


def trouble(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(verbs, "solve", fail)
    monkeypatch.delenv(screen.DEBUG, raising=False)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), "No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "Permission denied"),
        (MemoryError(), "no memory left"),
        (RuntimeError("cannot cache function 'f': no locator available for file 'k'"), "NUMBA_CACHE_DIR"),
    ],
)
def test_troubles_of_the_machine(error: Exception, said: str, sel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trouble(error, monkeypatch)
    assert said in refused("solve", sel)
    assert said in call("solve", sel, "--json").stdout


def test_a_defect_is_one_line(sel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trouble(ZeroDivisionError("of all things"), monkeypatch)
    result = call("solve", sel)
    assert result.exit_code == 70
    assert result.stdout == ""
    assert "This is a defect of standoff" in result.stderr
    assert "ZeroDivisionError: of all things" in result.stderr
    assert "Traceback" not in result.stderr
    monkeypatch.setenv(screen.DEBUG, "1")
    assert "Traceback" in call("solve", sel).stderr


def test_an_interrupt_says_what_is_kept(sel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trouble(KeyboardInterrupt(), monkeypatch)
    result = call("solve", sel)
    assert result.exit_code == 130
    assert result.stderr.strip() == "Interrupted."

    def stop(*_: object, progress: Any, **__: object) -> None:
        progress(12, 128)
        raise KeyboardInterrupt

    monkeypatch.setattr(verbs, "forecast", stop)
    result = call("forecast", sel)
    assert result.exit_code == 130
    assert "Nothing is kept" in result.stderr
    monkeypatch.setattr(sys, "argv", ["standoff", "forecast", str(sel), "--out", str(tmp_path / "a b")])
    result = call("forecast", sel, "--out", tmp_path / "a b")
    assert "12 of 128 draws are kept" in result.stderr
    assert shlex.join(sys.argv) in result.stderr.replace("\n", " ")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_real_interrupt_and_the_command_that_goes_on(sel: Path, tmp_path: Path, workers: int) -> None:
    command = [*STANDOFF, "assess", str(sel), "--draws", "16", "--grid", "8", "--workers", str(workers)]
    running = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    end = time.monotonic() + 300
    while not list(tmp_path.glob("runs/*/draws/chunk-*")) and time.monotonic() < end and running.poll() is None:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=300)
    assert running.returncode == 130, err
    assert out == ""
    assert "Traceback" not in err
    kept = int(re.search(r"(\d+) of 16 draws are kept", err)[1])  # type: ignore[index]
    (folder,) = (tmp_path / "runs").iterdir()
    assert kept == len(list((folder / "draws").iterdir())) < 16
    again = shlex.split(err.splitlines()[-1])
    assert again[:2] == ["standoff", "assess"]
    assert again[-2:] == ["--out", str(folder.relative_to(tmp_path))]
    if workers == 1:
        done = subprocess.run([*STANDOFF, *again[1:], "--json"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["draws"] == 16


def test_a_reader_that_goes_away(sel: Path) -> None:
    command = f"{shlex.join([*STANDOFF, 'show', str(sel)])} | head -c 10"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True)
    assert done.stderr == ""


def test_a_terminal_that_knows_few_letters(tmp_path: Path) -> None:
    sel = written(tmp_path / "sel", changed(CASE, ("title: The Sel bank", "title: The Sël bänk…")))
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "STANDOFF_DEBUG": ""}
    for extra in ([], ["--json"]):
        done = subprocess.run([*STANDOFF, "show", str(sel), *extra], capture_output=True, env=env)
        assert done.returncode == 0, done.stderr
        assert b"Sel bank" in done.stdout or b"S?l b?nk" in done.stdout or b"S\\u00ebl" in done.stdout


def test_a_cluster_that_is_not_there(sel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    from standoff.forecast import ensemble

    monkeypatch.setattr(ensemble, "CONNECT", "0.3s")
    said = refused("forecast", sel, "--draws", 4, "--cluster", "tcp://127.0.0.1:9")
    assert "no scheduler at tcp://127.0.0.1:9" in said


def test_the_bar_is_for_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with screen.progress("work", quiet=False) as show:
        show(1, 2)
        show.stage("more work")
    assert capsys.readouterr().err == ""  # not yet
    monkeypatch.setattr(screen, "EVERY", 0.0)
    with screen.progress("work", quiet=False) as show:
        show(1, 2)
        show.stage("more work")
    assert capsys.readouterr().err == "work, 1 of 2, 0:00 elapsed\nmore work, 0:00 elapsed\n"
    with screen.progress("work", quiet=True) as show:
        show(1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("FORCE_COLOR", "1")
    for quiet in (False, True):
        with screen.progress("work", quiet) as show:
            show(1, 2)
            show.stage("more work")
        assert ("more work" in capsys.readouterr().err) != quiet


def test_the_bar_names_its_times(sel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert screen.times(15.4, None) == "0:15 elapsed"
    assert screen.times(75, 3725.0) == "1:15 elapsed, about 1:02:05 left"
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert [run._doing(done, 2) for done in range(3)] == [
        "solving the first draws", "solving and weighing draws", "checking the belief grid",
    ]  # fmt: skip
    said = call("forecast", sel, "--draws", 3, "--grid", 2, "--workers", 1).stderr
    assert "elapsed" in said
    assert "-:--:--" not in said


def test_progress_counts_single_draws(sel: Path) -> None:
    from standoff.forecast import Settings, Workers

    for workers in (1, 2):
        seen: list[tuple[int, int]] = []
        settings = Settings(draws=3, grid=2, refine=False, check_grid=False)
        verbs.forecast(sel, settings=settings, workers=Workers(workers), progress=lambda *at: seen.append(at))  # noqa: B023
        assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [["cases", "--json"], ["check", "nowhere", "--json"], ["show", "sel"]])
def test_output_to_a_full_disk_is_no_traceback(arguments: list[str], sel: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*STANDOFF, *arguments], cwd=sel.parent, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
