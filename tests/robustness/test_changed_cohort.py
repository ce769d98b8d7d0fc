"""A cohort that was changed after its import is refused by every command that would use it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds, write_folds
from anascope.errors import InputError
from anascope.models import Model, ModelCard, build_network, save_model
from anascope.presets import load_preset
from anascope.training import new_run
from anascope.words import PatternSpace, Vocabulary
from tests.small_cohort import PATTERNS, patients, write_cohort

SMALL = ["--preset=tiny", "--set=image.patch_size=64", "--set=image.scale=1", "--epochs=1"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a cohort, folds of it, a run with a model, and a second cohort."""
    folder: Path = tmp_path_factory.mktemp("sound")
    cohort = write_cohort(folder / "cohort", patients(10), shape=(70, 140))
    write_cohort(folder / "other", patients(2), shape=(70, 140), seed=1)
    plan = draw_folds(cohort)
    write_folds(plan, folder / "folds.json")
    preset = load_preset("tiny", {"image.scale": 1.0})
    run = new_run(folder / "run", preset=preset, cohort=cohort, plan=plan, fold="A")
    words = Vocabulary(PatternSpace(PATTERNS))
    card = ModelCard(preset=preset, patterns=PATTERNS, intensities=words.intensities.levels)
    save_model(run.model, Model(build_network(preset, words), card))
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "work")
    return tmp_path / "work"


def reverse_patterns(cohort: Path) -> str:
    """Give each field the pattern of another; return where that is seen."""
    table = pd.read_parquet(cohort / "fields.parquet")
    table["pattern"] = table["pattern"].to_numpy()[::-1]
    table.to_parquet(cohort / "fields.parquet")
    return "fields.parquet"


def reverse_patterns_in_an_older_cohort(cohort: Path) -> str:
    """The same where the import did not keep hashes of its tables."""
    edit_description(cohort, "tables_sha256", None)
    reverse_patterns(cohort)
    return "cohort.json, fingerprint"


def edit_fingerprint(cohort: Path) -> str:
    edit_description(cohort, "fingerprint", "0" * 64)
    return "cohort.json, fingerprint"


def change_a_pixel_size(cohort: Path) -> str:
    """No part of the fingerprint, and still what the network sees depends on it."""
    table = pd.read_parquet(cohort / "fields.parquet").assign(pixel_size_um=0.1)
    table.to_parquet(cohort / "fields.parquet")
    return "fields.parquet"


def edit_description(cohort: Path, key: str, value: object) -> None:
    path = cohort / "cohort.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))


CHANGES = [
    reverse_patterns,
    reverse_patterns_in_an_older_cohort,
    edit_fingerprint,
    change_a_pixel_size,
]

COMMANDS = {
    "train": ["train", "{0}/cohort", *SMALL, "-o", "{0}/out"],
    "train from folds": ["train", "{0}/cohort", *SMALL, "--folds={0}/folds.json", "-o", "{0}/out"],
    "study run": ["study", "run", "paper", "{0}/cohort", "-o", "{0}/out"],
    "evaluate": ["evaluate", "{0}/run", "--cohort={0}/cohort", "--accelerator=cpu"],
    "folds draw": ["folds", "draw", "{0}/cohort", "-o", "{0}/out"],
    "folds show": ["folds", "show", "{0}/cohort", "{0}/folds.json"],
    "calibrate": ["calibrate", "{0}/run/model", "{0}/cohort", "-o", "{0}/out"],
    "adapt": ["adapt", "{0}/run/model", "{0}/cohort", "-o", "{0}/out"],
    "cohort show": ["cohort", "show", "{0}/cohort"],
    "cohort merge": ["cohort", "merge", "{0}/out", "{0}/cohort", "{0}/other"],
    "cohort mosaic": ["cohort", "mosaic", "{0}/out", "{0}/cohort"],
    "cohort gallery": ["cohort", "gallery", "{0}/cohort", "{0}/out.png"],
}


def refusal(folder: Path, command: str) -> InputError:
    """Return how a command refuses what is in ``folder``; it writes nothing."""
    before = sorted(folder.rglob("*"))
    words = [word.format(folder) for word in COMMANDS[command]]
    error = CliRunner().invoke(app, words).exception
    assert isinstance(error, InputError), error
    assert "\n" not in str(error)
    assert sorted(folder.rglob("*")) == before
    return error


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_refused_before_anything_is_done(
    folder: Path, command: str, change: Callable[[Path], str]
) -> None:
    where = change(folder / "cohort")
    assert refusal(folder, command).where == str(folder / "cohort" / where)


@pytest.mark.parametrize("array", ["0", "labels/mask/0"])
@pytest.mark.parametrize("command", ["evaluate", "calibrate", "cohort merge"])
def test_other_pixels_are_refused_where_they_are_read(
    folder: Path, command: str, array: str
) -> None:
    if command == "calibrate" and array != "0":
        pytest.skip("reads no masks")
    for store in (folder / "cohort" / "images").iterdir():
        shutil.rmtree(store / array / "c")  # which reads as zeros
    error = refusal(folder, command)
    assert error.where.startswith(f"{folder / 'cohort'}, field 'p")
    assert error.expected == "what the import wrote"


@pytest.mark.parametrize("array", ["0", "labels/mask/0"])
def test_other_pixels_are_refused_before_an_epoch_is_trained(folder: Path, array: str) -> None:
    for store in (folder / "cohort" / "images").iterdir():
        shutil.rmtree(store / array / "c")
    words = [word.format(folder) for word in [*COMMANDS["train"], "--accelerator=cpu"]]
    error = CliRunner().invoke(app, words).exception
    assert isinstance(error, InputError)
    assert error.where.startswith(f"{folder / 'cohort'}, field 'p")
    assert not (folder / "out" / "model").exists()


def test_a_check_still_lists_everything(folder: Path) -> None:
    cohort = folder / "cohort"
    reverse_patterns(cohort)
    shutil.rmtree(cohort / "images" / "p3-0.ome.zarr" / "0" / "c")
    done = CliRunner().invoke(app, ["cohort", "check", str(cohort), "--json"])
    assert done.exit_code == 1
    assert [finding["where"] for finding in json.loads(done.stdout)["findings"]] == [
        str(cohort / "fields.parquet"),
        f"{cohort / 'cohort.json'}, fingerprint",
        "field 'p3-0' (image p3-0)",
    ]


def test_a_run_goes_on_with_no_other_cohort(folder: Path) -> None:
    """Not even with one that is sound in itself."""
    shutil.rmtree(folder / "cohort")
    write_cohort(folder / "cohort", patients(10), shape=(70, 140), seed=9)
    Cohort.open(folder / "cohort")
    assert "as when the run began" in refusal(folder, "evaluate").expected
