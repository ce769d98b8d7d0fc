"""Many fields: in order, the same in any number of processes, a few at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anascope.errors import InputError
from anascope.synthetic import (
    MIVIA,
    Drawing,
    DrawnField,
    Microscopes,
    PlannedField,
    Population,
    laboratory_named,
)

SMALL = replace(MIVIA, shape=(60, 80))


def drawing(patients: int = 3, fields: int = 2, seed: int = 1) -> Drawing:
    return Drawing(Population.like("mivia", patients=patients, fields=fields), SMALL, seed)


def images(made: Drawing, jobs: int = 1) -> dict[str, DrawnField]:
    return {planned.name: drawn for planned, drawn in made.fields(jobs)}


def test_two_processes_draw_the_same_as_one() -> None:
    alone, together = images(drawing()), images(drawing(), jobs=2)
    assert list(alone) == list(together) == ["001_1", "001_2", "002_1", "002_2", "003_1", "003_2"]
    for name, field in alone.items():
        np.testing.assert_array_equal(field.image, together[name].image)
        np.testing.assert_array_equal(field.instances, together[name].instances)
        assert field.cells == together[name].cells


def test_more_patients_and_fields_leave_the_others_as_they_are() -> None:
    few, many = images(drawing(1, 1)), images(drawing(2, 2))
    np.testing.assert_array_equal(few["001_1"].image, many["001_1"].image)
    assert (many["001_1"].image != many["001_2"].image).any()
    assert (images(drawing(1, 1, seed=2))["001_1"].image != few["001_1"].image).any()


def test_nothing_is_drawn_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def noted(self: Drawing, planned: PlannedField) -> None:
        done.append(planned.name)

    monkeypatch.setattr(Drawing, "field", noted)
    fields = drawing(patients=1000).fields()
    assert not done
    next(fields)
    assert done == ["001_1"]


class Killed(Drawing):
    """One that takes its process with it."""

    def field(self, planned: PlannedField) -> DrawnField:
        os._exit(1)


def test_a_process_that_is_killed_is_told_in_one_line() -> None:
    made = Killed(Population.like("mivia", patients=2), SMALL)
    with pytest.raises(InputError, match="a process that draws ended early; expected enough"):
        list(made.fields(jobs=2))


def test_a_script_without_a_main_guard_is_told_of_it(tmp_path: Path) -> None:
    script = tmp_path / "draw.py"
    script.write_text(
        "from anascope.synthetic import MIVIA, Drawing, Population\n"
        "list(Drawing(Population.like('mivia', patients=2), MIVIA).fields(jobs=2))\n",
        encoding="utf-8",
    )
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    last = ended.stderr.strip().splitlines()[-1]
    assert "a process that draws ended early" in last
    assert 'in a script, `if __name__ == "__main__":` around the call' in last


@pytest.mark.parametrize(
    ("changes", "seed", "message"),
    [
        ({"shape": (8, 100)}, 0, "shape: 8x100; expected at least 16x16 pixels"),
        ({"bits": 10}, 0, "bits: 10; expected 8, 12 or 16"),
        ({"bits": 12, "jpeg_quality": 80}, 0, "jpeg_quality: 80 with 12 bits; expected 8 bits"),
        ({}, -1, "seed: -1; expected 0 or more"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changes: dict[str, int], seed: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Drawing(Population.like("mivia"), replace(MIVIA, **changes), seed)  # type: ignore[arg-type]


def test_no_jobs_are_refused() -> None:
    with pytest.raises(InputError, match=r"^jobs: 0; expected at least 1"):
        drawing().fields(0)


# Mean grey levels of 16 places of a field, as they were before a laboratory could have a range of
# microscopes: what is drawn for a seed must not change with what other laboratories can have. It
# may change with how a stain looks, as that of homogeneous ones in mitosis has since.
BEFORE = {
    ("i3a", "homogeneous"): (
        "16 31.9 26.9 27.2 15.7 18.9 16.4 15.2 30.9 19 13.4 13.3 30.5 18.6 13.1 13.1"
    ),
    ("i3a", "homogeneous+centromere"): (
        "18 32.3 48.9 17.5 13.8 18.4 26.1 18.1 13.8 14.7 19.9 17.7 13.6 17.2 39.4 15.8"
    ),
    ("mivia", "homogeneous"): "29.1 10.7 9 9.6 29.3 10.8 9.3 9 22.2 11.2 10 9.2 44.3 15.3 9.8 9",
    ("mivia", "homogeneous+centromere"): (
        "14.4 16.4 15.7 14 14.4 12.9 20.7 21.4 15.4 27.3 26.3 20.9 25.6 71.5 39.1 14.4"
    ),
}


@pytest.mark.parametrize(("laboratory", "pattern"), BEFORE)
def test_one_microscope_draws_what_it_always_drew(laboratory: str, pattern: str) -> None:
    microscope = replace(laboratory_named(laboratory).microscope, shape=(120, 160))
    patient = 0 if pattern == "homogeneous" else 6
    planned = PlannedField(patient, 0, tuple(pattern.split("+")), "positive")
    population = Population(((pattern, "positive"),) * (patient + 1), 1)
    drawn = Drawing(population, microscope, 5).field(planned)
    means = drawn.image.reshape(4, 30, 4, 40).mean(axis=(1, 3)).ravel()
    expected = [float(word) for word in BEFORE[laboratory, pattern].split()]
    np.testing.assert_allclose(means, expected, atol=0.15)


def test_each_patient_is_seen_through_a_microscope_of_its_own() -> None:
    optics = laboratory_named("any").optics
    assert isinstance(optics, Microscopes)
    made = Drawing(Population.like("any", patients=3, fields=2), optics.replaced(shape=(64, 80)), 2)
    names = [made.microscope_of(patient).name for patient in range(3)]
    assert len(set(names)) == 3
    alone, together = images(made), images(made, jobs=2)
    for name, field in alone.items():
        np.testing.assert_array_equal(field.image, together[name].image)
        np.testing.assert_array_equal(field.mask, together[name].mask)
