"""The main job from beginning to end, on specimens drawn here: ``make demo``.

Draws a small cohort in the layout of the I3A Task 2 set, then calls the same commands that a
user calls on real images. Everything goes into the folder ``demo``.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from pathlib import Path

from anascope.cli import main
from anascope.synthetic import write_i3a_task2

FOLDER = Path("demo")
PATIENTS, FIELDS = 40, 1
SHAPE = (712, 1040)  # of a field, pixels: 6 patches
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
    """Draw, import, run a part of the published study, report it."""
    started = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    print(f"drawing {PATIENTS * FIELDS} fields of {PATIENTS} patients into {FOLDER}/specimens")
    write_i3a_task2(
        FOLDER / "specimens",
        patients=PATIENTS,
        fields_per_patient=FIELDS,
        shape=SHAPE,
        seed=SEED,
        cell_diameter=80,
    )
    specimens, cohort, study = (str(FOLDER / name) for name in ("specimens", "cohort", "study"))
    anascope("cohort", "import", specimens, cohort, "--format", "i3a-task2")
    anascope("cohort", "show", cohort)
    # Of the eight trainings of the published study four, on two of its five folds.
    part = ["--only", "training.epochs=15", "--only", "balancing.alpha=0.6,6"]
    part += ["--fold", "A", "--fold", "B", "--jobs", str(JOBS)]
    anascope("study", "run", "paper", cohort, "--preset", "tiny", *part, "--out", study)
    anascope("study", "report", study)
    print(f"\ndone in {time.monotonic() - started:.0f} s; now look at")
    for name, what in (
        ("report/report.html", "every table, figure and conclusion; opens in a browser"),
        ("report/report.pdf", "the same, for print"),
        ("runs/*/cells.png", "predicted and true cells of test fields"),
    ):
        print(f"  {study}/{name:<20} {what}")


if __name__ == "__main__":
    run()
