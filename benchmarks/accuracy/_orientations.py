"""Small fields read in eight orientations: as they lie, turned by right angles, and mirrored."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import torch
from torch import Tensor, nn

from anascope.cohorts import Cohort
from anascope.models import Model
from anascope.networks import predict
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


class _InEight(nn.Module):
    """The pattern's probabilities in each of the eight orientations."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, views: Tensor) -> list[Tensor]:
        orientations = turned_eightfold(views)
        return [self.network(turned)["pattern"].softmax(dim=1) for turned in orientations]


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
        vocabulary=card.vocabulary,
        device=device,
    )
    batches = ((batch.signal, batch.ranges) for batch in resident.batches(_BATCH))
    probabilities = [
        torch.stack(logits).mean(dim=0).cpu()
        for logits in predict(_InEight(network), image, batches)
    ]
    columns = [f"p_pattern_{name}" for name in card.patterns]
    patches = pd.DataFrame(torch.cat(probabilities).numpy(), columns=columns)
    patches["field"] = [records[place.field].field for place in resident.patches]
    return patches.groupby("field", sort=False)[columns].mean().reset_index()
