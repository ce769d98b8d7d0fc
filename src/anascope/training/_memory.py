"""How much memory a run takes while it is trained, estimated before it begins."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from anascope.cohorts import Cohort
from anascope.models import network_without_numbers
from anascope.networks import JointUNet
from anascope.presets import Preset
from anascope.training._vocabulary import vocabulary_of

# Beside tensors: PyTorch and its libraries in a process, on a GPU the context and workspaces.
_PROCESS = {"cpu": 700_000_000, "cuda": 1_500_000_000}
_PIXEL = 3  # bytes that a pixel of a field takes where it is kept: its levels and its truth


def run_memory(preset: Preset, cohort: Cohort, device: torch.device) -> int:
    """Return how many bytes a run takes on ``device`` at most, as far as they can be counted.

    It counts the numbers of the network (weights, gradients, Adam's moments, the copy from which
    checkpoints are written), the values that a step keeps for its gradients, and the fields.
    Temporary results and libraries are estimated.

    Args:
        preset: The preset of the training.
        cohort: The cohort.
        device: The CPU or a GPU.

    Raises:
        InputError: if the network cannot be built.
    """
    network = network_without_numbers(preset, vocabulary_of(preset, cohort))
    weights = sum(tensor.numel() * tensor.element_size() for tensor in network.parameters())
    # Weights, gradients, two moments; a copy of all but the gradients; averaged and best weights.
    more = (preset.training.weight_average > 0) + (preset.training.select != "last")
    numbers = (7 + 2 * more) * weights
    kept = kept_for_gradients(network, preset)
    if device.type == "cuda" and preset.training.precision != "32-true":
        kept = kept // 2 + weights // 2  # in 16 bits, and the weights once more in as many
    size = preset.image.network_size
    largest = preset.training.batch_size * preset.network.width * size * size * 4
    scale = preset.image.scale
    pixels = sum(field.window.height * field.window.width * scale**2 for field in cohort.fields)
    return _PROCESS[device.type] + numbers + kept + 4 * largest + int(_PIXEL * pixels)


def kept_for_gradients(network: JointUNet, preset: Preset) -> int:
    """Return the bytes that a step keeps from its way forward, in single precision.

    Args:
        network: Without numbers: it is run on shapes alone.
        preset: That it is built by.
    """
    own = {tensor.untyped_storage()._cdata for tensor in network.state_dict().values()}
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            kept[storage._cdata] = storage.nbytes()
        return tensor

    side = preset.image.network_size
    batch, views = preset.training.batch_size, len(preset.image.views)
    image = torch.empty(batch, views, side, side, device="meta")
    network.train()
    with saved_tensors_hooks(note, lambda tensor: tensor):
        prediction = network.decode(network.encode(image), (side, side))
        total = sum(kept.values())  # while what is kept is there, and each has its own number
    del prediction
    return total
