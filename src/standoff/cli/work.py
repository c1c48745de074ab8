"""One solution at the medians of the priors: solve it, or sample its paths."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from standoff.cli import options as o
from standoff.cli import screen

Paths = Annotated[int, typer.Option("--paths", metavar="N", min=1, help="How many paths to sample.")]
Stories = Annotated[int, typer.Option("--stories", metavar="K", min=0, max=1000, help="How many to tell in words.")]


def solve(
    case: o.CaseName,
    grid: o.Grid = None,
    workers: o.Threads = None,
    time_limit: o.TimeLimit = None,
    set_: o.Set = None,
    json: o.AsJson = False,
) -> None:
    """One solution, at the medians of the priors.

    Chances at the start, first moves by type, and how far the numbers can be trusted. History is not looked at;
    that is what `forecast` does.

    \b
    Examples:
      standoff solve my-case
      standoff solve my-case --set face=0.1 --grid 40
      standoff solve venezuela-2025 --json
    """
    from standoff.case import load
    from standoff.verbs import solve as run

    found = load(case, overrides=o.overrides(set_))
    screen.remarks(found, case, json)
    screen.warm_up(json)
    with screen.progress("steps", json) as show:
        made = run(found, grid=grid, threads=workers, time_limit=time_limit, progress=show)
    start, turns = made.start_play(), made.start_by_phase()
    certificate = made.certificate.to_json()
    if json:
        screen.print_json(
            {"outcomes": made.outcomes, "start": start, "start_by_phase": turns, "certificate": certificate}
        )
    else:
        from standoff.report.tables import print_solution

        print_solution(found.document, made.outcomes, turns, certificate, screen.out())


def simulate(
    case: o.CaseName,
    paths: Paths = 100_000,
    stories: Stories = 3,
    seed: o.Seed = None,
    grid: o.Grid = None,
    workers: o.Threads = None,
    time_limit: o.TimeLimit = None,
    set_: o.Set = None,
    json: o.AsJson = False,
) -> None:
    """Sample paths; count them, tell a few.

    How often each ending comes and by when, and some paths as stories. Everything is at the medians of the
    priors, as in `solve`, whose chances are printed beside the shares. Shares differ from them by sampling, which
    each share's error tells of, and by the belief grid, whose error is printed with them.

    \b
    Examples:
      standoff simulate my-case
      standoff simulate venezuela-2025 --paths 1000000 --stories 0
      standoff simulate my-case --set landing_odds=0.4 --stories 10 --seed 7
    """
    from standoff.case import load
    from standoff.forecast.simulate import simulate as run
    from standoff.verbs import solve

    found = load(case, overrides=o.overrides(set_))
    screen.remarks(found, case, json)
    screen.warm_up(json)
    with screen.progress("steps", json) as show:
        solution = solve(found, grid=grid, threads=workers, time_limit=time_limit, play_from=0, progress=show)
    with screen.progress("paths", json) as show:
        made = run(
            solution, paths, key=int(found.hash, 16), seed=seed or 0, stories=stories, threads=workers, progress=show
        )
    data = _simulated(found, made)
    if json:
        screen.print_json(data)
    else:
        from standoff.report.tables import print_simulation

        print_simulation(found.document, data, screen.out())


def _simulated(found: Any, made: Any) -> dict[str, Any]:
    """A simulation as plain data."""
    from standoff.forecast.stories import told
    from standoff.language.calendar import step_start

    game, document = made.solution.game, found.document
    solved, shares = made.solution.outcomes, made.frequencies
    by_step = made.ended()
    return {
        "paths": made.paths,
        "seed": made.seed,
        "outcomes": {
            name: {"share": share, "error": error, "solved": solved[name]} for name, (share, error) in shares.items()
        },
        "by_date": {
            "dates": [step_start(document.clock, t + 1).isoformat() for t in range(game.steps)],
            "outcomes": {name: by_step[:, i].tolist() for i, name in enumerate(game.outcomes)},
        },
        "stories": [_story(document, game, one, told) for one in made.stories],
        "certificate": made.solution.certificate.to_json(),
        "case_hash": found.hash,
    }


def _story(document: Any, game: Any, story: Any, told: Any) -> dict[str, Any]:
    return {
        "types": {game.actors[i]: game.types[i][story.types[i]] for i in game.secret},
        "happened": [
            {
                "step": one.step,
                "who": game.phases[one.phase].label if game.phases[one.phase].choice else "event",
                "move": game.phases[one.phase].moves[one.move],
                "seen": one.seen,
            }
            for one in story.happened
        ],
        "outcome": game.outcomes[story.outcome],
        "step": story.step,
        "text": told(document, game, story),
    }
