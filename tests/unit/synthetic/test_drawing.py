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
from anascope.synthetic import MIVIA, Drawing, DrawnField, PlannedField, Population

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
        ({"shape": (8, 100)}, 0, "--shape: 8x100; expected at least 16x16 pixels"),
        ({"bits": 12}, 0, "--bits: 12; expected 8 or 16"),
        ({}, -1, "--seed: -1; expected 0 or more"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changes: dict[str, int], seed: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Drawing(Population.like("mivia"), replace(MIVIA, **changes), seed)  # type: ignore[arg-type]


def test_no_jobs_are_refused() -> None:
    with pytest.raises(InputError, match=r"^jobs: 0; expected at least 1"):
        drawing().fields(0)
