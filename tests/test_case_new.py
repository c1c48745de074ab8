"""The starter case: it appears whole or not at all, and runs at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from standoff.case import check, load, new
from standoff.errors import CaseError


def test_it_checks_without_a_complaint(tmp_path: Path) -> None:
    folder = new("my-crisis", tmp_path)
    assert folder == tmp_path / "my-crisis"
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == [
        "case.yaml",
        "evidence.yaml",
        "reports/harbour-gazette.md",
    ]
    assert check(folder) == []
    assert list(tmp_path.iterdir()) == [folder]


def test_it_is_small_enough_to_read_at_once(tmp_path: Path) -> None:
    document = load(new("sel", tmp_path)).document
    assert len(document.actors) == 2
    assert [len(actor.types) for actor in document.actors.values()] == [2, 0]
    assert len(document.factors) == 3
    assert len((tmp_path / "sel" / "case.yaml").read_text("utf-8").splitlines()) < 260


def test_the_present_folder_is_meant_if_none_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert new("here") == Path("here")
    assert (tmp_path / "here" / "case.yaml").is_file()


def test_folders_are_made_and_empty_ones_filled(tmp_path: Path) -> None:
    (tmp_path / "a" / "empty").mkdir(parents=True)
    assert check(new("empty", tmp_path / "a")) == []
    assert check(new("deep", tmp_path / "b" / "c")) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("keep me")
    (tmp_path / "file").write_text("keep me too")
    for name in ("mine", "file"):
        with pytest.raises(CaseError) as caught:
            new(name, tmp_path)
        assert "something there already" in caught.value.problems[0].found
    assert (tmp_path / "mine" / "note.txt").read_text() == "keep me"
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["note.txt"]


@pytest.mark.parametrize("name", ["", ".", "..", "../up", "a/b", "a b", "-x", "a\0b", "ü", "x" * 101])
def test_names_that_are_no_folder_names(name: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        new(name, tmp_path)
    assert ("`standoff new " if "/" in name else "Try `") in caught.value.problems[0].mend
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(CaseError) as caught:
        new("sel", tmp_path)
    assert "No space left on device" in caught.value.problems[0].found
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(CaseError) as caught:
        new("sel", tmp_path)
    assert "cannot be written" in caught.value.problems[0].found


def test_a_folder_inside_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CaseError) as caught:
        new("sel", tmp_path / "file")
    assert "cannot be written" in caught.value.problems[0].found


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("Überfall in Łódź", "Try `uberfall-in-lodz`;"),
        ("Straße №5", "Try `strasse-no5`;"),
        ("кризис", "Try `my-case`;"),
        ("a/b/c", "`standoff new c --out a/b`"),
        ("../Süd bank/", "`standoff new sud-bank --out ..`"),
        ("/c", "`standoff new c --out /`"),
        ("my cases/c", "`standoff new c --out 'my cases'`"),
    ],
)
def test_a_refused_name_comes_with_one_that_will_do(name: str, mend: str) -> None:
    with pytest.raises(CaseError) as caught:
        new(name)
    assert mend in caught.value.problems[0].mend


def test_a_path_goes_below_the_folder_that_was_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        new("a/b", tmp_path)
    assert f"`standoff new b --out {tmp_path / 'a'}`" in caught.value.problems[0].mend
