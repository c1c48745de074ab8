"""The page of a back-test: one self-contained HTML file with its pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from standoff.report import score_charts, words
from standoff.report.brief import _environment
from standoff.report.say.score import ENOUGH, MODEL, RULES, facing, number, on_news, signed, silences, span


def render(found: Mapping[str, Any]) -> str:
    """The page, UTF-8, without a byte from elsewhere. found: the plain data of `standoff.backtest`."""
    people = found["scores"]["forecasters"]
    cases = []
    for n, one in enumerate(found["cases"]):
        cases.append(
            {
                **one,
                "chances": score_charts.chances(one, MODEL, f"chance-{n}"),
                "scores": score_charts.scores(one, MODEL, f"score-{n}"),
                "rows": _rows(one),
                "order": _order(one),
                "silent": silences(one),
                "thin": any(point["thin"] for points in one["forecasts"].values() for point in points),
            }
        )
    page = (
        _environment(html=True)
        .get_template("backtest.html.j2")
        .render(
            found=found,
            standings=[_standing(one) for one in people],
            cases=cases,
            calibration=score_charts.calibration(people, "calibration") if len(cases) >= ENOUGH else None,
            enough=ENOUGH,
            paired=[_pair(one) for one in found["scores"]["paired"] if MODEL in (one["a"], one["b"])],
            model=MODEL,
        )
    )
    return re.sub(r"\n\s*\n+", "\n", page)


def _standing(one: Mapping[str, Any]) -> dict[str, Any]:
    log = "∞" if one["log"] is None else number(one["log"])
    cells = [str(one["questions"]), log, number(one["brier"]), number(one["ranked"])]
    cells += [number(one["brier_while_open"]), number(one["sharpness"])]
    return {"name": one["forecaster"], "cells": cells}


def _pair(one: Mapping[str, Any]) -> dict[str, str]:
    """The model against another, whichever way round they were compared."""
    other, difference, low, high = facing(one, MODEL)
    return {"who": other, "rule": RULES[one["rule"]], "difference": signed(difference), "interval": span(low, high)}


def _rows(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each date with news: by forecaster the chance of what happened and the Brier score."""
    happened = case["ending"]["outcome"]
    return [
        {
            "day": words.day(day),
            "cells": [
                {
                    "chance": words.short_percent(point["outcomes"][happened]),
                    "brier": f"{point['brier']:.2f}",
                    "thin": point["thin"],
                }
                if point
                else None
                for point in points
            ],
        }
        for day, points in on_news(case)
    ]


def _order(case: Mapping[str, Any]) -> str:
    """The order of its outcomes, by their titles."""
    titles = case["outcomes"]
    return "; then ".join(words.listed([titles[name] or name for name in rank]) for rank in case["order"] or [])
