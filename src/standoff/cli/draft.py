"""Drafting help: what a model proposes, one by one before a person."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from standoff.cli import options as o
from standoff.cli import screen

if TYPE_CHECKING:
    from rich.console import Console

    from standoff.drafting.ground import Ground
    from standoff.drafting.propose import Draft
    from standoff.drafting.verify import Proposal

ASKED = "The endpoint (there is no default: nothing is sent unless you name one)"
Endpoint = Annotated[
    str | None,
    typer.Option(
        "--endpoint", metavar="URL", rich_help_panel=ASKED, help="OpenAI-compatible, such as http://localhost:8080/v1."
    ),
]
Model = Annotated[str | None, typer.Option("--model", metavar="NAME", rich_help_panel=ASKED, help="A model it serves.")]
KeyEnv = Annotated[
    str | None,
    typer.Option("--key-env", metavar="VAR", rich_help_panel=ASKED, help="Environment variable that holds the key."),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", metavar="SECONDS", rich_help_panel=ASKED, help="For everything, retries included."),
]
Insecure = Annotated[
    bool,
    typer.Option(
        "--insecure", rich_help_panel=ASKED, help="Allow http to another machine: report and key in the clear."
    ),
]


def draft(
    report: Annotated[
        str | None, typer.Argument(metavar="REPORT", help="A report of the case: its id, or the file of its text.")
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="CASE", help="A case folder, or the name of a shipped case.")
    ] = None,
    endpoint: Endpoint = None,
    model: Model = None,
    key_env: KeyEnv = None,
    timeout: Timeout = 120.0,
    insecure: Insecure = False,
    texts: o.Texts = None,
    rejected: Annotated[bool, typer.Option("--rejected", help="Also list what did not hold, with the reason.")] = False,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Keep what is left undecided there, to go on later.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="FILE", help="Go on with what --save kept; nothing is sent.")
    ] = None,
    json: o.AsJson = False,
) -> None:
    """What a language model proposes for a report, verified.

    Never trusted: each must come with a passage that stands in the report word for word, or it is not shown. You decide
    about each; what you accept goes into evidence.yaml of the case. --json only lists, and writes nothing.

    \b
    Examples:
      standoff draft harbour-gazette --case my-case --endpoint http://localhost:8080/v1 --model small --json
      standoff draft harbour-gazette --case my-case --endpoint http://localhost:8080/v1 --model small --save left.json
      standoff draft --resume left.json --json
    """
    if resume is None and None in (report, case, endpoint, model):
        raise typer.BadParameter(
            "Name a REPORT, --case, --endpoint and --model; or a draft to go on with, --resume FILE."
        )
    if resume is not None and (report, endpoint, model, key_env) != (None, None, None, None):
        raise typer.BadParameter("--resume goes on with a draft: leave out REPORT, --endpoint, --model and --key-env.")
    person = at_terminal()
    if not (json or person or save):
        raise typer.BadParameter("No terminal to ask on: --json lists, --save FILE keeps the proposals for later.")
    if resume is not None:
        from standoff.drafting.saved import resume as run

        made = run(resume, case=case, texts=texts)
    else:
        assert report is not None and case is not None and endpoint is not None and model is not None  # noqa: PT018
        made = _asked(report, case, endpoint, model, key_env, timeout, insecure, texts, json)
    file = save or resume
    if save is not None:
        _keep(save, made, list(made.proposals))
    if json:
        screen.print_json(made.to_json())
        return
    from standoff.report.say.draft import print_draft

    console = screen.out()
    print_draft(made.to_json(), console, rejected=rejected)
    if person:
        _decide(made, file, console, texts)
    elif file is not None and made.proposals:
        console.print(f"Kept in {file}. To decide: {screen.command('draft', '--resume', file)}", soft_wrap=True)


def at_terminal() -> bool:
    """Whether somebody can be asked: a person accepts, never a pipe."""
    return sys.stdin is not None and sys.stdin.isatty()


def _asked(
    report: str, case: str, endpoint: str, model: str, key_env: str | None, timeout: float, insecure: bool,
    texts: Path | None, quiet: bool,
) -> Draft:  # fmt: skip
    from standoff.case import load
    from standoff.drafting.client import Endpoint, key_from, proxies_ignored
    from standoff.drafting.ground import ground_of
    from standoff.drafting.propose import propose

    place = Endpoint(endpoint, model, key_from(key_env), timeout, insecure)
    ground = ground_of(load(case, texts=texts), report, texts)
    sent = f"{ground.file.name} ({len(ground.written):,} characters), the case's question and the names of its moves"
    screen.say(f"Sent to {place.shown}: {sent}.", quiet)
    if ignored := proxies_ignored():
        screen.say(f"{' and '.join(ignored)} is set; proxies are not used.", quiet)
    console = screen.err()
    if quiet or not console.is_terminal:
        return propose(ground, place)
    with console.status(f"waiting, at most {timeout:g} seconds"):
        return propose(ground, place)


def _keep(file: Path, made: Draft, left: list[Proposal]) -> None:
    from standoff.drafting.saved import save

    save(file, made.ground, left, made.model)


def _decide(made: Draft, file: Path | None, console: Console, texts: Path | None) -> None:
    """Each proposal before the person; whatever ends it, what was accepted is written and what is left is kept."""
    from standoff.report.say.draft import print_proposal

    left = list(made.proposals)
    written: list[str] = []
    shown = made.to_json()
    if left:
        console.print(f"Case: {made.ground.case.folder}", soft_wrap=True)
    try:
        for number, proposal in enumerate(made.proposals, start=1):
            print_proposal(proposal.to_json(), shown, number, console)
            done = _one(proposal, made, console, shown, number, texts)
            if done is None:
                break
            left.remove(proposal)
            written += done
            if file is not None:
                _keep(file, made, left)
    except KeyboardInterrupt:
        raise screen.Interrupted(_ended(written, left, made.ground, file)) from None
    console.print()
    console.print(_ended(written, left, made.ground, file), soft_wrap=True)


def _one(
    proposal: Proposal, made: Draft, console: Console, shown: dict[str, Any], number: int, texts: Path | None
) -> list[str] | None:
    """What was written for one proposal, nothing if it was passed over; None to stop."""
    from standoff.drafting.accept import accept
    from standoff.errors import StandoffError
    from standoff.report.say.draft import print_proposal
    from standoff.report.terminal import print_problems

    by_hand = False
    while True:
        answer = _ask("Accept it? [y]es, [n]o, [e]dit, [q]uit: ")
        try:
            match (answer or "q").strip().lower():
                case "n" | "no":
                    return []
                case "q" | "quit":
                    return None
                case "e" | "edit":
                    changed = _edit(proposal, made.ground)
                    by_hand = by_hand or changed != proposal
                    proposal = changed
                    print_proposal(proposal.to_json(), shown, number, console)
                case "y" | "yes":
                    grades = _grades(proposal, made.ground, console)
                    if grades is None:
                        return None
                    credibility, probability = grades
                    done = accept(
                        proposal, made.ground, credibility=credibility, probability=probability, model=made.model,
                        by_hand=by_hand, texts=texts,
                    )  # fmt: skip
                    entries = [f"claims.{done.claim}"] if done.new_claim else []
                    entries += ["a history entry"] if done.history else []
                    console.print(f"Written: {' and '.join(entries)}.", soft_wrap=True)
                    return entries
        except StandoffError as error:
            print_problems(error.problems[:3], console)


def _grades(proposal: Proposal, ground: Ground, console: Console) -> tuple[int, float] | None:
    """(credibility, probability) as the person sees them; None at the end of input."""
    from standoff.drafting.accept import rests_on
    from standoff.evidence import CREDIBILITY
    from standoff.report.screen import say

    credibility = 6
    resting = rests_on(proposal, ground)
    if resting is None:
        choices = ", ".join(f"{grade} {means}" for grade, means in CREDIBILITY.items())
        say(console, f"How credible is the claim? {choices}.")
        told = _asked_until(
            "Credibility, 1 to 6 (Enter for 6): ",
            lambda text: 6 if not text else int(text) if text in "123456" and len(text) == 1 else None,
        )
        if told is None:
            return None
        credibility = int(told)
    if proposal.kind == "claim":
        return credibility, 1.0
    sure = _asked_until(
        "How likely is it that it happened as told? Above 0, at most 1; Enter for 1, observed: ", _share
    )
    return None if sure is None else (credibility, sure)


def _share(text: str) -> float | None:
    try:
        value = float(text or "1")
    except ValueError:
        return None
    return value if 0 < value <= 1 else None


def _asked_until(prompt: str, read: Any) -> float | None:
    while (answer := _ask(prompt)) is not None:
        if (value := read(answer.strip())) is not None:
            return float(value)
    return None


def _edit(proposal: Proposal, ground: Ground) -> Proposal:
    from standoff.drafting.accept import edited

    def line(what: str) -> str | None:
        return (_ask(f"{what} (Enter keeps it): ") or "").strip() or None

    if proposal.kind == "claim":
        return edited(proposal, ground, says=line("What it says"), attributed_to=line("Who says so"))
    moves = ", ".join(name for name in ground.moves[proposal.who] if (proposal.who, name) not in ground.covert)
    return edited(proposal, ground, day=line("Date"), move=line(f"Move ({moves})"))


def _ask(prompt: str) -> str | None:
    try:
        return input(prompt)
    except EOFError:
        return None


def _ended(written: list[str], left: list[Proposal], ground: Ground, file: Path | None) -> str:
    evidence = ground.case.folder / "evidence.yaml"
    parts = [f"Written to {evidence}: {', '.join(written)}." if written else "Nothing was written."]
    if left and file is not None:
        parts.append(f"{len(left)} left, kept in {file}. To go on:\n  {screen.command('draft', '--resume', file)}")
    elif left:
        parts.append(f"{len(left)} left, not kept; --save FILE keeps them.")
    if written:
        parts.append(f"Next: {screen.command('evidence', ground.case.folder)}")
    return "\n".join(parts)
