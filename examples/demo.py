"""The main job from beginning to end, on specimens drawn here: ``make demo``.

Draws a small cohort, then calls the same commands that a user calls on real images: a study, and a
reading. Everything goes into the folder ``demo``.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from pathlib import Path

from anascope.cli import main

FOLDER = Path("demo")
PATTERNS = "homogeneous,speckled,nucleolar,centromere"
PATIENTS, FIELDS = 40, 1
SHAPE = "520x694"  # of a field, pixels: 4 patches
JOBS = 2
SEED = 12357


def anascope(*arguments: str) -> None:
    """Run one command of the command line, shown as a user would type it."""
    print(f"\n$ anascope {shlex.join(arguments)}", flush=True)
    sys.argv = ["anascope", *arguments]
    try:
        main()
    except SystemExit as stop:
        if stop.code:
            raise


def run() -> None:
    """Draw, run a part of the published study, report it; read other specimens."""
    started = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    cohort, study = str(FOLDER / "cohort"), str(FOLDER / "study")
    drawn = ["--like", "mivia", "--patterns", PATTERNS, "--shape", SHAPE, "--seed", str(SEED)]
    drawn += ["--patients", str(PATIENTS), "--fields", str(FIELDS), "--jobs", str(JOBS)]
    anascope("cohort", "synthesize", cohort, *drawn)
    anascope("cohort", "show", cohort)
    # Of the eight trainings of the published study four, on two of its five folds.
    part = ["--only", "training.epochs=15", "--only", "balancing.alpha=0.6,6"]
    part += ["--fold", "A", "--fold", "B", "--jobs", str(JOBS)]
    anascope("study", "run", "paper", cohort, "--preset", "tiny", *part, "--out", study)
    anascope("study", "report", study)
    # Other specimens, as files of a laboratory, read by the network that comes with the package.
    slides, reading = FOLDER / "slides", str(FOLDER / "reading")
    drawn = ["--like", "mivia", "--patients", "8", "--seed", str(SEED + 1), "--jobs", str(JOBS)]
    anascope("cohort", "synthesize", str(slides), *drawn, "--layout", "mivia")
    images = sorted(str(path) for path in slides.rglob("*.bmp") if "mask" not in path.name)
    anascope("read", *images, "--pixel-size-um", "0.161", "--out", reading)
    print(f"\ndone in {time.monotonic() - started:.0f} s; now look at")
    for name, what in (
        (f"{study}/report/report.html", "every table, figure and conclusion; opens in a browser"),
        (f"{study}/report/report.pdf", "the same, for print"),
        (f"{study}/runs/*/cells.png", "predicted and true cells of test fields"),
        (f"{reading}/report.html", "what was read of eight other specimens"),
    ):
        print(f"  {name:<31} {what}")


if __name__ == "__main__":
    run()
