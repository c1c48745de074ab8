"""What a fit leaves in a folder: the estimates, draws of them for other cases, and how it did out of sample."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.errors import Problem, RunError
from standoff.fit.errors import inverse
from standoff.fit.fitted import Fitted, Progress
from standoff.fit.posterior import Draws, draw_posterior, stretched, write_posterior
from standoff.fit.standard import as_written
from standoff.forecast.store import write_whole
from standoff.language.plain import plain

if TYPE_CHECKING:
    from standoff.fit.validate import Validation

FIT, POSTERIOR, VALIDATION = "fit.json", "posterior.json", "validation.json"


def keep(
    fitted: Fitted,
    folder: Path,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[dict[str, Path], tuple[Problem, ...]]:
    """Write each file whole or not at all; gives what was written, by what it is, and remarks on the draws.

    A posterior or a validation of before is taken away, since it would not be its own: a fit without a top leaves none.
    Raises RunError as a disk does.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found, mend = f"a folder that cannot be made ({error.strerror})", "Name another one with --out."
        raise RunError(Problem(found, "a folder to write into", mend, file=str(folder))) from None
    for old in (POSTERIOR, VALIDATION):
        (folder / old).unlink(missing_ok=True)
    _json(folder / FIT, fitted.to_json())
    written: dict[str, Path] = {"estimates": folder / FIT}
    remarks: tuple[Problem, ...] = ()
    if fitted.estimate.converged and not (len(fitted.own) or fitted.design.held):
        said, mend = "effects of groups alone, of which no draws are kept", "Add `constant:` to have draws of it."
        remarks = (Problem(said, "coefficients", mend, level="warning"),)
    elif fitted.estimate.converged:
        drawn = draw_posterior(fitted.estimate, fitted.likelihood, seed=seed, progress=progress)
        remarks = drawn.remarks
        clustered = fitted.errors.clusters is not None
        if clustered and not np.isfinite(fitted.errors.covariance).all():
            said, mend = "posterior draws without errors by cluster", "Name a column with more groups under `groups`."
            remarks = (*remarks, Problem(said, "an error by cluster for each coefficient", mend, level="warning"))
            clustered = False
        _posterior(fitted, drawn, folder / POSTERIOR, clustered)
        written["posterior"] = folder / POSTERIOR
    return written, remarks


def keep_validation(validation: Validation, folder: Path) -> Path:
    """Write how the fit that was kept there did out of sample. Raises RunError as a disk does."""
    path = Path(folder) / VALIDATION
    _json(path, validation_data(validation))
    return path


def validation_data(validation: Validation) -> list[dict[str, Any]]:
    """The table of models as plain data, each held against every other."""
    return [line.to_json() for line in validation.table(validation.models)]


def _posterior(fitted: Fitted, drawn: Draws, path: Path, clustered: bool) -> None:
    own = fitted.own  # groups are of this table alone
    drawn = replace(drawn, draws=drawn.draws[:, own], mode=drawn.mode[own])
    if clustered:
        square = np.ix_(own, own)
        known = inverse(fitted.estimate)[square]
        drawn = stretched(drawn, fitted.errors.covariance[square], known)
    terms, makes = as_written(fitted.design)
    draws, mode = drawn.draws @ makes.T, makes @ drawn.mode
    for parameter, term, value in fitted.design.held:  # the same in every draw
        if (parameter, term) not in terms:
            terms.append((parameter, term))
            draws, mode = np.append(draws, np.zeros((len(draws), 1)), axis=1), np.append(mode, 0.0)
        k = terms.index((parameter, term))
        draws[:, k] += value
        mode[k] += value
    names = tuple(f"{parameter}: {term}" for parameter, term in terms)
    drawn = replace(drawn, names=names, draws=draws, mode=mode)
    table = {"name": Path(fitted.table.name).name, "digest": fitted.table.digest, "rows": fitted.table.rows}
    case = fitted.case
    write_posterior(path, drawn, terms, case=case.name, case_hash=case.hash, rule=fitted.rule, table=table)


def _json(path: Path, data: Any) -> None:
    write_whole(path, json.dumps(plain(data), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
