"""Balancers: what turns the losses of several tasks into one update of a shared network.

They know nothing of images, and serve any network that shares features among its tasks.

A training step cuts the network where the tasks diverge, and a balancer does the rest::

    features = encoder(image)
    shared = SharedFeatures(features)
    losses = [loss(head(shared.leaves)) for each task]      # separate scalars
    balancer.backward(losses, shared)                       # fills every .grad
    optimizer.step()

:class:`FixedWeights` adds the losses with constant weights; :class:`GradNorm` moves the weights
so that the tasks train at similar rates (Chen et al., ICML 2018), at almost no extra cost.

:class:`UncertaintyWeights` (Kendall et al., CVPR 2018) and :class:`DynamicWeightAverage` (Liu et
al., CVPR 2019) move them by the losses alone; :class:`JacobianDescent` resolves conflicts between
the gradients themselves, with an aggregator of TorchJD. Nothing but PyTorch is imported before one
is made.
"""

from anascope.balancing._aggregators import AGGREGATORS
from anascope.balancing._algorithm import AlgorithmStep, algorithm
from anascope.balancing._base import Balancer, Step
from anascope.balancing._dynamic_weight_average import DynamicWeightAverage
from anascope.balancing._fixed import FixedWeights
from anascope.balancing._gradnorm import GradNorm
from anascope.balancing._jacobian import JacobianDescent
from anascope.balancing._processes import (
    any_over_processes,
    average_gradients,
    gather_rows,
    mean_over_processes,
    process_count,
    shares_of_batch,
)
from anascope.balancing._shared import SharedFeatures
from anascope.balancing._stable_gradnorm import StableGradNorm
from anascope.balancing._uncertainty import UncertaintyWeights

__all__ = [
    "AGGREGATORS",
    "AlgorithmStep",
    "Balancer",
    "DynamicWeightAverage",
    "FixedWeights",
    "GradNorm",
    "JacobianDescent",
    "SharedFeatures",
    "StableGradNorm",
    "Step",
    "UncertaintyWeights",
    "algorithm",
    "any_over_processes",
    "average_gradients",
    "gather_rows",
    "mean_over_processes",
    "process_count",
    "shares_of_batch",
]
