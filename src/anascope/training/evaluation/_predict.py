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
from anascope.networks import build_views, stitch
from anascope.records import FieldRecord
from anascope.training.inputs import ResidentFields

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class FieldPrediction:
    """What a model says of one field, as probabilities.

    Attributes:
        record: The field.
        patch_masks: (patch, y, x), at the network's scale.
        patch_truth: (patch, y, x), the mask at that scale, values of ``MaskValue``.
        patterns: (patch, classes).
        intensities: (patch, levels - 1), of being above each level.
        mask: (y, x), stitched from the patches, of the field's own size.
    """

    record: FieldRecord
    patch_masks: Floats
    patch_truth: NDArray[np.uint8]
    patterns: Floats
    intensities: Floats
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
        cohort: Where the fields are.
        records: Which of them.
        device: Where to compute.
        batch_size: Patches at a time.
        on_field: Called after each field, for progress.
    """
    card = model.card
    network = model.network.to(device).eval()
    for record in records:
        resident = ResidentFields(
            cohort,
            [record],
            image=card.preset.image,
            pattern_space=card.pattern_space,
            intensity_scale=card.intensity_scale,
            device=device,
        )
        parts = []
        for start in range(0, len(resident), batch_size):
            batch = resident.batch(range(start, min(start + batch_size, len(resident))))
            image = card.preset.image
            views = build_views(
                batch.signal, batch.ranges, image.views, neighbourhood=image.neighbourhood
            )
            said = network(views)
            parts.append(
                (
                    said.mask[:, 0].sigmoid().cpu().numpy(),
                    batch.targets.mask.cpu().numpy(),
                    said.pattern.softmax(dim=1).cpu().numpy(),
                    said.intensity.sigmoid().cpu().numpy(),
                )
            )
        masks, truth, patterns, intensities = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        stitched = stitch(masks, resident.grids[0])
        size = (record.window.height, record.window.width)
        yield FieldPrediction(record, masks, truth, patterns, intensities, _resized(stitched, size))
        on_field()


def _resized(mask: NDArray[np.float32], size: tuple[int, int]) -> Floats:
    if mask.shape == size:
        return mask
    grown = interpolate(
        torch.from_numpy(mask)[None, None], size=size, mode="bilinear", align_corners=False
    )
    result: Floats = grown[0, 0].numpy()
    return result
