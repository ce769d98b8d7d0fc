"""A measure of sums over patients is what ``score`` gives for the same rows."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anascope.tasks import INTENSITY, PATTERN, TASKS, Measure, by_field, by_specimen, score
from anascope.words import IntensityScale, PatternSpace, Vocabulary

# Labels may be coarser than classes: "speckled" allows two of these.
SPACE = PatternSpace(("homogeneous", "fine speckled", "coarse speckled", "centromere"))
PATTERNS = (*SPACE.classes, "speckled", "nuclear", None)
TWO, THREE = IntensityScale(), IntensityScale(("negative", "intermediate", "positive"))
KEYS = [each.key for task in TASKS for each in task.measures(Vocabulary(SPACE))]
KEYS_OF_LABELS = [key for key in KEYS if not key.startswith("mask")]


def words(scale: IntensityScale) -> Vocabulary:
    return Vocabulary(SPACE, scale)


def pattern_columns() -> list[str]:
    return [*PATTERN.columns(Vocabulary(SPACE)).averaged]


def intensity_columns(scale: IntensityScale) -> list[str]:
    return [*INTENSITY.columns(words(scale)).averaged]


def predictions(scale: IntensityScale, seed: int = 0, people: int = 6) -> pd.DataFrame:
    """Return random predictions; some rows lack a label, some fields a mask, or cells."""
    generator = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for field in range(2 * people):
        patient = f"p{field // 2}"
        pattern = PATTERNS[generator.integers(len(PATTERNS))]
        intensity = (*scale.levels, None)[generator.integers(len(scale.levels) + 1)]
        # Neither cells found nor cells there: no Dice. No pixel at all: a field without a mask.
        most = np.array([[9, 9, 9, 9], [0, 0, 0, 9], [0, 0, 0, 0]][generator.integers(3)])
        for patch in range(3):
            counts = generator.integers(0, most + 1)
            probabilities = generator.dirichlet(np.ones(len(SPACE)))
            above = np.sort(generator.integers(0, 5, scale.outputs) / 4)[::-1]  # with ties
            rows.append(
                {
                    **{"field": f"f{field}", "specimen": patient, "patient": patient},
                    "patch": patch,
                    **dict(zip(("tp", "fp", "fn", "tn"), counts.tolist(), strict=True)),
                    **dict(zip(pattern_columns(), probabilities, strict=True)),
                    **dict(zip(intensity_columns(scale), above, strict=True)),
                    **{"pattern": pattern, "intensity": intensity},
                }
            )
    return pd.DataFrame(rows)


@cache
def made_up(scale: IntensityScale, seed: int, level: str) -> pd.DataFrame:
    """Return random predictions at a level; not to be changed."""
    patches = predictions(scale, seed)
    decide = {"field": by_field, "specimen": by_specimen}.get(level)
    return decide(patches, words(scale)) if decide else patches


def measure_of(key: str, scale: IntensityScale = TWO) -> Measure:
    return next(m for task in TASKS for m in task.measures(words(scale)) if m.key == key)


def measured(
    key: str, table: pd.DataFrame, scale: IntensityScale = TWO, patients: list[str] | None = None
) -> float:
    """Return the measure of the sum over ``patients``, all of the table if not given."""
    measure = measure_of(key, scale)
    people = sorted(set(table["patient"])) if patients is None else patients
    sums = measure.sums(table, words(scale), people)
    assert sums.shape[0] == len(people)
    return float(measure.value(sums.sum(axis=0)))


def scored(key: str, table: pd.DataFrame, scale: IntensityScale = TWO) -> float:
    task, _, name = key.partition(".")
    return float(score(table, words(scale))[task][name])


@pytest.mark.parametrize("scale", [TWO, THREE], ids=["two-levels", "three-levels"])
@pytest.mark.parametrize("level", ["patch", "field", "specimen"])
@pytest.mark.parametrize("key", KEYS)
def test_equals_the_score(key: str, level: str, scale: IntensityScale) -> None:
    for seed in range(4):
        table = made_up(scale, seed, level)
        assert measured(key, table, scale) == pytest.approx(scored(key, table, scale), nan_ok=True)


def test_the_made_up_rows_hold_every_case() -> None:
    """What the test above rests on: it would show nothing about rows that do not occur."""
    table = pd.concat([predictions(THREE, seed) for seed in range(4)])
    assert table["pattern"].isna().any()
    assert table["intensity"].isna().any()
    assert set(table["pattern"].dropna()) == {"speckled", "nuclear", *SPACE.classes}
    assert set(table["intensity"].dropna()) == set(THREE.levels)
    pixels = table[["tp", "fp", "fn", "tn"]]
    assert (pixels.sum(axis=1) == 0).any()
    assert ((pixels[["tp", "fp", "fn"]].sum(axis=1) == 0) & (pixels["tn"] > 0)).any()
    for level in ("patch", "field", "specimen"):
        scores = score(made_up(THREE, 0, level), words(THREE))
        values = [scores[key.partition(".")[0]][key.partition(".")[2]] for key in KEYS]
        assert np.isfinite(values).all()


def test_a_coarse_label_is_right_with_any_class_it_allows() -> None:
    table = predictions(TWO, people=1).head(3).assign(pattern="speckled")
    table[pattern_columns()] = np.eye(4)[[1, 2, 0]]
    assert measured("pattern.accuracy", table) == pytest.approx(2 / 3)
    # It names no single class, so it is in no confusion matrix.
    assert np.isnan(measured("pattern.mean_class_accuracy", table))


def test_a_label_that_allows_every_class_is_none() -> None:
    table = predictions(TWO, people=1).assign(pattern="nuclear")
    assert np.isnan(measured("pattern.accuracy", table))


@pytest.mark.parametrize("key", ["mask.dice", "mask.iou", "mask.pixel_accuracy"])
def test_fields_without_a_mask_count_nowhere(key: str) -> None:
    table = predictions(TWO, seed=1)
    table["patient"] = [f"p{number % 5}" for number in range(len(table))]
    bare = table.assign(tp=0, fp=0, fn=0, tn=0, patient="bare")
    assert measured(key, pd.concat([table, bare])) == pytest.approx(measured(key, table))
    assert np.isnan(measured(key, bare))


def test_one_sided_truth_has_no_area() -> None:
    table = predictions(TWO).assign(intensity="positive")
    assert np.isnan(measured("intensity.auroc", table))
    assert np.isnan(scored("intensity.auroc", table))
    # Of two outputs, one on which all are above and one that tells: the mean is over that one.
    three = predictions(THREE)
    three["intensity"] = ["intermediate", "positive"] * (len(three) // 2)
    area = measured("intensity.auroc", three, THREE)
    assert area == pytest.approx(scored("intensity.auroc", three, THREE))
    assert np.isfinite(area)


def test_an_area_by_hand() -> None:
    """Of four pairs two are in order, one is tied and one is not: 2.5 of 4."""
    table = predictions(TWO, people=1).head(4)
    table["intensity"] = ["positive", "positive", "intermediate", "intermediate"]
    table["p_above_intermediate"] = [0.9, 0.4, 0.4, 0.6]
    assert measured("intensity.auroc", table) == 2.5 / 4


@pytest.mark.parametrize("key", KEYS_OF_LABELS)
@pytest.mark.parametrize("gap", [np.nan, np.inf])
def test_a_labelled_row_that_is_not_finite_leaves_the_measure_undefined(
    key: str, gap: float
) -> None:
    table = predictions(TWO, seed=2).assign(pattern="homogeneous")
    table["intensity"] = ["intermediate", "positive"] * (len(table) // 2)
    assert np.isfinite(measured(key, table))
    columns = pattern_columns() if key.startswith("pattern") else intensity_columns(TWO)
    table.loc[4, columns[0]] = gap
    assert np.isnan(measured(key, table))
    assert np.isnan(scored(key, table))


@pytest.mark.parametrize("key", KEYS_OF_LABELS)
def test_an_unlabelled_row_that_is_not_finite_changes_nothing(key: str) -> None:
    table = predictions(TWO, seed=2).assign(pattern="homogeneous")
    table["intensity"] = ["intermediate", "positive"] * (len(table) // 2)
    bare = table.head(1).assign(pattern=None, intensity=None)
    bare[[*pattern_columns(), *intensity_columns(TWO)]] = np.nan
    with_bare = pd.concat([table, bare], ignore_index=True)
    assert measured(key, with_bare) == measured(key, table)
    assert measured(key, with_bare) == pytest.approx(scored(key, with_bare))


@pytest.mark.parametrize("key", KEYS)
def test_patients_who_are_not_listed_are_left_out(key: str) -> None:
    table = predictions(TWO, seed=3)
    some = ["p4", "p1", "p2"]  # in any order
    part = table[table["patient"].isin(some)]
    assert measured(key, table, patients=some) == pytest.approx(scored(key, part), nan_ok=True)
    # Neither do rows of theirs that are not finite.
    table.loc[table["patient"] == "p0", [*pattern_columns(), *intensity_columns(TWO)]] = np.nan
    assert measured(key, table, patients=some) == pytest.approx(scored(key, part), nan_ok=True)


@pytest.mark.parametrize("key", KEYS)
def test_sums_are_of_the_patient_in_that_row(key: str) -> None:
    table = predictions(TWO, seed=3)
    measure = measure_of(key)
    sums = measure.sums(table, words(TWO), ["p3", "p5"])
    for row, patient in zip(sums, ["p3", "p5"], strict=True):
        alone = table[table["patient"] == patient]
        assert float(measure.value(row)) == pytest.approx(scored(key, alone), nan_ok=True)


@pytest.mark.parametrize("key", KEYS)
def test_nothing_labelled_is_undefined_for_every_resample(key: str) -> None:
    table = predictions(TWO).assign(pattern=None, intensity=None, tp=0, fp=0, fn=0, tn=0)
    measure = measure_of(key)
    sums = measure.sums(table, words(TWO), ["p0", "p1"])
    resamples = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]]) @ sums
    assert np.isnan(measure.value(resamples)).tolist() == [True] * 3


@settings(max_examples=50)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 3),  # patient
            st.sampled_from([*THREE.levels, None]),
            st.integers(0, 4),  # quarters: ties are common
            st.integers(0, 4),
        ),
        min_size=1,
        max_size=30,
    ),
    drawn=st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_area_of_a_resample_equals_the_score_of_its_rows(
    rows: list[tuple[int, str | None, int, int]], drawn: list[int]
) -> None:
    table = pd.DataFrame(
        {
            "patient": [f"p{row[0]}" for row in rows],
            "pattern": None,
            "intensity": [row[1] for row in rows],
            "p_above_negative": [row[2] / 4 for row in rows],
            "p_above_intermediate": [row[3] / 4 for row in rows],
            **dict.fromkeys(("tp", "fp", "fn", "tn"), 0),
            **dict.fromkeys(pattern_columns(), 0.25),
        }
    )
    measure, people = measure_of("intensity.auroc", THREE), ["p0", "p1", "p2", "p3"]
    sums = measure.sums(table, words(THREE), people)
    times = np.array([drawn.count(number) for number in range(4)], float)
    again = pd.concat([table[table["patient"] == people[number]] for number in drawn])
    found = float(measure.value(times @ sums))
    assert found == pytest.approx(scored("intensity.auroc", again, THREE), nan_ok=True)
