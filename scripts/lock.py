"""Pin everything this project is installed with: `python scripts/lock.py [--upgrade]`. Needs uv.

Writes two things that say the same (docs/decisions/lock-file.md, tests/test_lock.py):

    pyproject.toml      [tool.uv] constraint-dependencies (and build-...), which `uv run` obeys
    requirements.lock   the same versions with the digests of their files, for installers that check them

Without --upgrade versions stay as they are and only what is new is added; with it all move to the newest.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT, LOCK = ROOT / "pyproject.toml", ROOT / "requirements.lock"
PLAIN = ["--universal", "--fork-strategy", "fewest", "--python-version", "3.11", "--no-annotate", "--quiet"]
HEADER = "# Everything this project is installed with, by digest. Written by scripts/lock.py; do not edit.\n"


def main() -> None:
    """Resolve, rewrite the constraints, then resolve once more under them with digests."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--upgrade", action="store_true", help="move everything to its newest version")
    text = PROJECT.read_text()
    if parser.parse_args().upgrade:
        text = with_pins(with_pins(text, "constraint-dependencies", []), "build-constraint-dependencies", [])
    build = tomllib.loads(text)["build-system"]["requires"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "README.md").touch()
        loose = Path(folder) / "pyproject.toml"
        loose.write_text(text)
        pins = compiled(loose, "--all-extras", "--group", "dev")
        builder = Path(folder) / "build.in"
        builder.write_text("\n".join([*build, "editables"]))
        known = Path(folder) / "build.txt"
        known.write_text("\n".join(tomllib.loads(text)["tool"]["uv"]["build-constraint-dependencies"]))
        build_pins = compiled(builder, "--constraint", str(known))
    text = with_pins(text, "constraint-dependencies", pins)
    PROJECT.write_text(with_pins(text, "build-constraint-dependencies", build_pins))
    hashed = compiled(PROJECT, "--all-extras", "--group", "dev", "--generate-hashes")
    LOCK.write_text(HEADER + "\n".join(hashed) + "\n")


def compiled(source: Path, *options: str) -> list[str]:
    """Lines of what uv resolves for a project or a list of requirements."""
    command = ["uv", "pip", "compile", str(source), *PLAIN, "--no-header", *options]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=source.parent)
    if result.returncode:
        sys.exit(result.stderr)
    return result.stdout.strip().splitlines()


def with_pins(text: str, key: str, pins: list[str]) -> str:
    """pyproject.toml with one list of [tool.uv] replaced."""
    rows = "".join(f'    "{pin}",\n' for pin in pins)
    found, times = re.subn(rf"(?ms)^{key} = \[.*?^\]", lambda _: f"{key} = [\n{rows}]", text)
    if times != 1:
        sys.exit(f"pyproject.toml: found {times} lists {key}; expected one under [tool.uv].")
    return found


if __name__ == "__main__":
    main()
