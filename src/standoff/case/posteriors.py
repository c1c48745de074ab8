"""Priors that are named by a file of posterior draws get their draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from standoff.errors import CaseError, Problem
from standoff.language.document import CaseDocument, FromFit, Parameter
from standoff.language.located import Located, Path_
from standoff.language.posterior import Posterior, read_posterior

KEYS = ("prior", "history")


def with_posteriors(
    document: CaseDocument, folder: Path, located: Located
) -> tuple[CaseDocument, list[Problem], dict[str, str]]:
    """The document with the draws of every `from` in it, all that is wrong with these, and the digest of each file
    that was read, by its path inside the case folder."""
    files: dict[str, Posterior | CaseError] = {}
    problems: list[Problem] = []
    parameters = dict(document.parameters)
    for name, key, asked in _asked(document):
        path: Path_ = ("parameters", name, key, "from")
        try:
            found = files[asked.file] if asked.file in files else _read(folder, asked.file)
        except CaseError as error:
            found = error
        files[asked.file] = found
        try:
            if isinstance(found, CaseError):
                raise found
            _same_version(asked, found)
            resolved = asked.resolved(found.values(asked.parameter, asked.at).tolist())
        except CaseError as error:
            problems += [_placed(problem, path, located) for problem in error.problems]
            continue
        prior = getattr(parameters[name], key).model_copy(update={"from_": resolved})
        parameters[name] = parameters[name].model_copy(update={key: prior})
    read = {name: one.digest for name, one in files.items() if isinstance(one, Posterior)}
    return document.model_copy(update={"parameters": parameters}) if files else document, problems, read


def posterior_files(document: CaseDocument) -> list[str]:
    """Paths inside the case folder of the files of posterior draws that a case names."""
    return list(dict.fromkeys(asked.file for _, _, asked in _asked(document)))


def _asked(document: CaseDocument) -> Iterator[tuple[str, str, FromFit]]:
    for name, parameter in document.parameters.items():
        for key in KEYS:
            asked = _from(parameter, key)
            if asked is not None:
                yield name, key, asked


def _from(parameter: Parameter, key: str) -> FromFit | None:
    prior = getattr(parameter, key)
    return None if prior is None else prior.from_


def _read(folder: Path, name: str) -> Posterior:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not name.strip():
        raise CaseError(
            Problem(found=f"`{name}`, a path out of the case folder", expected="a file inside it", path="file",
                    mend="Copy the posterior draws into the folder of the case, so that the case stays whole.")
        )  # fmt: skip
    return read_posterior(folder / name, name)


def _same_version(asked: FromFit, found: Posterior) -> None:
    if asked.case is not None and asked.case != found.case_hash:
        raise CaseError(
            Problem(
                found=f"draws of the case {found.case or 'without a name'} at version {found.case_hash or 'unknown'}",
                expected=f"version {asked.case}",
                mend="Fit that version again, or take `case:` out if the change does not matter here.",
                path="case",
            )
        )


def _placed(problem: Problem, path: Path_, located: Located) -> Problem:
    full: Path_ = (*path, problem.path) if problem.path else path
    line, column = located.where(full)
    return replace(problem, file=located.file, line=line, column=column, path=".".join(map(str, full)))
