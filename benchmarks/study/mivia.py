"""The published grid of 40 runs on MIVIA, with a preset that fits the machine.

    python -m benchmarks.study.mivia DATA --set balancing.learning_rate=0.0036
    python -m benchmarks.study.mivia DATA --study benchmarks/study/alpha.yaml
    python -m benchmarks.study.mivia DATA --preset paper --accelerator gpu --jobs 4

DATA holds ``mivia-hep2`` as it is distributed. WORK (``--work``) keeps the cohort, the study and
its report, so that a stopped benchmark goes on where it was. Writes results/mivia-study-NAME.json,
NAME being the preset or the study file; the report's tables and figures stay in the work folder.

Why a learning rate of the balance weights: in the published study they take 15 epochs of about
1,210 steps at 1e-4, so each can move by 1.8 at most. 15 epochs of 34 steps at 0.0036 let them
move as far, and so let α do what it did there.
"""

from __future__ import annotations

from benchmarks.sets import mivia_cohort
from benchmarks.study._grid import grid_given, result_name, run_grid


def main() -> None:
    """Run what is left of the grid on MIVIA."""
    given = grid_given(__doc__, data="mivia-hep2", study="paper")
    run_grid(mivia_cohort(given.data, given.work), result_name("mivia", given), given)


if __name__ == "__main__":
    main()
