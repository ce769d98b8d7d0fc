"""The models of a study calibrated across its folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anascope.studies._folder import StudyFolder
from anascope.studies._layout import State

if TYPE_CHECKING:
    from anascope.decisions import Judgement


_WHOM = "the test patients of {} folds, each by a network that was not trained on them"


def calibrate_study(study: StudyFolder, *, accelerator: str = "auto") -> dict[str, Judgement]:
    """Calibrate each training with all folds done, on the test patients of all its folds.

    Args:
        study: The folder; the cards of the runs' models are written again.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Returns:
        What was measured, by the name of the training; trainings without known patterns are left
        out.
    """
    # Imported here: what only looks at a study needs no PyTorch.
    from anascope.training import open_run
    from anascope.training.calibration import HeldOut, calibrate

    judged, cohort = {}, study.open_cohort()
    for training in study.study.trainings():
        runs = [run for run in study.runs if run.training == training]
        if all(study.layout.state(run.name) is State.DONE for run in runs):
            tested = []
            for run in runs:
                opened = open_run(study.layout.run(run.name), cohort=study.cohort_path)
                opened.check_model()
                records = opened.fold.records(cohort.fields, "test")
                tested.append(HeldOut(opened.model, cohort, records))
            judgement = calibrate(tested, _WHOM.format(len(runs)), accelerator=accelerator)
            if judgement is not None:
                judged[training.label] = judgement
    return judged
