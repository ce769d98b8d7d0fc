"""What a training step spends its time on, part by part, on the device's own clock."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import nn

from anascope.balancing import SharedFeatures
from anascope.cohorts import Cohort, DrawnSource, import_cohort
from anascope.models import build_network
from anascope.networks import build_views
from anascope.presets import load_preset
from anascope.synthetic import I3A, Drawing, Population
from anascope.tasks import MultiTaskLoss
from anascope.training import NetworkAdam, build_balancer
from anascope.training.inputs import PatchSampler, ResidentFields, augment
from anascope.words import TASK_NAMES, IntensityScale, PatternSpace, Vocabulary
from benchmarks.speed._rates import Scale

_PATIENTS = 4
_ROUNDS = 20


class Clock:
    """Notes what happens when: events of a GPU, which nothing waits for, or the time of a CPU.

    Args:
        device: Whose clock.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._marks: list[tuple[str, Any]] = []

    def mark(self, part: str) -> None:
        """Note that ``part`` has just ended."""
        if self._device.type == "cuda":
            event = torch.cuda.Event(enable_timing=True)
            event.record()
            self._marks.append((part, event))
        else:
            self._marks.append((part, time.perf_counter()))

    def milliseconds(self) -> dict[str, float]:
        """Return the time of each part since the first mark, and forget all marks."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        found: dict[str, float] = defaultdict(float)
        for (_, before), (part, after) in pairwise(self._marks):
            cuda = self._device.type == "cuda"
            found[part] += before.elapsed_time(after) if cuda else 1000 * (after - before)
        self._marks.clear()
        return dict(found)


class _TimedFeatures(SharedFeatures):
    """Says when the shared part's own way backward begins and ends."""

    clock: Clock

    def backward(self) -> None:
        self.clock.mark("heads and decoder, backward, and the norms")
        super().backward()
        self.clock.mark("encoder, backward")


def parts(preset_name: str, device: torch.device, scale: Scale, folder: Path) -> dict[str, float]:
    """Return the median milliseconds of each part of a step.

    Args:
        preset_name: The preset.
        device: Where.
        scale: How much is measured.
        folder: Where drawn fields go, if they are not there.
    """
    preset = load_preset(preset_name, dict(scale.changes))
    cohort = drawn_cohort(folder, (400, 500) if scale.changes else None)
    vocabulary = Vocabulary(
        PatternSpace.covering(cohort.patterns), IntensityScale.covering(cohort.intensities)
    )
    fields = ResidentFields(
        cohort, cohort.fields, image=preset.image, vocabulary=vocabulary, device=device
    )
    network = build_network(preset, vocabulary).to(device).train()
    criterion = MultiTaskLoss(preset.loss)
    balancer = build_balancer(preset.balancing, TASK_NAMES, network).to(device)
    rate = preset.training.learning_rate
    optimizer = NetworkAdam(network.parameters(), rate)
    generator = torch.Generator().manual_seed(0)
    sampler = PatchSampler(fields, preset.sampling)
    clock = Clock(device)
    _TimedFeatures.clock = clock
    hooks = [network.decoder.register_forward_hook(_marking(clock, "decoder, forward"))]

    def step() -> None:
        order = sampler.epoch(generator)[: preset.training.batch_size]
        clock.mark("begin")
        (batch,) = fields.batches(len(order), order)
        clock.mark("gather")
        batch = augment(batch, preset.augmentation, generator)
        clock.mark("augment")
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            neighbourhood = preset.image.neighbourhood
            image = build_views(
                batch.signal, batch.ranges, preset.image.views, neighbourhood=neighbourhood
            )
            clock.mark("views")
            shared = _TimedFeatures(network.encode(image))
            clock.mark("encoder, forward")
            prediction = network.decode(shared.leaves, (image.shape[-2], image.shape[-1]))
            clock.mark("heads, forward")
            losses = criterion(prediction, batch.targets)
        clock.mark("losses")
        balancer.backward(losses, shared, batch.active)
        clock.mark("balance")
        optimizer.step()
        clock.mark("optimiser")

    found = _medians(step, clock, 3 if scale.changes else _ROUNDS)
    for hook in hooks:
        hook.remove()
    return found


def drawn_cohort(folder: Path, shape: tuple[int, int] | None = None) -> Cohort:
    """Return a few drawn fields, drawn if ``folder`` does not hold them yet.

    Args:
        folder: Of the cohort.
        shape: Height and width of a field; None is that of the published set.
    """
    if not folder.exists():
        optics = replace(I3A, shape=shape) if shape else I3A
        population = Population.like("i3a", patients=_PATIENTS, fields=1)
        drawing = Drawing(population, optics, seed=12357)
        import_cohort(DrawnSource(drawing), folder, source_format="synthetic")
    return Cohort.open(folder)


def _marking(clock: Clock, part: str) -> Callable[[nn.Module, Any, Any], None]:
    return lambda _module, _inputs, _output: clock.mark(part)


def _medians(step: Callable[[], None], clock: Clock, rounds: int) -> dict[str, float]:
    """Return the median of each part over rounds, after two that are not counted."""
    for _ in range(2):
        step()
    clock.milliseconds()
    each: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        step()
        for part, spent in clock.milliseconds().items():
            each[part].append(spent)
    return {part: statistics.median(spent) for part, spent in each.items()}
