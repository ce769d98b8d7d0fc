"""What a run takes of the memory is counted before it begins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

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
    expected = kept_for_gradients(network_without_numbers(wanted, VOCABULARY), wanted)
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
        assert sum(kept.values()) == pytest.approx(expected, rel=0.02)
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


@pytest.mark.parametrize(
    ("changes", "bytes_a_pixel"),
    [
        ({"image__scale": 1.0}, 3),
        ({"image__scale": 0.5}, 3 / 4),
        ({"image__pixel_size_um": 0.25}, 3 * 4),  # of fields at 0.5 µm a pixel
        ({"tasks": ["mask", "pattern", "intensity", "cells"]}, 5),
    ],
)
def test_fields_count_at_the_size_at_which_they_are_kept(
    cohort: Cohort, changes: dict[str, Any], bytes_a_pixel: float
) -> None:
    fields = [replace(field, pixel_size_um=0.5) for field in cohort.fields]
    of_six, of_four = (
        run_memory(preset(**changes), Cohort(cohort.path, cohort.info, some), CPU)
        for some in (fields, fields[:4])
    )
    assert of_six - of_four == pytest.approx(2 * 70 * 70 * bytes_a_pixel, abs=1)
