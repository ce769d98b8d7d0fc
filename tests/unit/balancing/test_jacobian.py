"""Jacobian descent equals plain autograd, TorchJD itself, and the aggregators' own answers."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn

from anascope.balancing import AGGREGATORS, JacobianDescent, SharedFeatures
from anascope.errors import InputError
from anascope.networks import ENCODERS, JointUNet
from anascope.presets import LossPreset
from anascope.tasks import MultiTaskLoss
from anascope.words import TASK_NAMES as JOINT_TASKS
from tests.contract.balancers import TASK_NAMES, LinearTasks
from tests.refusals import refused
from tests.unit.balancing.test_gradnorm_reference import SIZE, make_batch, make_network

needs_torchjd = pytest.mark.skipif(
    find_spec("torchjd") is None, reason="TorchJD is not installed (extra torchjd)"
)
SOLVERS = {"cagrad": "clarabel", "nash-mtl": "ecos"}
EACH = [
    pytest.param(
        name,
        marks=[
            needs_torchjd,
            pytest.mark.skipif(
                name in SOLVERS and find_spec(SOLVERS[name]) is None,
                reason=f"{SOLVERS.get(name)} is not installed",
            ),
            pytest.mark.filterwarnings("ignore:You are solving a parameterized problem"),  # cvxpy
        ],
    )
    for name in AGGREGATORS
]
SCALES = (1.0, 2.0, 3.0)


class Stairs(nn.Module):
    """Two shared maps, the deeper computed from the shallower, which a head also reads."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.first = nn.Linear(5, 4).double()
        self.second = nn.Linear(4, 3).double()
        self.skip_head = nn.Linear(7, 1).double()
        self.heads = nn.ModuleList(nn.Linear(3, 1).double() for _ in range(2))
        self.image = torch.randn(6, 5, dtype=torch.float64)
        self.truth = torch.randn(3, 6, 1, dtype=torch.float64)

    @property
    def shared(self) -> list[nn.Parameter]:
        return [*self.first.parameters(), *self.second.parameters()]

    def encode(self) -> list[Tensor]:
        shallow = torch.tanh(self.first(self.image))
        return [shallow, torch.tanh(self.second(shallow))]

    def losses(self, copies: Sequence[Sequence[Tensor]]) -> list[Tensor]:
        """Return the losses, each task reading maps of its own."""
        read = [
            self.skip_head(torch.cat(list(copies[0]), dim=1)),
            *(head(maps[1]) for head, maps in zip(self.heads, copies[1:], strict=True)),
        ]
        return [(one - truth).square().mean() for one, truth in zip(read, self.truth, strict=True)]

    def gradients(self) -> dict[str, Tensor | None]:
        found = {name: p.grad for name, p in self.named_parameters()}
        self.zero_grad()
        return found


def conflicting() -> LinearTasks:
    """Return tasks of which two pull against each other: one head, wanting opposite answers."""
    model = LinearTasks()
    first, _, third = (cast(nn.Linear, head) for head in model.heads)
    with torch.no_grad():
        third.weight.copy_(first.weight)
        first.bias.fill_(2.0)
        third.bias.fill_(-3.0)
    return model


def rows_of(model: LinearTasks, scales: Sequence[float] = SCALES) -> Tensor:
    """Return the Jacobian at the shared weight, a row a task, by plain autograd."""
    losses = model.losses(model.shared(model.image), scales)
    return torch.stack(
        [
            torch.autograd.grad(loss, model.shared.weight, retain_graph=True)[0].flatten()
            for loss in losses
        ]
    )


def step(
    model: LinearTasks,
    balancer: JacobianDescent,
    scales: Sequence[float] = SCALES,
    active: Sequence[bool] | None = None,
    *,
    scale: float | Tensor = 1.0,
) -> Tensor:
    """Take a step; return the gradient of the shared weight."""
    model.zero_grad()
    shared = SharedFeatures([model.shared(model.image)])
    balancer.backward(model.losses(shared.leaves[0], scales), shared, active, scale=scale)
    assert model.shared.weight.grad is not None
    return model.shared.weight.grad.flatten()


def make(model: LinearTasks, aggregator: Any = "upgrad", **options: Any) -> JacobianDescent:
    return JacobianDescent(TASK_NAMES, aggregator, model.shared.parameters(), **options).double()


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    for name in one:
        torch.testing.assert_close(one[name], other[name], rtol=1e-9, atol=1e-13, msg=name)


@needs_torchjd
@pytest.mark.parametrize("at", ["parameters", "features"])
@pytest.mark.parametrize("encoder", sorted(ENCODERS))
def test_the_sum_of_the_rows_is_the_gradient_of_the_sum(encoder: str, at: Any) -> None:
    """The whole joint U-Net, skips and all: what one plain backward pass gives."""
    network = make_network(encoder)
    twin = copy.deepcopy(network)
    image, targets = make_batch()
    criterion = MultiTaskLoss(LossPreset(mask="dice"))
    balancer = JacobianDescent(JOINT_TASKS, "sum", network.encoder.parameters(), at=at).double()

    shared = SharedFeatures(network.encode(image))
    losses = criterion(network.decode(shared.leaves, (SIZE, SIZE)), targets)
    balancer.backward(losses, shared)
    torch.stack(criterion(twin(image), targets)).sum().backward()

    ours = {name: p.grad for name, p in network.named_parameters()}
    theirs = {name: p.grad for name, p in twin.named_parameters()}
    assert all(gradient is not None and gradient.any() for gradient in theirs.values())
    for name in theirs:
        torch.testing.assert_close(ours[name], theirs[name], rtol=1e-7, atol=1e-12, msg=name)
    assert balancer.weights.tolist() == pytest.approx([1, 1, 1])


@needs_torchjd
def test_equals_torchjd_on_a_model_built_as_it_asks() -> None:
    from torchjd.aggregation import UPGrad
    from torchjd.autojac import jac_to_grad, mtl_backward

    ours, theirs = Stairs(), Stairs()
    balancer = JacobianDescent(TASK_NAMES, "upgrad", ours.shared).double()
    shared = SharedFeatures(ours.encode())
    balancer.backward(ours.losses([shared.leaves] * 3), shared)

    # Its features must not depend on each other: heads get clones, the encoder goes on without.
    clones = [one.clone() for one in theirs.encode()]
    mtl_backward(theirs.losses([clones] * 3), features=clones)
    weights = jac_to_grad(theirs.shared, UPGrad())

    assert weights is not None
    assert (weights - 1 / 3).abs().max() > 0.01, "no conflict, so nothing was settled"
    torch.testing.assert_close(balancer.weights.data, weights)
    same(ours.gradients(), theirs.gradients())


@pytest.mark.parametrize("name", EACH)
def test_shared_gradient_is_the_aggregators_answer(name: str) -> None:
    """The same aggregator, handed the Jacobian that plain autograd gives; chance seeded alike."""
    from torchjd import aggregation

    makers: dict[str, Callable[[], Any]] = {
        "upgrad": aggregation.UPGrad,
        "dualproj": aggregation.DualProj,
        "pcgrad": aggregation.PCGrad,
        "mgda": aggregation.MGDA,
        "imtl-g": aggregation.IMTLG,
        "aligned-mtl": aggregation.AlignedMTL,
        "graddrop": aggregation.GradDrop,
        "cagrad": partial(aggregation.CAGrad, c=0.4),
        "nash-mtl": partial(aggregation.NashMTL, n_tasks=3),
        "random": aggregation.Random,
        "mean": aggregation.Mean,
        "sum": aggregation.Sum,
    }
    reference = makers[name]()
    model = conflicting()
    balancer = make(model, name, seed=7)
    for number in range(3):
        jacobian = rows_of(model)
        assert (jacobian @ jacobian.T).min() < 0, "rows must conflict"
        gradient = step(model, balancer)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(7 + number)
            expected = reference(jacobian)
        torch.testing.assert_close(gradient, expected, rtol=1e-5, atol=1e-8)
        if name != "graddrop":
            torch.testing.assert_close(balancer.weights @ jacobian, gradient)
        with torch.no_grad():
            model.shared.weight -= 0.05 * gradient.view_as(model.shared.weight)


@needs_torchjd
def test_upgrad_hurts_no_task() -> None:
    model = conflicting()
    jacobian = rows_of(model)
    assert (jacobian @ jacobian.mean(dim=0)).min() < 0, "the mean must hurt one"
    assert (jacobian @ step(model, make(model))).min() > -1e-3


@needs_torchjd
@pytest.mark.parametrize("factor", [1e-8, 1e-4, 1e4])
def test_weights_do_not_depend_on_the_size_of_all_losses(factor: float) -> None:
    """TorchJD by itself takes gradients of norm under 0.01 for zero."""
    model = conflicting()
    balancer = make(model)
    gradient = step(model, balancer).clone()
    weights = balancer.weights.clone()
    scaled = step(model, balancer, [factor * scale for scale in SCALES])
    torch.testing.assert_close(balancer.weights, weights, rtol=1e-9, atol=0)
    torch.testing.assert_close(scaled, factor * gradient, rtol=1e-9, atol=0)


@pytest.mark.parametrize("name", EACH)
def test_scaled_gradients_are_aggregated_unscaled(name: str) -> None:
    model = conflicting()
    balancer, plain = make(model, name), make(model, name)
    for scale in (2.0**16, torch.tensor(2.0**10)):
        scaled = step(model, balancer, scale=scale).clone()
        torch.testing.assert_close(scaled, scale * step(model, plain), rtol=1e-9, atol=0)
        torch.testing.assert_close(balancer.weights, plain.weights, rtol=1e-9, atol=0)


@pytest.mark.parametrize("own", ["UPGrad", "TrimmedMean"])  # with weights, and without
@needs_torchjd
def test_scale_does_not_reach_an_aggregator_of_ones_own(own: str) -> None:
    """TorchJD takes these gradients for zero, but not their multiples by the scale."""
    from torchjd import aggregation

    makers: dict[str, Callable[[], Any]] = {
        "UPGrad": aggregation.UPGrad,
        "TrimmedMean": partial(aggregation.TrimmedMean, trim_number=1),
    }
    model = conflicting()
    tiny = [1e-4 * each for each in SCALES]
    plain = step(model, make(model, makers[own]()), tiny).clone()
    scaled = step(model, make(model, makers[own]()), tiny, scale=2.0**16)
    torch.testing.assert_close(scaled, 2.0**16 * plain, rtol=1e-9, atol=0)


@pytest.mark.parametrize("name", EACH)
def test_overflow_is_not_remembered(name: str) -> None:
    model = conflicting()
    balancer = make(model, name)
    step(model, balancer)
    before = balancer.weights.clone(), balancer.get_extra_state()["nash"]
    head = cast(nn.Linear, model.heads[0]).weight  # the Jacobian itself is sound
    with head.register_hook(lambda gradient: gradient * float("inf")):
        step(model, balancer, [30.0, 1.0, 1.0], scale=2.0**16)
    assert torch.equal(balancer.weights, before[0])
    assert balancer.get_extra_state()["nash"] == before[1]


@needs_torchjd
def test_at_features_weighs_by_the_gradients_there() -> None:
    from torchjd.aggregation import UPGradWeighting

    model, twin = Stairs(), Stairs()
    balancer = JacobianDescent(TASK_NAMES, "upgrad", at="features").double()
    shared = SharedFeatures(model.encode())
    balancer.backward(model.losses([shared.leaves] * 3), shared)

    losses = twin.losses([[one.detach().requires_grad_() for one in twin.encode()]] * 3)
    leaves = [one.detach().requires_grad_() for one in twin.encode()]
    rows = []
    for loss in twin.losses([leaves] * 3):
        found = torch.autograd.grad(loss, leaves, allow_unused=True)
        parts = [
            torch.zeros_like(leaf) if one is None else one
            for one, leaf in zip(found, leaves, strict=True)
        ]
        rows.append(torch.cat([part.flatten() for part in parts]))
    jacobian = torch.stack(rows)
    gramian = jacobian @ jacobian.T
    weights = UPGradWeighting()(gramian / gramian.trace())
    torch.testing.assert_close(balancer.weights.data, weights)

    # The shared part gets the weighted sum of the true gradients, heads their own.
    losses = twin.losses([twin.encode()] * 3)
    (weights * torch.stack(losses)).sum().backward(inputs=twin.shared, retain_graph=True)
    heads = [p for p in twin.parameters() if all(p is not one for one in twin.shared)]
    torch.stack(losses).sum().backward(inputs=heads)
    same(model.gradients(), twin.gradients())


@needs_torchjd
@pytest.mark.parametrize("at", ["parameters", "features"])
def test_task_without_labels_is_left_out(at: Any) -> None:
    model, twin = conflicting(), conflicting()
    balancer = make(model, at=at)
    step(model, balancer)
    before = balancer.weights.clone()
    gradient = step(model, balancer, (1.0, float("nan"), 3.0), active=(True, False, True))

    alone = JacobianDescent(("a", "c"), "upgrad", twin.shared.parameters(), at=at).double()
    shared = SharedFeatures([twin.shared(twin.image)])
    losses = twin.losses(shared.leaves[0], SCALES)
    alone.backward([losses[0], losses[2]], shared)
    assert twin.shared.weight.grad is not None
    torch.testing.assert_close(gradient, twin.shared.weight.grad.flatten())
    torch.testing.assert_close(balancer.weights[[0, 2]], alone.weights.data)
    assert balancer.weights[1] == before[1]
    assert all(p.grad is None for p in model.heads[1].parameters())


@pytest.mark.parametrize("name", EACH)
def test_one_label_alone_is_enough(name: str) -> None:
    model = LinearTasks()
    gradient = step(model, make(model, name), active=(False, True, False))
    torch.testing.assert_close(gradient, rows_of(model)[1])


@pytest.mark.parametrize("name", EACH)
def test_two_labels_of_three_are_enough(name: str) -> None:
    model = conflicting()
    balancer = make(model, name)
    gradient = step(model, balancer, active=(True, False, True))
    if name != "graddrop":
        weights = balancer.weights * torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
        torch.testing.assert_close(gradient, weights @ rows_of(model))
    assert gradient.any()


@needs_torchjd
def test_gradients_are_added_to_those_that_are_there() -> None:
    model = conflicting()
    balancer = make(model)
    once = step(model, balancer).clone()
    shared = SharedFeatures([model.shared(model.image)])
    balancer.backward(model.losses(shared.leaves[0], SCALES), shared)
    assert model.shared.weight.grad is not None
    torch.testing.assert_close(model.shared.weight.grad.flatten(), 2 * once)


@pytest.mark.parametrize("name", EACH)
def test_a_saved_one_goes_on_as_the_unbroken_one_and_leaves_chance_alone(name: str) -> None:
    def steps(model: LinearTasks, balancer: JacobianDescent, count: int) -> Iterator[Tensor]:
        for _ in range(count):
            gradient = step(model, balancer).clone()
            yield gradient
            with torch.no_grad():
                model.shared.weight -= 0.05 * gradient.view_as(model.shared.weight)

    model = conflicting()
    balancer = make(model, name)
    list(steps(model, balancer, 3))
    twin = copy.deepcopy(model)
    other = make(twin, name)
    other.load_state_dict(balancer.state_dict())
    torch.manual_seed(99)  # another process has another state of chance
    before = torch.random.get_rng_state()
    for one, two in zip(steps(model, balancer, 3), steps(twin, other, 3), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-7, atol=0)
    assert torch.equal(torch.random.get_rng_state(), before)


@needs_torchjd
def test_chance_differs_by_seed_and_step() -> None:
    model = LinearTasks()
    balancer, other = make(model, "random"), make(model, "random", seed=1000)
    drawn = []
    for each in (balancer, balancer, other):
        step(model, each)
        drawn.append(each.weights.clone())
    assert not torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


@needs_torchjd
def test_an_aggregator_of_ones_own() -> None:
    from torchjd.aggregation import UPGrad

    model = conflicting()
    preferred = torch.tensor([0.1, 0.2, 0.7], dtype=torch.float64)
    gradient = step(model, make(model, UPGrad(pref_vector=preferred)))
    torch.testing.assert_close(gradient, UPGrad(pref_vector=preferred)(rows_of(model)))


@needs_torchjd
def test_a_compiled_encoder() -> None:
    """One pass goes as it is; for several PyTorch must be told to keep what they need."""
    import torch._functorch.config as functorch

    image, targets = make_batch()
    criterion = MultiTaskLoss(LossPreset(mask="dice"))

    def gradients(network: nn.Module, at: Any) -> list[Tensor]:
        assert isinstance(network, JointUNet)
        network.zero_grad()
        balancer = JacobianDescent(JOINT_TASKS, "upgrad", network.encoder.parameters(), at=at)
        shared = SharedFeatures(network.encode(image))
        losses = criterion(network.decode(shared.leaves, (SIZE, SIZE)), targets)
        balancer.double().backward(losses, shared)
        return [p.grad for p in network.parameters() if p.grad is not None]

    def compiled() -> JointUNet:
        torch._dynamo.reset()
        network = make_network("plain")
        network.encoder.compile(backend="aot_eager")
        return network

    plain = make_network("plain")
    network = compiled()
    torch.testing.assert_close(gradients(network, "features"), gradients(plain, "features"))
    with pytest.raises(InputError, match="donated_buffer = False before compiling, or at='feat"):
        gradients(network, "parameters")
    with functorch.patch(donated_buffer=False):
        network = compiled()
        ours, theirs = gradients(network, "parameters"), gradients(plain, "parameters")
    torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-10)
    torch._dynamo.reset()


@needs_torchjd
def test_frozen_parameters_get_nothing() -> None:
    model = Stairs()
    model.first.requires_grad_(False)
    balancer = JacobianDescent(TASK_NAMES, "upgrad", model.shared).double()
    shared = SharedFeatures(model.encode())
    balancer.backward(model.losses([shared.leaves] * 3), shared)
    assert model.first.weight.grad is None
    assert model.second.weight.grad is not None
    assert model.second.weight.grad.any()


@needs_torchjd
def test_a_forgotten_shared_parameter_is_named() -> None:
    model = Stairs()
    balancer = JacobianDescent(TASK_NAMES, "upgrad", model.first.parameters()).double()
    shared = SharedFeatures(model.encode())
    with pytest.raises(InputError, match=r"one of shape \(3, 4\) is missing|\(3,\) is missing"):
        balancer.backward(model.losses([shared.leaves] * 3), shared)


@needs_torchjd
def test_shared_parameters_are_not_its_own() -> None:
    balancer = make(LinearTasks())
    assert [name for name, _ in balancer.named_parameters()] == ["weights"]


@needs_torchjd
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"aggregator": "upgrade"}, r"aggregator: 'upgrade'; .*did you mean 'upgrad'"),
        ({"at": "feature"}, r"'feature'; .*did you mean 'features'"),
        ({"shared_parameters": ()}, "no shared parameters"),
        ({"aggregator": "graddrop", "at": "features"}, "graddrop; expected an aggregator with"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        JacobianDescent(
            TASK_NAMES, **{"shared_parameters": LinearTasks().shared.parameters(), **options}
        )


def test_without_torchjd_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] == "torchjd"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "torchjd", None)
    with refused("balancer pcgrad", "torchjd is not installed", "anascope[torchjd] ..."):
        make(LinearTasks(), "pcgrad")


@needs_torchjd
@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("cagrad", "anascope[solvers]"),
        ("nash-mtl", "anascope[solvers]"),
        ("upgrad", "anascope[torchjd]"),
    ],
)
def test_without_a_solver_what_brings_it_is_named(
    name: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torchjd._mixins.find_spec", lambda name: None)
    with refused(f"balancer {name}", "its solver is not installed", f"{extra} ..."):
        make(LinearTasks(), name)
