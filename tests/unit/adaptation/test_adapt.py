"""A model is adapted, or stays, and its new folder says what was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from anascope.adaptation import AdaptationSettings, adapt_model
from anascope.cohorts import Cohort
from anascope.files import read_json
from anascope.models import (
    ONNX,
    load_model,
    read_card,
    save_model,
    write_card,
)
from anascope.training import EpochDone
from anascope.workers import Event
from tests.refusals import refused
from tests.small_cohort import patients, write_cohort
from tests.unit.adaptation.small_model import PRESET, exported_untrained, save_untrained

USELESS: dict[str, Any] = {
    "sampling.patches": 4,
    "training.epochs": 1,
    "training.learning_rate": 1e-9,
    "training.select": "loss",
}
ONE_EPOCH = AdaptationSettings(
    trains_from=12,
    folds=2,
    heads={**USELESS, "training.learned": "heads", "balancing.balancer": "fixed"},
    more=USELESS,
)
TRAININGS = 2 * 2  # heads and more, of two parts


@pytest.fixture(scope="module")
def weights_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that nobody has trained, nor exported."""
    return save_untrained(tmp_path_factory.mktemp("model") / "old")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network like it, exported."""
    return exported_untrained(tmp_path_factory)


def few(cohort: Cohort, count: int) -> Cohort:
    return Cohort(cohort.path, cohort.info, cohort.fields[:count])


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_model(folder).network.state_dict()


def test_few_specimens_calibrate_and_the_card_says_so(
    cohort: Cohort, weights_alone: Path, tmp_path: Path
) -> None:
    before = read_json(weights_alone / "card.json")
    adapted = adapt_model(weights_alone, cohort, tmp_path / "new", accelerator="cpu")
    assert adapted.kept == "calibrated"
    assert adapted.sentence == (
        "The network stays as it was, with a new calibration; it was not fine-tuned, as that "
        "takes 30 patients with one known pattern, not 12."
    )
    card = read_card(tmp_path / "new")
    assert card == adapted.card
    assert card.judgement.measured_on == (
        "12 specimens, one a patient: the patients of cohort 'small'"
    )
    assert card.data["cohort"] == "elsewhere"
    assert card.data["calibrated_on"]["fingerprint"] == cohort.info.fingerprint
    assert card.metrics["dice"] == 0.5
    measured = card.metrics["adaptation"]
    assert set(measured["figures"]) == {"before", "calibrated"}
    assert measured["sentence"] == adapted.sentence
    assert measured["figures"]["calibrated"]["specimens"] == 12
    assert ONNX in card.files
    assert (tmp_path / "new" / ONNX).is_file()
    assert read_json(weights_alone / "card.json") == before
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert any("No specimen shows golgi" in note for note in adapted.notes)


def test_a_useless_fine_tuning_is_not_kept(cohort: Cohort, model: Path, tmp_path: Path) -> None:
    messages: list[str] = []
    adapted = adapt_model(
        model, cohort, tmp_path / "new", settings=ONE_EPOCH, accelerator="cpu", tell=messages.append
    )
    assert adapted.kept == "calibrated"
    assert "fine-tuning is not clearly better" in adapted.sentence
    assert adapted.figures["fine_tuned"].specimens == 12
    old, new = weights(model), weights(tmp_path / "new")
    assert all(torch.equal(old[name], new[name]) for name in old)
    assert messages[1:3] == [
        "part 1 of 2: training the heads",
        "part 1 of 2: training the whole network",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_without_masks_only_the_heads_are_trained_and_files_of_a_user_stay(
    model: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "new.training" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    bare = write_cohort(tmp_path / "bare", patients(12), shape=(80, 90), masks=False)
    messages: list[str] = []
    adapted = adapt_model(
        model, bare, tmp_path / "new", settings=ONE_EPOCH, accelerator="cpu", tell=messages.append
    )
    assert [path.name for path in mine.parent.iterdir()] == ["mine.txt"]
    assert not any("whole network" in line for line in messages)
    assert "Only the heads were trained, as not every field of the cohort has a mask." in (
        adapted.notes
    )


def test_only_calibration_may_be_asked_for(cohort: Cohort, model: Path, tmp_path: Path) -> None:
    adapted = adapt_model(
        model, cohort, tmp_path / "new", calibrate_only=True, settings=ONE_EPOCH, accelerator="cpu"
    )
    assert "fine_tuned" not in adapted.figures
    assert adapted.sentence.endswith("it was not fine-tuned, as only calibration was asked for.")


def test_too_few_are_refused(cohort: Cohort, model: Path, tmp_path: Path) -> None:
    with refused(
        cohort.path,
        "9 patients with one known pattern",
        "at least 10 to calibrate the model, and 30 to fine-tune it as well",
    ):
        adapt_model(model, few(cohort, 9), tmp_path / "new", accelerator="cpu")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("deep", [False, True])
def test_patients_that_a_model_or_the_one_before_it_learned_from_are_refused(
    deep: bool, cohort: Cohort, model: Path, tmp_path: Path
) -> None:
    data: dict[str, Any] = {"fingerprint": cohort.info.fingerprint, "chosen_on": ["p3"]}
    if deep:
        data = {"fingerprint": "another", "adapted_from": {"data": data}}
    old = tmp_path / "old"
    save_model(old, load_model(model))
    write_card(old, read_card(old).model_copy(update={"data": data}))
    with refused(
        cohort.path, "1 patients that the model learned from (p3)", "patients that it has not seen"
    ):
        adapt_model(old, cohort, tmp_path / "new", accelerator="cpu")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_folder_that_is_there_is_refused_before_anything_is_read(
    cohort: Cohort, model: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("")
    messages: list[str] = []
    with refused(tmp_path, "exists already", "a new or an empty folder to write to"):
        adapt_model(model, cohort, tmp_path, accelerator="cpu", tell=messages.append)
    assert messages == []


def stopping(after: int, seen: list[float]) -> Callable[[Event], None]:
    def watch(event: Event) -> None:
        if isinstance(event, EpochDone):
            seen.append(event.row["epoch"])
            if len(seen) == after:
                raise KeyboardInterrupt

    return watch


def test_a_stopped_one_writes_nothing_and_goes_on(
    cohort: Cohort, model: Path, tmp_path: Path
) -> None:
    out, seen, again = tmp_path / "new", list[float](), list[float]()

    def adapted(watcher: Callable[[Event], None]) -> None:
        adapt_model(model, cohort, out, settings=ONE_EPOCH, accelerator="cpu", watcher=watcher)

    with pytest.raises(KeyboardInterrupt):
        adapted(stopping(3, seen))
    assert [path.name for path in tmp_path.iterdir()] == ["new.training"]
    adapted(stopping(99, again))
    assert len(again) == TRAININGS - 3
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.slow
def test_a_network_that_learns_is_kept(model: Path, tmp_path: Path) -> None:
    """40 patients of two patterns that are told apart at a glance; 150 s on a busy core."""
    cohort = write_cohort(tmp_path / "cohort", patients(40), shape=(80, 90))
    learning = {
        "sampling.patches": 80,
        "training.epochs": 8,
        "training.learning_rate": 0.02,
        "training.select": "loss",
    }
    settings = replace(ONE_EPOCH, trains_from=30, more=learning)
    adapted = adapt_model(model, cohort, tmp_path / "new", settings=settings, accelerator="cpu")
    assert adapted.kept == "fine_tuned"
    assert adapted.sentence.startswith("The fine-tuned network is kept: of 40 specimens of ")
    before, after = adapted.figures["before"], adapted.figures["fine_tuned"]
    assert after.right >= before.right + 10
    card = adapted.card
    assert card.preset == PRESET
    assert card.data["adapted_from"]["data"] == {"cohort": "elsewhere"}
    assert len(card.data["trained_on"]) + len(card.data["chosen_on"]) == 39
    assert set(card.metrics) == {"adaptation"}
    assert ONNX in card.files
    assert "had not learned from them" in card.judgement.measured_on
    with refused(cohort.path, "39 patients that the model learned from ...", "patients ..."):
        adapt_model(tmp_path / "new", cohort, tmp_path / "newer", accelerator="cpu")
