"""Studies: a grid of trainings over patient-wise folds, run in processes or on a cluster.

This package plans the runs and gives them to :mod:`anascope.workers`;
:mod:`anascope.studies.analysis` analyses their results.

A study file names a preset, factors and folds. Every combination is a run, which is identified by
its whole configuration and the cohort's fingerprint. Finished runs are kept, a killed run continues
from its last checkpoint, and a failed run states its reason and stops no other.

>>> from anascope.studies import load_study
>>> [training.label for training in load_study("paper").trainings()][:2]
['Dice, 30 epochs, α 0.6', 'BCE, 30 epochs, α 0.6']
"""

from anascope.studies._calibrate import calibrate_study
from anascope.studies._disk import StudyDisk, study_disk
from anascope.studies._drive import Ended, RunEnded, StudyBegan, run_study
from anascope.studies._folder import StudyFolder, new_study, open_study
from anascope.studies._jobs import jobs_that_fit
from anascope.studies._layout import Layout, State
from anascope.studies._load import load_study, study_names, study_to_yaml
from anascope.studies._plan import PlannedRun, longest_first, plan_runs
from anascope.studies._progress import Progress
from anascope.studies._result_files import check_measured
from anascope.studies._study import FoldsSection, Study
from anascope.studies._training import Training, factor_name, value_label
from anascope.studies._work import Job, Outcome, carry_out, do_jobs

__all__ = [
    "Ended",
    "FoldsSection",
    "Job",
    "Layout",
    "Outcome",
    "PlannedRun",
    "Progress",
    "RunEnded",
    "State",
    "Study",
    "StudyBegan",
    "StudyDisk",
    "StudyFolder",
    "Training",
    "calibrate_study",
    "carry_out",
    "check_measured",
    "do_jobs",
    "factor_name",
    "jobs_that_fit",
    "load_study",
    "longest_first",
    "new_study",
    "open_study",
    "plan_runs",
    "run_study",
    "study_disk",
    "study_names",
    "study_to_yaml",
    "value_label",
]
