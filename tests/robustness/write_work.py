"""What the tests of write faults do, in their own process or in one that is ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch

from anascope.cohorts import Cohort, import_cohort, open_source
from anascope.cohorts.folds import draw_folds
from anascope.models import save_model
from anascope.presets import load_preset
from anascope.reading import find_images
from anascope.reading.batch import ReaderSettings, read_batch
from anascope.studies import Study, carry_out, new_study, run_study
from anascope.training._train import train_or_resume
from tests.pretended import Here
from tests.robustness.faults import Faults, faulty
from tests.small_cohort import patients, write_cohort
from tests.source_layouts import write_mivia
from tests.unit.models.engines.test_engines import model
from tests.unit.reading.batch.conftest import wells

Work = Callable[[Path, Path], None]
"""Reads what it needs in the first folder, and fills the second."""

SMALL = {
    "image.patch_size": 64,
    "image.scale": 1.0,
    "network.width": 4,
    "network.hidden": 8,
    "training.epochs": 2,
}


def prepare(given: Path) -> None:
    """Fill the folder that work reads: images, a model that finds a cell, a set and a cohort."""
    wells(given / "slides", ["a", "b"], fields=1)
    seeing = model("dense")
    with torch.no_grad():
        seeing.network.get_parameter("decoder.out.bias").add_(0.6)
    save_model(given / "model", seeing)
    write_mivia(given / "mivia")
    write_cohort(given / "cohort", patients(10))


def read(given: Path, out: Path) -> None:
    """Read two images."""
    settings = ReaderSettings(model=str(given / "model"), engine="torch", threads=1)
    assert read_batch(find_images([given / "slides"]), out, settings).not_read == ()


def import_set(given: Path, out: Path) -> None:
    """Import a set of three fields, if that is not done."""
    if not (out / "cohort").exists():
        import_cohort(open_source(given / "mivia", "mivia"), out / "cohort", source_format="mivia")


def train(given: Path, out: Path) -> None:
    """Train for two epochs, or go on."""
    cohort = Cohort.open(given / "cohort")
    train_or_resume(
        out / "run",
        preset=load_preset("tiny", SMALL),
        cohort=cohort,
        plan=draw_folds(cohort),
        fold="A",
        accelerator="cpu",
    )


def study(given: Path, out: Path) -> None:
    """Run a study of one training and two folds, or go on."""
    grid = Study(
        description="small",
        preset="tiny",
        changes=SMALL,
        factors={"loss.mask": ["dice"]},
        folds={"count": 5, "only": ["A", "B"]},
    )
    begun = new_study(out / "study", grid, Cohort.open(given / "cohort"))
    with Here(carry_out) as executor:
        assert run_study(begun, executor, accelerator="cpu").failed == {}


def killed_at(point: int, work: Work, given: Path, out: Path) -> bool:
    """Do the work in a new process that is ended at that change of ``out``; tell whether it was."""
    context = get_context("forkserver")  # whose processes have imported everything already
    context.set_forkserver_preload([__name__])
    process = context.Process(target=partial(_work, point, work, given, out))
    process.start()
    process.join()
    assert process.exitcode in (0, 9)
    return process.exitcode == 9


def _work(point: int, work: Work, given: Path, out: Path) -> None:
    torch.set_num_threads(1)
    with faulty(Faults(out, point)):
        work(given, out)
