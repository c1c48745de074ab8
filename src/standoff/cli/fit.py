"""A case fitted to a table of what happened."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from standoff.cli import options as o
from standoff.cli import screen
from standoff.cli.run_options import Pool, spread
from standoff.errors import FitError, Problem

if TYPE_CHECKING:
    from standoff.fit.fitted import Fitted
    from standoff.fit.posterior import Draws
    from standoff.fit.validate import Validation

RULES = ("logit", "probit", "private")

Data = Annotated[
    Path, typer.Argument(metavar="DATA", help="A table in CSV or TSV, with the names of its columns in line 1.")
]
Rule = Annotated[
    str | None,
    typer.Option("--rule", metavar="RULE", help="How choices err: logit, probit or private; the case's if not said."),
]
Starts = Annotated[int, typer.Option("--starts", metavar="N", min=1, help="From how many places the climb begins.")]
Bootstrap = Annotated[
    int,
    typer.Option("--bootstrap", metavar="N", min=0, help="Standard errors from N samples of whole groups; 0: none."),
]
Folds = Annotated[
    str | None,
    typer.Option(
        "--folds",
        metavar="HOW",
        help="Also on rows left out: by 'groups', by a column's name, by 'time', from a time on ('time:1990'), or a "
        "number of random folds.",
    ),
]
Repeats = Annotated[
    int, typer.Option("--repeats", metavar="N", min=1, max=100, help="With --folds: in how many shuffles of the folds.")
]
Baselines = Annotated[
    bool, typer.Option("--baselines", help="With --folds: logit, ridge, forests and boosting beside it.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of everything random.")]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", metavar="SECONDS", min=0.0, help="Take the best that was found by then."),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Where fit.json and posterior.json go, for scripts and other cases."),
]


@spread
def fit(
    case: o.CaseName,
    data: Data,
    rule: Rule = None,
    starts: Starts = 8,
    bootstrap: Bootstrap = 0,
    folds: Folds = None,
    repeats: Repeats = 1,
    baselines: Baselines = False,
    *,
    pool: Pool = Pool(),  # noqa: B008
    seed: Seed = 0,
    time_limit: TimeLimit = None,
    out: Out = None,
    json: o.AsJson = False,
) -> None:
    """Estimate a case's numbers from a table.

    The case says how: parameters with `regress` are linear in columns, `fit` says where the outcomes stand. Maximum
    likelihood, or the most likely numbers under the priors where coefficients have them; every row is solved. With
    --out other cases can take the result as priors (`prior: {from: {file: .../posterior.json, parameter: NAME}}`).
    A fit that came to no top, or a column that tells an outcome without error, is said, and the exit code is 1.

    \b
    Examples:
      standoff fit disputes disputes.csv
      standoff fit disputes disputes.csv --bootstrap 500 --out runs/disputes
      standoff fit disputes disputes.csv --folds groups --baselines
      standoff fit disputes disputes.csv --folds time:1960
      standoff fit disputes disputes.csv --rule probit --json
    """
    how = _how(folds, data)
    if rule is not None and rule not in RULES:
        raise typer.BadParameter(f"'{rule}' is none of logit, probit and private.", param_hint="--rule")
    if baselines and how is None:
        raise typer.BadParameter("--baselines compares on rows left out: add --folds groups, time or 10.")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: matrices of hundreds are no work for several
    from standoff.verbs import fit as run

    made: Fitted
    tested: Validation | None = None
    refused: FitError | None = None
    files, remarks = dict[str, Path](), tuple[Any, ...]()
    drawn: Draws | None = None
    stage = "the fit"
    try:
        with screen.progress("reading the table", json) as show:
            made = run(
                case, data, rule=cast("Any", rule), starts=starts, bootstrap=bootstrap, seed=seed,
                workers=pool.as_workers(),
                time_limit=time_limit, out=out, progress=show, stage=show.stage,
            )  # fmt: skip
            try:
                files, remarks, drawn = _kept(made, out, seed, show)
                if how is not None and made.estimate.converged:
                    stage = "the folds"
                    tested = _tested(made, how, baselines, range(seed, seed + repeats), pool, show)
            except FitError as error:  # the fit is there all the same
                refused = error
            if tested is not None and out is not None:
                from standoff.fit.kept import keep_validation

                files["validation"] = keep_validation(tested, out)
    except KeyboardInterrupt:
        kept = f"Finished samples of the bootstrap are kept in {out}; the same command goes on." if bootstrap else ""
        if stage == "the folds":
            kept = f"The fit is kept in {out}; what was tried on folds is not."
        raise screen.Interrupted(kept if out else "") from None
    except MemoryError:
        mend = "Take fewer rows with `where`, fewer terms, `--workers 1`, or a column with fewer values under `each`."
        raise FitError(Problem("no memory left", "a table and terms that fit", mend)) from None
    _tell(case, data, made, tested, files, drawn, (*remarks, *(refused.problems if refused and json else ())), json)
    if refused is not None and not json:
        raise refused
    if refused is not None or not made.estimate.converged:
        raise typer.Exit(screen.REFUSED)


def _tested(
    made: Fitted, how: tuple[str | None, int], baselines: bool, seeds: range, pool: Pool, show: screen.Bar
) -> Validation:
    from standoff.fit.compared import FOLDS, compared

    show.stage("fitting on part of the rows")
    return compared(
        made, how[0], folds=how[1] or FOLDS, baselines=baselines, seeds=seeds, workers=pool.as_workers(), progress=show
    )


def _how(folds: str | None, data: Path) -> tuple[str | None, int] | None:
    """What the rows are left out by (None: singly), and in how many folds, or 0."""
    if folds is None:
        return None
    if folds in ("groups", "time"):
        return folds, 0
    if folds.isdecimal() and 2 <= int(folds) <= 1000:
        return None, int(folds)
    if folds.startswith("time:"):
        try:
            if math.isfinite(float(folds.removeprefix("time:"))):
                return folds, 0
        except ValueError:
            pass
        said = f"'{folds}' needs a number of the column of time, as in time:1990."
        raise typer.BadParameter(said, param_hint="--folds")
    if not folds.lstrip("-").isdecimal():
        from standoff.fit.opening import opened
        from standoff.language.terms import word

        if word(folds) in map(word, opened(data).header):
            return folds, 0
    said = f"'{folds}' is neither 'groups' nor 'time' nor a column of the table nor a number from 2 up."
    raise typer.BadParameter(said, param_hint="--folds")


def _kept(
    made: Fitted, out: Path | None, seed: int, show: screen.Bar
) -> tuple[dict[str, Path], tuple[Any, ...], Draws | None]:
    if out is None:
        return {}, (), None
    from standoff.fit.kept import keep

    show.stage("drawing from the posterior")
    return keep(made, out, seed=seed, progress=show)


def _tell(
    case: str,
    data: Path,
    made: Fitted,
    tested: Validation | None,
    files: dict[str, Path],
    drawn: Draws | None,
    remarks: tuple[Any, ...],
    json: bool,
) -> None:
    from standoff.fit.kept import validation_data

    found = made.to_json()
    lines = None if tested is None else validation_data(tested)
    if json:
        found["problems"] += [problem.to_json() for problem in remarks]
        screen.print_json({**found, "validation": lines})
        return
    from standoff.report.say.fit import print_draws, print_files, print_fit, print_validation

    console = screen.out()
    print_fit(found, made.case.document.title, console, problems=(*made.problems, *remarks))
    if lines is not None:
        print_validation(lines, console)
    if files:
        console.print()
        print_files(files, console)
    if drawn is not None:
        print_draws(len(drawn.draws), drawn.effective, drawn.k, drawn.plain, console)
    if not made.estimate.converged:
        return
    steps: list[Callable[[], str]] = []
    if not files:
        steps.append(lambda: screen.command("fit", case, data, "--out", f"runs/{made.case.name}-fit"))
    if lines is None:
        by = "groups" if made.design.groups is not None else "time" if made.design.times is not None else "10"
        steps.append(lambda: screen.command("fit", case, data, "--folds", by))
    if steps:
        console.print()
        screen.say("Next:", False)
        for step in steps:
            screen.say(f"  {step()}", False)
