"""Two processes with half the batch each do the step of one process with the whole batch."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor, nn

from anascope.balancing import (
    Balancer,
    FixedWeights,
    GradNorm,
    SharedFeatures,
    StableGradNorm,
    any_over_processes,
    average_gradients,
    gather_rows,
    mean_over_processes,
    shares_of_batch,
)
from anascope.errors import NotFiniteError
from anascope.networks import JointUNet
from anascope.presets import LossPreset
from anascope.tasks import MultiTaskLoss
from anascope.words import TASK_NAMES
from tests.two_processes import Results, in_two_processes, part_of
from tests.unit.balancing.other_balancers import KINDS, train_each
from tests.unit.balancing.small_network import ROWS, STEPS, Small, images

pytestmark = pytest.mark.timeout(480)

SIZE = 32


def balancer_of(kind: str, weight: Tensor) -> Balancer:
    if kind == "fixed":
        return FixedWeights(TASK_NAMES, (0.5, 1.0, 1.5)).double()
    if kind == "stable":
        return StableGradNorm(TASK_NAMES, weight, alpha=3.0, learning_rate=0.02).double()
    return GradNorm(TASK_NAMES, weight, alpha=0.6, learning_rate=0.02).double()


def state(model: nn.Module, balancer: Balancer) -> Results:
    kept = {f"model.{name}": value.clone() for name, value in model.state_dict().items()}
    kept |= {
        f"gradient.{name}": value.grad.clone()
        for name, value in model.named_parameters()
        if value.grad is not None
    }
    kept["weights"] = balancer.weights.data.clone()
    if isinstance(balancer, GradNorm):
        kept["norms"] = balancer.norms.clone()
        kept["initial"] = balancer.initial_losses.clone()
    return kept


def train(
    kind: str,
    losses_of: Callable[[Small, SharedFeatures, int], tuple[Sequence[Tensor], Sequence[bool]]],
    own: slice,
    *,
    restart_at: int | None = None,
) -> Results:
    """Return the state after every step of a training of ``Small``."""
    model = Small()
    balancer = balancer_of(kind, model.last.weight)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    done: Results = {}
    for step, whole in enumerate(images()):
        if step == restart_at:
            saved = balancer.state_dict()
            balancer = balancer_of(kind, model.last.weight)
            balancer.load_state_dict(saved)
        optimizer.zero_grad()
        shared = SharedFeatures(model.encode(whole[own]))
        losses, active = losses_of(model, shared, step)
        balancer.backward(losses, shared, active)
        average_gradients(model.parameters())
        optimizer.step()
        done |= {f"{step}.{key}": value for key, value in state(model, balancer).items()}
    balancer.check_finite()
    return done


def means(kind: str, restart_at: int | None, rank: int, count: int) -> Results:
    """Every row has every label: the processes' means are as they are."""

    def losses_of(
        model: Small, shared: SharedFeatures, step: int
    ) -> tuple[Sequence[Tensor], Sequence[bool]]:
        return [rows.mean() for rows in model.squares(shared)], (True, True, True)

    return train(kind, losses_of, part_of(ROWS, rank, count), restart_at=restart_at)


def labels(step: int) -> Tensor:
    """Return (rows, tasks), which labels are known: some in one half of the rows alone."""
    generator = torch.Generator().manual_seed(10 + step)
    known = torch.rand(ROWS, 3, generator=generator) < 0.6
    known[: ROWS // 2, 1] = False
    known[ROWS // 2, 1] = True
    if step == 2:
        known[:, 2] = False
    return known


def partial(kind: str, rank: int, count: int) -> Results:
    """Labels are missing, for one task in a whole process: losses are weighed by labels."""
    own = part_of(ROWS, rank, count)

    def losses_of(
        model: Small, shared: SharedFeatures, step: int
    ) -> tuple[Sequence[Tensor], Sequence[bool]]:
        known = labels(step)[own]
        counts = known.sum(dim=0)
        losses = [
            (rows * known[:, task]).sum() / counts[task].clamp(min=1)
            for task, rows in enumerate(model.squares(shared))
        ]
        active = any_over_processes([bool(number) for number in counts])
        return shares_of_batch(losses, counts), active

    return train(kind, losses_of, own)


def joint(mask_loss: str, kind: str, rows: int, gather: bool, rank: int, count: int) -> Results:
    """The joint network, batch normalisation evaluating, losses of the parts or of the whole."""
    torch.manual_seed(3)
    outputs = {"pattern": 4, "intensity": 1}
    network = JointUNet(encoder="residual", width=4, hidden=8, outputs=outputs).double().eval()
    balancer = balancer_of(kind, network.last_shared_weight)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    generator = torch.Generator().manual_seed(5)
    image = torch.randn(rows, 3, SIZE, SIZE, generator=generator, dtype=torch.float64)
    mask = torch.randint(0, 2, (rows, SIZE, SIZE), generator=generator).to(torch.uint8)
    targets = {
        "mask": mask,
        "pattern": torch.eye(4, dtype=torch.bool)[torch.arange(rows) % 4],
        "intensity": (torch.arange(rows) % 2)[:, None].double(),
    }
    if gather:  # what is unknown is unknown in one process alone
        targets["mask"][0, : SIZE // 2] = 2
        targets["pattern"][0] = True
        targets["intensity"][: rows // 2] = math.nan
    own, parts = part_of(rows, rank, count), [0] * count
    for place in range(count):
        parts[place] = len(range(*part_of(rows, place, count).indices(rows)))
    for _ in range(3):
        optimizer.zero_grad()
        shared = SharedFeatures(network.encode(image[own]))
        prediction = network.decode(shared.leaves, (SIZE, SIZE))
        truth = targets
        if gather:
            prediction = {task: gather_rows(logits, parts) for task, logits in prediction.items()}
        else:
            truth = {task: known[own] for task, known in targets.items()}
        balancer.backward(MultiTaskLoss(LossPreset(mask=mask_loss))(prediction, truth), shared)
        average_gradients(network.parameters())
        optimizer.step()
    return state(network, balancer)


def not_a_number(kind: str, rank: int, count: int) -> Results:
    """In the second step, one process has a loss that is not a number."""
    model = Small()
    balancer = balancer_of(kind, model.last.weight)
    for step in range(2):
        before = balancer.weights.data.clone()
        shared = SharedFeatures(model.encode(images()[step, part_of(ROWS, rank, count)]))
        losses = [rows.mean() for rows in model.squares(shared)]
        if step == 1 and rank == count - 1:
            losses[1] = losses[1] * math.nan
        balancer.backward(losses, shared)
    named = ""
    try:
        balancer.check_finite()
    except NotFiniteError as error:
        named = str(error)
    kept = torch.equal(before, balancer.weights.data)
    return {"says": torch.tensor([*named.encode()]), "kept": torch.tensor(kept)}


def overflow(rank: int, count: int) -> Results:
    """In the second step, a scaled gradient overflows in one process."""
    model = Small()
    balancer = balancer_of("gradnorm", model.last.weight)
    done: Results = {}
    for step in range(3):
        shared = SharedFeatures(model.encode(images()[step, part_of(ROWS, rank, count)]))
        losses = [rows.mean() for rows in model.squares(shared)]
        by = math.inf if step == 1 and rank == count - 1 else 1.0
        with model.first.weight.register_hook(lambda gradient, by=by: gradient * by):
            balancer.backward(losses, shared, scale=2.0**16)
        done[f"weights {step}"] = balancer.weights.data.clone()
        model.zero_grad()
    return done


SCENARIOS: dict[str, Callable[[int, int], Results]] = {}
for _kind in ("fixed", "gradnorm"):
    SCENARIOS |= {
        f"means {_kind}": functools.partial(means, _kind, None),
        f"restored {_kind}": functools.partial(means, _kind, 2),
        f"partial {_kind}": functools.partial(partial, _kind),
        f"joint bce {_kind}": functools.partial(joint, "bce", _kind, 4, False),
        f"gathered dice {_kind}": functools.partial(joint, "dice", _kind, 5, True),
        f"gathered bce {_kind}": functools.partial(joint, "bce", _kind, 5, True),
        f"not a number {_kind}": functools.partial(not_a_number, _kind),
    }
SCENARIOS["overflow"] = overflow
SCENARIOS["partial stable"] = functools.partial(partial, "stable")
SCENARIOS["others"] = train_each


def all_scenarios(rank: int, count: int) -> Results:
    return {
        f"{name}/{key}": value
        for name, scenario in SCENARIOS.items()
        for key, value in scenario(rank, count).items()
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[Results]:
    """What two processes come to in all scenarios, for one start of two processes."""
    return in_two_processes(all_scenarios, tmp_path_factory.mktemp("processes"))


@pytest.mark.parametrize("name", [name for name in SCENARIOS if "number" not in name])
def test_equals_one_process_with_the_whole_batch(name: str, both: list[Results]) -> None:
    alone = SCENARIOS[name](0, 1)
    assert any("weights" in key for key in alone)
    for key, value in alone.items():
        ours = both[0][f"{name}/{key}"]
        torch.testing.assert_close(ours, value, rtol=1e-10, atol=1e-12, msg=f"{name}: {key}")
    assert {key for key in both[0] if key.startswith(f"{name}/")} == {f"{name}/{k}" for k in alone}


def test_all_processes_hold_the_same_bits(both: list[Results]) -> None:
    one, other = both
    assert one.keys() == other.keys()
    assert [key for key in one if not torch.equal(one[key], other[key])] == []


def test_a_balancer_that_is_restored_goes_on_as_if_it_had_not_been(both: list[Results]) -> None:
    for key, value in both[0].items():
        name, _, rest = key.partition("/")
        if name == "means gradnorm":
            assert torch.equal(both[0][f"restored gradnorm/{rest}"], value)


@pytest.mark.parametrize("kind", ["fixed", "gradnorm"])
def test_a_loss_that_is_no_number_in_one_process_stops_all(kind: str, both: list[Results]) -> None:
    for result in both:
        message = bytes(result[f"not a number {kind}/says"].tolist()).decode()
        assert message == "loss of pattern is not finite"
        assert result[f"not a number {kind}/kept"]


def test_an_overflow_in_one_process_leaves_the_step_out_in_all(both: list[Results]) -> None:
    for result in both:
        before, kept, after = (result[f"overflow/weights {step}"] for step in range(3))
        assert torch.equal(before, kept)
        assert not torch.equal(kept, after)


def test_gradnorm_moved_its_weights_in_the_scenarios(both: list[Results]) -> None:
    """Else the equalities above would say little."""
    for name in ("means", "partial"):
        weights = both[0][f"{name} gradnorm/{STEPS - 1}.weights"]
        assert (weights - 1).abs().max() > 0.02
    assert not torch.equal(
        both[0]["partial gradnorm/1.weights"][:2], both[0]["partial gradnorm/2.weights"][:2]
    )
    assert torch.equal(
        both[0]["partial gradnorm/1.weights"][2], both[0]["partial gradnorm/2.weights"][2]
    )


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("graddrop")])
def test_other_balancers_moved_their_weights(kind: str, both: list[Results]) -> None:
    moved = {tuple(both[0][f"others/{kind}, {step}, weights"].tolist()) for step in range(STEPS)}
    assert len(moved) > 1


def test_one_process_sends_nothing() -> None:
    tensor = torch.randn(3, requires_grad=True)
    assert mean_over_processes(tensor) is tensor
    assert gather_rows(tensor) is tensor
    losses = [tensor.sum()]
    assert shares_of_batch(losses, torch.tensor([0])) == losses
    assert any_over_processes([True, False]) == (True, False)
    parameter = nn.Parameter(torch.ones(2))
    parameter.grad = torch.ones(2)
    before = parameter.grad
    average_gradients([parameter])
    assert parameter.grad is before
