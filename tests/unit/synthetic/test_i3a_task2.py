"""The drawn cohort is laid out as the I3A Task 2 set is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile

from anascope.errors import InputError
from anascope.synthetic import PATTERNS, write_i3a_task2

SHAPE = (90, 120)


def written(folder: Path, *, patients: int = 8, fields: int = 2, seed: int = 1) -> Path:
    write_i3a_task2(
        folder,
        patients=patients,
        fields_per_patient=fields,
        shape=SHAPE,
        seed=seed,
        cell_diameter=24.0,
    )
    return folder


def test_layout(tmp_path: Path) -> None:
    folder = written(tmp_path / "set")
    table = pd.read_csv(folder / "labels.csv")
    assert list(table.columns) == ["Image", "Mask", "Label", "Intensity"]
    assert len(table) == 16
    assert table["Image"].tolist()[:3] == ["001_1.tif", "001_2.tif", "002_1.tif"]
    assert table["Mask"].tolist()[:2] == ["001_1_Mask.tif", "001_2_Mask.tif"]
    files = {path.name for path in folder.iterdir()}
    assert files == {"labels.csv", *table["Image"], *table["Mask"]}


def test_pixels(tmp_path: Path) -> None:
    folder = written(tmp_path / "set", patients=1, fields=1)
    image, mask = (tifffile.imread(folder / f"001_1{end}.tif") for end in ("", "_Mask"))
    assert image.shape == mask.shape == SHAPE
    assert image.dtype == mask.dtype == np.uint8
    assert np.unique(mask).tolist() == [0, 255]
    assert image[mask == 255].mean() > 2 * image[mask == 0].mean()


def test_patients_have_one_label_each_and_take_turns(tmp_path: Path) -> None:
    table = pd.read_csv(written(tmp_path / "set") / "labels.csv")
    patient = table["Image"].str.slice(0, 3)
    assert (table.groupby(patient)[["Label", "Intensity"]].nunique() == 1).to_numpy().all()
    pairs = set(zip(table["Label"].str.strip(), table["Intensity"], strict=True))
    assert pairs == {(p, i) for p in PATTERNS for i in ("intermediate", "positive")}


def test_some_labels_end_in_a_blank(tmp_path: Path) -> None:
    labels = pd.read_csv(written(tmp_path / "set") / "labels.csv")["Label"]
    assert 0 < labels.str.endswith(" ").sum() < len(labels)


def test_same_seed_same_files(tmp_path: Path) -> None:
    one, same = written(tmp_path / "one", patients=2), written(tmp_path / "same", patients=2)
    for path in one.iterdir():
        assert path.read_bytes() == (same / path.name).read_bytes()
    other = written(tmp_path / "other", patients=2, seed=2)
    assert (one / "001_1.tif").read_bytes() != (other / "001_1.tif").read_bytes()


def test_more_patients_leave_the_others_as_they_are(tmp_path: Path) -> None:
    few = written(tmp_path / "few", patients=1, fields=1)
    many = written(tmp_path / "many", patients=2, fields=2)
    for name in ("001_1.tif", "001_1_Mask.tif"):
        assert (few / name).read_bytes() == (many / name).read_bytes()


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(InputError, match="exists already"):
        written(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_fields_that_would_be_read_as_patches_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="384×384"):
        write_i3a_task2(tmp_path / "set", patients=1, fields_per_patient=1, shape=(384, 384))
    assert not (tmp_path / "set").exists()
