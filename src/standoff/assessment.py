"""The whole job: a case folder in, a run folder with the brief out."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.case.asked import as_case
from standoff.errors import StandoffError
from standoff.evidence.as_of import as_of_day
from standoff.forecast import Forecast, Settings, Workers, forecast
from standoff.forecast.forecast import manifest
from standoff.forecast.store import write_whole
from standoff.forecast.timeline import latest
from standoff.language.plain import plain
from standoff.report.brief import render_html, render_markdown
from standoff.report.findings import Findings, findings

if TYPE_CHECKING:
    from standoff.case import Case

Stage = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """What an assessment leaves: the forecast, its findings, and the files."""

    forecast: Forecast
    findings: Findings = field(repr=False)
    folder: Path
    files: Mapping[str, Path]


def assess(
    case: Case | str | Path,
    *,
    as_of: date | str | None = None,
    out: str | Path | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    overrides: Mapping[str, float | str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    stage: Stage | None = None,
    more: Findings | None = None,
) -> Assessment:
    """Read, solve, weigh, and write the brief.

    case: a case folder, its case.yaml, the name of a shipped case, or a `Case`.
    as_of: use only what was published by then: a date, or words such as "2031-03-04" or "March 2031", which mean the
        last day they allow. The last publication if not given.
    out: run folder, ``runs/NAME-DATE-KEY`` if not given. An interrupted run goes on there; a finished one is only
        written out again. A folder that holds anything else is refused.
    settings: draws, seed, belief grid, see `Settings`.
    workers: how many processes, or a Dask scheduler, see `Workers`; this process alone if not given.
    overrides: parameter -> number that stands in place of its prior; only where the case is still to be read.
    progress: called as ``progress(draws done, draws)``; stage: called with what is being done, in words.
    more: findings of other analyses by name, for the brief and forecast.json.

    Gives an `Assessment`: the `forecast`, its `findings` as plain data, the `folder`, and `files` by name. Raises
    CaseError and EvidenceError for what does not read, RunError where no draw allows what happened or the run folder
    cannot be used.

        >>> assess("my-case", out="runs/first").files["brief.html"]  # doctest: +SKIP
    """
    say = stage or (lambda _: None)
    settings = settings or Settings()
    if isinstance(case, str | Path):
        say("reading the case")
    case = as_case(case, overrides)
    day = as_of_day(as_of) if as_of is not None else latest(case.evidence, case.document)
    folder = Path(out) if out is not None else default_folder(case, day, settings)
    say("solving and weighing draws")
    made = forecast(case, as_of=day, settings=settings, workers=workers, out=folder, progress=progress)
    asked = analyses(made, workers=workers, progress=progress, stage=say)
    say("writing the brief")
    failed = asked.pop("failed", {})
    found = {**findings(made), **asked, **(more or {})}
    found["run"]["warnings"] += [f"no {name} in this brief: {reason}" for name, reason in failed.items()]
    contract = {**made.to_json(), **found}
    write_whole(folder / "forecast.json", json.dumps(plain(contract), indent=1, allow_nan=False))
    write_whole(folder / "brief.html", render_html(found))
    write_whole(folder / "brief.md", render_markdown(found))
    names = ("brief.html", "brief.md", "forecast.json")
    return Assessment(made, found, folder, {name: folder / name for name in names})


def analyses(
    made: Forecast,
    *,
    workers: Workers | None = None,
    progress: Callable[[int, int], None] | None = None,
    stage: Stage | None = None,
) -> dict[str, Any]:
    """What an analyst asks next, as plain data by name: hypotheses, indicators, sensitivity, and a first look at
    off-ramps and dangers, or the answer of a larger search that the run folder holds.

    The first two were worked out with the draws; the others take some seconds. `progress` and `stage` as in `assess`.
    One that raises a StandoffError is left out and does not stop the others: its reason is then under ``failed``, by
    name.
    """
    from standoff.analysis.hypotheses import hypotheses
    from standoff.analysis.indicators import indicators
    from standoff.analysis.offramps import for_the_brief
    from standoff.analysis.sensitivity import sensitivity
    from standoff.analysis.views import views

    say = stage or (lambda _: None)
    say("weighing hypotheses and signs")
    asked = {
        "hypotheses": Aside(lambda: hypotheses(made).to_json(), alone=True),
        "indicators": Aside(lambda: indicators(made).to_json(), alone=True),
    }
    say("pulling levers, and asking what the forecast hangs on")
    asked["sensitivity"] = Aside(lambda: sensitivity(made).to_json())  # one core, while the levers wait for workers
    pull = Aside(lambda: for_the_brief(made, workers=workers, progress=progress).to_json(), alone=True)
    say("asking what history says")
    seen = Aside(lambda: views(made, workers=workers, progress=progress), alone=True)
    found: dict[str, Any] = {}
    failed: dict[str, str] = {}
    for name, one in {**asked, "offramps": pull, "views": seen}.items():
        try:
            answer = one.result()
        except StandoffError as error:
            failed[name] = str(error.problems[0])
        else:
            if name != "views":
                found[name] = answer
            elif answer.several:
                found[name] = answer.to_json()
    return found | ({"failed": failed} if failed else {})


class Aside:
    """A call made beside others, in a thread that nobody waits for when the program is interrupted; ``alone``: made at
    once, in this thread. `result()` is what it gave, or raises the StandoffError that it did."""

    def __init__(self, call: Callable[[], Any], *, alone: bool = False) -> None:
        self.found: Any = None
        self.error: BaseException | None = None
        self.thread: threading.Thread | None = None
        if alone:
            try:
                self.found = call()
            except StandoffError as error:
                self.error = error
        else:
            self.thread = threading.Thread(target=self._run, args=(call,), daemon=True)
            self.thread.start()

    def _run(self, call: Callable[[], Any]) -> None:
        try:
            self.found = call()
        except BaseException as error:  # raised again where it is asked for
            self.error = error

    def result(self) -> Any:
        """Waits if need be."""
        if self.thread is not None:
            self.thread.join()
        if self.error is not None:
            raise self.error
        return self.found


def _told(made: Forecast) -> dict[str, Any]:
    """forecast.json of this very run, if it was written before; empty if not."""
    if made.folder is None:
        return {}
    try:
        found = json.loads((made.folder / "forecast.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def told_again(made: Forecast, **more: Any) -> bool:
    """Write the brief and forecast.json of a run folder again, with these findings of other analyses in them; false
    where the forecast has no folder, or none that was assessed."""
    found = _told(made)
    if made.folder is None or not found:
        return False
    found |= more
    write_whole(made.folder / "forecast.json", json.dumps(plain(found), indent=1, allow_nan=False))
    write_whole(made.folder / "brief.html", render_html(found))
    write_whole(made.folder / "brief.md", render_markdown(found))
    return True


def default_folder(case: Case, as_of: date, settings: Settings) -> Path:
    """``runs/NAME-AS_OF-KEY``, where the key stands for everything that decides the numbers."""
    import hashlib

    text = json.dumps(manifest(case, as_of, settings), sort_keys=True)
    return Path("runs") / f"{case.name}-{as_of.isoformat()}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
