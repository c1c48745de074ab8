"""What the commands print: compact, legible without colour, true to the width of the terminal.

Each function takes plain data and a `rich.console.Console`. Text from a case is printed as it stands: nothing
in it is read as markup. Weight and position carry the meaning; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from standoff.errors import Problem
from standoff.report import sentences, shown, words
from standoff.report.leads import leads
from standoff.report.references import References
from standoff.report.screen import as_typed, clean, columned, say, styled

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Findings = Mapping[str, Any]
WIDE, ROOMY = 132, 64


def print_problems(problems: Sequence[Problem], console: Console, *, subject: str = "") -> None:
    """All complaints, errors first, each with its place, what was found, what was expected, how to mend it.

    `subject` names what was checked, for the closing line.
    """
    ordered = sorted(problems, key=lambda p: (p.level != "error", p.file, p.line, p.column))
    for problem in ordered:
        head = styled(problem.level, style="bold red" if problem.level == "error" else "bold yellow")
        for part in (problem.where, problem.path):
            if part:
                head.append("  ").append(clean(part), style="bold" if part == problem.path else "")
        console.print(head)
        for label, text in (("found", problem.found), ("expected", problem.expected), ("mend", problem.mend)):
            if text:
                say(console, f"{label:<9}{as_typed(text)}", indent=2, hang=9)
    errors = sum(p.level == "error" for p in problems)
    warned = len(problems) - errors
    of = f"{subject}: " if subject else ""
    if not problems:
        console.print(styled(f"{of}no problems found."))
        return
    parts = [words.count(errors, "error")] if errors else ["no errors"]
    parts.append(words.count(warned, "warning") if warned else "no warnings")
    console.print(styled(f"{of}{words.listed(parts)}."))


def print_forecast(findings: Findings, console: Console) -> None:
    """The leading outcome in words, outcomes and beliefs with their bands, and what the run is worth."""
    _heading(findings, console)
    _warnings(findings, console)
    say(console, sentences.bottom_line(findings)[0].text)
    console.print()
    _outcomes(findings, console)
    _beliefs(findings, console)
    _run_line(findings, console)


def print_assessment(findings: Findings, console: Console, *, files: Mapping[str, str] | None = None) -> None:
    """The bottom line, the forecast, a line for each question, and where the files are.

    `files` maps what a file is ("brief", "numbers") to its path.
    """
    _heading(findings, console)
    _warnings(findings, console)
    for line in [*sentences.bottom_line(findings), *leads(findings, References(findings))]:
        console.print(styled(line.label, style="bold"))
        say(console, line.text, indent=2)
        console.print()
    _outcomes(findings, console)
    _beliefs(findings, console)
    _next_moves(findings, console)
    _questions(findings, console)
    _run_line(findings, console)
    for what, path in (files or {}).items():
        console.print(styled(f"{words.capital(what)}: ").append(clean(path), style="bold"), soft_wrap=True)


def print_case(described: Mapping[str, Any], console: Console) -> None:
    """A case in words, from the plain data that `standoff.case.words.describe` gives."""
    console.print(styled(str(described.get("title", "")), style="bold"))
    for key in ("question", "summary"):
        if described.get(key):
            say(console, str(described[key]))
    clock = described.get("clock") or {}
    if clock.get("text"):
        say(console, str(clock["text"]))
    order = [str(entry) for entry in described.get("order") or []]
    if order:
        say(console, f"Within a {clock.get('step', 'step')} the order is: {', then '.join(order)}.")

    def section(head: str, elements: Sequence[Mapping[str, Any]]) -> None:
        if not elements:
            return
        console.print()
        console.print(styled(head, style="bold underline"))
        for element in elements:
            _said(element, console)

    coding = [{**code, "judgement": None} for code in described.get("coding") or []]  # its text says the reason
    section("How the situation is coded", coding)
    section("What everyone can see", described.get("factors") or [])
    section("Who acts", described.get("actors") or [])
    for actor in described.get("actors") or []:
        theirs = [m for m in described.get("moves") or [] if m.get("actor") == actor.get("name")]
        section(f"What {actor.get('called') or words.plain(actor.get('name'))} can do", theirs)
    section("What chance does", described.get("events") or [])
    section("How it can end", described.get("outcomes") or [])
    section("What runs while it lasts", described.get("flows") or [])
    section("What theory adds", described.get("mechanisms") or [])
    section("What is uncertain", described.get("parameters") or [])
    section("What past cases say, beside it", described.get("past") or [])
    section("How a table answers to it", described.get("fit") or [])
    section("What somebody could commit to", described.get("levers") or [])
    section("What the brief answers", described.get("questions") or [])


def print_ledger(sheet: Mapping[str, Any], console: Console) -> None:
    """The evidence ledger, from the plain data that `standoff.evidence.ledger.ledger` gives."""
    reports = {r["id"]: r for r in sheet.get("reports") or []}
    claims = sheet.get("claims") or []
    known = f", known by {words.day(sheet['as_of'])}" if sheet.get("as_of") else ""
    console.print(styled(f"{words.count(len(reports), 'report')}, {words.count(len(claims), 'claim')}{known}"))
    for ident, report in reports.items():
        console.print()
        head = styled(f"{report.get('grade', '')}  ", style="bold").append(
            clean(report.get("title") or ident)
        )
        console.print(head)
        facts = [report.get("outlet"), report.get("published"), report.get("grade_words"), report.get("text")]
        say(console, "; ".join(str(f) for f in facts if f), indent=3, style="dim")
        for claim in claims:
            if claim.get("report") == ident:
                _claim(claim, console)
    conflicts = sheet.get("conflicts") or []
    if conflicts:
        console.print()
        console.print(styled("Figures at odds", style="bold underline"))
    for conflict in conflicts:
        _conflict(conflict, reports, console)
    history = sheet.get("history") or []
    if history:
        console.print()
        console.print(styled("What happened", style="bold underline"))
        table = columned("Date", "Who", "What", "Known")
        for entry in history:
            table.add_row(
                styled(str(entry.get("when", ""))),
                styled(words.plain(entry.get("who", ""))),
                styled(str(entry.get("title") or words.plain(entry.get("happened", "")))),
                styled(words.day(entry.get("known"))),
            )
        console.print(table)
    if sheet.get("note"):
        console.print()
        say(console, str(sheet["note"]), style="dim")


# Parts


def _heading(findings: Findings, console: Console) -> None:
    case = findings.get("case") or {}
    title = styled(str(case.get("title") or case.get("name") or "Forecast"), style="bold")
    if case.get("as_of"):
        title.append(f", as of {words.day(case['as_of'])}", style="not bold")
    console.print(title)
    if case.get("question"):
        say(console, str(case["question"]))
    console.print()


def _warnings(findings: Findings, console: Console) -> None:
    found = sentences.warnings(findings)
    if not found:
        return
    console.print(styled("Read this first", style="bold yellow"))
    for text in found:
        say(console, text, indent=2)
    if sentences.is_thin(findings):
        for entry in sentences.costliest(findings):
            when = words.span(entry["date"], entry.get("until"))
            said = f"{when}: {entry.get('title') or words.plain(entry.get('move'))}"
            say(console, f"- {said} (leaves {words.percent(entry['kept'])} of the weight)", indent=2, hang=2)
    console.print()


def bar(band: Mapping[str, Any], top: float, width: int = 24, *, plain: bool = False) -> str:
    """A band in characters: light for nine in ten, heavy for half, a dot for the mean; ASCII when `plain`."""
    light, heavy, dot = ("-", "=", "o") if plain else ("─", "━", "●")

    def cell(value: float) -> int:
        share = 0.0 if top <= 0 else min(1.0, max(0.0, value / top))
        return min(width - 1, int(share * width))

    mean = float(band["mean"])
    marks = [" "] * width
    for low, high, mark in (("p05", "p95", light), ("p25", "p75", heavy)):
        first, last = band.get(low), band.get(high)
        if first is not None and last is not None:
            for k in range(cell(float(first)), cell(float(last)) + 1):
                marks[k] = mark
    marks[cell(mean)] = dot
    return "".join(marks)


def _plain(console: Console) -> bool:
    return "utf" not in (console.encoding or "").lower()


def _chances(
    rows: Sequence[tuple[str, Mapping[str, Any], str]], head: str, last: str, console: Console
) -> Table:
    """A table of chances; on a narrow terminal the words and the bar give way first."""
    from standoff.report.strips import ceiling

    top = ceiling([band for _, band, _ in rows])
    wide, roomy = console.width >= WIDE, console.width >= ROOMY
    columns = [head, "Chance", "90 % of draws"]
    columns += [f"0 to {top * 100:.0f} %"] if roomy else []
    columns += [last] if last and roomy else []
    columns += ["In words"] if wide else []
    table = columned(*columns, right=("Chance", "90 % of draws", last or "Chance"))
    if wide:
        table.columns[-1].no_wrap = True
    for title, band, extra in rows:
        cells = [
            styled(words.capital(title)),
            styled(words.short_percent(band["mean"]), style="bold"),
            styled(words.percent_range(band.get("p05"), band.get("p95"))),
        ]
        cells += [styled(bar(band, top, plain=_plain(console)))] if roomy else []
        cells += [styled(extra)] if last and roomy else []
        cells += [styled(words.estimate(*words.spoken_band(band)))] if wide else []
        table.add_row(*cells)
    return table


def _outcomes(findings: Findings, console: Console) -> None:
    rows = []
    for name, row in sentences.ranked(findings):
        title = sentences.title_of(name, row) + (" (peaceful)" if row.get("peaceful") else "")
        rows.append((title, row, ""))
    if rows:
        console.print(styled("How it may end", style="bold"))
        console.print(_chances(rows, "", "", console))
        console.print()


def _beliefs(findings: Findings, console: Console) -> None:
    for actor, types in (findings.get("beliefs") or {}).items():
        rows = [
            (sentences.title_of(name, row), row, words.short_percent(row.get("prior")))
            for name, row in types.items()
        ]
        if rows:
            who = words.mid_sentence(sentences.actor_title(findings, actor))
            console.print(styled(f"What is believed about {who}", style="bold"))
            console.print(_chances(rows, "", "At first", console))
            console.print()


def _next_moves(findings: Findings, console: Console) -> None:
    found = shown.turns(findings)
    if not found:
        return
    heads = ("When it next decides", "Likeliest, where it is open", "Chance", "90 % of draws")
    table = columned(*heads, right=heads[2:])
    for turn in found:
        name, row = max(turn["moves"].items(), key=lambda item: item[1]["mean"])
        which = shown.which_turn(findings, turn)
        table.add_row(
            styled(f"{sentences.actor_title(findings, str(turn['actor']))}{f', {which}' if which else ''}"),
            styled(sentences.title_of(name, row)),
            styled(words.short_percent(row["mean"]), style="bold"),
            styled(words.percent_range(row.get("p05"), row.get("p95"))),
        )
    console.print(table)
    console.print()


def _questions(findings: Findings, console: Console) -> None:
    from standoff.report.answers import questions
    from standoff.report.references import References

    for row in questions(findings, References(findings)):
        console.print(styled(f"{row['number']}. {row['ask']}", style="bold"))
        for answer in row["answers"]:
            say(console, answer, indent=3)
    if findings.get("questions"):
        console.print()


def _run_line(findings: Findings, console: Console) -> None:

    case, run = findings.get("case") or {}, findings.get("run") or {}
    certificate = findings.get("certificate") or {}
    parts = []
    if run.get("draws") is not None:
        worth = run.get("effective_draws")
        worth_text = "" if worth is None else f" worth {worth:.0f}"
        parts.append(f"{words.count(int(run['draws']), 'draw')}{worth_text}")
    if run.get("failed"):
        parts.append(f"{run['failed']} failed")
    if run.get("pareto_k") is not None:
        parts.append(f"Pareto k {run['pareto_k']:.2f}")
    if certificate.get("grid_error") is not None:
        parts.append(f"grid error {certificate['grid_error'] * 100:.1f} points")
    if certificate.get("residual") is not None:
        parts.append(f"residual {certificate['residual']:.0e}")
    if run.get("seed") is not None:
        parts.append(f"seed {run['seed']}")
    if case.get("hash"):
        parts.append(f"case {case['hash']}")
    if case.get("version"):
        parts.append(f"version {case['version']}")
    if parts:
        say(console, "; ".join(parts), style="dim")


def _said(element: Mapping[str, Any], console: Console) -> None:
    """One element in words, with what it rests on."""
    text = str(element.get("text") or element.get("title") or element.get("name") or "")
    because = [str(c) for c in element.get("because") or []]
    if because:
        text += f" [{', '.join(because)}]"
    if element.get("judgement"):
        text += f" Judgement: {element['judgement']}"
    say(console, f"- {text}", indent=2, hang=2)


def _claim(claim: Mapping[str, Any], console: Console) -> None:
    said = f" ({claim['attributed_to']})" if claim.get("attributed_to") else ""
    say(console, f"{claim.get('grade', '')}  {claim.get('id', '')}: {claim.get('says', '')}{said}", 3, 4)
    heard = claim.get("testimony") or {}
    facts = [claim.get("anchor_words"), f"origin {claim['origin']}" if claim.get("origin") else None]
    if heard:
        facts.append(f"{'counted' if heard.get('counted') else 'not counted'}: {heard.get('why', '')}")
    say(console, "; ".join(str(f) for f in facts if f), indent=7, style="dim")


def _conflict(conflict: Mapping[str, Any], reports: Mapping[str, Any], console: Console) -> None:
    """Figures at odds, one column each; one below the other where columns would be too narrow."""
    console.print(styled(words.capital(str(conflict.get("about", ""))), style="bold"))
    sides = conflict.get("sides") or conflict.get("figures") or []
    cells = []
    for side in sides:
        value = side.get("figure") or f"{side.get('value', '')} {side.get('unit', '')}".strip()
        cell = styled(str(value), style="bold")
        report = reports.get(side.get("report")) or {}
        source = report.get("title") or side.get("report")
        cell.append(
            f"\n{side.get('says', '')} ({source}, {words.day(side.get('published'))})", style="not bold"
        )
        cells.append(cell)
    if cells and console.width // len(cells) >= 28:
        table = columned(*([""] * len(cells)))
        table.show_header = False
        table.add_row(*cells)
        console.print(table)
    else:
        for cell in cells:
            console.print(cell)
    told = conflict.get("explained")
    say(console, f"Explained: {told}" if told else "Not explained by the case.", indent=2)


__all__ = [
    "bar",
    "print_assessment",
    "print_case",
    "print_forecast",
    "print_ledger",
    "print_problems",
]
