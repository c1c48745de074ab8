"""Priors that are named by a file of posterior draws get their draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from standoff.errors import CaseError, Problem
from standoff.language.document import CaseDocument, FromFit, SharesOfFit
from standoff.language.located import Located, Path_
from standoff.language.posterior import FEW, Posterior, read_posterior

Asked = FromFit | SharesOfFit
KEYS = ("prior", "history")


def with_posteriors(
    document: CaseDocument, folder: Path, located: Located
) -> tuple[CaseDocument, list[Problem], dict[str, str]]:
    """The document with the draws of every `from` in it, all that is wrong with these, and the digest of each file
    that was read, by its path inside the case folder."""
    files: dict[str, Posterior | CaseError] = {}
    problems: list[Problem] = []
    doubted = set[str]()  # files of whose few draws is told
    for path, asked in _asked(document):
        if asked.file not in files:
            files[asked.file] = _read(folder, asked.file)
        if isinstance(asked, SharesOfFit) and set(asked.shares) != set(document.actors[path[1]].types):
            continue  # told by the check of types; what the shares sum to follows from it
        try:
            document = _placed_in(document, path, _resolved(asked, files[asked.file]))
        except CaseError as error:
            problems += [_placed(problem, (*path, "from"), located) for problem in error.problems]
            continue
        found = files[asked.file]
        if isinstance(found, Posterior):
            doubts = [*found.doubts(asked.at)]
            if asked.file not in doubted and found.effective < FEW * len(found.draws):
                doubted.add(asked.file)
                doubts.append(_few(found))
            problems += [_placed(problem, (*path, "from"), located) for problem in doubts]
    read = {name: one.digest for name, one in files.items() if isinstance(one, Posterior)}
    return document, problems, read


def posterior_files(document: CaseDocument) -> list[str]:
    """Paths inside the case folder of the files of posterior draws that a case names."""
    return list(dict.fromkeys(asked.file for _, asked in _asked(document)))


def _asked(document: CaseDocument) -> Iterator[tuple[tuple[str, str, str], Asked]]:
    """Every `from` of the case, and the path of what says it."""
    for name, parameter in document.parameters.items():
        for key in KEYS:
            prior = getattr(parameter, key)
            if prior is not None and prior.from_ is not None:
                yield ("parameters", name, key), prior.from_
    for name, actor in document.actors.items():
        if actor.history is not None and actor.history.from_ is not None:
            yield ("actors", name, "history"), actor.history.from_


def _resolved(asked: Asked, found: Posterior | CaseError) -> Asked:
    if isinstance(found, CaseError):
        raise found
    _same_version(asked, found)
    if isinstance(asked, FromFit):
        return asked.resolved(found.values(asked.parameter, asked.at).tolist())
    return asked.resolved({kind: draws.tolist() for kind, draws in found.shares(asked.shares, asked.at).items()})


def _placed_in(document: CaseDocument, path: tuple[str, str, str], asked: Asked) -> CaseDocument:
    section, name, key = path
    elements = dict(getattr(document, section))
    told = getattr(elements[name], key).model_copy(update={"from_": asked})
    elements[name] = elements[name].model_copy(update={key: told})
    return document.model_copy(update={section: elements})


def _read(folder: Path, name: str) -> Posterior | CaseError:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not name.strip():
        return CaseError(
            Problem(found=f"`{name}`, a path out of the case folder", expected="a file inside it", path="file",
                    mend="Copy the posterior draws into the folder of the case, so that the case stays whole.")
        )  # fmt: skip
    try:
        return read_posterior(folder / name, name)
    except CaseError as error:
        return error


def _few(found: Posterior) -> Problem:
    return Problem(
        found=f"posterior draws that are worth {found.effective:.0f} of {len(found.draws):,}: {found.file}",
        expected=f"{FEW * len(found.draws):.0f} or more",
        mend="What rests on them is rough, however narrow it looks: fit more cases, or give its coefficients priors.",
        path="file",
        level="warning",
    )


def _same_version(asked: Asked, found: Posterior) -> None:
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
    full: Path_ = (*path, *problem.path.split(".")) if problem.path else path
    line, column = located.where(full)
    return replace(problem, file=located.file, line=line, column=column, path=".".join(map(str, full)))
