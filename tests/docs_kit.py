"""Code blocks of a documentation page: files it has the reader write, commands it has the reader type."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAIN = "from standoff.cli import main; main()"
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


def run(command: str, folder: Path) -> str:
    """What ``uv run standoff ...`` prints in `folder`, with this interpreter. Fails on any exit code but 0."""
    words = command.removeprefix("uv run ").split()
    assert words[0] == "standoff", command
    arguments = re.findall(r'"[^"]*"|\S+', command.removeprefix("uv run standoff").strip())
    environment = {**os.environ, "COLUMNS": "110", "NO_COLOR": "1", "PYTHONPATH": str(ROOT / "src")}
    result = subprocess.run(
        [sys.executable, "-c", MAIN, *(each.strip('"') for each in arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def plain(line: str) -> str:
    """A line without what alignment adds."""
    return " ".join(line.split())
