"""What specimens gain over draws: each counts once, however often it is tested."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.accuracy.adaptation import WAYS, summary
from benchmarks.pages._adaptation import adaptation


def draw(kept: str, before: dict[str, float], after: dict[str, float]) -> dict[str, Any]:
    """Return a draw in which specimens were named right (1) or not (0), before and after."""

    def answers(right: dict[str, float]) -> dict[str, Any]:
        values = list(right.values())
        return {
            "patient": list(right),
            "pattern_right": values,
            "loss": [1 - value for value in values],
            "held": [1.0] * len(values),
            "set_size": [2.0] * len(values),
            "intensity_right": [None] * len(values),
        }

    drawn = {"before": 0.8, "after": 0.6 if kept == "fine_tuned" else 0.8}
    measured = {"before": answers(before), "after": answers(after)}
    return {"kept": kept, "drawn_right": drawn, **measured}


DRAWS = [
    draw("calibrated", {"a": 0, "b": 1}, {"a": 1, "b": 1}),
    draw("fine_tuned", {"a": 0, "c": 0}, {"a": 0, "c": 1}),
]


def test_gains_are_paired_means_over_specimens() -> None:
    found = summary(DRAWS, classes=4)
    assert found["kept"] == {"before": 0, "calibrated": 1, "fine_tuned": 1}
    assert found["before"]["pattern_right"]["mean"] == pytest.approx(1 / 3)
    # a is right in one of its two draws, b in one of one and c in one of one.
    assert found["after"]["pattern_right"]["mean"] == pytest.approx(2.5 / 3)
    assert found["gain"]["pattern_right"]["mean"] == pytest.approx((0.5 + 0 + 1) / 3)
    assert found["gain"]["loss"]["mean"] == pytest.approx(-0.5)
    assert found["drawn_right"] == pytest.approx({"before": 0.8, "after": 0.7})
    gain = found["gain"]["pattern_right"]
    assert -1 <= gain["low"] < gain["mean"] < gain["high"] <= 1


def test_the_table_has_a_row_for_each_number_of_specimens() -> None:
    found = {name: summary(DRAWS, classes=4) for name in ("0", *WAYS)}
    unknown = found["0"]["after"]["intensity_right"]
    assert set(unknown) == {"mean", "low", "high"}
    unknown.update(dict.fromkeys(unknown, None))  # as a result file has what is not defined
    result = {"laboratories": {"mivia": {"specimens": 28, **found}}}
    written = adaptation(result)
    assert isinstance(written, tuple)
    columns, rows, note = written
    assert [row[0] for row in rows] == [f"MIVIA: {name}" for name in ("0", *WAYS)]
    assert all(len(row) == len(columns) for row in rows)
    assert rows[0][columns.index("grade right")] == "–"
    assert rows[1][-2:] == ["0.700", "1 of 2"]
    assert "as many times as the last column says" in note
