"""What every balancer must do. A new balancer inherits this with a ``make``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn

from anascope.balancing import Balancer, SharedFeatures
from anascope.errors import InputError, NotFiniteError

TASK_NAMES = ("a", "b", "c")


class LinearTasks(nn.Module):
    """A shared linear layer and a linear head a task; losses are mean squares times a scale."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.shared = nn.Linear(5, 4, bias=False).double()
        self.heads = nn.ModuleList(nn.Linear(4, 2).double() for _ in TASK_NAMES)
        self.image = torch.randn(6, 5, dtype=torch.float64)

    def losses(self, embedding: Tensor, scales: Sequence[float]) -> list[Tensor]:
        return [
            scale * head(embedding).square().mean()
            for head, scale in zip(self.heads, scales, strict=True)
        ]


class BalancerContract:
    """Inherit, and give :meth:`make`.

    Attributes:
        normalises: Whether the weights always sum to the number of tasks. Where they do not,
            they are still the factors that are really applied.
    """

    normalises: ClassVar[bool] = True

    def make(self, tasks: Sequence[str], shared_weight: Tensor) -> Balancer:
        raise NotImplementedError

    def step(
        self,
        model: LinearTasks,
        balancer: Balancer,
        scales: Sequence[float] = (1.0, 2.0, 3.0),
        active: Sequence[bool] | None = None,
        *,
        scale: float | Tensor = 1.0,
    ) -> None:
        model.zero_grad()
        shared = SharedFeatures([model.shared(model.image)])
        losses = model.losses(shared.leaves[0], scales)
        balancer.backward(losses, shared, active, scale=scale)

    def fresh(self, seed: int = 0) -> tuple[LinearTasks, Balancer]:
        model = LinearTasks(seed)
        return model, self.make(TASK_NAMES, model.shared.weight).double()

    def check_sum(self, balancer: Balancer) -> None:
        if self.normalises:
            assert balancer.weights.sum().item() == pytest.approx(len(TASK_NAMES))

    def test_gradient_is_that_of_the_weighted_sum(self) -> None:
        model, balancer = self.fresh()
        for _ in range(3):
            weights = balancer.weights.clone()
            self.step(model, balancer)
            ours = [p.grad.clone() for p in model.parameters() if p.grad is not None]
            model.zero_grad()
            losses = torch.stack(model.losses(model.shared(model.image), (1.0, 2.0, 3.0)))
            (weights * losses).sum().backward()
            theirs = [p.grad for p in model.parameters() if p.grad is not None]
            assert len(ours) == len(theirs) == 7
            for one, other in zip(ours, theirs, strict=True):
                torch.testing.assert_close(one, other)

    def test_weights_sum_to_the_number_of_tasks_if_it_normalises(self) -> None:
        model, balancer = self.fresh()
        for _ in range(20):
            self.step(model, balancer)
            self.check_sum(balancer)
        away = abs(balancer.weights.sum().item() - len(TASK_NAMES))
        assert self.normalises or away > 1e-3, "it normalises after all: say so"

    def test_order_of_tasks_does_not_matter(self) -> None:
        model, balancer = self.fresh()
        turned_model = LinearTasks()
        turned_model.heads = nn.ModuleList(reversed(list(turned_model.heads)))
        turned = self.make(TASK_NAMES[::-1], turned_model.shared.weight).double()
        for _ in range(5):
            self.step(model, balancer, (1.0, 2.0, 3.0))
            self.step(turned_model, turned, (3.0, 2.0, 1.0))
            torch.testing.assert_close(balancer.weights.data, turned.weights.data.flip(0))

    def test_task_without_labels_keeps_its_weight_and_gets_no_gradient(self) -> None:
        model, balancer = self.fresh()
        self.step(model, balancer)
        before = balancer.weights.clone()
        self.step(model, balancer, active=(True, False, True))
        assert balancer.weights[1].item() == before[1].item()
        self.check_sum(balancer)
        assert all(p.grad is None for p in model.heads[1].parameters())
        assert model.shared.weight.grad is not None

    def test_batch_without_any_label_changes_nothing(self) -> None:
        model, balancer = self.fresh()
        before = balancer.weights.clone()
        self.step(model, balancer, active=(False, False, False))
        assert torch.equal(balancer.weights.data, before.data)
        assert all(p.grad is None for p in model.parameters())

    def test_state_is_saved_and_restored(self) -> None:
        model, balancer = self.fresh()
        for _ in range(3):
            self.step(model, balancer)
        twin = self.make(TASK_NAMES, model.shared.weight).double()
        twin.load_state_dict(balancer.state_dict())
        for _ in range(3):
            self.step(model, balancer)
            kept = balancer.weights.clone()
            self.step(model, twin)
            assert torch.equal(twin.weights.data, kept.data)

    def test_reset_forgets_everything(self) -> None:
        model, balancer = self.fresh()
        self.step(model, balancer)
        first = balancer.weights.clone()
        for _ in range(3):
            self.step(model, balancer)
        balancer.reset()
        self.step(model, balancer)
        assert torch.equal(balancer.weights.data, first.data)

    @pytest.mark.parametrize("scale", [0.0, 1e-30, 1e30])
    def test_weights_stay_finite_for_extreme_losses(self, scale: float) -> None:
        model, balancer = self.fresh()
        for _ in range(3):
            self.step(model, balancer, (scale, 1.0, 1.0))
        assert balancer.weights.isfinite().all()
        self.check_sum(balancer)

    def test_loss_that_is_not_a_number_is_named_and_weights_are_kept(self) -> None:
        model, balancer = self.fresh()
        self.step(model, balancer)
        before = balancer.weights.clone()
        self.step(model, balancer, (1.0, math.nan, 1.0))
        assert torch.equal(balancer.weights.data, before.data)
        with pytest.raises(NotFiniteError, match="loss of b is not finite"):
            balancer.check_finite()

    def test_scale_reaches_the_gradients_of_the_network_and_nothing_else(self) -> None:
        """A power of two multiplies without rounding, so that bits can be compared."""
        model, balancer = self.fresh()
        twin, other = self.fresh()
        for scale in (2.0**16, torch.tensor(2.0**17), torch.tensor(1.0), 2.0**-3):
            self.step(model, balancer, scale=scale)
            self.step(twin, other)
            for one, plain in zip(model.parameters(), twin.parameters(), strict=True):
                assert one.grad is not None
                assert plain.grad is not None
                assert torch.equal(one.grad, float(scale) * plain.grad)
            for name, value in balancer.state_dict().items():
                if isinstance(value, Tensor):
                    theirs = other.state_dict()[name]
                    torch.testing.assert_close(value, theirs, rtol=0, atol=0, equal_nan=True)

    @pytest.mark.parametrize("place", ["shared.weight", "heads.1.weight"])
    def test_step_whose_scaled_gradients_overflow_never_was(self, place: str) -> None:
        """In the first step and later: the next steps are those of one that did not see it."""
        model, balancer = self.fresh()
        twin, other = self.fresh()
        weight = dict(model.named_parameters())[place]
        for overflows in (True, False, True, True, False, False):
            before = balancer.weights.clone()
            if overflows:
                handle = weight.register_hook(lambda gradient: gradient * math.inf)
            self.step(model, balancer, scale=torch.tensor(2.0**16))
            if overflows:
                handle.remove()
                assert weight.grad is not None
                assert not weight.grad.isfinite().all()
                assert torch.equal(balancer.weights.data, before)
            else:
                self.step(twin, other)
                assert torch.equal(balancer.weights.data, other.weights.data)
        balancer.check_finite()

    @pytest.mark.parametrize("scale", [0.0, -1.0, math.nan])
    def test_scale_must_be_positive(self, scale: float) -> None:
        model, balancer = self.fresh()
        with pytest.raises(InputError, match="scale of the gradients"):
            self.step(model, balancer, scale=scale)

    def test_wrong_number_of_losses_is_refused(self) -> None:
        model, balancer = self.fresh()
        shared = SharedFeatures([model.shared(model.image)])
        losses = model.losses(shared.leaves[0], (1.0, 1.0, 1.0))
        with pytest.raises(InputError, match="2 of them; expected 3"):
            balancer.backward(losses[:2], shared)

    def test_tasks_must_have_unique_names(self) -> None:
        model = LinearTasks()
        with pytest.raises(InputError, match="unique names"):
            self.make(("a", "a"), model.shared.weight)
