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
    found = summary(ROWS)
    assert found["pictures"] == 4
    assert found["median_error"] == pytest.approx(0.2)
    assert found["within_30_percent"]["mean"] == pytest.approx(1 / 3)  # of three fields
    assert found["without_an_estimate"] == 0.5  # one is too uncertain, one has none
    assert found["given"]["median_error"] == pytest.approx(0.15)
    assert found["given"]["within_two_said_errors"] == 1
    assert found["contradicted"] == {"right": 0.25}


def test_pictures_with_few_cells_do_not_count_as_read() -> None:
    found = summary(ROWS)
    assert found["read"]["pictures"] == 1
    assert found["read"]["same_name"]["mean"] == 1
    assert found["read"]["same_likeliest"]["mean"] == 1
    assert found["read"]["largest_cost"] == pytest.approx(1 + 0.1 / 0.9)


def test_groups() -> None:
    assert {name: each["pictures"] for name, each in grouped(ROWS, "source").items()} == {
        "a": 3,
        "b": 1,
    }
