"""Tables have a row each, columns that are documented, and types that files keep."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from anascope.reading.results import cell_table, field_table, specimen_table
from anascope.reading.results._table_files import table_files
from anascope.reading.results._tables import cell_columns
from tests.refusals import refused
from tests.unit.reading.results.conftest import (
    BLURRED,
    UNSCALED,
    MadeUp,
    made_up_decision,
    made_up_specimen,
)

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "reading.md"


def test_fields(made_up: Callable[..., MadeUp]) -> None:
    field = made_up(quality=(BLURRED, UNSCALED), decision=made_up_decision(others=("golgi",)))
    (row,) = field_table([field.reading]).to_dict("records")
    assert row["specimen"] == "S-1"
    assert row["pattern"] == "undecided"
    assert row["codes"] == "AC-1; AC-22"
    assert row["pattern_set"] == "homogeneous; golgi"
    assert (row["likeliest"], row["likeliest_codes"]) == ("homogeneous", "AC-1")
    assert row["likeliest_probability"] == row["p_pattern_homogeneous"] == 0.9
    assert row["p_pattern_numa_like"] == pytest.approx(0.025)
    assert row["p_family_cytoplasmic"] == pytest.approx(0.025)
    assert row["p_intensity_positive"] == 0.7
    assert row["flags"] == "out of focus; no pixel size"
    assert row["seconds"] == pytest.approx(0.21)
    assert row["cells"] == len(field.reading.cells)


def test_who_says_the_pixel_size(made_up: Callable[..., MadeUp]) -> None:
    reading = made_up().reading
    estimated = replace(reading, provenance=None, pixel_size_error=0.12)
    table = field_table([reading, estimated, replace(reading, provenance=None)])
    assert table["pixel_size_from"].fillna("").tolist() == ["file", "estimated", ""]
    assert table["pixel_size_error"].fillna(0).tolist() == [0, 0.12, 0]


def test_specimens(made_up: Callable[..., MadeUp]) -> None:
    fields = [made_up("a", quality=(BLURRED,)).reading, made_up("b", seed=1).reading]
    (row,) = specimen_table([made_up_specimen(*fields)]).to_dict("records")
    assert (row["fields"], row["flagged"]) == (2, 1)
    assert row["cells"] == sum(len(field.cells) for field in fields)


def test_cells(made_up: Callable[..., MadeUp]) -> None:
    field = made_up().reading
    table = cell_table([field, made_up("F-2", told=False).reading])
    first = table.iloc[0]
    for name in ("cell", "y", "x", "area", "area_um2", "brightness", "mitotic", "pattern"):
        assert first[name] == getattr(field.cells[0], name)
    assert set(table["field"]) == {"F-1", "F-2"}
    assert table["pattern"].isna().sum() == len(table) - len(field.cells)


def test_what_a_model_cannot_tell_keeps_its_type(
    made_up: Callable[..., MadeUp], tmp_path: Path
) -> None:
    complete, incomplete = made_up().reading, made_up("F-2", told=False).reading
    with table_files(tmp_path / "cells") as add:
        add(cell_columns([]))
        add(cell_columns([incomplete]))
        add(cell_columns([complete]))
    read = pd.read_parquet(tmp_path / "cells.parquet")
    wanted = cell_table([incomplete, complete])
    pd.testing.assert_frame_equal(read, wanted, check_dtype=False)
    csv = pd.read_csv(tmp_path / "cells.csv")
    assert list(csv) == list(wanted)
    pd.testing.assert_series_equal(csv["brightness"], wanted["brightness"], rtol=1e-8)
    assert str(field_table([incomplete])["mitotic_figures"].dtype) == "Int64"


def test_without_what_parquet_needs_there_is_csv_alone(
    made_up: Callable[..., MadeUp], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = cell_columns([made_up().reading])
    with table_files(tmp_path / "cells") as add:
        add(rows)
    before = (tmp_path / "cells.csv").read_bytes()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with table_files(tmp_path / "cells") as add:
        add(rows)
    assert (tmp_path / "cells.csv").read_bytes() == before
    assert not (tmp_path / "cells.parquet").exists()  # it would stay as it was from now on
    monkeypatch.setitem(sys.modules, "pandas", None)
    with refused("a table of results", "pandas is not installed", "anascope[parquet] ..."):
        cell_table([])


def test_csv_holds_what_pandas_would_write(made_up: Callable[..., MadeUp], tmp_path: Path) -> None:
    untold = made_up('F, "2"', told=False).reading
    rows = cell_columns([made_up().reading, untold])
    with table_files(tmp_path / "cells") as add:
        add(rows)
    written = (tmp_path / "cells.csv").read_text(encoding="utf-8")
    assert written == rows.frame().to_csv(index=False, float_format="%.9g", lineterminator="\n")


def test_no_file_if_writing_fails(made_up: Callable[..., MadeUp], tmp_path: Path) -> None:
    def fail() -> None:
        with table_files(tmp_path / "cells") as add:
            add(cell_columns([made_up().reading]))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["specimens", "fields", "cells"])
def test_columns_are_those_of_the_reference(made_up: Callable[..., MadeUp], kind: str) -> None:
    field = made_up().reading
    tables = {
        "specimens": specimen_table([made_up_specimen(field)]),
        "fields": field_table([field]),
        "cells": cell_table([field]),
    }
    page = PAGE.read_text(encoding="utf-8")
    section = page.partition(f"\n## {kind}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall("`(.+?)`", row)]
    if "pattern` to `intensity" in section:
        specimens = list(tables["specimens"])
        place = named.index("pattern")
        begin, end = specimens.index("pattern"), specimens.index("intensity")
        named[place : place + 2] = specimens[begin : end + 1]
    columns = [re.sub(r"^(p_[a-z]+_).*", r"\1NAME", str(name)) for name in tables[kind]]
    assert list(dict.fromkeys(columns)) == named
