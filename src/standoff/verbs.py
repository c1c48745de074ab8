"""The verbs of the command line as Python functions: plain arguments in, frozen values out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.case import Case
from standoff.case.asked import Overrides, Where, as_case, too_late
from standoff.errors import Problem, RunError
from standoff.evidence.as_of import as_of_day
from standoff.forecast import Forecast, Settings, Workers
from standoff.forecast.settings import as_grid
from standoff.forecast.simulate import Simulation
from standoff.game import Game, compile_case
from standoff.solver import Solution

if TYPE_CHECKING:
    from standoff.analysis.compare import Comparison
    from standoff.analysis.hypotheses import Hypotheses
    from standoff.analysis.indicators import Indicators
    from standoff.analysis.offramps import Offramps
    from standoff.analysis.sensitivity import Sensitivity
    from standoff.analysis.views import Views
    from standoff.drafting.propose import Draft
    from standoff.fit.fitted import Fitted
    from standoff.fit.rules import Rule
    from standoff.score.backtest import Backtest, Every
    from standoff.score.score import Scores, Take

Progress = Callable[[int, int], None]


def compile(where: Where, *, overrides: Overrides | None = None) -> Game:
    """The game of a case at the medians of its priors. Raises CaseError, GameError."""
    structure = compile_case(as_case(where, overrides))
    return structure.game(structure.at_quantile())


def solve(
    where: Where | Game,
    *,
    overrides: Overrides | None = None,
    grid: int | dict[int, int] | None = None,
    grid_error: bool = True,
    threads: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
    play_from: int | None = None,
) -> Solution:
    """One solution: of a game, or of a case at the medians of its priors. History is not looked at.

    where: a case folder, its case.yaml, the name of a shipped case, a `Case`, or a `Game` (``solution.game``).
    overrides: parameter -> number that stands in place of its prior; only where the case is still to be read.
    grid: subdivisions per edge of every belief simplex, 1 to 2000, or ``{number of types: subdivisions}``; by the
        number of types if not given (16 for two).
    grid_error: also solve on the halved grid and say how far an outcome moves, as a probability.
    threads: all cores if not given. The numbers do not depend on it.
    time_limit: seconds.
    progress: called as ``progress(steps done, steps)``.
    play_from: keep how everybody plays from this step on (0: always), which `standoff.forecast.simulate` needs.

    Gives a `Solution`: ``outcomes`` are probabilities at the start, ``start_play()`` the first moves by type,
    ``certificate`` the numerical errors. Raises CaseError, GameError where the numbers make no game, SolveError at
    the time limit or without enough memory, RunError for a grid that is none.

        >>> solution = solve("my-case", overrides={"face": 0.3})  # doctest: +SKIP
        >>> solution.outcomes["withdrawn"]  # doctest: +SKIP
    """
    from standoff.solver import solve as run

    if isinstance(where, Game):
        if overrides:
            raise too_late("a game, which has its numbers", overrides)
        game = where
    else:
        game = compile(where, overrides=overrides)
    return run(
        game, grid=as_grid(grid), grid_error=grid_error, threads=threads, time_limit=time_limit, progress=progress,
        play_from=play_from,
    )  # fmt: skip


def forecast(
    where: Where,
    *,
    as_of: date | str | None = None,
    overrides: Overrides | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """A case over everything uncertain, weighed by what was known at a date.

    where: a case folder, its case.yaml, the name of a shipped case, or a `Case`.
    as_of: use only what was published by then: a date, or words such as "2031-03-04", "2031-03", "early March 2031",
        which mean the last day they allow. The last publication if not given.
    overrides: parameter -> number that stands in place of its prior; only where the case is still to be read.
    settings: draws, seed, belief grid, see `Settings`.
    workers: how many processes, or a Dask scheduler, see `Workers`; this process alone if not given. The numbers do
        not depend on it.
    out: run folder, made if need be. Draws are kept there and an interrupted forecast goes on; nothing is written if
        not given.
    progress: called as ``progress(draws done, draws)``.

    Gives a `Forecast`: ``outcomes`` and ``beliefs`` (mean and quantiles over draws, as probabilities), ``by_date()``,
    ``effective_draws``, ``warnings``, ``certificate``, and ``to_json()``, the shape that docs/scripts.md documents.
    Raises CaseError and EvidenceError for what does not read, RunError where no draw allows what happened or the run
    folder cannot be used.

        >>> made = forecast("my-case", as_of="2031-03-04", settings=Settings(draws=32))  # doctest: +SKIP
        >>> made.outcomes["withdrawn"]["mean"]  # doctest: +SKIP
    """
    from standoff.forecast.forecast import forecast as run

    day = None if as_of is None else as_of_day(as_of)
    folder = None if out is None else Path(out)
    case = as_case(where, overrides)
    return run(case, as_of=day, settings=settings, workers=workers, out=folder, progress=progress)


def _forecast_of(where: Where | Forecast, **options: Any) -> Forecast:
    """A forecast as it is, or one made with these options. Raises RunError for options beside a forecast."""
    if not isinstance(where, Forecast):
        return forecast(where, **options)
    given = sorted(name for name, value in options.items() if value is not None)
    if given:
        found = f"{', '.join(given)} beside a forecast that is made"
        raise RunError(Problem(found, "a case, to be forecast with them", "Give them to standoff.forecast."))
    return where


def hypotheses(
    where: Where | Forecast,
    *,
    set_name: str | None = None,
    as_of: date | str | None = None,
    overrides: Overrides | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Hypotheses:
    """Competing hypotheses: how likely each was and is, what tells them apart, and what the answer leans on.

    where: a `Forecast`, or what `forecast` takes, with its options.
    set_name: only this set: one of the case's own, an actor (its hidden types), "outcomes", or "peace".

    Gives a `Hypotheses`: ``sets`` by name, ``now`` their chances, ``series`` through time, ``matrices`` of evidence,
    ``without`` (what they would be without each item, report and origin), ``to_json()``. Raises what `forecast`
    raises, and RunError for a set that is not there.

        >>> rivals = hypotheses("my-case", set_name="outcomes")  # doctest: +SKIP
    """
    from standoff.analysis.hypotheses import hypotheses as run

    made = _forecast_of(
        where, as_of=as_of, overrides=overrides, settings=settings, workers=workers, out=out, progress=progress
    )
    return run(made, set_name=set_name)


def indicators(
    where: Where | Forecast,
    *,
    within: int | str | date | None = None,
    as_of: date | str | None = None,
    overrides: Overrides | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Indicators:
    """What to watch for: every move and event that can still be seen, and what seeing it by a date, or not, changes.

    where: a `Forecast`, or what `forecast` takes, with its options.
    within: by when it is to be seen: days from the forecast's date, a date, "end" of the clock, or "next" for the very
        next turn that can show it. Four weeks if not given. Draws keep one step, two weeks, four weeks and the end.

    Gives an `Indicators`: ``rows``, the most telling about the outcome first, each with its ``reading`` (``chance``,
    ``seen``, ``unseen``, ``likelihood``, ``ratios``, ``bits``) or the reason in ``never``; ``ranked(actor)``;
    ``to_json()``. Raises what `forecast` raises, and RunError for a time that was not kept.

        >>> watch = indicators("my-case", within=14)  # doctest: +SKIP
        >>> watch.rows[0].reading.bits["outcome"]  # doctest: +SKIP
    """
    from standoff.analysis.indicators import indicators as run

    made = _forecast_of(
        where, as_of=as_of, overrides=overrides, settings=settings, workers=workers, out=out, progress=progress
    )
    return run(made, within=within)


def sensitivity(
    where: Where | Forecast,
    *,
    outcomes: Sequence[str] | None = None,
    above: float | None = None,
    exact: str | None = None,
    as_of: date | str | None = None,
    overrides: Overrides | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """What a forecast hangs on: which inputs move which outcome, where it flips, and the regions where it is likely.

    where: a `Forecast`, or what `forecast` takes, with its options.
    outcomes: those to look at; the three likeliest, and beliefs about types, if not given.
    above: look for the region where an outcome's chance is above this, between 0 and 1.
    exact: a parameter along which a few draws are solved again, on `workers` and with `progress` as well.

    Gives a `Sensitivity`: ``outcomes`` by name, each with its ``effects`` (those told from chance in ``told``),
    ``half`` and ``region``; ``likeliest``; ``exact``; ``to_json()``. Raises what `forecast` raises, and RunError for an
    outcome or parameter that is none.

        >>> hangs = sensitivity("my-case", outcomes=["island_taken"])  # doctest: +SKIP
        >>> [effect.input.name for effect in hangs.outcomes["island_taken"].told]  # doctest: +SKIP
    """
    from standoff.analysis.sensitivity import sensitivity as run

    solved = {"workers": workers, "progress": progress}
    options = {"as_of": as_of, "overrides": overrides, "settings": settings, "out": out}
    made = _forecast_of(where, **options, **({} if exact and isinstance(where, Forecast) else solved))
    return run(made, outcomes, above=above, exact=exact, workers=workers, progress=progress)


def views(
    where: Where | Forecast,
    *,
    as_of: date | str | None = None,
    overrides: Overrides | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Views:
    """A forecast by judgement's priors, by history's, and by past cases alone.

    where: a `Forecast`, or what `forecast` takes, with its options.

    Gives a `Views`: ``judgement``, ``history`` and ``outside`` by outcome, ``beliefs``, ``rows`` (reference classes),
    ``to_json()``; ``several`` is false where the case states neither `history` nor `reference_classes`. Raises what
    `forecast` raises.

        >>> views("my-case").outside  # doctest: +SKIP
    """
    from standoff.analysis.views import views as run

    solved = {"workers": workers, "progress": progress}
    options = {"as_of": as_of, "overrides": overrides, "settings": settings, "out": out}
    made = _forecast_of(where, **options, **({} if isinstance(where, Forecast) else solved))
    return run(made, workers=workers, progress=progress)


def offramps(
    where: Where | Forecast,
    size: int = 3,
    *,
    common: int = 24,
    reach: float | None = None,
    levers: Sequence[str] | None = None,
    dangers: bool | int = 6,
    as_of: date | str | None = None,
    overrides: Overrides | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Offramps:
    """Sets of levers that raise the chance of a peaceful settlement: by how much, for whom, and why smaller ones fail.

    where: a `Forecast`, or what `forecast` takes, with its options; `workers` and `progress` serve the search too.
    size: the largest set tried; common: how many of the forecast's draws stand for all.
    reach: what a set must add to the chance of peace to count, as a probability; half of the best if not given.
    levers: names of those to try; all of the case if not given.
    dangers: how many parameters are looked at closely for what endangers the present; True: all; False: none of that.

    Gives an `Offramps`: ``minimal``, the smallest sets that reach the threshold; ``sets``, every set with its ``gain``,
    ``costs``, ``values`` and ``owners``; ``to_json()``, with ``why``, ``interactions`` and ``dangers``. What is solved
    is kept in the run folder. Raises what `forecast` raises, and RunError for a size, number or lever that is none.

        >>> offramps("my-case", size=2, workers=Workers(2)).minimal  # doctest: +SKIP
    """
    from standoff.analysis.offramps import offramps as run

    options = {"as_of": as_of, "overrides": overrides, "settings": settings, "out": out}
    solved = {"workers": workers, "progress": progress}
    made = _forecast_of(where, **options, **({} if isinstance(where, Forecast) else solved))
    return run(
        made, size, draws=common, reach=reach, levers=levers, dangers=dangers, workers=workers, progress=progress
    )


def compare(
    a: Where | Forecast,
    b: Where | None = None,
    *,
    as_of: date | str | None = None,
    as_of_a: date | str | None = None,
    overrides: Overrides | None = None,
    overrides_a: Overrides | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Two cases, dates or settings side by side, over common draws.

    a: a case folder, its case.yaml, the name of a shipped case, a `Case`, or a `Forecast`, whose case, date and
        settings are then A's. b: the other side; A itself if not given.
    as_of: date of both sides, the last publication of each if not given; as_of_a: A's, if it is another.
    overrides: parameter -> number in B; overrides_a: in A.
    settings, workers, progress: as in `forecast`. out: run folder of A's forecast (of B's, for two dates of one case,
        where the earlier is read from the later's series).

    Gives a `Comparison`: ``to_json()`` holds for every outcome and type both bands, the ``difference`` with how sure it
    is, and what the ``evidence`` and the ``assumptions`` did of it. Raises RunError for cases without an outcome in
    common or a date before a clock, and what `forecast` raises.

        >>> compare("my-case", overrides={"face": 0.3}).to_json()["outcomes"]  # doctest: +SKIP
    """
    from standoff.analysis.compare import compare as run

    day_b = None if as_of is None else as_of_day(as_of)
    day_a = day_b if as_of_a is None else as_of_day(as_of_a)
    if isinstance(a, Forecast):
        if overrides_a:
            raise too_late("a forecast, which has its numbers", overrides_a)
        case_a, day_a, settings = a.case, a.as_of, a.settings
    else:
        case_a = as_case(a, overrides_a)
    if b is not None:
        case_b = as_case(b, overrides)
    elif not overrides:
        case_b = case_a
    else:
        from standoff.case import load

        again = case_a.folder if isinstance(a, Case | Forecast) else a
        case_b = load(again, overrides={**case_a.overrides, **overrides})
    folder = None if out is None else (lambda *_: Path(out))
    return run(
        case_a, case_b, as_of_a=day_a, as_of_b=day_b, settings=settings, workers=workers, folder=folder,
        progress=progress, made=a if isinstance(a, Forecast) else None,
    )  # fmt: skip


def fit(
    where: Where,
    data: str | Path,
    *,
    rule: Rule | None = None,
    starts: int = 8,
    seed: int = 0,
    bootstrap: int = 0,
    workers: Workers | None = None,
    time_limit: float | None = None,
    overrides: Overrides | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    stage: Callable[[str], None] | None = None,
) -> Fitted:
    """A case fitted to a table: maximum likelihood, or the mode where coefficients have priors.

    where: as in `forecast`; the case says under `fit` where the outcomes stand, and under `regress` of its parameters
        which columns they are linear in.
    data: a table in CSV or TSV with the names of its columns in the first line.
    rule: how choices err: "logit", "probit" or "private"; what the case says if not given.
    starts: from how many places the climb begins. seed: of the starts and of the bootstrap.
    bootstrap: how many samples of whole groups; standard errors are from the likelihood if 0. workers: its processes.
    time_limit: seconds for the climb; what was found by then is given, and says so.
    out: a folder in which finished samples of the bootstrap are kept, and found again.
    progress, stage: as in `backtest`.

    Gives a `Fitted`: ``coefficients`` with standard errors and 95 % intervals, ``loglik``, ``problems`` that speak
    against the numbers (separation, no convergence), ``design`` with what was left out, ``to_json()``. Raises
    FitError with everything that does not fit in the case and in the table, CaseError, GameError for a tree too large.

        >>> made = fit("my-case", "disputes.csv")  # doctest: +SKIP
        >>> made.coefficients[0].estimate  # doctest: +SKIP
    """
    from standoff.case.asked import text_of
    from standoff.fit.fitted import fit as run
    from standoff.fit.table import read_table

    case = as_case(where, overrides)
    table = read_table(data, progress=progress)
    folder = None if out is None else Path(out) / "bootstrap"
    return run(
        case, table, rule=rule, starts=starts, seed=seed, samples=bootstrap, workers=workers, folder=folder,
        located=text_of(where), time_limit=time_limit, progress=progress, stage=stage,
    )  # fmt: skip


def score(
    *runs: str | Path,
    forecasts: str | Path | None = None,
    resolutions: str | Path | None = None,
    as_of: date | str | None = None,
    order: str | None = None,
    take: Take = "time",
    floor: float = 0.0,
    series: bool = False,
    seed: int = 0,
) -> Scores:
    """Forecasts against what happened.

    runs: run folders, scored against the `ending` of their case; several of one case are updates of one forecast.
    forecasts: a table (CSV) of forecasts beside them: forecaster, question, made, deadline, outcome, probability. The
        question of a run is the name of its case.
    resolutions: a table of what happened: question, outcome, resolved, source. It goes before the ending of a case.
    as_of: only forecasts made and outcomes known by then, a date or words; the last of them if not given.
    order: of outcomes for the ranked score, such as ``"calm < tension < war"``; that of the case if not given.
    take: which days of a question count: all from a forecaster's first to the deadline, each by the forecast that stood
        on it, at no cost once the question has resolved (``time``), or the ``first`` alone.
    floor: no chance counts as less than this; 0 clips nothing, and what was ruled out and happened scores infinitely.
    series: also what a run says of every earlier date. seed: of the intervals.

    Gives a `Scores`: ``standings`` by forecaster, ``paired`` differences with intervals, ``scored`` by question,
    ``docket.open`` what cannot be scored yet, ``to_json()``. Raises ScoreError for tables, runs and options that are
    none, for a forecast made when its question was resolved, and where no question is resolved.

        >>> score("runs/first").standings[0].brier  # doctest: +SKIP
    """
    from standoff.score.runs import scored

    day = None if as_of is None else as_of_day(as_of)
    return scored(
        runs, forecasts=forecasts, resolutions=resolutions, as_of=day, order=order, take=take, floor=floor,
        series=series, seed=seed,
    )  # fmt: skip


def backtest(
    *cases: Where,
    every: Every = "step",
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    stage: Callable[[str], None] | None = None,
) -> Backtest:
    """Cases with a known ending, forecast at every date before it, and scored.

    cases: as in `forecast`; every shipped case with an ending if none is given.
    every: forecast at each ``step`` and whenever something became known, or only at the latter (``news``).
    settings, workers: as in `forecast`. out: a folder in which finished draws are kept, and found again.
    progress: called as ``progress(draws done, draws)`` for each variant of each case; stage: called with which.

    Gives a `Backtest`: ``cases`` with their forecasts by the model, by the model without hidden types and without
    strategy, by base rates and by even odds; ``scores`` of all of them; ``to_json()``. Raises ScoreError where no case
    has an ending, and what `forecast` raises.

        >>> backtest("venezuela-2025", settings=Settings(draws=24, quick=True)).scores.standings  # doctest: +SKIP
    """
    from standoff.case import shipped_cases
    from standoff.score.backtest import backtest as run

    found = [as_case(where) for where in cases or shipped_cases().values()]
    folder = None if out is None else Path(out)
    return run(found, every=every, settings=settings, workers=workers, out=folder, progress=progress, stage=stage)


def simulate(
    where: Where,
    paths: int = 100_000,
    *,
    overrides: Overrides | None = None,
    stories: int = 0,
    seed: int = 0,
    grid: int | dict[int, int] | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Sampled paths of the case's game at the medians of its priors.

    where: a case folder, its case.yaml, the name of a shipped case, or a `Case`.
    paths: how many, 1 or more; stories: how many more to keep move by move.
    overrides, grid: as in `solve`. seed: whole number, 0 or more.
    progress: called as ``progress(paths done, paths)``.

    Gives a `Simulation`: ``frequencies`` is outcome -> (share of the paths, its standard error), ``ended()`` the same
    by step, ``stories`` the paths told, ``solution`` what they were drawn from. Raises CaseError, GameError,
    SolveError; RunError for a grid, seed or number that is none.

        >>> simulate("my-case", 1000, seed=7).frequencies["withdrawn"]  # doctest: +SKIP
    """
    from standoff.forecast.settings import as_whole
    from standoff.forecast.simulate import simulate as run

    count, told, start = as_whole(paths, "paths", 1), as_whole(stories, "stories", 0), as_whole(seed, "seed", 0)
    case = as_case(where, overrides)
    solution = solve(case, grid=grid, grid_error=False, play_from=0)
    return run(solution, count, key=int(case.hash, 16), seed=start, stories=told, progress=progress)


def show(where: Where) -> dict[str, Any]:
    """The case in words: plain data by element, and `text`, the whole to be read aloud. Raises CaseError."""
    from standoff.case.words import describe

    case = as_case(where, None)
    return describe(case.written, case.overrides)


def ledger(where: Where, *, as_of: date | str | None = None) -> dict[str, Any]:
    """The evidence as plain data: reports, claims, origins, conflicts, history.

    `as_of`: only what was published by then, a date or words as in `forecast`; all of it if not given. Raises
    CaseError, and EvidenceError for a date that is none.
    """
    from standoff.evidence.ledger import ledger as run

    return run(as_case(where, None).evidence, None if as_of is None else as_of_day(as_of))


def anchor(file: str | Path, passage: str, *, occurrence: int | None = None) -> dict[str, Any]:
    """Where a passage stands in a text, with its digest: what `standoff anchor` prints, as plain data.

    `occurrence`: which one, from 1, if it stands there more than once. Raises EvidenceError if it stands nowhere, or
    more than once and `occurrence` does not say which.
    """
    from dataclasses import asdict

    from standoff.evidence import anchor_in_file

    return asdict(anchor_in_file(file, passage, occurrence=occurrence))


def draft(
    report: str | Path,
    where: Where,
    *,
    endpoint: str,
    model: str,
    key_env: str | None = None,
    timeout: float = 120.0,
    insecure: bool = False,
    texts: str | Path | None = None,
) -> Draft:
    """What a language model proposes for a report, as far as it holds; nothing is written.

    report: its id in the case, or the file of its text. where: as in `forecast`.
    endpoint: base address of any OpenAI-compatible interface; there is no default. The report, the case's question and
        the names of its moves are sent there, and nothing else anywhere.
    key_env: the environment variable that holds the key; no key is sent if not given.
    timeout: seconds for everything. insecure: allow http to another machine.
    texts: a folder with the original reports.

    Gives a `Draft`: ``proposals``, each with its passage found in the report word for word, ``rejected`` with reasons,
    ``to_json()``. Accepting is for a person, one by one: ``standoff draft`` asks. Raises CaseError, and DraftError for
    an endpoint that cannot be used or does not answer in time or in kind.

        >>> made = draft("wire", "my-case", endpoint="http://localhost:8080/v1", model="m")  # doctest: +SKIP
        >>> [one.says for one in made.proposals]  # doctest: +SKIP
    """
    from standoff.drafting.client import Endpoint, key_from
    from standoff.drafting.ground import ground_of
    from standoff.drafting.propose import propose

    place = Endpoint(endpoint, model, key_from(key_env), timeout, insecure)
    return propose(ground_of(as_case(where), report, texts), place)


def new(name: str, folder: str | Path | None = None, *, archetype: str | None = None) -> Path:
    """Write a small commented case that runs at once into ``folder/name``; gives that folder.

    `folder`: the present one if not given. `archetype`: a case of this archetype instead, to be coded by its rubric
    before it reads. Raises CaseError if it cannot.
    """
    from standoff.case.new import new as run

    return run(name, folder, archetype=archetype)
