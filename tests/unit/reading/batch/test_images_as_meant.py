"""Full scale, channel and coverage of what is in a folder of results, and what each reads anew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tifffile
from numpy.typing import NDArray

from anascope.files import read_json
from anascope.reading import find_images, read
from anascope.reading.batch import BatchSummary, ReaderSettings, WhyAnew, _specimen, read_batch
from tests.unit.reading.batch.conftest import draw, wells

pytestmark = pytest.mark.usefixtures("every_field_evaluable")  # discs are no HEp-2 field

SHIPPED = ReaderSettings(pixel_size_um=0.3225, sheets=False)


def write(path: Path, pixels: NDArray[Any], **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, pixels, photometric="minisblack", **({"metadata": None} | options))
    return path


def into(out: Path, settings: ReaderSettings, *paths: Path, **options: Any) -> BatchSummary:
    return read_batch(find_images(paths, **options), out, settings)


def fields_of(out: Path) -> Any:
    return pd.read_csv(out / "fields.csv").set_index("field")


def test_12_bits_in_16_and_16_bits_are_read_as_8_bits(tmp_path: Path) -> None:
    """Brightness of cells, pattern and intensity are the same, up to rounding."""
    grey = draw(tmp_path / "drawn.png", 3).astype(np.uint16)
    grey[0, 0] = 255
    folder = tmp_path / "in"
    write(folder / "8.tif", grey.astype(np.uint8))
    write(folder / "12.tif", grey * 16)
    write(folder / "16.tif", grey * 257)
    write(folder / "float.tif", grey.astype(np.float32))
    into(tmp_path / "out", SHIPPED, folder)
    fields = fields_of(tmp_path / "out")
    assert fields["full_scale"].to_dict() == {"8": 255, "12": 4095, "16": 65535, "float": 255}
    assert fields["full_scale_from"].to_dict() == {
        "8": "file", "12": "values", "16": "values", "float": "values",
    }  # fmt: skip
    cells = pd.read_csv(tmp_path / "out" / "cells.csv")
    brightness = cells.groupby(cells["field"].astype(str))["brightness"].mean()
    columns = [name for name in fields if name.startswith("p_")]
    for name in ("12", "16", "float"):
        assert fields.loc[name, "intensity"] == fields.loc["8", "intensity"]
        assert fields.loc[name, "likeliest"] == fields.loc["8", "likeliest"]
        assert fields.loc[name, "cells"] == fields.loc["8", "cells"] > 0
        np.testing.assert_allclose(
            fields.loc[name, columns].astype(float),
            fields.loc["8", columns].astype(float),
            atol=0.03,
        )
        assert brightness[name] == pytest.approx(brightness["8"], rel=0.01)


def test_a_brighter_field_changes_the_full_scale_of_its_specimen(
    tmp_path: Path, settings: ReaderSettings
) -> None:
    folder, out = tmp_path / "well", tmp_path / "out"
    grey = draw(tmp_path / "drawn.png", 3).astype(np.uint16)
    dim, bright = write(folder / "1.tif", grey * 4), write(folder / "2.tif", grey[::-1] * 400)
    assert into(out, settings, dim, specimen="folder").fields == 1
    assert fields_of(out)["full_scale"].tolist() == [4095]
    done = into(out, settings, folder, specimen="folder")
    assert (done.fields, done.kept, done.anew) == (2, 0, {WhyAnew.FULL_SCALE: 1})
    assert fields_of(out)["full_scale"].tolist() == [65535, 65535]
    done = into(out, settings, folder, specimen="folder")
    assert (done.fields, done.kept, done.anew) == (0, 2, {})
    fresh = tmp_path / "fresh"
    into(fresh, settings, folder, specimen="folder")
    columns = [name for name in fields_of(out) if name != "seconds"]
    pd.testing.assert_frame_equal(fields_of(out)[columns], fields_of(fresh)[columns])
    # Each file a specimen of its own has its own full scale.
    into(tmp_path / "files", settings, dim, bright)
    assert fields_of(tmp_path / "files")["full_scale"].tolist() == [4095, 65535]
    reading = read([str(dim), str(bright)], model=str(settings.model), specimen="folder")
    assert [field.provenance and field.provenance.full_scale for field in reading.fields] == [
        65535,
        65535,
    ]


def test_a_dim_field_whose_image_is_not_given_is_told(
    tmp_path: Path, settings: ReaderSettings
) -> None:
    grey = draw(tmp_path / "drawn.png", 3).astype(np.uint16)
    dim, bright = write(tmp_path / "w" / "1.tif", grey * 4), write(tmp_path / "w/2.tif", grey * 400)
    into(tmp_path / "out", settings, dim, specimen="folder")
    done = into(tmp_path / "out", settings, bright, specimen="folder")
    (unread,) = done.not_read
    assert unread.source == str(dim)
    assert "full scale of 4095, which other fields of its specimen contradict" in unread.reason
    done = into(tmp_path / "out", settings, dim, bright, specimen="folder")
    assert fields_of(tmp_path / "out")["full_scale"].tolist() == [65535, 65535]


def test_another_channel_is_read_anew(tmp_path: Path, settings: ReaderSettings) -> None:
    grey = draw(tmp_path / "drawn.png", 3)
    stack = np.stack([grey // 3, grey])
    path = write(tmp_path / "in" / "a.tif", stack, metadata={"axes": "CYX"}, imagej=True)
    out = tmp_path / "out"
    done = into(out, settings, path)
    assert "2 channels" in done.not_read[0].reason

    def asking(channel: str) -> BatchSummary:
        other = ReaderSettings(settings.model, engine="torch", sheets=False, channel=channel)
        return into(out, other, path)

    assert asking("2").fields == 1
    assert fields_of(out)["channel"].tolist() == [2]
    assert (asking("2").fields, asking("2").kept) == (0, 1)
    done = asking("1")
    assert (done.fields, done.anew) == (1, {WhyAnew.CHANNEL: 1})
    assert fields_of(out)["channel"].tolist() == [1]
    table = tmp_path / "table.csv"
    table.write_text("image;specimen;channel\nin/a.tif;w;2 of 2\n", encoding="utf-8")
    into(tmp_path / "by-table", settings, table=table)
    (field,) = read_json(tmp_path / "by-table" / "reading.json")["fields"]
    assert (field["provenance"]["channel"], field["provenance"]["channel_asked"]) == (1, "2 of 2")


def test_another_coverage_decides_anew_without_an_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a fresh reading at that coverage does, to the last digit."""
    folder = wells(tmp_path / "in", ("a", "b"))
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    wide = replace(SHIPPED, coverage=0.99)
    into(kept, SHIPPED, folder)
    before = {path: path.stat().st_mtime_ns for path in kept.rglob("overlay.jpg")}
    into(fresh, wide, folder)
    with monkeypatch.context() as patched:
        patched.setattr(_specimen, "decode", lambda files, *_: iter(map(_fail, files)))
        done = into(
            kept, wide, folder / "a", specimen="folder"
        )  # what is not given now is decided as well
    assert (done.fields, done.kept, done.decided_anew, done.anew) == (0, 2, 4, {})
    assert {path: path.stat().st_mtime_ns for path in kept.rglob("overlay.jpg")} == before
    for name in ("specimens.csv", "cells.csv"):
        assert (kept / name).read_bytes() == (fresh / name).read_bytes()
    columns = [name for name in fields_of(fresh) if name != "seconds"]
    assert fields_of(kept)[columns].to_csv() == fields_of(fresh)[columns].to_csv()
    found, wanted = (read_json(out / "reading.json") for out in (kept, fresh))
    for field in (*found["fields"], *wanted["fields"]):
        del field["seconds"]
    assert json.dumps(found) == json.dumps(wanted)
    assert into(kept, wide, folder).decided_anew == 0


def _fail(file: object) -> None:
    raise AssertionError(f"{file} is opened")


def test_a_new_coverage_that_was_interrupted_goes_on(tmp_path: Path) -> None:
    """Fields were decided anew, and the process ended before their specimen was."""
    folder = wells(tmp_path / "in", ("a",))
    kept, wide = (
        tmp_path / "kept",
        ReaderSettings(pixel_size_um=0.3225, sheets=False, coverage=0.99),
    )
    into(kept, SHIPPED, folder)
    specimen = kept / "specimens" / "a" / "specimen.json"
    old = specimen.read_bytes()
    into(kept, wide, folder)
    specimen.write_bytes(old)
    into(kept, wide, folder)
    assert pd.read_csv(kept / "specimens.csv")["coverage"].tolist() == [0.99]
