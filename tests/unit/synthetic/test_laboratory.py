"""A laboratory is a file: shipped, or a user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from anascope.synthetic import (
    MIVIA,
    STAINS,
    Drawing,
    Laboratory,
    Population,
    draw_specimen,
    laboratory_named,
    laboratory_names,
)
from anascope.synthetic.stains import shipped_ranges
from tests.refusals import refused
from tests.unit.synthetic.few_microscopes import FEW

OURS: dict[str, Any] = {
    "description": "Our laboratory",
    "microscope": {
        "name": "ours",
        "magnification": 63,
        "numerical_aperture": 1.4,
        "immersion_index": 1.518,
        "shape": [40, 50],
    },
    "fields": 2,
    "patients": {"AC-21": {"positive": 3}, "golgi+hom": {"pos": 1, "negative": 2}},
    "stains": {"mitochondrial": {"nuclear": {"between": [5, 6]}}},
}


def written(folder: Path, content: dict[str, Any]) -> str:
    path = folder / "ours.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return str(path)


def changed(**changes: Any) -> dict[str, Any]:
    return {**OURS, **changes}


def test_those_of_public_sets_and_any_are_shipped() -> None:
    assert laboratory_names() == ("any", "i3a", "mivia")
    assert laboratory_named("mivia").microscope == MIVIA


def test_a_file_adds_a_laboratory(tmp_path: Path) -> None:
    path = written(tmp_path, OURS)
    ours = laboratory_named(path)
    assert ours.microscope.pixel_size_um == pytest.approx(6.45 / 63)
    assert ours.labels == {
        ("mitochondrial", "positive"): 3,
        ("golgi+homogeneous", "positive"): 1,
        ("golgi+homogeneous", "negative"): 2,
    }
    population = Population.like(path, patients=2)
    assert len(population) == 4
    drawing = Drawing(population, ours.microscope, seed=3, stains=ours.stains)
    _, drawn = next(drawing.fields())
    assert drawn.image.shape == (40, 50)


def test_a_file_changes_how_a_stain_looks(tmp_path: Path) -> None:
    ours = laboratory_named(written(tmp_path, OURS))

    def nuclear(pattern: str, stains: dict[str, Any]) -> list[float]:
        specimens = (
            draw_specimen(np.random.default_rng(seed), pattern, "positive", MIVIA, stains)
            for seed in range(20)
        )
        return [specimen.stains[0][0].nuclear for specimen in specimens]  # type: ignore[attr-defined]

    assert all(5 <= value <= 6 for value in nuclear("mitochondrial", ours.stains))
    assert all(0.05 <= value <= 0.4 for value in nuclear("mitochondrial", {}))
    assert nuclear("golgi", ours.stains) == nuclear("golgi", {})


@pytest.mark.parametrize(
    ("content", "where", "found", "expected"),
    [
        (
            changed(microscope={**OURS["microscope"], "apperture": 0.9}),
            "microscope",
            "unknown key 'apperture'",
            "one of ... (did you mean 'numerical_aperture'?)",
        ),
        (
            changed(microscope={**OURS["microscope"], "glare": -1}),
            "microscope.glare",
            "-1",
            "greater than or equal to 0",
        ),
        (
            changed(patients={"golgy": {"positive": 1}}),
            "patients",
            "unknown pattern 'golgy'",
            "one of ... (did you mean 'golgi'?)",
        ),
        (
            changed(patients={"golgi": {"bright": 1}}),
            "patients",
            "unknown intensity 'bright'",
            "one of negative, intermediate, positive",
        ),
        (
            changed(stains={"golgi": {"fragment": {"between": [0, 1]}}}),
            "stains",
            "unknown value 'fragment' of golgi",
            "one of ... (did you mean 'fragments'?)",
        ),
        (
            changed(stains={"goli": {}}),
            "stains",
            "unknown stain 'goli'",
            "one of ... (did you mean 'golgi'?)",
        ),
        (
            changed(stains={"golgi": {"nuclear": {"between": [0.4, 0.1]}}}),
            "stains.golgi.nuclear",
            "between 0.4 and 0.1",
            "the lower one first",
        ),
    ],
)
def test_what_does_not_fit_is_named(
    tmp_path: Path, content: dict[str, Any], where: str, found: str, expected: str
) -> None:
    path = written(tmp_path, content)
    with refused(f"{path}, {where}", found, expected):
        laboratory_named(path)


def test_a_laboratory_without_a_microscope_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, {key: OURS[key] for key in OURS if key != "microscope"})
    with refused(path, "neither 'microscope' nor 'microscopes'", "'microscope', or ..."):
        laboratory_named(path)


def test_a_laboratory_with_a_microscope_and_a_range_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, changed(microscopes=FEW))
    with refused(path, "both", "'microscope', or ..."):
        laboratory_named(path)


def test_a_wrong_key_names_the_nearest_as_it_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, changed(microscop={}))
    with refused(path, "unknown key 'microscop'", "one of ... (did you mean 'microscope'?)"):
        laboratory_named(path)


def test_every_stain_has_ranges_of_values_that_it_has() -> None:
    assert set(shipped_ranges()) == set(STAINS)
    for leaf, ranges in shipped_ranges().items():
        assert "cytoplasm" in ranges
        assert set(ranges) <= set(STAINS[leaf].__dataclass_fields__)


def test_a_laboratory_says_what_its_keys_mean() -> None:
    keys = {field.alias or name for name, field in Laboratory.model_fields.items()}
    assert keys == set(OURS) | {"microscopes", "titres"}
