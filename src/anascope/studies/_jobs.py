"""How many runs of a study this machine has room for at the same time."""

from __future__ import annotations

from typing import Any

from anascope.environment import available_memory, torch_device, usable_cores
from anascope.presets import Preset
from anascope.studies._folder import StudyFolder
from anascope.studies._layout import State

# Keys of a preset that change nothing of what a run takes.
_ANY_SIZE: Any = {
    "description": True,
    "loss": True,
    "balancing": True,
    "augmentation": True,
    "sampling": True,
    "training": {"seed", "epochs", "learning_rate", "schedule"},
}
_USED = 0.9  # of the memory that is free: what is counted of a run is not all


def jobs_that_fit(study: StudyFolder, accelerator: str) -> int:
    """Return how many of the remaining runs may run at the same time on this machine.

    As many run as fit into its memory, or into that of the GPU if runs share one. At most one runs
    for each core of the CPU: a run on a GPU needs a core to keep the GPU busy, and two runs on two
    cores are faster than one after the other on both. At least one runs, even if it may not fit.

    Args:
        study: The study folder.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Raises:
        InputError: if the cohort is gone or has changed, or the accelerator cannot be used.
    """
    # Imported here: a driver that is told how many needs no PyTorch.
    import torch

    from anascope.training import run_memory

    device = torch_device(accelerator)
    left = [run for run in study.runs if study.layout.state(run.name) is not State.DONE]
    most = min(usable_cores(), len(left))
    if most <= 1:
        return 1
    free = torch.cuda.mem_get_info()[0] if device.type == "cuda" else available_memory()
    if free is None:
        return most
    cohort = study.open_cohort()
    by_kind = {_kind(run.preset): run.preset for run in left}
    largest = max(run_memory(preset, cohort, device) for preset in by_kind.values())
    return max(1, min(most, int(_USED * free) // largest))


def _kind(preset: Preset) -> str:
    return preset.model_dump_json(exclude=_ANY_SIZE)
