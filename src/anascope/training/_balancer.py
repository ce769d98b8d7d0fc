"""From a preset to the balancer of a training."""

from __future__ import annotations

from anascope.balancing import Balancer, FixedWeights, GradNorm
from anascope.losses import TASKS
from anascope.networks import JointUNet
from anascope.presets import BalancingPreset


def build_balancer(preset: BalancingPreset, network: JointUNet) -> Balancer:
    """Return the balancer that ``preset`` describes, for the tasks of ``network``."""
    if preset.balancer == "fixed":
        return FixedWeights(TASKS, preset.weights)
    return GradNorm(
        TASKS,
        network.last_shared_weight,
        alpha=preset.alpha,
        learning_rate=preset.learning_rate,
    )
