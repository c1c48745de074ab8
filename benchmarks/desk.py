"""The desk at scale: read, index, search for reprints and figures, and ask, over 1,000 to 10,000 reports and more.

    uv run python benchmarks/desk.py [--reports 1000 3000 10000] [--questions 50] [--one N]

Reports are invented by a generator: some 600 words each from a vocabulary in which few words are common and most are
rare, with stock phrases that many reports share, names, figures, quotations and dates. One in ten is a reprint of an
earlier one (lightly edited), one in ten has an excerpt of 40 % of one, and a wire story is printed by one in a hundred.
They lie on the disk as the files of a case, one Markdown file each. Every size runs in a process of its own:

    file        `standoff read` of that many files into an empty case: a third of them web pages, a third plain text, a
                third Markdown with a head. Processor time of the program and of the process that takes files apart
    read        load_evidence: all filed reports, their heads and texts
    check       the same with every question that `standoff check` asks of evidence, reprints among them
    index       the full-text index, from nothing
    again       the same question when nothing changed, as a new process asks it: no file is read
    one more    the index brought up to date after one report was added (all files are read again)
    reprints    all pairs that share wording, with their passages; planted ones that were found, and others told
    chains      who copied whom
    one against all   one new report against all others on a shelf that is already filled
    figures     all figures, and those at odds
    ask         a question, mean of many, and the slowest of them

Times in seconds of processor time (a machine may have other things to do); memory is the peak of the process after each
step, in MB. `--skip-file` leaves the first step out, which takes longest. `exponent` fits a power of the number of
reports.
"""

from __future__ import annotations

import argparse
import html
import json
import math
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

SYLLABLES = [f"{a}{b}" for a in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "ch")
             for b in ("a", "e", "i", "o", "u", "ar", "en", "or", "il", "un")]  # fmt: skip
STOCK = [
    "The ministry did not answer a request for comment before this report went to press",
    "The two governments have accused each other of breaking the agreement since the spring",
    "Reporting by our correspondents in the capital and on the coast",
    "Officials spoke on condition of anonymity because they were not authorised to talk to the press",
]
LITTLE = [
    "the", "of", "and", "to", "in", "a", "that", "for", "on", "was", "by", "with", "said", "from", "had", "at", "it",
]  # fmt: skip
PLACES = [
    "Norwick", "Sund", "Tarsk", "Lissen", "Belun", "Kherat", "Verrin", "Almar", "Orsa", "Hadal", "Skarre", "Oster",
]  # fmt: skip
THINGS = ["troops", "warships", "soldiers", "protesters", "people killed", "boats", "lorries", "dollars in aid"]


class Press:
    """A generator of reports: the same seed, the same reports."""

    def __init__(self, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.words = ["".join(self.dice.choices(SYLLABLES, k=self.dice.choice((1, 2, 2, 3)))) for _ in range(30_000)]
        self.reach = list(accumulate(1 / (rank + 20) for rank in range(len(self.words))))

    def sentence(self) -> str:
        dice = self.dice
        rare = dice.choices(self.words, cum_weights=self.reach, k=dice.randint(5, 13))
        words = [word for each in rare for word in ((each, dice.choice(LITTLE)) if dice.random() < 0.6 else (each,))]
        told = " ".join(words)
        chance = dice.random()
        if chance < 0.12:
            number = dice.randint(2, 9) * 10 ** dice.randint(1, 4)
            return f"{dice.choice(PLACES)} has {number:,} {dice.choice(THINGS)} {told}."
        if chance < 0.22:
            return f'"{told.capitalize()}," a {dice.choice(self.words)} told the {dice.choice(PLACES)} Gazette.'
        return f"{told.capitalize()}."

    def story(self, words: int = 600) -> str:
        told: list[str] = []
        count = 0
        while count < words:
            told.append(f"{self.dice.choice(STOCK)}." if self.dice.random() < 0.03 else self.sentence())
            count += len(told[-1].split())
        return " ".join(told)

    def edited(self, text: str) -> str:
        words = text.split()
        for at in range(0, len(words), 40):
            words[at] = self.dice.choice(self.words)
        return f"{self.sentence()} {' '.join(words)}"

    def excerpt(self, text: str) -> str:
        sentences = text.split(". ")
        size = int(0.4 * len(sentences))
        start = self.dice.randrange(len(sentences) - size)
        return f"{self.story(150)} {'. '.join(sentences[start : start + size])}. {self.story(150)}"


def write(folder: Path, count: int) -> dict[tuple[str, str], str]:
    """A case of so many reports; gives the planted pairs with what they are."""
    press, texts = Press(), []
    (folder / "reports").mkdir(parents=True)
    (folder / "case.yaml").write_text("title: a case\n", encoding="utf-8")
    planted: dict[tuple[str, str], str] = {}
    wire = press.story()
    for number in range(count):
        kind = press.dice.random()
        if number % 100 == 50:
            text = press.edited(wire)
        elif number > 20 and kind < 0.1:
            source = press.dice.randrange(number)
            text = press.edited(texts[source])
            planted[f"r{source:06}", f"r{number:06}"] = "reprint"
        elif number > 20 and kind < 0.2:
            source = press.dice.randrange(number)
            text = press.excerpt(texts[source])
            planted[f"r{source:06}", f"r{number:06}"] = "excerpt"
        else:
            text = press.story()
        texts.append(text)
        (folder / "reports" / f"r{number:06}.md").write_text(
            head(f"r{number:06}", press.sentence(), press.dice) + text + "\n", encoding="utf-8"
        )
    return planted


def head(name: str, title: str, dice: random.Random) -> str:
    day = f"2031-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
    said = title.replace('"', "")
    return f'---\nid: {name}\ntitle: "{said}"\noutlet: {dice.choice(PLACES)} Gazette\npublished: {day}\ngrade: C\n---\n'


def incoming(case: Path, place: Path) -> list[str]:
    """The reports of a case as they come from outside: web pages, plain texts and Markdown in turns."""
    place.mkdir()
    files = []
    for number, filed in enumerate(sorted((case / "reports").iterdir())):
        text = filed.read_text(encoding="utf-8")
        _, top, body = text.split("---\n", 2)
        fields = dict(line.split(": ", 1) for line in top.splitlines())
        kind = ("html", "txt", "md")[number % 3]
        if kind == "html":
            title, day = html.escape(fields["title"].strip('"')), fields["published"]
            inner = "".join(f"<p>{html.escape(each)}</p>" for each in paragraphs(body))
            text = (
                f'<!doctype html><html lang="en"><head><title>{title}</title>'
                f'<meta property="article:published_time" content="{day}">'
                f'<meta property="og:site_name" content="{fields["outlet"]}"></head><body>'
                '<nav><a href="/">Home</a> <a href="/world">World</a> <a href="/money">Money</a></nav>'
                f"<article><h1>{title}</h1>{inner}</article><footer>All rights reserved.</footer></body></html>"
            )
        elif kind == "txt":
            text = f"{fields['title'].strip(chr(34))}\n{fields['published']}\n\n" + "\n\n".join(paragraphs(body))
        path = place / f"{filed.stem}.{kind}"
        path.write_text(text, encoding="utf-8")
        files.append(str(path))
    return files


def paragraphs(text: str) -> list[str]:
    """Four sentences each."""
    said = text.strip().split(". ")
    return [". ".join(said[at : at + 4]) for at in range(0, len(said), 4)]


def filed(files: list[str], folder: Path) -> dict[str, float]:
    """`standoff read` of these files into an empty case, in a process of its own, as a user runs it."""
    (folder / "reports").mkdir(parents=True)
    (folder / "case.yaml").write_text("title: a case\n", encoding="utf-8")
    code = f"""import json, resource, sys
from standoff.case.arrivals import read
found = read(*sys.stdin.read().splitlines(), into={str(folder)!r})
assert not found.problems, found.problems[0]
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps(dict(
    seconds=sum(each.ru_utime + each.ru_stime for each in used), reports=len(found.reports),
    alike=sum(map(bool, found.alike.values())), here=used[0].ru_maxrss / 1024, worker=used[1].ru_maxrss / 1024)))"""
    run = subprocess.run(
        [sys.executable, "-c", code], input="\n".join(files), check=True, stdout=subprocess.PIPE, text=True
    )
    measured: dict[str, float] = json.loads(run.stdout)
    return measured


def timed(make: Callable[[], T]) -> tuple[float, T]:
    start = time.process_time()
    made = make()
    return time.process_time() - start, made


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(count: int, questions: int, folder: Path, file: bool = True) -> dict[str, Any]:
    from standoff.evidence.load import load_evidence
    from standoff.evidence.text import normalise
    from standoff.reading import index as full
    from standoff.reading.figures import FigureText, figures_at_odds
    from standoff.reading.shingles import Shelf, Story, chains, reprints, story_of

    case = folder / "case"
    planted = write(case, count)
    out: dict[str, Any] = {"reports": count}
    if file:
        came = filed(incoming(case, folder / "outside"), folder / "other")
        assert came["reports"] == count
        out["file"], out["file MB"], out["its worker MB"] = came["seconds"], came["here"], came["worker"]
        out["file, alike"] = came["alike"]
    out["read"], (evidence, _) = timed(lambda: load_evidence(case, questions=False))
    out["read MB"] = peak()
    out["check"], _ = timed(lambda: load_evidence(case))
    out["check MB"] = peak()
    assert len(evidence.reports) == count
    out["index"], _ = timed(lambda: full.search(case, "norwick", evidence=evidence))
    out["index MB"] = peak()
    path = full.index_file(case, None)
    assert path is not None
    out["index file MB"] = path.stat().st_size / 2**20

    stories = [story_of(report) for report in evidence.reports.values()]
    out["reprints"], pairs = timed(lambda: reprints(stories))
    out["reprints MB"] = peak()
    copied = {frozenset((pair.one, pair.other)) for pair in pairs if pair.found.copied}
    out["found"] = sum(frozenset(pair) in copied for pair in planted)
    out["planted"] = len(planted)
    out["chains"], made = timed(lambda: chains(stories, pairs))
    families = {name: number for number, chain in enumerate(made) for name in chain.members}
    # A copy of a copy is a copy: what is found beside the planted pairs must lie in one family of theirs.
    roots: dict[str, str] = {}

    def root(name: str) -> str:
        while roots.get(name, name) != name:
            name = roots[name]
        return name

    for one, other in planted:
        roots[root(one)] = root(other)
    wires = {f"r{number:06}" for number in range(50, count, 100)}
    for name in wires:
        roots[root(name)] = root("r000050")
    out["wrong"] = sum(root(min(pair)) != root(max(pair)) for pair in copied)
    out["families"] = len(set(families.values()))

    shelf = Shelf()
    for story in stories:
        shelf.add(story)
    fresh = Press(2)
    news = [Story(f"new{number}", normalise(fresh.edited(stories[number * 7 % count].text))) for number in range(20)]
    shelf.like(news[0])
    seconds, hits = timed(lambda: [shelf.like(each) for each in news])
    out["one against all"] = seconds / len(news)
    assert all(hits)
    out["shelf MB"] = peak()

    out["figures"], odds = timed(lambda: figures_at_odds([FigureText(s.id, s.text, s.published) for s in stories]))
    out["at odds"] = len(odds)
    out["figures MB"] = peak()

    dice = random.Random(5)
    asked = [" OR ".join(dice.choices(fresh.words[:3000], k=2)) for _ in range(questions)]
    asked += [f"{dice.choice(PLACES)} {dice.choice(('troops', 'warships', 'boats'))}" for _ in range(questions)]
    with full.opened(path) as index:
        times = [timed(lambda q=q: index.find(full.parse(q), 10, frozenset(("report", "claim"))))[0] for q in asked]
    out["ask"], out["slowest"] = sum(times) / len(times), max(times)

    out["again"] = answer_again(case)
    (case / "reports" / "late.md").write_text(head("late", "A late one", dice) + fresh.story(), encoding="utf-8")
    out["one more"], answer = timed(lambda: full.search(case, "norwick"))
    assert answer.changed == 1
    out["peak MB"] = peak()
    return out


def answer_again(case: Path) -> float:
    """Seconds of a process that asks one question: start, imports, and the answer."""
    code = f"""import time
from standoff.reading.index import search
answer = search({str(case)!r}, 'norwick troops')
assert answer.hits and not answer.changed
print(time.process_time())"""
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, nargs="+", default=[1_000, 3_000, 10_000])
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--skip-file", action="store_true", help="do not time `standoff read`, which takes longest")
    parser.add_argument("--one", type=int, help="measure one size here and print it as JSON")
    given = parser.parse_args()
    if given.one:
        with tempfile.TemporaryDirectory() as place:
            os.environ["STANDOFF_CACHE"] = f"{place}/cache"
            print(json.dumps(measure(given.one, given.questions, Path(place), not given.skip_file)))
        return
    rows = []
    for count in given.reports:
        call = [sys.executable, __file__, "--one", str(count), "--questions", str(given.questions)]
        call += ["--skip-file"] * given.skip_file
        rows.append(json.loads(subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True).stdout))
        print(f"{count:,} reports done", file=sys.stderr)
    width = 11
    print(f"{'':16}" + "".join(f"{row['reports']:>{width},}" for row in rows) + f"{'exponent':>{width}}")
    for key in rows[0]:
        if key == "reports":
            continue
        values = [row[key] for row in rows]
        shown = "".join(f"{each:>{width}.4g}" if isinstance(each, float) else f"{each:>{width},}" for each in values)
        print(f"{key:16}{shown}" + (f"{exponent(rows, key):>{width}.2f}" if isinstance(values[0], float) else ""))


def exponent(rows: list[dict[str, Any]], key: str) -> float:
    """The slope of a straight line through (log reports, log value)."""
    points = [(math.log(row["reports"]), math.log(max(row[key], 1e-9))) for row in rows]
    middle = [sum(axis) / len(points) for axis in zip(*points, strict=True)]
    spread = sum((x - middle[0]) ** 2 for x, _ in points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / spread if spread else float("nan")


if __name__ == "__main__":
    main()
