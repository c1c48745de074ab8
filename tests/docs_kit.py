"""Code blocks of a documentation page: files it has the reader write, commands it has the reader type."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from standoff.cli import app

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r'(?ms)^```(\w+)(?: title="([^"]+)")?(?: under="([^"]+)")?\n(.*?)^```$')


@dataclass(frozen=True)
class Block:
    """One fenced block. `title` is the file it belongs in (written, or added to at the end or at the end of
    the section `under`); a block of language ``console`` holds commands and what they print."""

    language: str
    title: str
    under: str
    body: str

    def write(self, folder: Path) -> None:
        """Do to `folder` what the reader is told to do."""
        file = folder / self.title
        file.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        if self.under:
            section = re.search(rf"(?m)^{self.under}:\n(?: .*\n|\n)*", text)
            assert section is not None, f"{self.title} has no section {self.under}"
            at = section.end() - len(section[0]) + len(section[0].rstrip()) + 1
            text = text[:at] + self.body + text[at:]
        else:
            text += self.body
        file.write_text(text, encoding="utf-8")

    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """(command, lines it prints); comments after two spaces and ``# `` are the page's own."""
        for part in re.split(r"(?m)^\$ ", self.body)[1:]:
            command, *lines = part.splitlines()
            yield re.split(r"\s{2,}# ", command)[0].strip(), [line for line in lines if line.strip()]


def blocks(page: str) -> list[Block]:
    """Every fenced block of a page, in order; `page` is relative to the repository."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [Block(one[1], one[2] or "", one[3] or "", one[4]) for one in BLOCK.finditer(text)]


def run(command: str, columns: int = 110) -> str:
    """What ``uv run standoff ...`` prints in the present folder. Fails on any exit code but 0."""
    words = shlex.split(command.removeprefix("uv run "))
    assert words[0] == "standoff", command
    result = CliRunner().invoke(app, words[1:], env={"COLUMNS": str(columns)})
    assert result.exit_code == 0, f"{command}\n{result.output}"
    return result.stdout


def printed(line: str, output: str, within: float = 3.0) -> bool:
    """Whether a command printed a line, spaces and bars apart, with every number off by `within` at most."""
    words, numbers = _taken_apart(line)
    for other in output.splitlines():
        same, theirs = _taken_apart(other)
        if same == words and all(abs(a - b) <= within for a, b in zip(numbers, theirs, strict=True)):
            return True
    return False


def _taken_apart(line: str) -> tuple[str, list[float]]:
    number = r"(?<![\w.])<?\d+(?:\.\d+)?(?!\w)"
    line = re.sub("[─━●]", " ", line)
    numbers = [float(found.lstrip("<")) for found in re.findall(number, line)]
    return " ".join(re.sub(number, "#", line).split()), numbers
