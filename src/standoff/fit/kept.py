"""What a fit leaves in a folder: the estimates, draws of them for other cases, and how it did out of sample."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.errors import Problem, RunError
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
    validation: Validation | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[dict[str, Path], tuple[Problem, ...]]:
    """Write each file whole or not at all; gives what was written, by what it is, and remarks on the draws.

    A fit without a top leaves no posterior, and takes away one of before, which would not be its own. Raises RunError
    as a disk does.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found, mend = f"a folder that cannot be made ({error.strerror})", "Name another one with --out."
        raise RunError(Problem(found, "a folder to write into", mend, file=str(folder))) from None
    written: dict[str, Path] = {}
    remarks: tuple[Problem, ...] = ()
    if fitted.estimate.converged:
        drawn = draw_posterior(fitted.estimate, fitted.likelihood, seed=seed, progress=progress)
        remarks = drawn.remarks
        if fitted.errors.clusters is not None:
            drawn = stretched(drawn, fitted.errors.covariance)
        _posterior(fitted, drawn, folder / POSTERIOR)
        written["posterior"] = folder / POSTERIOR
    else:
        (folder / POSTERIOR).unlink(missing_ok=True)
    if validation is not None:
        _json(folder / VALIDATION, validation_data(validation))
        written["validation"] = folder / VALIDATION
    _json(folder / FIT, fitted.to_json())
    written["estimates"] = folder / FIT
    return written, remarks


def validation_data(validation: Validation) -> list[dict[str, Any]]:
    """The table of models as plain data, each held against every other."""
    return [line.to_json() for line in validation.table(validation.models)]


def _posterior(fitted: Fitted, drawn: Draws, path: Path) -> None:
    terms, makes = as_written(fitted.design)
    own = fitted.own  # groups are of this table alone
    names = tuple(f"{parameter}: {term}" for parameter, term in terms)
    drawn = replace(drawn, names=names, draws=drawn.draws[:, own] @ makes.T, mode=makes @ drawn.mode[own])
    table = {"name": Path(fitted.table.name).name, "digest": fitted.table.digest, "rows": fitted.table.rows}
    case = fitted.case
    write_posterior(path, drawn, terms, case=case.name, case_hash=case.hash, rule=fitted.rule, table=table)


def _json(path: Path, data: Any) -> None:
    write_whole(path, json.dumps(plain(data), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
