"""From a preset to the balancer of a training."""

from __future__ import annotations

from collections.abc import Sequence

from anascope.balancing import (
    Balancer,
    DynamicWeightAverage,
    FixedWeights,
    GradNorm,
    JacobianDescent,
    StableGradNorm,
    UncertaintyWeights,
)
from anascope.networks import JointUNet
from anascope.presets import BalancingPreset


def build_balancer(
    preset: BalancingPreset, tasks: Sequence[str], network: JointUNet, *, seed: int = 0
) -> Balancer:
    """Return the balancer that ``preset`` describes.

    Args:
        preset: The preset.
        tasks: Names of the tasks, in the order of the losses.
        network: The network.
        seed: Seed of the training, for aggregators that use random numbers.

    Raises:
        InputError: if it is an aggregator whose libraries are not installed, or one without weights
        that should work at the features.
    """
    name = preset.balancer
    if name == "fixed":
        return FixedWeights(tasks, preset.weights or (1.0,) * len(tasks))
    if name == "uncertainty":
        return UncertaintyWeights(tasks, learning_rate=preset.learning_rate)
    if name == "dwa":
        return DynamicWeightAverage(tasks, temperature=preset.temperature)
    if name == "gradnorm" or name == "gradnorm-stable":
        kind = GradNorm if name == "gradnorm" else StableGradNorm
        return kind(
            tasks,
            network.last_shared_weight,
            alpha=preset.alpha,
            learning_rate=preset.learning_rate,
        )
    return JacobianDescent(tasks, name, network.encoder.parameters(), at=preset.jacobian, seed=seed)


def end_epoch(balancer: Balancer) -> None:
    """Tell a balancer that counts epochs that one is over."""
    if isinstance(balancer, DynamicWeightAverage):
        balancer.end_epoch()
