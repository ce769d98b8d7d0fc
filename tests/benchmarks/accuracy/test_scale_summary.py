"""What tested pictures say of the estimate, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.accuracy._scale_summary import grouped, summary

ROWS = pd.DataFrame(
    {
        "source": ["a", "a", "a", "b"],
        "number": [0, 0, 1, 0],
        "error": [0.1, -0.2, 0.25, float("nan")],
        "said_error": [0.2, 0.2, 0.7, float("nan")],
        "contradicts_right": [False, True, False, None],
        "estimate_seconds": [0.1, 0.2, 0.2, float("nan")],
        "cells": [9, 3, float("nan"), float("nan")],
        "read_seconds": [1.0, 1.0, 0.5, float("nan")],
        "same_name": [True, None, None, None],
        "same_likeliest": [True, None, None, None],
    }
)


def test_what_has_no_estimate_is_not_near() -> None:
    said = summary(ROWS)
    assert said["pictures"] == 4
    assert said["median_error"] == pytest.approx(0.2)
    assert said["within_30_percent"]["mean"] == pytest.approx(1 / 3)  # of three fields
    assert said["without_an_estimate"] == 0.5  # one is too uncertain, one has none
    assert said["given"]["median_error"] == pytest.approx(0.15)
    assert said["given"]["within_two_said_errors"] == 1
    assert said["contradicted"] == {"right": 0.25}


def test_pictures_with_few_cells_do_not_count_as_read() -> None:
    said = summary(ROWS)
    assert said["read"]["pictures"] == 1
    assert said["read"]["same_name"]["mean"] == 1
    assert said["read"]["same_likeliest"]["mean"] == 1
    assert said["read"]["largest_cost"] == pytest.approx(1 + 0.1 / 0.9)


def test_groups() -> None:
    assert {name: each["pictures"] for name, each in grouped(ROWS, "source").items()} == {
        "a": 3,
        "b": 1,
    }
