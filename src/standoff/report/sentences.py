"""The bottom line, written from the numbers.

Each `Line` is one or two sentences with the references it rests on. Titles of outcomes and types are the
author's and may have any grammar, so they are quoted rather than bent into a clause. A sentence with a word
of likelihood says nothing about how sure the analysis is; what limits the estimate has a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standoff.report import gaps
from standoff.report.basis import belief_grounds, find, outcome_grounds, routes, rows, shifting
from standoff.report.references import Reference, References, merged
from standoff.report.words import (
    NBSP,
    capital,
    count,
    day,
    estimate,
    gist,
    in_points,
    listed,
    mid_sentence,
    percent,
    percent_range,
    plain,
    points,
    predicate,
    shift,
    short_percent,
    small,
    spans_words,
    spoken_band,
    when,
)

Findings = Mapping[str, Any]
THIN_SHARE, THIN_DRAWS, HEAVY_TAIL = 0.1, 30.0, 0.7
CLOSE = 0.05  # chances no further apart than this are not told as if one led


@dataclass(frozen=True, slots=True)
class Line:
    """One statement of the bottom line: a short label, the point, what goes on from there, its grounds."""

    label: str
    head: str
    more: str = ""
    rests: tuple[Reference, ...] = ()
    about: tuple[str, ...] = ()  # the outcomes and actors it speaks of

    @property
    def text(self) -> str:
        return f"{self.head} {self.more}".strip()


def quoted(title: Any) -> str:
    return f"“{str(title).strip().rstrip('.')}”"


def ranked(findings: Findings) -> list[tuple[str, Mapping[str, Any]]]:
    """Outcomes by mean, likeliest first; ties keep the author's order."""
    return sorted((findings.get("outcomes") or {}).items(), key=lambda item: -item[1]["mean"])


def title_of(name: str, row: Mapping[str, Any]) -> str:
    return capital(str(row.get("title") or plain(name)))


def actor_title(findings: Findings, actor: str) -> str:
    record = find(rows(findings, "model", "actors"), name=actor) or {}
    return str(record.get("title") or plain(actor).capitalize())


def judged(band: Mapping[str, Any]) -> str:
    """``is likely (55–80 %), with a central estimate of 62 %``."""
    return f"{predicate(*spoken_band(band))}, with a central estimate of {percent(band['mean'])}"


def still_judged(row: Mapping[str, Any]) -> str:
    """``It is likely (55–80 %), ...`` of what leads all others; ``Even so, it is unlikely (20–45 %), ...`` of what
    leads them and is less likely than not."""
    return f"{'Even so, it' if less_likely_than_not(row) else 'It'} {judged(row)}"


def less_likely_than_not(row: Mapping[str, Any]) -> bool:
    return float(row["mean"]) < 0.5


def spread_sentence(band: Mapping[str, Any]) -> str:
    """Both bands in numbers; empty where the findings hold only a mean."""
    if band.get("p05") is None or band.get("p95") is None:
        return ""
    outer = percent_range(band["p05"], band["p95"])
    if outer == short_percent(band["mean"]) and not outer[:1].isdigit():
        return "All assumptions tried agree on that."
    if band.get("p25") is None or outer == percent(band["mean"]):
        return f"The assumptions tried span {outer}."
    inner = percent_range(band["p25"], band["p75"])
    return f"Half of the assumptions tried, by weight, give {inner}; nine in ten give {outer}."


def peaceful_band(findings: Findings) -> tuple[Mapping[str, Any], list[str]] | None:
    """Chance of a peaceful settlement, and the outcomes that count as one; None where none is declared.

    The band of a sum is not the sum of bands: without the key `peaceful`, several outcomes give a mean only.
    """
    names = [name for name, row in (findings.get("outcomes") or {}).items() if row.get("peaceful")]
    if not names:
        return None
    if findings.get("peaceful"):
        return findings["peaceful"], names
    if len(names) == 1:
        return findings["outcomes"][names[0]], names
    return {"mean": min(1.0, sum(findings["outcomes"][n]["mean"] for n in names))}, names


def leading_line(findings: Findings, refs: References) -> Line:
    """The likeliest outcome and the runner-up."""
    order = ranked(findings)
    if not order:
        return Line("Leading outcome", "The case declares no outcome, so there is nothing to forecast.")
    name, row = order[0]
    rests = outcome_grounds(findings, refs, name)
    if len(order) == 1:
        text = (
            f"The case knows one ending only, {quoted(title_of(name, row))}; its chance is not in question."
        )
        return Line("Leading outcome", text, rests=tuple(rests))
    leads = f"the likeliest of {small(len(order))} outcomes" if less_likely_than_not(row) else "the leading outcome"
    head = f"{quoted(title_of(name, row))} is {leads}. {still_judged(row)}."
    other, second = order[1]
    close = row["mean"] - second["mean"] < CLOSE
    next_up = f"{'Close behind' if close else 'Next'} comes {quoted(title_of(other, second))}"
    more = f"{next_up}, which {judged(second)}."
    return Line("Leading outcome", head, f"{spread_sentence(row)} {more}".strip(), tuple(rests), (name,))


def peace_line(findings: Findings, refs: References) -> Line:
    """Whether this ends in a peaceful settlement."""
    found = peaceful_band(findings)
    if found is None:
        return Line("Peaceful settlement", "The case counts none of its outcomes as a peaceful settlement.")
    band, names = found
    titles = [quoted(title_of(n, findings["outcomes"][n])) for n in names]
    head, text = f"A peaceful settlement {judged(band)}.", spread_sentence(band)
    if len(names) <= 4:
        counts = "One outcome counts" if len(names) == 1 else "These count"
        text += f" {counts} as one: {listed(titles)}."
    else:
        text += f" {count(len(names), 'outcome')} count as one."
    return Line(
        "Peaceful settlement",
        head,
        text.strip(),
        tuple(merged(*(outcome_grounds(findings, refs, n) for n in names))),
        tuple(names),
    )


def belief_lines(findings: Findings, refs: References) -> list[Line]:
    """What is believed about each actor's hidden type, against the start."""
    lines = []
    for actor, types in (findings.get("beliefs") or {}).items():
        if len(types) < 2:
            continue
        name, row = max(types.items(), key=lambda item: item[1]["mean"])
        head = f"{leading_reading(mid_sentence(actor_title(findings, actor)), types, name)}{_against(row)}."
        near: list[str] = []
        far: list[str] = []
        for n, r in sorted(types.items(), key=lambda item: -item[1]["mean"]):
            if n != name:
                pile = near if row["mean"] - r["mean"] < CLOSE else far
                pile.append(f"{quoted(title_of(n, r))} at {percent(r['mean'])}{_against(r)}")
        unclear = undecided(types, name)
        known = row.get("p05") is not None and row.get("p95") is not None
        parts = [f"Nine in ten of the assumptions tried give {percent_range(row['p05'], row['p95'])}."] if known else []
        parts += [unclear] if unclear else []
        if near and not unclear:
            parts.append(f"Close behind {'comes' if len(near) == 1 else 'come'} {listed(near[:3])}.")
        elif unclear:
            near, far = [], near + far
        if far:
            stand = "stands" if len(far) == 1 else "stand"
            parts.append(f"Against {'them' if near else 'it'} {stand} {listed(far[:3])}.")
        more = " ".join(parts)
        rests = tuple(belief_grounds(findings, refs, actor))
        lines.append(Line("Hidden intention", head, more, rests, (actor,)))
    return lines


def leading_reading(who: str, types: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """``Of the garrison, the leading reading is “X”. It is likely (55–80 %), ...``, without the stop."""
    row = types[name]
    leads = f"likeliest of {small(len(types))} readings" if less_likely_than_not(row) else "leading reading"
    return f"Of {who}, the {leads} is {quoted(title_of(name, row))}. {still_judged(row)}"


def undecided(types: Mapping[str, Mapping[str, Any]], lead: str) -> str:
    """``The evidence cannot tell it from “X”.`` where the leading reading may be anything over more than two words
    and the middle half of another's band overlaps its own; else empty."""
    if not spans_words(types[lead]):
        return ""
    low = spoken_band(types[lead])[0]
    rivals = [
        quoted(title_of(n, r))
        for n, r in sorted(types.items(), key=lambda item: -item[1]["mean"])
        if n != lead and spoken_band(r)[1] > low
    ]
    return f"The evidence cannot tell it from {listed(rivals[:2], 'or')}." if rivals else ""


def close_behind(rows_: Mapping[str, Mapping[str, Any]], lead: str) -> str:
    """`` Close behind comes “X”, at 43 %.`` for what hardly differs from the leading row; empty if nothing does."""
    near = [
        f"{quoted(title_of(n, r))} at {percent(r['mean'])}"
        for n, r in sorted(rows_.items(), key=lambda item: -item[1]["mean"])
        if n != lead and rows_[lead]["mean"] - r["mean"] < CLOSE
    ]
    return f" Close behind {'comes' if len(near) == 1 else 'come'} {listed(near[:3])}." if near else ""


def _against(row: Mapping[str, Any]) -> str:
    prior = row.get("prior")
    if prior is None:
        return ""
    return f" (at the start, {percent(prior)})"


def change_line(findings: Findings, refs: References) -> Line | None:
    """How far the forecast moved since the first point of the series, and by which move most."""
    series = findings.get("series") or []
    outcomes = findings.get("outcomes") or {}
    if len(series) < 2 or len(outcomes) < 2:
        return None
    first = series[0]
    begin = {n: b["mean"] for n, b in (first.get("outcomes") or {}).items() if n in outcomes}
    if not begin:
        return None
    moved = {n: outcomes[n]["mean"] - was for n, was in begin.items()}
    name = max(moved, key=lambda n: abs(moved[n]))
    since = f"Since the first estimate, for {day(first['as_of'])},"
    if abs(moved[name]) < 0.02:
        text = f"{since} no outcome has moved by more than two points: the evidence has not told them apart."
        return Line("Movement", text)
    head = (
        f"{since} {quoted(title_of(name, outcomes[name]))} moved most, from {percent(begin[name])} to "
        f"{percent(outcomes[name]['mean'])} ({in_points(shift(begin[name], outcomes[name]['mean']))})."
    )
    text = ""
    lead = ranked(findings)[0][0]
    if lead != name and lead in moved:
        text += (
            f" The leading outcome went from {percent(begin[lead])} to {percent(outcomes[lead]['mean'])} "
            f"({in_points(shift(begin[lead], outcomes[lead]['mean']))})."
        )
    best = most_telling(findings)
    rests: list[Reference] = []
    if best:
        record, actor, size = best
        who = mid_sentence(actor_title(findings, actor))
        if "index" in record:
            index = str(record["index"])
            what = f"move was {quoted(record.get('title') or plain(record.get('move')))}"
            dated = when(record["date"], record.get("until"))
            rests = merged(refs.grounds(record, "history", index), [refs.to("history", index, label="the move")])
        else:
            claim = refs.claims.get(str(record["claim"])) or {}
            what = f"report was {quoted(gist(claim.get('says') or plain(record['claim']), 140))}"
            what += ","
            dated = f"known by {day(record.get('known'))}"
            rests = [refs.claim(str(record["claim"]))]
        text += (
            f" The single most telling {what} {dated}, which shifted what is believed about {who} by up "
            f"to {in_points(points(size)).lstrip('+')}."
        )
    return Line("Movement", head, text.strip(), tuple(rests))


def most_telling(findings: Findings) -> tuple[Mapping[str, Any], str, float] | None:
    """Dated move or counted testimony with the largest shift of any belief, the actor it concerns and the size."""
    found = [
        (record, actor, size) for actor in findings.get("beliefs") or {} for record, size in shifting(findings, actor)
    ]
    best = max(found, key=lambda item: item[2], default=None)
    return best if best is not None and best[2] >= 0.01 else None


def is_thin(findings: Findings) -> bool:
    """Whether the weight sits on too few draws to read bands from."""
    run = findings.get("run") or {}
    k = run.get("pareto_k")
    return few(run.get("effective_draws"), run.get("draws") or 0) or (k is not None and k > HEAVY_TAIL)


def few(worth: float | None, draws: int) -> bool:
    """Whether so many effective draws are too few of those that were made."""
    return worth is not None and (worth < min(THIN_DRAWS, 0.5 * draws) or worth < THIN_SHARE * draws)


def limits_line(findings: Findings, refs: References) -> Line:
    """What limits the estimate: draws, their weights, numerical error."""
    run = findings.get("run") or {}
    certificate = findings.get("certificate") or {}
    parts = []
    if run.get("draws"):
        text = f"The forecast mixes {count(int(run['draws']), 'draw')} of the uncertain parameters"
        if run.get("effective_draws") is not None:
            text += f", whose weights make them worth {count(round(run['effective_draws']), 'equal one')}"
        parts.append(text + ".")
    worth = run.get("effective_draws")
    if worth is not None and (run.get("draws") or 0) > 1 and worth < THIN_DRAWS:
        parts.append(f"With fewer than {THIN_DRAWS:.0f}, bands are rough: this is a first look.")
    ruled, broke = _lost(run)
    if ruled:
        told = "rules out what happened and weighs" if ruled == 1 else "rule out what happened and weigh"
        parts.append(f"{count(ruled, 'draw')} {told} nothing.")
    if broke:
        parts.append(f"{count(broke, 'draw')} could not be solved and {'is' if broke == 1 else 'are'} left out.")
    if run.get("tempered"):
        parts.append("The weights were tempered, so the evidence counts for less than it says.")
    error = certificate.get("grid_error")
    if error is not None:
        size = f"about {error * 100:.1f}" if error >= 0.0005 else "less than 0.1"
        parts.append(f"The numerical error of a chance is estimated, not bounded, at {size} points.")
    parts.append("What the model leaves out is not in any band.")
    silence = gaps.sentence(findings, refs)
    head = silence or parts.pop(0)
    return Line("What limits this", head, " ".join(parts), tuple(gaps.links(findings, refs)))


def bottom_line(findings: Findings, refs: References | None = None) -> list[Line]:
    """The bottom line of a brief, in reading order: at most a line for each subject.

    Works from whatever is there: with outcomes only, it speaks of outcomes only.
    """
    refs = refs or References(findings)
    lines = [leading_line(findings, refs)]
    if findings.get("outcomes"):
        lines.append(peace_line(findings, refs))
    lines += belief_lines(findings, refs)
    moved = change_line(findings, refs)
    if moved:
        lines.append(moved)
    lines.append(limits_line(findings, refs))
    return lines


def costliest(findings: Findings, most: int = 3) -> list[Mapping[str, Any]]:
    """History entries that draws disagree about most, the one that leaves the smallest share of them first."""
    known = [h for h in rows(findings, "history") if h.get("kept") is not None and h["kept"] < 0.95]
    return sorted(known, key=lambda h: float(h["kept"]))[:most]


def warnings(findings: Findings) -> list[str]:
    """What the reader must know before reading any number; empty for a healthy run."""
    run = findings.get("run") or {}
    found = []
    if is_thin(findings):
        worth, draws, k = run.get("effective_draws"), run.get("draws"), run.get("pareto_k")
        text = "The ensemble is thin."
        if worth is not None and draws:
            left = count(max(1, round(worth)), "draw")
            text += f" Of {count(int(draws), 'draw')}, the evidence leaves the weight of about {left}."
        if k is not None and k > HEAVY_TAIL:
            text += f" A few draws carry most of the weight (Pareto k {k:.2f}, above {HEAVY_TAIL})."
        found.append(text)
        found.append(
            "Bands below are too narrow to be trusted, and means may move with the next seed. What to do: run"
            " again with more draws; widen priors that exclude what happened; look first at the moves that"
            " cost most of the weight."
        )
    found += _over(findings)
    told = [str(w) for w in run.get("warnings") or []]
    _, broke = _lost(run)
    if broke:
        share = broke / max(1, run.get("draws") or 1)
        are = "is" if broke == 1 else "are"
        of = f" of {run['draws']:,}" if run.get("draws") else ""
        text = f"{count(broke, 'draw')}{of} failed and {are} left out of every number."
        reason = next((w.partition("the first: ")[2] for w in told if "draws failed" in w), "")
        text += f" The first: {reason.rstrip('.')}." if reason else ""
        if share > 0.05:
            text += " If failures gather in one part of the priors, that part is missing from the forecast."
        found.append(text)
        told = [w for w in told if "draws failed" not in w]
    found += [w for w in told if not (is_thin(findings) and "few draws" in w.lower())]
    return found


def _over(findings: Findings) -> list[str]:
    """What to say once the clock has run out: only a history that holds an ending says that it ended."""
    case = findings.get("case") or {}
    if not case.get("steps") or int(case.get("now_step") or 0) < int(case["steps"]):
        return []
    left = (findings.get("outcomes") or {}).get("unresolved")
    text = f"The clock ran out on {day(case.get('last_day'))}: nothing is forecast here, only how it stood then."
    if left and left["mean"] > 0:
        text += (
            f" That {quoted(title_of('unresolved', left))} stands at {percent(left['mean'])} follows from silence: the"
            " history holds no ending. If it ended otherwise, put that into the history."
        )
    return [text]


def _lost(run: Mapping[str, Any]) -> tuple[int, int]:
    """How many draws rule the history out, and how many failed."""
    ruled = int(run.get("ruled_out") or 0)
    return ruled, int(run.get("failed") or 0) - ruled


def outcome_answer(band: Mapping[str, Any]) -> str:
    """``unlikely (20–45 %)`` for the middle half of a band, for captions."""
    return estimate(*spoken_band(band))


__all__ = [
    "NBSP",
    "Line",
    "bottom_line",
    "costliest",
    "is_thin",
    "most_telling",
    "outcome_answer",
    "peaceful_band",
    "quoted",
    "ranked",
    "routes",
    "title_of",
    "warnings",
]
