"""Take the README's picture of a brief: `python scripts/picture.py RUN`, with RUN a run folder. Needs Chromium.

Two pages side by side: the brief from its top, and from its section "Through time".
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "brief.png"
LATER = (
    "<style>section:has(~ #through-time), header, nav { display: none } "
    "#through-time { margin-top: -2rem; border: 0 }</style></head>"
)
SHEET = """<!doctype html><meta charset="utf-8">
<style>
  body { margin: 0; padding: 30px; display: flex; gap: 30px; background: #dcdad3 }
  iframe { border: 0; width: 830px; height: 1330px; background: #fff; box-shadow: 0 3px 14px #0004 }
</style>
<iframe src="top.html" scrolling="no"></iframe><iframe src="later.html" scrolling="no"></iframe>
"""


def main(run: Path) -> None:
    """Write docs/pictures/brief.png from the run's brief.html."""
    browser = next((path for name in ("chromium", "google-chrome", "chrome") if (path := shutil.which(name))), None)
    if browser is None:
        sys.exit("No Chromium found; install one and try again.")
    brief = (run / "brief.html").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("top", brief), ("later", brief.replace("</head>", LATER, 1)), ("sheet", SHEET)):
            (Path(folder) / f"{name}.html").write_text(text, encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        options += ["--hide-scrollbars", "--disable-background-networking", "--disable-component-update"]
        options += ["--disable-sync", f"--user-data-dir={folder}/profile", "--window-size=1750,1390"]
        options += [f"--screenshot={PICTURE}"]
        subprocess.run([browser, *options, f"file://{folder}/sheet.html"], check=True, capture_output=True)
    print(PICTURE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
