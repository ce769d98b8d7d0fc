"""How often which patch is drawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import cast

import pytest
import torch
from pydantic import ValidationError

from anascope.errors import InputError
from anascope.presets import SamplingPreset
from anascope.records import FieldRecord, Window
from anascope.training.inputs import PatchPlace, PatchSampler, ResidentFields
from tests.small_cohort import record

WINDOW = Window(0, 0, 8, 8)


@dataclass
class Fields:
    """As much of resident fields as a sampler looks at."""

    records: tuple[FieldRecord, ...]
    patches: list[PatchPlace]

    def __len__(self) -> int:
        return len(self.patches)


def fields(*labels: tuple[str, str | None, int]) -> ResidentFields:
    """Return fields by name, pattern and number of patches."""
    records = tuple(record(name, pattern=pattern) for name, pattern, _ in labels)
    places = [
        PatchPlace(field, number, WINDOW)
        for field, (_, _, count) in enumerate(labels)
        for number in range(count)
    ]
    return cast("ResidentFields", Fields(records, places))


def drawn(sampler: PatchSampler, seed: int = 0) -> list[int]:
    return sampler.epoch(torch.Generator().manual_seed(seed))


THREE = fields(("a/1", "golgi", 4), ("a/2", "centromere", 12), ("b/1", "golgi", 2))


def test_unless_asked_otherwise_every_patch_comes_once() -> None:
    sampler = PatchSampler(THREE, SamplingPreset())
    assert len(sampler) == 18
    assert sorted(drawn(sampler)) == list(range(18))
    assert drawn(sampler) == drawn(sampler) != drawn(sampler, 1)
    # As before there was a choice: the order of a random permutation.
    wanted = torch.randperm(18, generator=torch.Generator().manual_seed(3))
    assert drawn(sampler, 3) == wanted.tolist()


@pytest.mark.parametrize("patches", [5, 18, 40])
def test_a_given_number_goes_round_before_any_patch_comes_again(patches: int) -> None:
    order = drawn(PatchSampler(THREE, SamplingPreset(patches=patches)))
    counts = Counter(order)
    assert len(order) == patches
    assert max(counts.values()) - min(counts[n] for n in range(18)) <= 1


def shares(preset: SamplingPreset) -> dict[str, float]:
    """Return by field how often it is drawn, measured over many draws."""
    many = preset.model_copy(update={"patches": 40_000})
    names = [THREE.records[place.field].field for place in THREE.patches]
    counts = Counter(names[number] for number in drawn(PatchSampler(THREE, many)))
    return {name: count / 40_000 for name, count in counts.items()}


def test_cohorts_get_their_shares_whatever_their_size() -> None:
    found = shares(SamplingPreset(cohorts={"a": 3, "b": 1}))
    # Within a, 4 of 16 patches are of its first field: 3/4 × 1/4.
    assert found == pytest.approx({"a/1": 0.1875, "a/2": 0.5625, "b/1": 0.25}, abs=0.01)


def test_a_share_of_0_leaves_a_cohort_out() -> None:
    assert set(shares(SamplingPreset(cohorts={"a": 0, "b": 1}))) == {"b/1"}
    with pytest.raises(ValidationError, match="all 0; expected one over 0"):
        SamplingPreset(cohorts={"a": 0, "b": 0})


def test_patterns_are_even_within_their_cohort() -> None:
    found = shares(SamplingPreset(cohorts={"a": 3, "b": 1}, even_patterns=True))
    assert found == pytest.approx({"a/1": 0.375, "a/2": 0.375, "b/1": 0.25}, abs=0.01)


def test_patterns_are_even_in_the_cohorts_that_are_named() -> None:
    shares_of = SamplingPreset(cohorts={"a": 3, "b": 1}, even_patterns=("b",))
    assert shares(shares_of) == pytest.approx({"a/1": 3 / 16, "a/2": 9 / 16, "b/1": 0.25}, abs=0.01)


def test_names_of_cohorts_that_are_not_there_or_without_shares_are_refused() -> None:
    with pytest.raises(InputError, match=r"sampling.even_patterns: 'c'; expected"):
        PatchSampler(THREE, SamplingPreset(cohorts={"a": 1, "b": 1}, even_patterns=("c",)))
    with pytest.raises(InputError, match=r"names without sampling.cohorts; expected true or false"):
        PatchSampler(THREE, SamplingPreset(even_patterns=("a",)))


def test_without_shares_all_cohorts_are_one() -> None:
    found = shares(SamplingPreset(even_patterns=True))
    # Golgi has 6 patches, 4 of them in a/1: half of the draws, two thirds of that half.
    assert found == pytest.approx({"a/1": 1 / 3, "a/2": 0.5, "b/1": 1 / 6}, abs=0.01)


def test_a_cohort_without_a_share_is_refused() -> None:
    with pytest.raises(InputError, match=r"sampling.cohorts: no share of cohort 'b'; expected"):
        PatchSampler(THREE, SamplingPreset(cohorts={"a": 1}))


def test_a_share_without_a_cohort_is_refused() -> None:
    with pytest.raises(InputError, match=r"sampling.cohorts: 'c'; expected"):
        PatchSampler(THREE, SamplingPreset(cohorts={"a": 1, "b": 1, "c": 1}))
