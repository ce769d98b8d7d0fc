"""Trainings with the balancers beside GradNorm, for the test in two processes."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Literal

import torch

from anascope.balancing import (
    Balancer,
    DynamicWeightAverage,
    JacobianDescent,
    SharedFeatures,
    UncertaintyWeights,
)
from anascope.balancing._processes import average_gradients
from anascope.words import TASK_NAMES
from tests.two_processes import Results, part_of
from tests.unit.balancing.small_network import ROWS, Small, images


def jacobian(model: Small, name: str, at: Literal["parameters", "features"]) -> Balancer:
    shared = [*model.first.parameters(), *model.last.parameters()]
    return JacobianDescent(TASK_NAMES, name, shared, at=at)


KINDS: dict[str, Callable[[Small], Balancer]] = {
    "uncertainty": lambda model: UncertaintyWeights(TASK_NAMES, learning_rate=0.1),
    "dwa": lambda model: DynamicWeightAverage(TASK_NAMES),
}
if find_spec("torchjd") is not None:
    KINDS |= {
        "upgrad at parameters": lambda model: jacobian(model, "upgrad", "parameters"),
        "upgrad at features": lambda model: jacobian(model, "upgrad", "features"),
        "pcgrad at features": lambda model: jacobian(model, "pcgrad", "features"),
        "graddrop at parameters": lambda model: jacobian(model, "graddrop", "parameters"),
    }


def train_each(rank: int, count: int) -> Results:
    """Return gradients and weights of every step, of one training a kind."""
    done: Results = {}
    for kind, make in KINDS.items():
        model = Small()
        balancer = make(model).double()
        assert balancer.divisible
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        for step, whole in enumerate(images()):
            optimizer.zero_grad()
            shared = SharedFeatures(model.encode(whole[part_of(ROWS, rank, count)]))
            losses = [rows.mean() for rows in model.squares(shared)]
            balancer.backward(losses, shared, (True, step != 2, True))
            average_gradients(model.parameters())
            if isinstance(balancer, DynamicWeightAverage):
                balancer.end_epoch()
            optimizer.step()
            done[f"{kind}, {step}, weights"] = balancer.weights.data.clone()
            for name, parameter in model.named_parameters():
                if parameter.grad is not None:
                    done[f"{kind}, {step}, {name}"] = parameter.grad.clone()
    return done
