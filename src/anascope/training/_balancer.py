"""From a preset to the balancer of a training."""

from __future__ import annotations

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
from anascope.words import TASKS


def build_balancer(preset: BalancingPreset, network: JointUNet, *, seed: int = 0) -> Balancer:
    """Return the balancer that ``preset`` describes, for the tasks of ``network``.

    Args:
        preset: The preset.
        network: The network.
        seed: Of the training, for aggregators that draw.

    Raises:
        InputError: if it is an aggregator and what that needs is not installed, or it has no
            weights and is to work at the features.
    """
    name = preset.balancer
    if name == "fixed":
        return FixedWeights(TASKS, preset.weights)
    if name == "uncertainty":
        return UncertaintyWeights(TASKS, learning_rate=preset.learning_rate)
    if name == "dwa":
        return DynamicWeightAverage(TASKS, temperature=preset.temperature)
    if name == "gradnorm" or name == "gradnorm-stable":
        kind = GradNorm if name == "gradnorm" else StableGradNorm
        return kind(
            TASKS,
            network.last_shared_weight,
            alpha=preset.alpha,
            learning_rate=preset.learning_rate,
        )
    return JacobianDescent(TASKS, name, network.encoder.parameters(), at=preset.jacobian, seed=seed)


def end_epoch(balancer: Balancer) -> None:
    """Tell a balancer that counts epochs that one is over."""
    if isinstance(balancer, DynamicWeightAverage):
        balancer.end_epoch()
