"""A network that takes a grey image alone and gives probabilities, for other software."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from anascope.images import RANGE_PERCENTILES
from anascope.models._card import ModelCard
from anascope.models._export_onnx import TRACED, Field, check_any_size, write_graph
from anascope.models._model import Model

SIGNAL = "signal"
"""The name of its only input."""


class Standalone(nn.Module):
    """From a field's signal to the probabilities that a single field has."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.field = Field(model)
        self.judgement, self.heads = model.card.judgement, model.card.heads

    def forward(self, signal: Tensor) -> dict[str, Tensor]:
        prediction = self.field(signal, _range_of(signal))
        judgement = self.judgement
        outputs = {"mask": prediction["mask"]}
        if self.heads.pattern:
            outputs["pattern"] = (prediction["pattern"] / judgement.temperature).softmax(dim=1)
        if self.heads.intensity:
            over = prediction["intensity"] - (judgement.intensity_border or 0.0)
            outputs["intensity"] = _levels((over / judgement.intensity_temperature).sigmoid())
        if self.heads.cells:
            outputs |= {
                "interior": prediction["interior"],
                "phases": prediction["phases"].softmax(dim=1),
            }
        if self.heads.mixture:
            outputs["mixture"] = prediction["mixture"].sigmoid()
        return outputs


def _levels(above: Tensor) -> Tensor:
    """Return the probability of each level from those of being above one, (batch, levels - 1).

    Outputs may cross, being learned apart; a level is never less likely than 0.
    """
    falling = [torch.ones_like(above[:, 0])]
    for column in above.unbind(dim=1):
        falling.append(torch.minimum(falling[-1], column))
    falling.append(torch.zeros_like(falling[0]))
    ordered = torch.stack(falling, dim=1)
    return ordered[:, :-1] - ordered[:, 1:]


def _range_of(signal: Tensor) -> Tensor:
    """Return a field's dark and bright level, (1, 2), as :func:`anascope.images.signal_range`."""
    ranked = signal.flatten().sort().values
    last = torch.scalar_tensor(ranked.shape[0] - 1, dtype=torch.float32)
    levels = []
    for percent in RANGE_PERCENTILES:
        position = last * (percent / 100)
        below = position.floor()
        neighbours = torch.stack([below, torch.minimum(below + 1, last)]).long()
        low, high = ranked.index_select(0, neighbours).unbind()
        levels.append(low + (high - low) * (position - below))
    return torch.stack(levels).unsqueeze(0)


def outputs_of(card: ModelCard) -> tuple[str, ...]:
    """Return the names of the network's outputs, in their order."""
    heads = card.heads
    learned_outputs = {
        "mask": True,
        "pattern": heads.pattern,
        "intensity": heads.intensity,
        "interior": heads.cells,
        "phases": heads.cells,
        "mixture": heads.mixture,
    }
    return tuple(name for name, learned in learned_outputs.items() if learned)


def export_standalone(model: Model, path: Path) -> None:
    """Write the network as an ONNX file with one input and the outputs of :func:`outputs_of`.

    Raises:
        InputError: if the head fixes the size of the image, or the exporter is not installed.
    """
    check_any_size(model)
    signal = torch.rand(1, 1, *TRACED)
    write_graph(Standalone(model).eval(), {SIGNAL: signal}, outputs_of(model.card), path, {})
