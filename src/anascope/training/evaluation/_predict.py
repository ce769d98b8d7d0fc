"""Run a model over fields: every patch, and the stitched mask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate

from anascope.cohorts import Cohort
from anascope.models import Model
from anascope.networks import predict, stitch
from anascope.records import FieldRecord
from anascope.tasks import tasks_named
from anascope.training.inputs import ResidentFields

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class FieldPrediction:
    """The prediction of a model for one field.

    Attributes:
        record: The field.
        patches: By task, the probabilities of its outputs for each patch, (patch, ...); of the
            mask (patch, y, x), at the network's scale.
        targets: The truth of the patches, by task, as :data:`~anascope.tasks.Targets` has it.
        mask: (y, x), stitched from the patches, of the field's own size.
    """

    record: FieldRecord
    patches: dict[str, Floats]
    targets: dict[str, NDArray[Any]]
    mask: Floats


@torch.no_grad()
def predict_fields(
    model: Model,
    cohort: Cohort,
    records: Sequence[FieldRecord],
    *,
    device: torch.device | str = "cpu",
    batch_size: int = 8,
    on_field: Callable[[], None] = lambda: None,
) -> Iterator[FieldPrediction]:
    """Yield the model's prediction for each of ``records``, one field in memory at a time.

    Args:
        model: The model.
        cohort: The cohort of the fields.
        records: The fields to read.
        device: The device to compute on.
        batch_size: Number of patches at a time.
        on_field: Called after each field, for progress.
    """
    card = model.card
    tasks = tasks_named(card.preset.tasks)
    network = model.network.to(device).eval()
    for record in records:
        resident = ResidentFields(
            cohort,
            [record],
            image=card.preset.image,
            vocabulary=card.vocabulary,
            tasks=tasks,
            device=device,
        )
        batches = list(resident.batches(batch_size))
        signals = ((batch.signal, batch.ranges) for batch in batches)
        predicted = [
            {task.name: task.probabilities(logits[task.name]).cpu().numpy() for task in tasks}
            for logits in predict(network, card.preset.image, signals)
        ]
        patches = {
            task.name: np.concatenate([batch[task.name] for batch in predicted]) for task in tasks
        }
        targets = {
            name: np.concatenate([batch.targets[name].cpu().numpy() for batch in batches])
            for name in batches[0].targets
        }
        stitched = stitch(patches["mask"], resident.grids[0])
        size = (record.window.height, record.window.width)
        yield FieldPrediction(record, patches, targets, _resized(stitched, size))
        on_field()


def _resized(mask: NDArray[np.float32], size: tuple[int, int]) -> Floats:
    if mask.shape == size:
        return mask
    grown = interpolate(
        torch.from_numpy(mask)[None, None], size=size, mode="bilinear", align_corners=False
    )
    result: Floats = grown[0, 0].numpy()
    return result
