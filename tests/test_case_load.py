"""Finding, loading, hashing and overriding cases."""

from __future__ import annotations

import pickle
import re
import shutil
from pathlib import Path

import pytest

from case_kit import CASE, EVIDENCE, changed, written
from standoff.case import check, load, shipped_cases
from standoff.errors import CaseError
from standoff.language.document import Prior


def problem(where: object, **options: object) -> str:
    with pytest.raises(CaseError) as caught:
        load(where, **options)  # type: ignore[arg-type]
    return "\n".join(map(str, caught.value.problems))


def test_a_case_is_found_by_folder_and_by_file(tmp_path: Path) -> None:
    folder = written(tmp_path / "sel")
    for where in (folder, str(folder), folder / "case.yaml"):
        case = load(where)
        assert case.name == "sel"
        assert case.folder == folder
        assert case.document.title == "The Sel bank"
        assert case.warnings == ()
        assert list(case.evidence.claims) == ["boats-sent", "demand", "a-show", "two-weeks", "would-share"]


def test_what_is_no_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "a folder without case.yaml" in problem(tmp_path)
    written(tmp_path / "sel")
    assert f"Did you mean `{tmp_path / 'sel'}`?" in problem(tmp_path)
    monkeypatch.chdir(tmp_path)
    for where in ("nowhere", "a\0b", "x" * 5000, "", "../../../nothing"):
        for said in check(where) if where else []:
            assert said.mend
    assert "neither a folder here nor a shipped case" in problem("nowhere")


def test_shipped_cases_are_found_by_name() -> None:
    shipped = shipped_cases()
    assert list(shipped) == sorted(shipped)
    for name, folder in shipped.items():
        assert folder.name == name
        assert (folder / "case.yaml").is_file()
    if shipped:
        name = next(iter(shipped))
        assert f"Did you mean '{name}'?" in problem(name[:-1])


@pytest.mark.parametrize("name", list(shipped_cases()))
def test_shipped_cases_hold(name: str) -> None:
    assert [str(each) for each in check(name) if each.level == "error"] == []


def test_a_folder_in_sight_goes_before_a_shipped_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = shipped_cases()
    if not shipped:
        pytest.skip("no case ships yet")
    name = next(iter(shipped))
    written(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert load(name).document.title == "The Sel bank"


def test_the_hash_names_the_content_and_nothing_else(tmp_path: Path) -> None:
    case = load(written(tmp_path / "one"))
    assert re.fullmatch("[0-9a-f]{16}", case.hash)
    laid_out = re.sub(r" +#.*", "", CASE).replace("\n\n\n", "\n# a remark\n\n")
    assert laid_out != CASE
    assert load(written(tmp_path / "two", laid_out)).hash == case.hash

    different = {
        "number": written(
            tmp_path / "a", changed(CASE, ("prior: 0.6,", "prior: 0.5,"), ("prior: 0.4,", "prior: 0.5,"))
        ),
        "order of moves": written(
            tmp_path / "b",
            changed(
                CASE,
                ("    hold: {}\n    tighten", "    tighten"),
                ("    land:\n", "    hold: {}\n    land:\n"),
            ),
        ),
        "evidence": written(tmp_path / "c", CASE, changed(EVIDENCE, ("bluff: 1.5", "bluff: 1.6"))),
    }
    report = written(tmp_path / "d") / "reports" / "harbour-gazette.md"
    report.write_text(report.read_text("utf-8") + "\n- A further line.\n", encoding="utf-8")
    different["digest"] = tmp_path / "d"
    hashes = {name: load(folder).hash for name, folder in different.items()}
    hashes["override"] = load(tmp_path / "one", overrides={"face": 0.1}).hash
    assert len({case.hash, *hashes.values()}) == len(hashes) + 1


def test_overrides_fix_parameters(tmp_path: Path) -> None:
    folder = written(tmp_path, changed(CASE, ("prior: {uniform: [0.02, 0.1]}", "is: face / 2")))
    case = load(folder, overrides={"face": "0.25", "hardship": 0.5})
    assert case.document.parameters["face"].prior == Prior(fixed=0.25)
    assert case.document.parameters["hardship"].prior == Prior(fixed=0.5)
    assert case.document.parameters["hardship"].is_ is None
    assert dict(case.overrides) == {"face": 0.25, "hardship": 0.5}
    assert load(folder, overrides={"face": "0.250"}).hash == load(folder, overrides={"face": 0.25}).hash


def test_overrides_that_mean_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path)
    said = problem(folder, overrides={"fase": 1, "face": "much", "hardship": "nan"})
    assert "`fase`" in said
    assert "Did you mean 'face'?" in said
    assert "`much`; expected a number" in said
    assert "`nan`" in said


def test_an_override_is_checked_like_any_number(tmp_path: Path) -> None:
    assert "gives 1.5" in problem(written(tmp_path), overrides={"landing_odds": 1.5})


def test_mechanisms_are_spelled_out(tmp_path: Path) -> None:
    settings = "{of: admiralty, on: withdraw, grows_with: cordon, rate: face, judgement: x}"
    entry = f"mechanisms:\n  - audience_costs: {settings}\n"
    case = load(written(tmp_path, changed(CASE, ("levers:\n", entry + "\nlevers:\n"))))
    assert case.document.mechanisms == []
    assert len(case.written.mechanisms) == 1
    assert (
        case.document.moves["admiralty"]["withdraw"].costs
        != case.written.moves["admiralty"]["withdraw"].costs
    )


def test_a_case_travels_to_other_processes(tmp_path: Path) -> None:
    case = load(written(tmp_path), overrides={"face": 0.1})
    again = pickle.loads(pickle.dumps(case))
    assert again.hash == case.hash
    assert again.document == case.document
    assert dict(again.overrides) == {"face": 0.1}


def test_a_case_without_evidence_loads(tmp_path: Path) -> None:
    folder = written(tmp_path, re.sub(r",? *because: \[[^\]]*\]", "", CASE), None)
    case = load(folder)
    assert case.evidence.claims == {}


def test_originals_are_looked_for_where_they_are_kept(tmp_path: Path) -> None:
    folder = written(tmp_path / "sel")
    shutil.copytree(folder / "reports", tmp_path / "texts")
    assert load(folder, texts=tmp_path / "texts").hash == load(folder).hash
