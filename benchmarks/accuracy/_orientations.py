"""Small fields read in eight orientations: as they lie, turned by right angles, and mirrored."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import torch
from torch import Tensor

from anascope.cohorts import Cohort
from anascope.models import Model
from anascope.networks import build_views
from anascope.records import FieldRecord
from anascope.training.inputs import ResidentFields

_BATCH = 64


def turned_eightfold(image: Tensor) -> list[Tensor]:
    """Return the eight orientations of (batch, channel, y, x), y and x alike."""
    return [
        torch.rot90(each, quarters, (-2, -1))
        for each in (image, image.flip(-1))
        for quarters in range(4)
    ]


@torch.no_grad()
def patterns_in_eight(
    model: Model, cohort: Cohort, records: Sequence[FieldRecord], device: torch.device
) -> pd.DataFrame:
    """Return the mean probabilities of the patterns over orientations and patches of each field.

    Returns:
        One row a field, in the order of ``records``: ``field``, ``p_pattern_<class>``.
    """
    card, network = model.card, model.network.to(device).eval()
    image = card.preset.image
    resident = ResidentFields(
        cohort,
        records,
        image=image,
        pattern_space=card.pattern_space,
        intensity_scale=card.intensity_scale,
        device=device,
    )
    said = []
    for start in range(0, len(resident), _BATCH):
        batch = resident.batch(range(start, min(start + _BATCH, len(resident))))
        views = build_views(
            batch.signal, batch.ranges, image.views, neighbourhood=image.neighbourhood
        )
        each = [network(turned).pattern.softmax(dim=1) for turned in turned_eightfold(views)]
        said.append(torch.stack(each).mean(dim=0).cpu())
    columns = [f"p_pattern_{name}" for name in card.patterns]
    patches = pd.DataFrame(torch.cat(said).numpy(), columns=columns)
    patches["field"] = [records[place.field].field for place in resident.patches]
    return patches.groupby("field", sort=False)[columns].mean().reset_index()
