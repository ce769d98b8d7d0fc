"""Damaged tables, image stores and checkpoints of ours are refused in one line that names them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from anascope.cohorts import Cohort, import_cohort, open_source
from anascope.cohorts.folds import draw_folds
from anascope.errors import InputError
from anascope.own_tables import file_sha256
from anascope.presets import load_preset
from anascope.studies import StudyFolder, open_study
from anascope.studies.analysis import read_results
from anascope.training import fit, new_run, open_run, read_history, train_or_resume
from tests.pretended import made_up_study, pretend_all
from tests.refusals import refused
from tests.robustness.test_changed_cohort import edit_description
from tests.small_cohort import patients, write_cohort
from tests.source_layouts import write_mivia

pytestmark = pytest.mark.timeout(60)  # a pipe that is opened keeps its reader for ever

PRESET = load_preset(
    "tiny", {"image.scale": 1.0, "image.patch_size": 64, "training.epochs": 1, "network.width": 4}
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of all tables and stores of ours, as they are written."""
    folder: Path = tmp_path_factory.mktemp("ours")
    import_cohort(
        open_source(write_mivia(folder / "set", 2), "mivia"),
        folder / "cohort",
        source_format="mivia",
    )
    shutil.copytree(folder / "cohort", folder / "older")
    edit_description(folder / "older", "tables_sha256", None)
    small = write_cohort(folder / "small", patients(6), shape=(70, 140))
    run = new_run(
        folder / "run", preset=PRESET, cohort=small, plan=draw_folds(small, count=2), fold="A"
    )
    fit(run, accelerator="cpu")
    pretend_all(made_up_study(folder / "made", people=4, factors={}, settings=[{}], **FOLDS))
    return folder


FOLDS: dict[str, Any] = {"folds": {"count": 2, "only": ["A"]}}


def read_pixels(cohort: Path) -> None:
    opened = Cohort.open(cohort)
    for record in opened.fields:
        opened.image(record)
        opened.mask(record)
        opened.instances(record)


def resumed(folder: Path) -> None:
    fit(open_run(folder / "run"), accelerator="cpu")


def results(folder: Path) -> None:
    read_results(open_study(folder / "made" / "study"))


@dataclass(frozen=True)
class Ours:
    """A file of ours: where, in the folder of :func:`written`, and what reads it, given that."""

    path: str
    read: Callable[[Path], Any]


STORE = "cohort/images/01.ome.zarr"
RUN = "made/study/runs/*"
FILES = [
    Ours("cohort/fields.parquet", lambda f: Cohort.open(f / "cohort")),
    Ours("cohort/cells.parquet", lambda f: Cohort.open(f / "cohort")),
    Ours("older/fields.parquet", lambda f: Cohort.open(f / "older")),
    Ours("older/cells.parquet", lambda f: Cohort.open(f / "older").cells()),
    Ours(f"{STORE}/0/zarr.json", lambda f: Cohort.open(f / "cohort")),
    Ours(f"{STORE}/labels/mask/0/zarr.json", lambda f: Cohort.open(f / "cohort")),
    Ours(f"{STORE}/0/c/0/0", lambda f: read_pixels(f / "cohort")),
    Ours(f"{STORE}/labels/mask/0/c/0/0", lambda f: read_pixels(f / "cohort")),
    Ours(f"{STORE}/labels/instances/0/zarr.json", lambda f: Cohort.open(f / "cohort")),
    Ours(f"{STORE}/labels/instances/0/c/0/0", lambda f: read_pixels(f / "cohort")),
    Ours("run/history.csv", lambda f: read_history(f / "run" / "history.csv")),
    Ours("run/checkpoints/epoch-001.pt", resumed),
    Ours(f"{RUN}/predictions.parquet", results),
    Ours(f"{RUN}/fields.parquet", results),
    Ours(f"{RUN}/history.csv", results),
]
each_file = pytest.mark.parametrize("ours", FILES, ids=lambda ours: ours.path)
TABLES = [ours for ours in FILES if ours.path.endswith(".parquet") and "cohort/" not in ours.path]
each_table = pytest.mark.parametrize("ours", TABLES, ids=lambda ours: ours.path)


def empty(path: Path, content: bytes) -> None:
    path.write_bytes(b"")


def half(path: Path, content: bytes) -> None:
    path.write_bytes(content[: len(content) // 2])


def turned_over(path: Path, content: bytes) -> None:
    middle = len(content) // 2
    turned = bytes(byte ^ 0xFF for byte in content[middle : middle + 40])
    path.write_bytes(content[:middle] + turned + content[middle + 40 :])


def a_list(path: Path, content: bytes) -> None:
    path.write_bytes(b"[]")


def an_object(path: Path, content: bytes) -> None:
    path.write_bytes(b"{}")


def a_zip(path: Path, content: bytes) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(40))


def a_folder(path: Path, content: bytes) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path, content: bytes) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGES = [empty, half, turned_over, a_list, an_object, a_zip, a_folder, a_pipe]


@pytest.fixture
def file(written: Path, ours: Ours) -> Iterator[Path]:
    """The file, which is put right again after the test."""
    (path,) = written.glob(ours.path)
    content = path.read_bytes()
    yield path
    if path.is_dir():
        path.rmdir()
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def refusal_of(ours: Ours, written: Path) -> InputError:
    """Return how what is damaged is refused, in a line."""
    with pytest.raises(InputError) as caught:
        ours.read(written)
    assert "\n" not in str(caught.value)
    return caught.value


@each_file
def test_as_it_was_written_it_is_read(written: Path, ours: Ours) -> None:
    ours.read(written)


@each_file
@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_named(
    written: Path, ours: Ours, file: Path, damage: Callable[[Path, bytes], None]
) -> None:
    if damage is a_pipe and file.name == "zarr.json":
        pytest.skip("is tested with the JSON files")
    if damage is turned_over and ours in TABLES:
        pytest.skip("is seen by its hash, which this one is without")
    damage(file, file.read_bytes())
    where = refusal_of(ours, written).where
    if file.parent.name == "0" and file.name != "zarr.json":  # a chunk: its store, or its field
        assert str(written / STORE) in where or "field '01'" in where
    else:
        assert str(file) in where


@each_file
def test_what_is_gone_is_named(written: Path, ours: Ours, file: Path) -> None:
    """But for checkpoints, without which a run begins anew; a chunk that is gone reads as zeros."""
    file.unlink()
    if file.suffix == ".pt" or ours.path == "older/cells.parquet":
        return
    where = refusal_of(ours, written).where
    assert str(file) in where or "field '01'" in where


@each_table
@pytest.mark.parametrize("column", ["field", "patient"])
def test_a_column_of_another_kind_is_named(
    written: Path, ours: Ours, file: Path, column: str
) -> None:
    before = pd.read_parquet(file)
    if column not in before:
        pytest.skip("has no such column")
    for wrong in ([1.5] * len(before), [["a"]] * len(before), [b"\xff"] * len(before)):
        before.assign(**{column: pd.Series(wrong)}).to_parquet(file)
        error = refusal_of(ours, written)
        assert error.where.startswith(str(file)) or "fingerprint" in error.where
    before.drop(columns=column).to_parquet(file)
    assert f"no column {column}" in refusal_of(ours, written).found


@each_table
def test_a_gap_in_a_column_that_has_none_is_named(written: Path, ours: Ours, file: Path) -> None:
    before = pd.read_parquet(file)
    before.loc[0, "field"] = None
    before.to_parquet(file)
    assert "field" in str(refusal_of(ours, written))


@pytest.mark.parametrize(
    ("array", "key", "value"),
    [
        ("0", "shape", [10**9, 10**9]),
        ("0", "shape", [3, 3]),
        ("0", "shape", [140]),
        ("0", "data_type", "float64"),
        ("0", "data_type", "uint16"),
        ("0", "chunk_grid", {"name": "regular", "configuration": {"chunk_shape": [10**9, 1]}}),
        ("0", "zarr_format", 2),
        ("labels/mask/0", "shape", [7, 7]),
        ("labels/mask/0", "data_type", "uint16"),
        ("labels/instances/0", "shape", [7, 7]),
        ("labels/instances/0", "data_type", "uint8"),
    ],
)
def test_a_store_that_cannot_hold_the_field_is_refused_unread(
    written: Path, array: str, key: str, value: Any
) -> None:
    path = written / STORE / array / "zarr.json"
    before = path.read_text()
    path.write_text(json.dumps(json.loads(before) | {key: value}))
    with pytest.raises(InputError) as caught:
        Cohort.open(written / "cohort")
    path.write_text(before)
    assert "\n" not in str(caught.value)
    assert str(written) in caught.value.where


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("image", "../../cohort/images/01", "image '../../cohort/images/01'"),
        ("y", -1, "Window(y=-1, x=0, ...)"),
        ("height", 10**6, "Window(...)"),
        ("full_scale", 65535, "full scale 65535"),
        ("has_mask", False, "no mask, and a hash of one"),
        ("instances_sha256", None, "stored instances, and no hash of them"),
        ("pixel_size_um", float("inf"), "a pixel size of inf µm"),
        ("pixel_size_um", -1.0, "a pixel size of -1.0 µm"),
    ],
)
def test_a_field_that_cannot_be_so_is_refused(
    written: Path, column: str, value: Any, found: str
) -> None:
    """In a cohort of an earlier version, which holds no hash of its tables."""
    path = written / "older" / "fields.parquet"
    before = path.read_bytes()
    table = pd.read_parquet(path)
    table.loc[0, column] = value
    table.to_parquet(path)
    with pytest.raises(InputError) as caught:
        Cohort.open(written / "older")
    path.write_bytes(before)
    if column in ("image", "y", "height", "full_scale"):
        assert caught.value.where == f"{path}, field '01'"
        assert caught.value.found.startswith(found.partition("...")[0])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("change", [lambda s: s.pop("network"), lambda s: s.update(rows=[1])])
def test_a_checkpoint_that_does_not_fit_is_refused(
    written: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    path = written / "run" / "checkpoints" / "epoch-001.pt"
    before = path.read_bytes()
    state = torch.load(path, weights_only=True)
    change(state)
    torch.save(state, path)
    with pytest.raises(InputError, match="does not fit") as caught:
        resumed(written)
    path.write_bytes(before)
    assert caught.value.where == str(path)
    assert "\n" not in str(caught.value)


def test_a_damaged_history_is_written_again_from_the_checkpoint(written: Path) -> None:
    run = open_run(written / "run")
    before = read_history(run.history)
    run.history.write_text("epoch,loss\n1,much\n")
    cohort = Cohort.open(written / "small")
    plan = draw_folds(cohort, count=2)
    train_or_resume(run.path, preset=PRESET, cohort=cohort, plan=plan, fold="A", accelerator="cpu")
    pd.testing.assert_frame_equal(read_history(run.history), before)


@pytest.mark.parametrize("name", ["predictions.parquet", "fields.parquet"])
def test_results_with_other_numbers_are_refused(written: Path, name: str) -> None:
    study: StudyFolder = open_study(written / "made" / "study")
    files = study.layout.files(study.runs[0].name)
    path, metrics = files.path / name, files.metrics.read_text()
    before = path.read_bytes()
    scores = json.loads(metrics) | {"tables_sha256": {name: file_sha256(path)}}
    files.metrics.write_text(json.dumps(scores))
    read_results(study)
    pd.read_parquet(path).assign(tp=7).to_parquet(path)
    with refused(path, "a file that was changed", "the file as it was written"):
        read_results(study)
    path.write_bytes(before)
    files.metrics.write_text(metrics)


def test_predictions_of_other_patients_are_refused(written: Path) -> None:
    study: StudyFolder = open_study(written / "made" / "study")
    path = study.layout.files(study.runs[0].name).predictions
    before = path.read_bytes()
    table = pd.read_parquet(path)
    table.loc[0, "patient"] = study.folds.folds["A"].train[0]
    table.to_parquet(path)
    with pytest.raises(InputError) as caught:
        read_results(study)
    path.write_bytes(before)
    assert caught.value.where == f"{path}, column patient"
    assert np.isin(table["patient"][0], study.folds.folds["A"].train)
