"""Models calibrated on patients that they have not seen, and what their cards say then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, softmax

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.decisions import Judgement, fit_limits, fit_temperature
from anascope.files import read_json
from anascope.models import Model, ModelCard, build_network, read_card, save_model
from anascope.presets import load_preset
from anascope.training import Run, new_run
from anascope.training.calibration import (
    HeldOut,
    calibrate,
    calibrate_model,
    fit_judgement,
)
from anascope.words import PatternSpace, Vocabulary
from tests.refusals import refused
from tests.small_cohort import patients, record, write_cohort

PRESET = load_preset("tiny")
WORDS = Vocabulary(PatternSpace(("homogeneous", "nucleolar")))


def save_untrained(folder: Path, **data: object) -> None:
    card = ModelCard(
        preset=PRESET,
        patterns=WORDS.patterns.classes,
        intensities=WORDS.intensities.levels,
        data=data,
    )
    save_model(folder, Model(build_network(PRESET, WORDS), card))


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Twelve patients with two fields each, and one of whom nothing is known."""
    records = [*patients(12, fields=2), record("bare", patient="x", pattern=None, intensity=None)]
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", records)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    save_untrained(folder)
    return folder


@pytest.fixture(scope="module")
def runs(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    folder, plan = tmp_path_factory.mktemp("runs"), draw_folds(cohort, count=3)
    made = []
    for fold in plan.folds:
        run = new_run(folder / fold, preset=PRESET, cohort=cohort, plan=plan, fold=fold)
        save_untrained(run.model)
        made.append(run)
    return made


def test_a_patient_is_one_row_of_mean_logits(cohort: Cohort, model: Path) -> None:
    rows = HeldOut(model, cohort, cohort.fields).rows()
    assert sorted(rows["patient"]) == sorted({each.split_unit for each in cohort.fields})
    assert rows.set_index("patient").loc["x", ["pattern", "intensity"]].isna().all()
    first = rows["patient"][0]
    fields = [each for each in cohort.fields if each.split_unit == first]
    alone = [HeldOut(model, cohort, [field]).rows()["logit_nucleolar"][0] for field in fields]
    assert rows["logit_nucleolar"][0] == pytest.approx(np.mean(alone))


def test_a_field_too_small_to_be_read_is_left_out(model: Path, tmp_path: Path) -> None:
    tiny = write_cohort(tmp_path / "tiny", patients(2), shape=(60, 80))
    assert HeldOut(model, tiny, tiny.fields).rows().empty
    assert calibrate([HeldOut(model, tiny, tiny.fields)], "nobody") is None


def test_what_is_measured_is_fitted_to_the_rows(cohort: Cohort, model: Path) -> None:
    rows = HeldOut(model, cohort, cohort.fields).rows()
    judgement = fit_judgement(rows, read_card(model), "somebody")
    known = rows[rows["pattern"].notna()]
    logits = known[["logit_homogeneous", "logit_nucleolar"]].to_numpy()
    allowed = np.array([WORDS.patterns.allowed(label) for label in known["pattern"]])
    assert judgement.temperature == pytest.approx(fit_temperature(logits, allowed))
    probabilities = softmax(logits / judgement.temperature, axis=1)
    assert judgement.limits == pytest.approx(fit_limits(probabilities, allowed))
    assert (judgement.specimens, judgement.measured_on) == (12, "somebody")


def test_sets_keep_their_coverage_in_the_hardest_of_several_laboratories() -> None:
    """An easy one of 90 sera and a hard one of 9: where all count together, it hardly counts."""
    sure = [*np.linspace(3.0, 4.0, 90), *np.linspace(-2.0, 1.0, 9)]
    rows = pd.DataFrame(
        {
            "pattern": "homogeneous",
            "intensity": None,
            "logit_homogeneous": sure,
            "logit_nucleolar": 0.0,
            "logit_above_intermediate": 0.0,
            "set": ["easy"] * 90 + ["hard"] * 9,
        }
    )
    levels = WORDS.intensities.levels
    card = ModelCard(preset=PRESET, patterns=("homogeneous", "nucleolar"), intensities=levels)
    together = fit_judgement(rows, card, "somebody")
    judgement = fit_judgement(rows, card, "somebody", apart="set")
    right = expit(np.array(sure) / judgement.temperature)
    # The 20th lowest of 99, floor(0.2 · 100), is an easy one; of 9 the second, floor(0.2 · 10).
    assert together.limits["0.8"] == pytest.approx(right[10])
    assert judgement.limits["0.8"] == pytest.approx(right[91])


def test_the_cutoff_of_mixed_sera_keeps_its_share_in_each_laboratory() -> None:
    """19 sera look mixed beside 381 that do not, and 5 of a third laboratory even more so."""
    looks = [*np.full(381, -3.0), *np.linspace(0.0, 1.0, 19), *np.full(5, 2.0)]
    rows = pd.DataFrame(
        {
            "pattern": "homogeneous",
            "intensity": None,
            "logit_negative": -3.0,
            "logit_homogeneous": 0.0,
            "logit_above_intermediate": 0.0,
            "logit_mixed": looks,
            "set": ["plain"] * 381 + ["mixed-looking"] * 19 + ["few"] * 5,
        }
    )
    levels = WORDS.intensities.levels
    card = ModelCard(preset=PRESET, patterns=("negative", "homogeneous"), intensities=levels)
    together = fit_judgement(rows, card, "somebody").mixture_cutoff
    apart = fit_judgement(rows, card, "somebody", apart="set").mixture_cutoff
    assert together is not None
    assert apart is not None
    # The 386th of 405, ceil(0.95 · 406), is the fifth of the mixed-looking; of the 19 it is the
    # 19th, ceil(0.95 · 20).
    assert together == pytest.approx(expit(looks[385]))
    assert apart == pytest.approx(expit(1.0))


def test_cutoffs_are_fitted_to_single_and_to_positive_sera() -> None:
    """60 sera of one pattern, 20 of two and 20 negative ones, each with scores of its own."""
    labels = ["homogeneous"] * 60 + ["homogeneous+nucleolar"] * 20 + ["negative"] * 20
    place = np.arange(100) / 100
    rows = pd.DataFrame(
        {
            "pattern": labels,
            "intensity": None,
            "logit_negative": np.where(np.arange(100) < 80, -place, 3.0),
            "logit_homogeneous": 1.0,
            "logit_nucleolar": 0.0,
            "logit_above_intermediate": 0.0,
            "logit_mixed": place,
        }
    )
    patterns = ("negative", "homogeneous", "nucleolar")
    levels = WORDS.intensities.levels
    card = ModelCard(preset=PRESET, patterns=patterns, intensities=levels)
    judgement = fit_judgement(rows, card, "somebody")
    assert judgement.specimens == 80
    # Sera of one pattern are the first 60 and the last 20: the 77th of 80, ceil(0.95 · 81).
    single = np.sort(expit(place[[*range(60), *range(80, 100)]]))
    assert judgement.mixture_cutoff == pytest.approx(single[76])
    assert judgement.mixture_cutoff > single[76]
    # Positive ones are the first 80: all but the highest may reach it, ceil(0.98 · 81) = 80.
    logits = rows[[f"logit_{name}" for name in patterns]].to_numpy() / judgement.temperature
    assert judgement.negative_cutoff == pytest.approx(softmax(logits, axis=1)[:80, 0].max())
    without = fit_judgement(rows.drop(columns="logit_mixed"), card, "somebody")
    assert without.mixture_cutoff is None
    assert fit_judgement(rows[:10], card, "few").negative_cutoff is None


def test_dividing_cells_have_the_say_that_they_are_worth() -> None:
    """The network is unsure; in each serum three cells say by their chromatin what it is."""
    labels = ["homogeneous", "fine speckled"] * 30
    rows = pd.DataFrame(
        {
            "pattern": labels,
            "intensity": None,
            "logit_homogeneous": [0.1, -0.1] * 30,
            "logit_fine speckled": 0.0,
            "logit_above_intermediate": 0.0,
            "dividing_stained": [3.0, 0.0] * 30,
            "dividing_unstained": [0.0, 3.0] * 30,
        }
    )
    levels = WORDS.intensities.levels
    card = ModelCard(preset=PRESET, patterns=("homogeneous", "fine speckled"), intensities=levels)
    judgement = fit_judgement(rows, card, "somebody")
    assert judgement.chromatin is not None
    assert judgement.chromatin.weight == 1
    assert judgement.chromatin.stained == 91 / 92
    logits = rows[["logit_homogeneous", "logit_fine speckled"]].to_numpy() / judgement.temperature
    voted = judgement.chromatin.logarithms(card.pattern_space, 3, 0)
    sure = softmax(logits[0] + voted)[0]
    assert sure > 0.99
    assert judgement.limits["0.8"] == pytest.approx(sure)
    blind = fit_judgement(rows.drop(columns=["dividing_stained"]), card, "somebody")
    assert blind.chromatin is None
    assert blind.limits["0.8"] < sure


def test_a_network_without_negative_sera_has_no_cutoff_for_them() -> None:
    rows = pd.DataFrame(
        {
            "pattern": ["homogeneous", "nucleolar"] * 40,
            "intensity": None,
            "logit_homogeneous": [1.0, 0.0] * 40,
            "logit_nucleolar": [0.0, 1.0] * 40,
            "logit_above_intermediate": 0.0,
        }
    )
    card = ModelCard(
        preset=PRESET, patterns=WORDS.patterns.classes, intensities=WORDS.intensities.levels
    )
    assert fit_judgement(rows, card, "somebody").negative_cutoff is None


def test_the_intensity_is_calibrated_at_every_border() -> None:
    rng = np.random.default_rng(3)
    levels = ("negative", "intermediate", "positive")
    rank = rng.integers(0, 3, 4000)
    sure = np.where(rng.random((4000, 2)) < 0.8, 1, -1) * (2 * (rank[:, None] > [0, 1]) - 1)
    rows = pd.DataFrame(
        {
            "pattern": "homogeneous",
            "intensity": np.array(levels)[rank],
            "logit_homogeneous": 0.0,
            "logit_nucleolar": 0.0,
            "logit_above_negative": 6.0 * sure[:, 0],
            "logit_above_intermediate": 6.0 * sure[:, 1],
        }
    )
    card = ModelCard(preset=PRESET, patterns=WORDS.patterns.classes, intensities=levels)
    judgement = fit_judgement(rows, card, "somebody")
    # Right in four of five, and said with 0.998: a temperature of 6 / log 4 makes it 0.8.
    assert judgement.intensity_temperature == pytest.approx(6 / np.log(4), rel=0.1)


def test_the_border_of_intensities_moves_to_where_a_laboratory_puts_it() -> None:
    """Its people call positive what has a logit over 3; it moves where that is asked for."""
    logits = np.array([-2.0, 0, 1, 2, 4, 5, 6])
    rows = pd.DataFrame(
        {
            "pattern": "homogeneous",
            "intensity": np.where(logits > 3, "positive", "intermediate"),
            "logit_homogeneous": 0.0,
            "logit_nucleolar": 0.0,
            "logit_above_intermediate": logits,
        }
    )
    levels = ("intermediate", "positive")
    card = ModelCard(preset=PRESET, patterns=WORDS.patterns.classes, intensities=levels)
    stays = fit_judgement(rows, card, "somebody")
    moved = fit_judgement(rows, card, "somebody", border=True)
    assert stays.intensity_border is None
    assert moved.intensity_border == 3
    assert moved.intensity_temperature < stays.intensity_temperature


def held_out(run: Run, cohort: Cohort, part: str) -> HeldOut:
    return HeldOut(run.model, cohort, run.fold.records(cohort.fields, part))


def test_a_model_is_calibrated_on_who_is_held_out(runs: list[Run], cohort: Cohort) -> None:
    validation = held_out(runs[0], cohort, "validation")
    judgement = calibrate([validation], "those of fold A", accelerator="cpu")
    assert judgement is not None
    assert judgement.specimens == validation.rows()["pattern"].notna().sum() > 0
    assert judgement.measured_on.endswith("specimens, one a patient: those of fold A")
    assert read_card(runs[0].model).judgement == judgement


def test_without_held_out_patients_the_card_stays(runs: list[Run], cohort: Cohort) -> None:
    before = read_card(runs[1].model)
    assert calibrate([HeldOut(runs[1].model, cohort, [])], "nobody") is None
    assert read_card(runs[1].model) == before
    assert not Judgement().calibrated


def test_folds_together_have_every_patient_once(runs: list[Run], cohort: Cohort) -> None:
    judgement = calibrate([held_out(run, cohort, "test") for run in runs], "all folds")
    assert judgement is not None
    assert judgement.specimens == 12
    assert judgement.calibrated
    assert {read_card(run.model).judgement.measured_on for run in runs} == {judgement.measured_on}


def test_a_cohort_of_ones_own_gives_a_new_model(
    cohort: Cohort, model: Path, tmp_path: Path
) -> None:
    before = read_json(model / "card.json")
    card = calibrate_model(model, cohort, tmp_path / "out", accelerator="cpu")
    assert card.judgement.measured_on == (
        "12 specimens, one a patient: the patients of cohort 'small'"
    )
    assert read_json(model / "card.json") == before
    assert card.files == before["files"]
    assert read_card(tmp_path / "out") == card


def test_patients_that_the_model_learned_from_are_refused(cohort: Cohort, tmp_path: Path) -> None:
    one = cohort.fields[0].split_unit
    save_untrained(
        tmp_path / "model", fingerprint=cohort.info.fingerprint, trained_on=[one], chosen_on=[]
    )
    with refused(
        cohort.path,
        f"1 patients that the model learned from ({one})",
        "patients that it has not seen",
    ):
        calibrate_model(tmp_path / "model", cohort, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_to_calibrate_on_is_refused(model: Path, tmp_path: Path) -> None:
    bare = write_cohort(tmp_path / "bare", [record("f", pattern=None)])
    with refused(bare.path, "no field with a known pattern", "some to calibrate on"):
        calibrate_model(model, bare, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_rule_for_mitoses_asks_for_annotated_ones(
    cohort: Cohort, model: Path, tmp_path: Path
) -> None:
    with refused(cohort.path, "no table of cells", "a cohort whose cells are annotated"):
        calibrate_model(model, cohort, tmp_path / "out", mitosis=True, accelerator="cpu")
