"""The desk: search reports and claims, who copied whom, which figures are at odds."""

from __future__ import annotations

from typing import Annotated

import typer

from standoff.cli import options as o
from standoff.cli import screen


def search(
    case: o.CaseName,
    question: Annotated[
        list[str], typer.Argument(metavar="WORDS", help='Words, "words in a row", beginnings*, OR, NOT.')
    ],
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many at most.")] = 10,
    claims: Annotated[bool, typer.Option("--claims", help="Only claims.")] = False,
    reports: Annotated[bool, typer.Option("--reports", help="Only reports and our digests of them.")] = False,
    texts: o.Texts = None,
    json: o.AsJson = False,
) -> None:
    """Full-text search over reports and claims.

    Best first, each with the sentence that answers and the anchor that cites it. All words must be there, in any form:
    ferry finds ferries. OR, NOT, -word, brackets, "words in a row", begin*, title:word, outlet:"Sund Gazette",
    after:2031-03 and before:2031-04 narrow it down; put the whole question in single quotes if your shell reads these
    signs itself, and -- before a word that begins with a dash. Filler is not searched. The index lies in the user's
    cache (STANDOFF_CACHE) and keeps itself up to date.

    \b
    Examples:
      standoff search my-case troops
      standoff search my-case '"the island" OR ferr* after:2031-01'
      standoff search venezuela-2025 warships --claims
      standoff search my-case harbour --limit 3 --json
    """
    from standoff.case.desk import search as run

    both = claims == reports
    said = " ".join(f'"{word}"' if " " in word and len(question) > 1 and '"' not in word else word for word in question)
    found = run(case, said, texts=texts, limit=limit, claims=claims or both, reports=reports or both)
    if json:
        screen.print_json(found.to_json())
    else:
        from standoff.report.say.desk import print_answer

        print_answer(found, case, screen.out())


def reprints(case: o.CaseName, as_of: o.AsOf = None, texts: o.Texts = None, json: o.AsJson = False) -> None:
    """Who copied whom: reprints, excerpts, shared quotations.

    Pairs of reports that share passages word for word, chains of copies with the earliest first, and outlets that
    several reports name as their source. Filler is left out. Only originals at hand can be compared.

    \b
    Examples:
      standoff reprints my-case
      standoff reprints venezuela-2025 --texts ~/reports
      standoff reprints my-case --as-of 2031-03-04 --json
    """
    from standoff.case.desk import reprints as run

    found = run(case, texts=texts, as_of=as_of)
    if json:
        screen.print_json(found.to_json())
    else:
        from standoff.report.say.desk import print_copies

        print_copies(found, case, screen.out())


def figures(
    case: o.CaseName,
    all_: Annotated[bool, typer.Option("--all", help="Every figure, also those that no other contradicts.")] = False,
    as_of: o.AsOf = None,
    texts: o.Texts = None,
    json: o.AsJson = False,
) -> None:
    """Figures at odds about the same thing, with both passages.

    Numbers are read from the reports with their vagueness ("about", "at least", "dozens") and with what they count.
    Two are at odds if no number fits both. Where an original is not at hand, our digest is read in its place. What
    claims say in figures is compared by `standoff evidence`.

    \b
    Examples:
      standoff figures my-case
      standoff figures venezuela-2025 --texts ~/reports
      standoff figures my-case --all --json
    """
    from standoff.case.desk import figures as run

    found = run(case, texts=texts, as_of=as_of)
    if json:
        screen.print_json(found.to_json())
    else:
        from standoff.report.say.desk import print_figures

        print_figures(found, case, all_, screen.out())
