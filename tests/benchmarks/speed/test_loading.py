"""What the benchmark of loading says of the fields' memory is what their tensors take."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.presets import load_preset
from anascope.training._vocabulary import vocabulary_of
from anascope.training.inputs import ResidentFields
from benchmarks.speed.loading import loading
from tests.small_cohort import patients, write_cohort


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_bytes_are_those_that_are_kept(tmp_path: Path, scale: float) -> None:
    cohort = write_cohort(tmp_path / "cohort", patients(4))
    preset = load_preset("tiny", {"image.scale": scale, "image.patch_size": 64})
    found = loading(preset, cohort, rounds=3)
    words = vocabulary_of(preset, cohort)
    kept = ResidentFields(cohort, cohort.fields, image=preset.image, vocabulary=words)
    tensors = [windows._rows.untyped_storage() for windows in (kept._signal, kept._mask)]
    assert found["bytes_of_fields"] == sum(storage.nbytes() for storage in tensors)
    assert len(found["rounds"]) == 3
    assert min(found["rounds"]) <= found["processor_seconds"] <= max(found["rounds"])
    assert 0 < found["share_of_memory"] < 1
