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
SHAPE = (1040, 1388)  # of a field of the I3A set, pixels
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
    """Draw, import, divide, train, evaluate."""
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
    cohort, folds, result = (str(FOLDER / name) for name in ("cohort", "folds.json", "fold-a"))
    specimens = str(FOLDER / "specimens")
    anascope("cohort", "import", specimens, cohort, "--format", "i3a-task2")
    anascope("cohort", "show", cohort)
    anascope("folds", "draw", cohort, "--out", folds)
    anascope("train", cohort, "--preset", "tiny", "--folds", folds, "--fold", "A", "--out", result)
    anascope("evaluate", result)
    print(f"\ndone in {time.monotonic() - started:.0f} s; now look at")
    for name, what in (
        ("curves.png", "how the training went"),
        ("cells.png", "predicted and true cells of test fields"),
        ("metrics.json", "every figure"),
    ):
        print(f"  {result}/{name:<14} {what}")


if __name__ == "__main__":
    run()
