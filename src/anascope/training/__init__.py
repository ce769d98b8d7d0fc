"""Train the joint network on a fold of a cohort, in a run folder that can be resumed.

Its sub-packages are :mod:`~anascope.training.inputs` (fields on the device, sampling,
augmentation), which only training needs, and :mod:`~anascope.training.evaluation` and
:mod:`~anascope.training.calibration`, which measure a trained network. Many trainings are a study:
:mod:`anascope.studies`.
"""

from anascope.training._balancer import build_balancer
from anascope.training._checkpoint_writer import CheckpointWriter
from anascope.training._disk import RunDisk, bytes_in, free_bytes, require_disk, run_disk, size_text
from anascope.training._evaluate_run import evaluate_run
from anascope.training._events import EpochDone, StepDone, TrainingBegan, WeightLost
from anascope.training._field_head import (
    FieldHeadSettings,
    LabelledFields,
    fit_field_head,
    tune_field_head,
)
from anascope.training._fit import fit
from anascope.training._history import read_history
from anascope.training._memory import run_memory
from anascope.training._optimizer import NetworkAdam
from anascope.training._run import Run, new_run, open_run
from anascope.training._train import train_or_resume, train_run
from anascope.training._vocabulary import vocabulary_of

__all__ = [
    "CheckpointWriter",
    "EpochDone",
    "FieldHeadSettings",
    "LabelledFields",
    "NetworkAdam",
    "Run",
    "RunDisk",
    "StepDone",
    "TrainingBegan",
    "WeightLost",
    "build_balancer",
    "bytes_in",
    "evaluate_run",
    "fit",
    "fit_field_head",
    "free_bytes",
    "new_run",
    "open_run",
    "read_history",
    "require_disk",
    "run_disk",
    "run_memory",
    "size_text",
    "train_or_resume",
    "train_run",
    "tune_field_head",
    "vocabulary_of",
]
