"""No room on the disk, no permission, a file where a folder is needed: one line and status 1."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from anascope.cli import main
from anascope.cli._app import app
from anascope.cohorts import import_cohort, open_source
from anascope.errors import WriteError
from anascope.files import new_folder
from anascope.models import save_model
from anascope.reading import find_images
from anascope.reading.batch import ReaderSettings, read_batch
from anascope.workers import Crew, ThisProcess
from anascope.workers._result import reply_of
from tests.robustness.faults import DENIED, DISK_FULL, Faults, faulty
from tests.small_cohort import patients, write_cohort
from tests.source_layouts import write_mivia, write_task1
from tests.unit.models.engines.test_engines import model
from tests.unit.reading.batch.conftest import wells

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="names of open files from /proc, permissions of POSIX"
)

FULL = "the disk is full"
TINY = "--preset tiny --set image.patch_size=64 --set image.scale=1 --set network.width=4"
COMMANDS = {
    "read": "read {given}/slides --model {given}/model --engine torch --out {out}/new",
    "import": "cohort import {given}/mivia {out}/new --format mivia",
    "merge": "cohort merge {out}/new {given}/cohort {given}/other",
    "mosaic": "cohort mosaic {out}/new {given}/cells --shape 120x120",
    "synthesize": "cohort synthesize {out}/new --patients 1 --fields 1 --shape 200x200 --jobs 1",
    "layout": "cohort synthesize {out}/new --patients 1 --fields 1 --shape 200x200 --jobs 1 "
    "--layout i3a-task2",
    "gallery": "cohort gallery {given}/cohort {out}/new.png --side 40",
    "folds": "folds draw {given}/cohort --out {out}/new.json",
    "train": f"train {{given}}/cohort {TINY} --epochs 1 --accelerator cpu --out {{out}}/new",
    "calibrate": "calibrate {given}/model {given}/cohort --out {out}/new",
    "adapt": "adapt {given}/model {given}/cohort --out {out}/new",
    "export": "export {given}/model --out {out}/new.onnx",
    "study": f"study run paper {{given}}/cohort {TINY} --accelerator cpu --out {{out}}/new",
}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What commands read."""
    folder = tmp_path_factory.mktemp("given")
    wells(folder / "slides", [str(number) for number in range(6)], fields=1)
    save_model(folder / "model", model("dense"))
    write_mivia(folder / "mivia")
    write_task1(folder / "task1", cells=6)
    import_cohort(
        open_source(folder / "task1", "i3a-task1"), folder / "cells", source_format="i3a-task1"
    )
    write_cohort(folder / "cohort", patients(10))
    write_cohort(folder / "other", patients(4), seed=1)
    return folder


def words(command: str, given: Path, out: Path) -> list[str]:
    return COMMANDS[command].format(given=given, out=out).split()


@pytest.mark.parametrize(("fault", "message"), [(DISK_FULL, FULL), (DENIED, "no permission")])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_it_and_leaves_nothing(
    command: str, fault: int, message: str, given: Path, tmp_path: Path
) -> None:
    """Every change fails from the first one on."""
    out = tmp_path / "out"
    with faulty(Faults(out, 1, fault, for_good=True)):
        result = CliRunner().invoke(app, words(command, given, out))
    assert isinstance(result.exception, WriteError)
    assert result.exception.where.startswith(str(out))
    assert result.exception.found == f"cannot be written ({message})"
    assert "not read" not in result.output
    assert not out.exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_in_the_way_is_named_and_stays(
    command: str, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is typed: one line on standard error, status 1."""
    (tmp_path / "out").write_text("mine")
    monkeypatch.setattr(sys, "argv", ["anascope", *words(command, given, tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert (tmp_path / "out").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_ends_a_batch_at_once(given: Path, tmp_path: Path) -> None:
    """Wherever the worker is whose specimen cannot be written: it is not the specimen's fault."""
    tried: list[str] = []

    class Elsewhere(ThisProcess):
        @contextmanager
        def crew(self, work: Callable[[Any], Any]) -> Iterator[Crew]:
            def sent(item: Any) -> Any:
                tried.append(item.specimen)
                with faulty(Faults(tmp_path, 1, DISK_FULL, for_good=True)):
                    reply = pickle.loads(reply_of(work, item))
                raise reply.raised()

            with super().crew(sent) as crew:
                yield crew

    settings = ReaderSettings(model=str(given / "model"), engine="torch", sheets=False)
    with pytest.raises(WriteError, match=FULL):
        read_batch(find_images([given / "slides"]), tmp_path, settings, executor=Elsewhere())
    assert tried == ["0"]
    assert not (tmp_path / "reading.json").exists()


def test_what_was_read_before_the_disk_was_full_stays(given: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    settings = ReaderSettings(model=str(given / "model"), engine="torch", sheets=False)
    images = find_images([given / "slides"])
    with pytest.raises(WriteError), faulty(Faults(out, 200, DISK_FULL, for_good=True)):
        read_batch(images, out, settings)
    kept = len(list(out.glob("specimens/*/specimen.json")))
    assert 0 < kept < 6
    assert read_batch(images, out, settings).fields == 6 - kept


def test_an_image_that_cannot_be_opened_stops_no_other(given: Path, tmp_path: Path) -> None:
    """What is wrong with an input is not taken for a full disk."""
    wells(tmp_path / "slides", ["a", "b"], fields=1)
    (tmp_path / "slides" / "a" / "0.png").unlink()
    (tmp_path / "slides" / "a" / "0.png").symlink_to(tmp_path / "gone")
    settings = ReaderSettings(model=str(given / "model"), engine="torch", sheets=False)
    done = read_batch(find_images([tmp_path / "slides"]), tmp_path / "out", settings)
    assert (done.fields, len(done.not_read)) == (1, 1)


def test_an_error_that_nobody_expected_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Here of a file that is read, by code that says nothing of it."""

    def broken(*arguments: object, **named: object) -> None:
        with new_folder(tmp_path / "new"):
            (tmp_path / "gone").read_bytes()

    monkeypatch.setattr("anascope.reading.find_images", broken)
    monkeypatch.setattr(sys, "argv", ["anascope", "read", "x"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"anascope: {tmp_path / 'gone'}: ")


def test_a_picture_that_is_cut_short_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    """A library that writes by itself must not lose the end of a file on a full disk."""
    from anascope.reading.results._field_files import write_jpeg
    from tests.robustness.test_write_faults import no_file_over

    picture = Image.effect_noise((400, 400), 100)
    write_jpeg(picture, tmp_path / "a.jpg")
    size = (tmp_path / "a.jpg").stat().st_size
    (tmp_path / "a.jpg").unlink()
    with pytest.raises(WriteError), no_file_over(size - 10):
        write_jpeg(picture, tmp_path / "a.jpg")
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_that_has_no_room_says_so(tmp_path: Path) -> None:
    """PyTorch raises an error of its own instead of the system's."""
    import torch

    from anascope.training._checkpoints import save_checkpoint
    from tests.robustness.test_write_faults import no_file_over

    state = {"network": torch.zeros(100_000)}
    with pytest.raises(WriteError, match="larger than is allowed"), no_file_over(20_000):
        save_checkpoint(tmp_path, 1, state, keep="last")
    assert list(tmp_path.iterdir()) == []
