"""Every balancer keeps the contract."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Literal

import pytest
import torch
from torch import Tensor, nn

from anascope.balancing import (
    Balancer,
    DynamicWeightAverage,
    FixedWeights,
    GradNorm,
    JacobianDescent,
    UncertaintyWeights,
)
from anascope.errors import InputError
from tests.contract.balancers import TASK_NAMES, BalancerContract, LinearTasks


class TestFixedWeights(BalancerContract):
    def make(self, tasks: Sequence[str], shared_weight: Tensor) -> Balancer:
        return FixedWeights(tasks)

    def test_weights_can_be_chosen(self) -> None:
        balancer = FixedWeights(TASK_NAMES, (0.5, 1.0, 1.5))
        assert balancer.weights.tolist() == [0.5, 1.0, 1.5]


class TestGradNorm(BalancerContract):
    def make(self, tasks: Sequence[str], shared_weight: Tensor) -> Balancer:
        return GradNorm(tasks, shared_weight, alpha=0.6, learning_rate=0.02)

    def test_scaling_a_loss_changes_only_the_path_of_the_weights(self) -> None:
        """Inverse training rates are ratios to the first loss: a constant factor drops out.

        So with norms made equal by hand the target does not know the factor either.
        """
        paths = []
        for factor in (1.0, 1000.0):
            model, balancer = self.fresh()
            assert isinstance(balancer, GradNorm)
            self.step(model, balancer, (factor, 1.0, 1.0))
            with torch.no_grad():
                model.shared.weight.mul_(0.9)
            self.step(model, balancer, (factor, 1.0, 1.0))
            losses = torch.stack(model.losses(model.shared(model.image), (factor, 1.0, 1.0)))
            paths.append((losses / balancer.initial_losses).detach())
        torch.testing.assert_close(paths[0], paths[1])

    @pytest.mark.parametrize(
        ("alpha", "rate", "expected"),
        [
            (-0.1, 0.1, "a number of 0 or more"),
            (float("nan"), 0.1, "a number of 0 or more"),
            (float("inf"), 0.1, "a number of 0 or more"),
            (0.6, 0.0, "a number over 0"),
        ],
    )
    def test_numbers_out_of_range_are_refused(
        self, alpha: float, rate: float, expected: str
    ) -> None:
        weight = LinearTasks().shared.weight
        with pytest.raises(InputError, match=f"expected {expected}"):
            GradNorm(TASK_NAMES, weight, alpha=alpha, learning_rate=rate)

    def test_shared_weight_is_not_a_parameter_of_the_balancer(self) -> None:
        model, balancer = self.fresh()
        assert [name for name, _ in balancer.named_parameters()] == ["weights"]
        assert not any(parameter.requires_grad for parameter in balancer.parameters())
        del model


class TestUncertaintyWeights(BalancerContract):
    normalises = False

    def make(self, tasks: Sequence[str], shared_weight: Tensor) -> Balancer:
        return UncertaintyWeights(tasks, learning_rate=0.02)


class TestDynamicWeightAverage(BalancerContract):
    """Every step is an epoch of its own. How weights move is in the unit tests, on paper."""

    def make(self, tasks: Sequence[str], shared_weight: Tensor) -> Balancer:
        return DynamicWeightAverage(tasks)

    def step(
        self,
        model: LinearTasks,
        balancer: Balancer,
        scales: Sequence[float] = (1.0, 2.0, 3.0),
        active: Sequence[bool] | None = None,
        *,
        scale: float | Tensor = 1.0,
    ) -> None:
        super().step(model, balancer, scales, active, scale=scale)
        assert isinstance(balancer, DynamicWeightAverage)
        balancer.end_epoch()


@pytest.mark.skipif(find_spec("torchjd") is None, reason="TorchJD is not installed (extra torchjd)")
class TestJacobianDescent(BalancerContract):
    """Its weights are those of the last step, and act on the shared parameters alone."""

    normalises = False
    at: Literal["parameters", "features"] = "parameters"

    def make(self, tasks: Sequence[str], shared_weight: Tensor) -> Balancer:
        assert isinstance(shared_weight, nn.Parameter)
        return JacobianDescent(tasks, "upgrad", [shared_weight], at=self.at)

    def test_gradient_is_that_of_the_weighted_sum(self) -> None:
        model, balancer = self.fresh()
        for _ in range(3):
            self.step(model, balancer)
            ours = {name: p.grad for name, p in model.named_parameters()}
            model.zero_grad()
            losses = torch.stack(model.losses(model.shared(model.image), (1.0, 2.0, 3.0)))
            of_heads = list(model.heads.parameters())
            losses.sum().backward(inputs=of_heads, retain_graph=True)
            (balancer.weights * losses).sum().backward(inputs=[model.shared.weight])
            for name, parameter in model.named_parameters():
                torch.testing.assert_close(ours[name], parameter.grad)


class TestJacobianDescentAtFeatures(TestJacobianDescent):
    at = "features"
