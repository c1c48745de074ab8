"""docs/scripts.md against real output: every key that is documented is there, and none beside."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from case_kit import CASE, changed, written
from desk_kit import desk_case
from standoff.cli import app

PAGE = (Path(__file__).parents[1] / "docs" / "scripts.md").read_text(encoding="utf-8")
QUICK = ["--draws", "4", "--grid", "4", "--workers", "1"]


def section(title: str) -> str:
    return re.split(r"(?m)^##+ ", PAGE.split(f"# {title}\n", 1)[1])[0]


def shapes(title: str) -> list[Any]:
    return [json.loads(block) for block in re.findall(r"(?ms)^```json\n(.*?)^```", section(title))]


def differences(shape: Any, real: Any, where: str = "") -> list[str]:
    """Where real output is not of the documented shape."""
    if isinstance(shape, dict):
        if not isinstance(real, dict):
            return [f"{where}: {type(real).__name__} where an object is documented"]
        if len(shape) == 1 and next(iter(shape)).isupper():  # one entry for each name of its kind
            inner = next(iter(shape.values()))
            return [each for key, value in real.items() for each in differences(inner, value, f"{where}.{key}")]
        found = [f"{where}.{key}: only {'documented' if key in shape else 'real'}" for key in set(shape) ^ set(real)]
        both = [key for key in shape if key in real]
        return found + [each for key in both for each in differences(shape[key], real[key], f"{where}.{key}")]
    if isinstance(shape, list):
        if not isinstance(real, list):
            return [f"{where}: {type(real).__name__} where a list is documented"]
        return [each for i, value in enumerate(real) for each in differences(shape[0], value, f"{where}[{i}]")]
    return [] if fits(shape, real) else [f"{where}: {real!r} where {shape!r} is documented"]


def fits(said: str, real: Any) -> bool:
    kind = said.split(":")[0]
    if real is None:
        return "null" in kind
    match kind.split()[0]:
        case "number" | "probability":
            return isinstance(real, int | float) and not isinstance(real, bool)
        case "integer":
            return isinstance(real, int) and not isinstance(real, bool)
        case "date":
            return isinstance(real, str) and bool(date.fromisoformat(real))
        case "true":
            return isinstance(real, bool)
        case "error":
            return real in ("error", "warning")
        case "as":
            return isinstance(real, dict)
        case "text":
            return isinstance(real, str)
    raise AssertionError(f"no such word: {said}")


@pytest.fixture(scope="module")
def sel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("cases") / "sel")


def printed(*args: object, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_the_comparison_itself_finds_what_differs() -> None:
    shape = {"a": "number", "b": {"NAME": ["date"]}, "c": "number or null"}
    assert differences(shape, {"a": 1, "b": {"x": ["2031-01-01"]}, "c": None}) == []
    assert len(differences(shape, {"a": "1", "b": {"x": [3]}, "d": 0})) == 4


def test_a_solution(sel: Path) -> None:
    (shape,) = shapes("A solution")
    real = printed("solve", sel, "--json", "--grid", 4)
    assert differences(shape, real) == []
    assert {"residual", "grid_error", "states", "belief_points", "seconds"} <= set(real["certificate"])


def test_a_forecast_and_the_run_folder(sel: Path, tmp_path: Path) -> None:
    (shape,) = shapes("A forecast")
    assert differences(shape, printed("forecast", sel, "--json", *QUICK)) == []
    out = tmp_path / "run"
    whole = printed("assess", sel, "--json", "--out", out, *QUICK)
    assert whole == json.loads((out / "forecast.json").read_text(encoding="utf-8"))
    bands = {"OUTCOME": {**shape["outcomes"]["OUTCOME"], "title": "text or null", "peaceful": "true or false"}}
    assert differences(bands, whole["outcomes"]) == []
    told = set(re.findall(r"`(\w+)`", "".join(re.findall(r"(?m)^\| (`[^|]*) \|", section("A run folder")))))
    files = {"manifest", "draws", "forecast", "brief"}
    extra = {name for name in told if name not in files and name not in ("json", "html", "md", "npz")}
    assert "views" in extra  # only where a case states a view beside judgement; this one does not
    assert set(whole) == (set(shape) | extra) - {"views"}
    documented = {
        name.split("/")[0] for name in re.findall(r"`([\w/-]+\.\w+)`", section("A run folder").split("Each file")[0])
    }
    assert {path.name for path in out.iterdir()} == documented
    without = {key: part for key, part in shape.items() if key not in ("outcomes", "beliefs")}
    assert differences(without, {key: whole[key] for key in without}) == []


def test_problems(sel: Path, tmp_path: Path) -> None:
    shape, clock = shapes("Problems")
    broken = written(tmp_path / "sel", changed(CASE, ("when: cordon < blockade", "when: cordon < blocade")))
    real = printed("check", broken, "--json", code=1)
    assert real
    assert differences(shape, real) == []
    assert differences(shape, printed("solve", tmp_path / "nowhere", "--json", code=1)) == []
    both = printed("check", sel, "--clock", "--json", "--grid", 4)
    assert set(both) == {"problems", "clock"}
    assert differences(shape, both["problems"]) == []
    assert differences(clock, both["clock"]) == []


def test_a_simulation(sel: Path) -> None:
    (shape,) = shapes("A simulation")
    real = printed("simulate", sel, "--paths", 200, "--stories", 3, "--grid", 4, "--json")
    assert any(story["happened"] for story in real["stories"])
    assert differences(shape, real) == []
    assert differences(shapes("A solution")[0]["certificate"], real["certificate"]) == []


def test_small_things(sel: Path, tmp_path: Path) -> None:
    anchor, new, cases = shapes("Small things")
    report = sel / "reports" / "harbour-gazette.md"
    assert differences(anchor, printed("anchor", report, "two weeks", "--json")) == []
    assert differences(new, printed("new", "mine", "--out", tmp_path, "--json")) == []
    assert differences(cases, printed("cases", "--json")) == []


@lru_cache
def commands() -> set[str]:
    import typer

    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_every_command_is_on_the_page() -> None:
    assert set(re.findall(r"(?m)^\| `standoff (\w+)", PAGE)) == commands()
    for verb in commands():
        assert "--json" in CliRunner().invoke(app, [verb, "--help"]).output


def test_the_exit_codes_are_those_of_the_program() -> None:
    from standoff.cli import screen

    codes = {int(code) for code in re.findall(r"(?m)^\| (\d+) \|", section("Exit codes"))}
    assert codes == {screen.FINE, screen.REFUSED, screen.USAGE, screen.DEFECT, screen.INTERRUPTED}


def test_indicators(sel: Path) -> None:
    shape, case, thin = shapes("Indicators")
    few = printed("indicators", sel, "--json", *QUICK, code=1)
    withheld = {"outcomes": {"OUTCOME": "as a band, or null"}, "hypotheses": {"ACTOR": {"TYPE": "as a band, or null"}}}
    assert {key: shape[key] for key in withheld} == withheld
    assert differences(shape, few) == []
    assert differences({**thin, "mend": "text"}, few["thin"]) == []
    assert set(few["outcomes"].values()) == {None}
    assert {band for types in few["hypotheses"].values() for band in types.values()} == {None}
    some = printed("indicators", sel, "--json", "--draws", 24, "--grid", 2, "--workers", 1)
    assert differences(shape, some) == []
    parts = [row[side] for row in some["indicators"] for side in ("seen", "unseen") if row[side]]
    bands = [band for part in parts if "thin" not in part for band in part["outcomes"].values()]
    assert set(bands[0]) == {"mean", "p05", "p25", "p50", "p75", "p95"}
    for part in parts:
        assert differences(thin if "thin" in part else case, {**part}) == []


def test_what_is_withheld_is_printed_and_leaves_with_1(sel: Path, tmp_path: Path) -> None:
    """In words, a heading with case and date, the reason, what to do, and nothing that speaks of the answer."""
    few = ["--draws", "3", "--grid", "2", "--workers", "1", "--out", tmp_path / "run"]
    said = section("Exit codes")
    for verb, head in (
        ("hypotheses", "Competing hypotheses"),
        ("indicators", "What to watch for by 1 April 2031"),
        ("sensitivity", "What the forecast hangs on"),
        ("offramps", "Off-ramps"),
    ):
        assert f"`{verb}`" in said
        shown = CliRunner().invoke(app, [verb, str(sel), *map(str, few)])
        assert shown.exit_code == 1, shown.output
        first, _, rest = shown.stdout.replace("\N{NO-BREAK SPACE}", " ").partition("\n")
        assert first == f"{head}: sel, as of 4 March 2031"
        why = r"No numbers: too few draws to say: \d\.\d effective of the 16 needed\. "
        mend = r"3 draws were asked for; ask for at least (\d+), with --draws \1\."
        assert re.fullmatch(why + mend, " ".join(rest.split()))
        answer = printed(verb, sel, *few, "--json", code=1)
        thin = answer if verb == "offramps" else answer["thin"]
        assert thin["thin"] is True
        assert "ask for at least" in thin["mend"]
    assert (answer["draws"], answer["forecast_draws"]) == (24, 3)


def test_sensitivity(sel: Path) -> None:
    shape, answer, exact = shapes("Sensitivity")
    (thin,) = (one for one in shapes("Indicators") if "needed" in one)
    few = printed("sensitivity", sel, "--json", *QUICK, code=1)
    assert differences({**shape, "likeliest": "as half of an answer, or null"}, few) == []
    assert differences({**thin, "mend": "text"}, few["thin"]) == []
    options = ["--draws", 20, "--grid", 2, "--workers", 1]
    some = printed("sensitivity", sel, "--json", *options, "--exact", "face")
    assert differences(shape, some) == []
    assert differences(exact, some["exact"]) == []
    assert differences(answer["half"], some["likeliest"]) == []
    for one in some["outcomes"].values():
        assert differences(answer if one["region"] else {**answer, "region": "number or null"}, one) == []
    for kinds in some["beliefs"].values():
        for one in kinds.values():
            assert differences({key: answer[key] for key in ("title", "mean", "told", "effects")}, one) == []


def test_the_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDOFF_CACHE", str(tmp_path / "cache"))
    case = desk_case(tmp_path)
    (shape,) = shapes("A search")
    assert differences(shape, printed("search", case, "boats OR troops", "--json")) == []
    (shape,) = shapes("Reprints")
    copies = printed("reprints", case, "--json")
    assert differences(shape, copies) == []
    assert copies["pairs"]
    assert copies["chains"]
    assert copies["named"]
    (shape,) = shapes("Figures")
    figures = printed("figures", case, "--json")
    assert differences(shape, figures) == []
    assert figures["at_odds"]
