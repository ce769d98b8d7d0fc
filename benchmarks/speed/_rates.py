"""How fast a device trains, beside what it can reach: products of matrices, and copies."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from anascope.presets import load_preset
from anascope.training import NetworkAdam
from benchmarks.speed._ways import Exact, Plain, Setting, Variant

GRADNORM = {"without": Plain, "with": Exact}
"""The plain joint step, and GradNorm's."""
# Bytes that a step moves for each weight.
_ADAM = 28  # weight, gradient and both moments are read, all but the gradient written
_FLOAT32 = 12  # read forward, read backward, gradient written
_BFLOAT16 = 18  # copy made (4 + 2), read twice (2 + 2), gradient written (2), made float32 (2 + 4)


@dataclass(frozen=True)
class Scale:
    """How much is measured.

    Attributes:
        seconds: Of each measurement.
        side: Of the matrices that are multiplied.
        megabytes: That are copied.
        changes: Of presets, where all is to be small.
    """

    seconds: float = 4.0
    side: int = 8192
    megabytes: int = 1024
    changes: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def tiny(cls) -> Scale:
        """Return what a test waits for."""
        small = {"image.patch_size": 64, "image.scale": 1.0, "network.width": 4}
        return cls(0.05, 64, 1, tuple((small | {"network.hidden": 8}).items()))


def synchronise(device: torch.device) -> None:
    """Wait until the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds_of(call: Callable[[], object], device: torch.device, least: float) -> float:
    """Return the seconds that a call takes on the device.

    The mean over as many as take ``least`` seconds together, after two that are not counted.
    """
    for _ in range(2):
        call()
    count, spent = 1, 0.0
    while True:
        synchronise(device)
        began = time.perf_counter()
        for _ in range(count):
            call()
        synchronise(device)
        spent = time.perf_counter() - began
        if spent >= least / 2:
            return spent / count
        count *= 2


def limits(device: torch.device, scale: Scale) -> dict[str, float]:
    """Return what a plain product of two matrices, and a plain copy, reach on the device."""
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    one = torch.randn(scale.side, scale.side, device=device, dtype=dtype)
    product = seconds_of(lambda: one @ one, device, scale.seconds)
    source = torch.zeros(scale.megabytes * 2**18, device=device)
    target = torch.empty_like(source)
    copy = seconds_of(lambda: target.copy_(source), device, scale.seconds)
    return {
        "product_flop_per_second": 2 * scale.side**3 / product,
        "copy_bytes_per_second": 2 * source.nbytes / copy,
    }


def throughput(
    preset_name: str, device: torch.device, scale: Scale, reached: dict[str, float]
) -> dict[str, Any]:
    """Return how fast steps of a preset are, with and without GradNorm.

    Args:
        preset_name: The preset.
        device: Where.
        scale: How much is measured.
        reached: What :func:`limits` found.
    """
    preset = load_preset(preset_name, dict(scale.changes))
    batch = preset.training.batch_size
    found: dict[str, Any] = {"batch_size": batch}
    for name, way in GRADNORM.items():
        setting = Setting(preset, batch, device)
        step = make_step(setting, way(setting, (1.0, 1.0, 1.0)))
        with FlopCounterMode(display=False) as counter:
            step()
        seconds = seconds_of(step, device, scale.seconds)
        rate = counter.get_total_flops() / seconds
        found[f"{name}_gradnorm"] = {
            "seconds_per_step": seconds,
            "patches_per_second": batch / seconds,
            "flop_per_step": counter.get_total_flops(),
            "flop_per_second": rate,
            "share_of_plain_product": rate / reached["product_flop_per_second"],
        }
        found["heads"] = heads_bound(setting, reached["copy_bytes_per_second"])
        if device.type == "cuda":
            found["peak_memory_mib"] = torch.cuda.max_memory_allocated(device) / 2**20
    plain, exact = (found[f"{name}_gradnorm"]["seconds_per_step"] for name in GRADNORM)
    return found | {"gradnorm_to_plain": exact / plain}


def make_step(setting: Setting, variant: Variant) -> Callable[[], None]:
    """Return a whole step with the optimizer that trainings have; it waits for nothing."""
    parameters = list(setting.network.parameters())
    rate = setting.preset.training.learning_rate
    optimizer = NetworkAdam(parameters, rate)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        variant.run()
        optimizer.step()

    return step


def heads_bound(setting: Setting, copied_per_second: float) -> dict[str, float]:
    """Return the least time of a step that the weights of dense layers are moved in.

    A batch of a few patches multiplies each weight of a flatten head a few times: moving it, its
    gradient and Adam's two moments is what takes the time.
    """
    dense = [m for m in setting.network.modules() if isinstance(m, nn.Linear)]
    weights = sum(layer.weight.numel() for layer in dense)
    half = setting.device.type == "cuda"
    moved = weights * (_ADAM + (_BFLOAT16 if half else _FLOAT32))
    return {
        "weights": weights,
        "bytes_per_step": moved,
        "least_seconds_per_step": moved / copied_per_second,
    }
