"""A damaged file of ours is refused in one line: file, key, what was found and expected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds, read_folds, write_folds
from anascope.errors import InputError
from anascope.models import Model, ModelCard, build_network, load_model, save_model
from anascope.presets import load_preset
from anascope.reading import SpecimenReading, find_images
from anascope.reading.batch import ReaderSettings, read_batch
from anascope.reading.results import SpecimenFolder
from anascope.settings import read_file
from anascope.studies import Job, State, load_study, new_study, open_study
from anascope.studies.analysis import read_results
from anascope.training import new_run, open_run
from anascope.words import PatternSpace, Vocabulary
from tests.evaluable import all_evaluable
from tests.pretended import pretend
from tests.refusals import refused
from tests.robustness.files import GREY, saved
from tests.small_cohort import patients, write_cohort


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of all files of ours, as they are written."""
    folder: Path = tmp_path_factory.mktemp("ours")
    preset = load_preset("tiny", {"image.scale": 1.0})
    cohort = write_cohort(folder / "cohort", patients(10))
    plan = draw_folds(cohort)
    write_folds(plan, folder / "folds.json")
    new_run(folder / "run", preset=preset, cohort=cohort, plan=plan, fold="A")
    study = new_study(folder / "study", load_study("paper"), cohort, folds=plan)
    pretend(Job(study.layout, study.runs[1], study.cohort_path))
    words = Vocabulary(PatternSpace(("homogeneous", "nucleolar")))
    card = ModelCard(
        preset=preset, patterns=words.patterns.classes, intensities=words.intensities.levels
    )
    network = build_network(preset, words)
    save_model(folder / "model", Model(network, card))
    (folder / "images").mkdir()
    (folder / "images" / "a.png").write_bytes(saved(GREY, "PNG"))
    with all_evaluable():
        read_images(folder)
    return folder


def read_images(folder: Path) -> None:
    settings = ReaderSettings(model=str(folder / "model"), engine="torch", sheets=False)
    read_batch(find_images([folder / "images"]), folder / "out", settings)


def specimen_a(folder: Path) -> SpecimenFolder:
    return SpecimenFolder(folder / "out" / "specimens" / "a", {"a": "a"})


@dataclass(frozen=True)
class Ours:
    """A file of ours.

    Attributes:
        path: Where it is in the folder of :func:`written`; with ``*`` for names of readings.
        read: Reads it, given that folder.
        key: Dotted path of a key that must be there.
        format: What it says that it is; None if nothing.
        version: Whether it says its version.
    """

    path: str
    read: Callable[[Path], Any]
    key: str
    format: str | None = None
    version: bool = True


FILES = [
    Ours("cohort/cohort.json", lambda f: Cohort.open(f / "cohort"), "counts", "anascope-cohort"),
    Ours("folds.json", lambda f: read_folds(f / "folds.json"), "folds", "anascope-folds"),
    Ours("run/run.json", lambda f: open_run(f / "run"), "fold", "anascope-run"),
    Ours("run/fold.json", lambda f: open_run(f / "run"), "folds", "anascope-folds"),
    Ours("study/study.json", lambda f: open_study(f / "study"), "versions", "anascope-study"),
    Ours("study/folds.json", lambda f: open_study(f / "study"), "folds", "anascope-folds"),
    Ours(
        "study/runs/*/metrics.json",
        lambda f: read_results(open_study(f / "study")),
        "patch.pattern.classes",
    ),
    Ours(
        "study/runs/*/hardware.json",
        lambda f: read_results(open_study(f / "study")),
        "processor",
    ),
    Ours(
        "model/card.json",
        lambda f: load_model(f / "model"),
        "preset.description",
        "anascope-model",
    ),
    # What a reading makes of these that are damaged: tests/unit/reading/batch/test_keeping.py.
    Ours(
        "out/specimens/*/specimen.json",
        lambda f: read_file(SpecimenReading, f / "out" / "specimens" / "a" / "specimen.json"),
        "decision.patterns",
    ),
    Ours(
        "out/specimens/*/*/field.json", lambda f: specimen_a(f).read_field("a"), "decision.families"
    ),
]
each_file = pytest.mark.parametrize("ours", FILES, ids=lambda ours: ours.path)
with_format = pytest.mark.parametrize(
    "ours", [ours for ours in FILES if ours.format], ids=lambda ours: ours.path
)


@pytest.fixture
def file(written: Path, ours: Ours) -> Iterator[Path]:
    """The file, which is put right again after the test."""
    (path,) = written.glob(ours.path)
    content = path.read_bytes()
    yield path
    path.write_bytes(content)


NOTHING = object()


def change(path: Path, key: str, new: Any = NOTHING) -> None:
    """Give a key another value, or take it away if there is none."""
    value = json.loads(path.read_text(encoding="utf-8"))
    *above, last = key.split(".")
    inner = value
    for name in above:
        inner = inner[name]
    if new is NOTHING:
        del inner[last]
    else:
        inner[last] = new
    path.write_text(json.dumps(value), encoding="utf-8")


@each_file
def test_as_it_was_written_it_is_read(written: Path, ours: Ours) -> None:
    ours.read(written)


@each_file
@pytest.mark.parametrize(
    "content",
    [b"", b"\x93NUMPY\x00\xff", b"{\xff", b"PK\x03\x04", b"format: anascope"],
    ids=["empty", "NumPy", "half a letter", "zip", "YAML"],
)
def test_what_is_not_json_is_refused(written: Path, ours: Ours, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with refused(file, "not JSON (...)", "a JSON file"):
        ours.read(written)


@each_file
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_half_a_file_is_refused(written: Path, ours: Ours, file: Path, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with refused(file, "not JSON (...)", "a JSON file"):
        ours.read(written)


@each_file
@pytest.mark.parametrize("content", ["[]", "3", "null", '"text"'])
def test_what_is_no_object_is_refused(written: Path, ours: Ours, file: Path, content: str) -> None:
    file.write_text(content)
    with refused(file, f"{json.loads(content)!r}", "an object"):
        ours.read(written)


@each_file
def test_an_object_without_keys_is_refused(written: Path, ours: Ours, file: Path) -> None:
    file.write_text("{}")
    with refused(file, "no key '...'", "a value for it"):
        ours.read(written)


@each_file
def test_a_missing_key_is_named(written: Path, ours: Ours, file: Path) -> None:
    change(file, ours.key)
    with refused(file, f"no key '{ours.key}'", "a value for it"):
        ours.read(written)


@each_file
def test_a_value_of_another_type_is_named(written: Path, ours: Ours, file: Path) -> None:
    """Of every key: an object where there is none, else a list."""
    for key, right in json.loads(file.read_text(encoding="utf-8")).items():
        wrong = ["x"] if right is None or isinstance(right, dict) else {"x": 1}
        change(file, key, wrong)
        with pytest.raises(InputError) as caught:
            ours.read(written)
        change(file, key, right)
        assert str(file) in caught.value.where
        assert key in str(caught.value)
        assert str(wrong) in caught.value.found
        assert "\n" not in str(caught.value)


@each_file
def test_a_wrong_value_inside_is_shown_with_its_key(written: Path, ours: Ours, file: Path) -> None:
    change(file, ours.key, 3)
    with refused(f"{file}, {ours.key}", "...", "..."):
        ours.read(written)


@with_format
def test_another_kind_of_file_is_refused(written: Path, ours: Ours, file: Path) -> None:
    change(file, "format", "anascope-other")
    with refused(file, "format 'anascope-other'", f"format '{ours.format}'"):
        ours.read(written)
    change(file, "format")
    with refused(file, "no key 'format'", f"'{ours.format}'"):
        ours.read(written)


@with_format
def test_a_newer_file_is_refused(written: Path, ours: Ours, file: Path) -> None:
    if not ours.version:
        pytest.skip("says no version")
    change(file, "version", 2)
    with refused(file, "version 2", "version 1"):
        ours.read(written)


@pytest.mark.parametrize(
    ("key", "value", "found", "expected"),
    [
        ("patch.mask.dice", NOTHING, "no key 'patch.mask.dice'", "a value for it"),
        ("patch.mask.dice", "much", "'much'", "a valid number"),
        ("patch.mask", [], "[]", "..."),
        ("patch.pattern.accuracy", NOTHING, "no key 'patch.pattern.accuracy'", "a value for it"),
        ("patch.pattern.classes", ["golgy"], "unknown pattern 'golgy'", "..."),
        ("patch.intensity.levels", ["positive"], "found positive", "..."),
    ],
)
def test_scores_that_a_report_cannot_use_are_refused(
    written: Path, key: str, value: Any, found: str, expected: str
) -> None:
    (file,) = written.glob("study/runs/*/metrics.json")
    before = file.read_text()
    change(file, key, value)
    with pytest.raises(InputError) as caught:
        read_results(open_study(written / "study"))
    file.write_text(before)
    assert str(file) in caught.value.where
    assert caught.value.found == found
    assert expected in ("...", caught.value.expected)


@pytest.mark.parametrize("content", ["", "{}", "[{}]", '[{"cell": "1"}]', '[{"cell": 1'])
def test_damaged_cells_are_refused(written: Path, content: str) -> None:
    (file,) = written.glob("out/specimens/*/*/cells.json")
    before = file.read_text()
    file.write_text(content)
    with pytest.raises(InputError) as caught:
        specimen_a(written).read_field("a")
    file.write_text(before)
    assert str(file) in caught.value.where
    assert "\n" not in str(caught.value)


@each_file
def test_a_folder_in_its_place_is_refused(written: Path, ours: Ours, file: Path) -> None:
    content = file.read_bytes()
    file.unlink()
    file.mkdir()
    with pytest.raises(InputError) as caught:
        ours.read(written)
    file.rmdir()
    file.write_bytes(content)
    assert str(file) in caught.value.where or str(file.parent) == caught.value.where
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("run/preset.yaml", lambda f: open_run(f / "run")),
        ("study/study.yaml", lambda f: open_study(f / "study")),
        ("study/preset.yaml", lambda f: open_study(f / "study")),
    ],
)
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"3", b"a: [", b"\xff", b"unknown: 1", None]
)
def test_damaged_settings_are_refused(
    written: Path, path: str, read: Callable[[Path], Any], content: bytes | None
) -> None:
    """None: a folder stands in the place of the file."""
    file = written / path
    before = file.read_bytes()
    file.unlink()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(written)
    if content is None:
        file.rmdir()
    file.write_bytes(before)
    assert str(file) in caught.value.where
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"reason": 3}', "\x00"])
def test_what_only_informs_may_be_damaged(written: Path, content: str) -> None:
    """How far a run is, and why it failed: nobody is kept from work by that."""
    study = open_study(written / "study")
    name = study.runs[0].name
    files = study.layout.files(name)
    files.path.mkdir(parents=True, exist_ok=True)
    for file in (files.failure, files.progress):
        file.write_text(content)
    assert study.layout.state(name) is State.FAILED
    assert study.layout.reason(name) == "reason unknown"
    progress = study.layout.progress(name)
    assert progress is None or progress.epoch == 0
