"""What a run takes of a disk is known before it begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.presets import Preset, load_preset
from anascope.training import (
    _fit,
    bytes_in,
    fit,
    free_bytes,
    new_run,
    require_disk,
    run_disk,
    size_text,
)
from anascope.training._selection import Best
from tests.refusals import refused
from tests.small_cohort import patients, write_cohort

NEAR = 0.03
"""How near an estimate has to be."""


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", patients(6), shape=(70, 70))


def preset(**training: object) -> Preset:
    small = {"image.patch_size": 64, "image.scale": 1.0, "training.epochs": 2}
    return load_preset(
        "tiny", small | {f"training.{key}": value for key, value in training.items()}
    )


def the_first(select: str, row: dict[str, float], *rest: object) -> Best | None:
    return Best(1) if row["epoch"] == 1 else None


@pytest.mark.parametrize(
    "training",
    [{"select": "last"}, {"select": "loss", "weight_average": 0.9}],
)
def test_checkpoint_and_model_are_as_large_as_was_said(
    cohort: Cohort,
    tmp_path: Path,
    training: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also one that holds averaged weights and those of an earlier, better epoch."""
    wanted = preset(**training)
    if training["select"] != "last":
        monkeypatch.setattr(_fit, "better", the_first)
    run = new_run(
        tmp_path / "run", preset=wanted, cohort=cohort, plan=draw_folds(cohort, count=2), fold="A"
    )
    fit(run, accelerator="cpu")
    expected = run_disk(wanted, cohort)
    (checkpoint,) = run.checkpoints.iterdir()
    assert checkpoint.stat().st_size == pytest.approx(expected.checkpoint, rel=NEAR)
    assert bytes_in(run.model) == pytest.approx(expected.model, rel=NEAR)
    assert bytes_in(run.path) < expected.stays < expected.most
    assert bytes_in(run.path) - expected.checkpoint - expected.model < expected.results


def test_what_stays_of_a_run(cohort: Cohort) -> None:
    one = run_disk(preset(), cohort)
    assert one.stays == one.checkpoint + one.model + one.results
    assert one.most == one.stays + one.checkpoint  # one is whole before the other goes
    none = run_disk(preset(), cohort, extendable=False)
    assert none.stays == none.model + none.results
    assert none.most == one.most
    both = run_disk(preset(keep_checkpoints="all"), cohort)
    assert both.most == both.stays == one.most


def test_the_published_network(cohort: Cohort) -> None:
    """Its weights and Adam's two moments: 316 million numbers of four bytes, three times."""
    expected = run_disk(load_preset("paper"), cohort)
    assert expected.checkpoint == pytest.approx(3.79e9, rel=0.01)
    assert expected.model == pytest.approx(1.265e9, rel=0.01)


def test_what_has_no_room_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    require_disk(folder, free_bytes(folder) // 2, "this run")
    with refused(
        str(folder),
        "... free on the disk",
        "1000000.0 GB, which this run may need (--ignore-disk to begin all the same)",
    ):
        require_disk(folder, 10**15, "this run")
    assert not folder.exists()


def test_sizes_in_words() -> None:
    assert [size_text(size) for size in (3_830_000_000, 120_000_000, 2_000)] == [
        "3.8 GB",
        "120.0 MB",
        "0.0 MB",
    ]
