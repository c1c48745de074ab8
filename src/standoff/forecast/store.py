"""A run is a folder: a manifest, chunks of draws in typed binary files, and what was made of them.

    runs/NAME-AS_OF-KEY/
      manifest.json        what the run is: case hash, versions, seed, settings
      draws/chunk-00000.npz   records of a draw, or of consecutive ones (numpy, no pickled objects)
      forecast.json, brief.html, brief.md
      case/                a copy of the case, so that a later run can tell what has changed
      walks/               the same draws walked through other evidence or other cases, for comparisons

Every file appears whole or not at all (written aside, then renamed), so a run that was interrupted, even
killed, resumes from the chunks that are there. A chunk says which run it is of, so that one left behind by another is
never taken for ours.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from standoff.errors import Problem, RunError
from standoff.forecast.draw import Record
from standoff.language.printable import printable

OURS = ("manifest.json", "draws", "forecast.json", "brief.html", "brief.md", "case", "walks")
CALLED = {
    "case": "case", "case_hash": "content of the case or its --set", "as_of": "date", "version": "version of standoff",
    "time_limit": "time limit", "check_grid": "grid check", "chunk": "draws a file",
}  # fmt: skip


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file so that it is either there in full or not at all. Raises RunError with the reason."""
    data = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RunError(
            Problem(
                file=str(path),
                found=error.strerror or str(error),
                expected="a folder with room that can be written to",
                mend="Free some space or name another folder with --out; finished draws are kept, the same "
                "command goes on from them.",
            )
        ) from None


def stacked(records: Sequence[Record]) -> Record:
    """Records stacked along a new first axis."""
    return {name: np.stack([record[name] for record in records]) for name in records[0]}


def joined(chunks: Sequence[Record]) -> Record:
    """Chunks of stacked records one after another."""
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}


def chunk_bytes(chunk: Record) -> bytes:
    """A chunk as an .npz file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **chunk)
    return buffer.getvalue()


def _differences(there: Any, here: Mapping[str, Any]) -> str:
    """In what the manifest that is there differs from ours, in words."""
    if not isinstance(there, dict):
        return "no manifest that could be compared"
    parts = []
    for key, mine in here.items():
        if there.get(key) != mine:
            pair = [printable("none" if value is None else str(value), 40) for value in (there.get(key), mine)]
            parts.append(f"{CALLED.get(key, key)} {pair[0]} there, {pair[1]} here")
    return "; ".join(parts)


class RunFolder:
    """Reads and writes one run folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key = ""  # digest of the manifest, once opened

    def open(self, manifest: Mapping[str, Any]) -> bool:
        """Start or resume: true if the folder already holds this very run. Raises RunError if it holds another one,
        or files that are no run's."""
        file = self.path / "manifest.json"
        self.key = sha256(json.dumps(dict(manifest), sort_keys=True).encode()).hexdigest()[:32]
        if os.path.lexists(file):
            try:
                found = json.loads(file.read_text())
            except (OSError, ValueError) as error:
                raise RunError(
                    Problem(
                        file=str(file),
                        found=f"a manifest that cannot be read ({next(iter(str(error).splitlines()), '')[:120]})",
                        expected="the manifest of a run",
                        mend="Remove this file: draws of this very run in the folder are still good, and others are "
                        "computed again. Or name another folder with --out.",
                    )
                ) from None
            if isinstance(found, dict) and all(found.get(key) == value for key, value in manifest.items()):
                return True
            raise RunError(
                Problem(
                    file=str(file),
                    found=f"another run: {_differences(found, manifest)}",
                    expected="an empty folder, or an interrupted run of this one",
                    mend="Name another folder with --out, or remove this one.",
                )
            )
        foreign = self._foreign()
        if foreign:
            more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
            raise RunError(
                Problem(
                    file=str(self.path),
                    found=f"a folder with other things in it ({', '.join(foreign[:3])}{more})",
                    expected="an empty folder, a new one, or a run",
                    mend=f"Name a folder of its own with --out, such as {self.path / 'run'}; nothing was written.",
                )
            )
        write_whole(file, json.dumps(dict(manifest), indent=1))
        return False

    def _foreign(self) -> list[str]:
        """Names in the folder that no run leaves there; hidden ones do not count."""
        try:
            names = sorted(os.listdir(self.path))
        except OSError:  # there is none yet, or writing will say what is wrong with it
            return []
        return [printable(name, 60) for name in names if name not in OURS and not name.startswith(".")]

    def chunk_path(self, index: int) -> Path:
        """File of one chunk."""
        return self.path / "draws" / f"chunk-{index:05d}.npz"

    def save(self, index: int, chunk: Record) -> None:
        """Store one chunk."""
        write_whole(self.chunk_path(index), chunk_bytes({**chunk, "run": np.array(self.key)}))

    def load(self, index: int) -> Record | None:
        """A stored chunk, or None if it is not there, not whole, or of another run."""
        path = self.chunk_path(index)
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as data:
                chunk = {name: data[name] for name in data.files}
        except Exception:  # a torn file fails in as many ways as zip, zlib and numpy have errors
            return None
        return chunk if str(chunk.pop("run", "")) == self.key else None

    def keep(self, name: str, of: str, data: Any) -> None:
        """Store plain data under ``NAME.json`` in the folder's draws, as what was made `of` something (a digest)."""
        write_whole(self._kept(name), json.dumps({"run": self.key, "of": of, "data": data}))

    def kept(self, name: str, of: str) -> Any:
        """What was stored under that name for this run, of that very thing; None if nothing was."""
        try:
            found = json.loads(self._kept(name).read_text())
        except (OSError, ValueError):
            return None
        same = isinstance(found, dict) and found.get("run") == self.key and found.get("of") == of
        return found.get("data") if same else None

    def _kept(self, name: str) -> Path:
        return self.path / "draws" / f"{name}.json"
