"""What a run takes of the memory is counted before it begins."""

from __future__ import annotations

import pytest
import torch
from torch.autograd.graph import saved_tensors_hooks

from anascope.cohorts import Cohort
from anascope.models import build_network, network_without_numbers
from anascope.presets import Preset, load_preset
from anascope.training import run_memory
from anascope.training._memory import kept_for_gradients
from anascope.words import IntensityScale, PatternSpace, Vocabulary
from tests.small_cohort import patients, write_cohort

VOCABULARY = Vocabulary(
    PatternSpace.covering(["homogeneous"]), IntensityScale.covering(["intermediate", "positive"])
)
CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", patients(6), shape=(70, 70))


def preset(**changes: object) -> Preset:
    small = {"image.patch_size": 64, "image.scale": 1.0}
    return load_preset("tiny", small | {key.replace("__", "."): v for key, v in changes.items()})


def test_what_a_step_keeps_is_counted_without_doing_it() -> None:
    """As a step with numbers keeps it, each storage once, weights left out."""
    wanted = preset()
    said = kept_for_gradients(network_without_numbers(wanted, VOCABULARY), wanted)
    network = build_network(wanted, VOCABULARY)
    own = {tensor.data_ptr() for tensor in network.state_dict().values()}
    kept: dict[int, int] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with saved_tensors_hooks(note, lambda tensor: tensor):
        prediction = network.decode(network.encode(torch.rand(8, 3, 64, 64)), (64, 64))
        assert sum(kept.values()) == pytest.approx(said, rel=0.02)
    assert prediction["mask"].requires_grad


def test_a_run_takes_more_with_a_wider_network_and_larger_batches(cohort: Cohort) -> None:
    taken = [
        run_memory(preset(**changes), cohort, CPU)
        for changes in ({}, {"training__batch_size": 16}, {"network__width": 32})
    ]
    assert taken[0] < taken[1]
    assert taken[0] < taken[2]


def test_half_of_what_is_kept_is_kept_in_16_bits(cohort: Cohort) -> None:
    """The published network: numbers of 8.9 GB, and 3.5 instead of 6.9 of what a step keeps."""
    published = load_preset("paper")
    single = load_preset("paper", {"training.precision": "32-true"})
    assert run_memory(published, cohort, GPU) == pytest.approx(15.0e9, rel=0.1)
    assert run_memory(single, cohort, GPU) == pytest.approx(17.8e9, rel=0.1)
