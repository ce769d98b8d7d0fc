"""Fields on the device are the cohort's, at scale, with what is known and no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anascope.cohorts import Cohort
from anascope.presets import ImagePreset
from anascope.records import MaskValue
from anascope.training.inputs import ResidentFields
from anascope.words import IntensityScale, PatternSpace, Vocabulary
from tests.small_cohort import patients, record, write_cohort

SPACE = PatternSpace(("homogeneous", "nucleolar"))
SCALE = IntensityScale()


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    records = [
        *patients(3),
        record("no-pattern", patient="q1", pattern=None),
        record("no-intensity", patient="q2", intensity=None),
        record("nuclear", patient="q3", pattern="nuclear"),
    ]
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", records)


def resident(cohort: Cohort, image: ImagePreset) -> ResidentFields:
    return ResidentFields(cohort, cohort.fields, image=image, vocabulary=Vocabulary(SPACE, SCALE))


def test_full_scale_patches_are_the_pixels(cohort: Cohort) -> None:
    fields = resident(cohort, ImagePreset(patch_size=64))
    grid = fields.grids[0]
    assert len(fields) == len(cohort) * len(grid)
    for index in (0, 5, len(grid) - 1):
        place = fields.patches[index]
        batch = fields.batch([index])
        w = place.window
        pixels = cohort.image(cohort.fields[0])[w.y : w.y + 64, w.x : w.x + 64]
        np.testing.assert_allclose(batch.signal[0, 0].numpy() * 255, pixels, atol=1e-4)
        mask = cohort.mask(cohort.fields[0])
        assert mask is not None
        expected = mask[w.y : w.y + 64, w.x : w.x + 64]
        assert np.array_equal(batch.targets["mask"][0].numpy(), expected)


def test_half_scale_averages_what_a_pixel_covers(cohort: Cohort) -> None:
    fields = resident(cohort, ImagePreset(patch_size=64, scale=0.5))
    pixels = cohort.image(cohort.fields[0]).astype(float) / 255
    averaged = pixels.reshape(75, 2, 100, 2).mean(axis=(1, 3))
    batch = fields.batch([0])
    np.testing.assert_allclose(batch.signal[0, 0].numpy(), averaged[:32, :32], atol=1e-3)


def test_labels(cohort: Cohort) -> None:
    fields = resident(cohort, ImagePreset(patch_size=200))
    batch = fields.batch(range(len(cohort)))
    assert batch.targets["pattern"].tolist() == [
        [True, False],
        [False, True],
        [True, False],
        [False, False],  # not said
        [True, False],
        [True, True],  # "nuclear" leaves both open
    ]
    intensity = batch.targets["intensity"][:, 0]
    assert intensity[[0, 1, 2, 3, 5]].tolist() == [0, 0, 1, 1, 1]
    assert intensity[4].isnan()


def test_active_says_which_tasks_have_a_label(cohort: Cohort) -> None:
    fields = resident(cohort, ImagePreset(patch_size=200))
    assert fields.batch([0, 1]).active == (True, True, True)
    assert fields.batch([3]).active == (True, False, True)
    assert fields.batch([4]).active == (True, True, False)
    assert fields.batch([3, 4]).active == (True, True, True)


def test_field_without_mask_is_unknown_everywhere(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", patients(1), masks=False)
    batch = resident(cohort, ImagePreset(patch_size=64)).batch([0])
    assert (batch.targets["mask"] == MaskValue.UNKNOWN).all()
    assert batch.active == (False, True, True)


def test_small_field_is_extended_and_the_rest_unknown(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", patients(1), shape=(140, 150))
    fields = resident(cohort, ImagePreset(patch_size=160))
    assert len(fields) == 1
    mask = fields.batch([0]).targets["mask"][0]
    assert mask.shape == (160, 160)
    assert (mask[140:] == MaskValue.UNKNOWN).all()
    assert (mask[:, 150:] == MaskValue.UNKNOWN).all()
    assert (mask[:140, :150] != MaskValue.UNKNOWN).all()


def test_unknown_pixels_survive_resizing() -> None:
    from anascope.training.inputs._field_truth import _resized_mask

    mask = np.array([[2, 2, 1, 1], [2, 2, 1, 0], [0, 0, 1, 2], [0, 0, 2, 1]], np.uint8)
    # Quarters: all unknown; three of four cell; all background; two cell and two unknown.
    assert _resized_mask(mask, 0.5).tolist() == [[2, 1], [0, 2]]


def test_sixteen_bit_images_use_their_full_scale(cohort: Cohort, tmp_path: Path) -> None:
    from anascope.cohorts._writer import CohortWriter

    folder = tmp_path / "wide"
    folder.mkdir()
    writer = CohortWriter(folder)
    pixels = np.full((140, 150), 32768, dtype=np.uint16)
    writer.add(replace(patients(1)[0]), pixels, None)
    writer.close(name="w", source="s", source_format="f", cells=None, left_out=[])
    wide = Cohort.open(folder)
    batch = resident(wide, ImagePreset(patch_size=64)).batch([0])
    assert batch.signal.mean().item() == pytest.approx(0.5, abs=1e-3)


def test_fields_of_several_types_share_a_batch(cohort: Cohort, tmp_path: Path) -> None:
    from anascope.cohorts._writer import CohortWriter

    folder = tmp_path / "mixed"
    folder.mkdir()
    writer = CohortWriter(folder)
    one, two = patients(2)
    eight_bits = np.full((140, 150), 51, dtype=np.uint8)
    writer.add(replace(one), eight_bits, None)
    writer.add(replace(two), eight_bits.astype(np.uint16) * 257, None)
    writer.close(name="m", source="s", source_format="f", cells=None, left_out=[])
    fields = resident(Cohort.open(folder), ImagePreset(patch_size=64))
    batch = fields.batch(range(len(fields)))
    np.testing.assert_allclose(batch.signal.numpy(), 0.2, atol=3e-4)
