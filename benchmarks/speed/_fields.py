"""How fast the small network that ships reads whole fields."""

from __future__ import annotations

import numpy as np
import torch

from anascope.models import build_network
from anascope.networks import WholeField, predict
from anascope.presets import load_preset
from anascope.words import PatternSpace, Vocabulary
from benchmarks.speed._rates import Scale, seconds_of
from benchmarks.speed._ways import CLASSES

_FIELD = (1040, 1388)  # of the published set, whose pixels are the network's
_BATCH = 16


def fields_read(device: torch.device, scale: Scale) -> dict[str, float]:
    """Return the time of a field from the memory of the host to its mask there, and of a batch.

    The network is that of preset ``s`` with weights that nobody trained: they cost the same.

    Args:
        device: Where.
        scale: How much is measured.
    """
    preset = load_preset("s")
    network = build_network(preset, Vocabulary(PatternSpace(CLASSES)), pretrained=False)
    whole = WholeField(network).to(device).eval()
    shape, most = ((96, 128), 2) if scale.changes else (_FIELD, _BATCH)
    levels = np.random.default_rng(0).random((most, 1, *shape), dtype=np.float32)
    pixels = torch.from_numpy(levels)
    ranges = torch.tensor([[0.1, 0.9]]).expand(most, 2).to(device)

    @torch.inference_mode()
    def read(count: int) -> torch.Tensor:
        batch = [(pixels[:count].to(device), ranges[:count])]
        (prediction,) = predict(whole, preset.image, batch)
        mask: torch.Tensor = prediction["mask"].cpu()
        return mask

    one = seconds_of(lambda: read(1), device, scale.seconds)
    several = seconds_of(lambda: read(most), device, scale.seconds)
    return {
        "seconds_of_one_field": one,
        "fields_per_second_one_by_one": 1 / one,
        "batch": most,
        "fields_per_second_of_a_batch": most / several,
    }
