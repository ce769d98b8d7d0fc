"""Random changes to how a patch looks: the stain, the optics, the lamp and the camera."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Generator, Tensor
from torch.nn.functional import conv2d, pad

from anascope.presets import AugmentationPreset
from anascope.training.inputs._batch import Batch

_LONGEST = 1 / 20  # cycles a pixel up to which amplitudes are another patch's: light, not texture
_TOE = 0.1  # share of the range under which the power law goes straight, or noise would explode


def change_appearance(batch: Batch, preset: AugmentationPreset, generator: Generator) -> Batch:
    """Return the batch with the signal of every patch changed, in the order in which light goes.

    Another patch's amplitudes come first, then the stain, then the objective's blur, then the lamp,
    then the camera.
    """
    signal, ranges = batch.signal, batch.ranges
    count = len(batch)

    def drawn(low: float, high: float) -> Tensor:
        """Return a value a patch, (batch, 1, 1, 1)."""
        values = low + (high - low) * torch.rand(count, generator=generator)
        return values.to(signal.device, non_blocking=True)[:, None, None, None]

    if preset.spectrum:
        others = torch.randperm(count, generator=generator).to(signal.device)
        signal = _other_spectrum(signal, ranges, others, drawn(0, preset.spectrum))
    if preset.stain > 1:
        limit = math.log(preset.stain)
        signal = _other_stain(signal, ranges, drawn(-limit, limit).exp())
    if preset.blur:
        signal = _blurred(signal, drawn(0, preset.blur), preset.blur)
    if preset.illumination:
        signal = signal * _lamp(signal, drawn(0, preset.illumination), drawn(0, 2 * torch.pi))
    if preset.brightness:
        factor = drawn(1 - preset.brightness, 1 + preset.brightness)
        signal = signal * factor
        ranges = ranges * factor[:, 0, 0]
    if preset.noise:
        strength = drawn(0, preset.noise) * (ranges[:, 1] - ranges[:, 0])[:, None, None, None]
        signal = signal + _noise(signal, generator) * strength
    return replace(batch, signal=signal, ranges=ranges)


def _other_spectrum(signal: Tensor, ranges: Tensor, others: Tensor, share: Tensor) -> Tensor:
    """Move the amplitudes of long wavelengths towards those of other patches; phases stay.

    Mixing of amplitudes as in Xu et al., "A Fourier-based Framework for Domain Generalization"
    (CVPR 2021), of low frequencies alone as in Yang, Soatto, "FDA: Fourier Domain Adaptation for
    Semantic Segmentation" (CVPR 2020). Each patch is taken in the range of its own field, and its
    mean stays: how bright a specimen is, is what people grade.
    """
    dark, bright = (ranges[:, i, None, None, None] for i in (0, 1))
    span = (bright - dark).clamp(min=1e-3)
    spectrum = torch.fft.rfft2((signal - dark) / span)
    amplitude = spectrum.abs()
    y = torch.fft.fftfreq(signal.shape[-2], device=signal.device)[:, None]
    x = torch.fft.rfftfreq(signal.shape[-1], device=signal.device)
    frequency = torch.hypot(y, x)
    long = (frequency <= _LONGEST) & (frequency > 0)
    wanted = amplitude + share * long * (amplitude[others] - amplitude)
    changed = torch.polar(wanted, spectrum.angle())
    mixed: Tensor = torch.fft.irfft2(changed, s=signal.shape[-2:])
    return dark + span * mixed


def _noise(signal: Tensor, generator: Generator) -> Tensor:
    """Return a number of mean 0 and deviation 1 for each pixel, drawn on the signal's device."""
    if signal.device.type != "cpu":  # so many numbers would take longer than the step
        seed = int(torch.randint(2**62, (), generator=generator))
        generator = Generator(signal.device).manual_seed(seed)
    return torch.randn(signal.shape, generator=generator, device=signal.device)


def _other_stain(signal: Tensor, ranges: Tensor, power: Tensor) -> Tensor:
    """Raise the signal to a power between the field's dark and bright levels, which stay."""
    dark, bright = (ranges[:, i, None, None, None] for i in (0, 1))
    span = (bright - dark).clamp(min=1e-3)
    share = ((signal - dark) / span).clamp(min=-_TOE / 2) + _TOE
    low, high = torch.full_like(power, _TOE) ** power, (1 + _TOE) ** power
    return dark + span * (share**power - low) / (high - low)


def _blurred(signal: Tensor, sigma: Tensor, most: float) -> Tensor:
    """Blur each patch by a Gaussian of its own deviation in pixels; mirrored beyond its edge."""
    half = max(round(3 * most), 1)
    offsets = torch.arange(-half, half + 1, device=signal.device, dtype=signal.dtype)
    weights = torch.exp(-(offsets**2) / (2 * sigma[:, 0, 0].clamp(min=1e-2) ** 2))
    weights = weights / weights.sum(dim=1, keepdim=True)
    # All patches as channels of one image, each with a kernel of its own.
    image = pad(signal.transpose(0, 1), (half, half, half, half), mode="reflect")
    image = conv2d(image, weights[:, None, :, None], groups=len(signal))
    return conv2d(image, weights[:, None, None, :], groups=len(signal)).transpose(0, 1)


def _lamp(signal: Tensor, depth: Tensor, angle: Tensor) -> Tensor:
    """Return light that falls straight from ``1 + depth`` at one side to ``1 - depth``."""
    height, width = signal.shape[-2:]
    y = torch.linspace(-1, 1, height, device=signal.device)[:, None]
    x = torch.linspace(-1, 1, width, device=signal.device)
    across = (y * angle.sin() + x * angle.cos()) / 2**0.5
    return 1 + depth * across
