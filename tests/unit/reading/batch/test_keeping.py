"""What is kept of earlier readings into the same folder: never the result of another image."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tifffile

from anascope.errors import InputError
from anascope.files import read_json
from anascope.models import Model, save_model
from anascope.presets import ImagePreset
from anascope.reading import Inputs, _pixel_size, find_images
from anascope.reading._fields import decode
from anascope.reading.batch import (
    BatchSummary,
    ReaderSettings,
    WhyAnew,
    read_batch,
)
from tests.unit.models.engines.test_engines import model
from tests.unit.reading.batch.conftest import draw
from tests.unit.reading.scale.estimates import estimated

Read = tuple[str, str, str]
"""A specimen, a field of it, and the file that it was read from."""


def fields_in(out: Path) -> list[Read]:
    table = pd.read_csv(out / "fields.csv", dtype=str)
    rows = zip(table["specimen"], table["field"], table["source"], strict=True)
    return [(specimen, field, source) for specimen, field, source in rows]


def answers(out: Path) -> dict[str, float]:
    """Return what the model said of each image: no two images have the same."""
    table = pd.read_csv(out / "fields.csv")
    return dict(zip(table["source"], table["likeliest_probability"], strict=True))


def read_into(
    out: Path, settings: ReaderSettings, *paths: Path, specimen: str | None = None
) -> BatchSummary:
    return read_batch(find_images(paths, specimen=specimen), out, settings)


def test_files_of_one_name_are_two_patients(tmp_path: Path, settings: ReaderSettings) -> None:
    """Read into one folder one after the other, as read into two."""
    draw(tmp_path / "A" / "01.png", 1)
    draw(tmp_path / "B" / "01.png", 2, cells=5)
    a, b = tmp_path / "A" / "01.png", tmp_path / "B" / "01.png"
    first = read_into(tmp_path / "out", settings, tmp_path / "A")
    second = read_into(tmp_path / "out", settings, tmp_path / "B")
    assert (first.fields, second.fields, second.kept) == (1, 1, 0)
    assert fields_in(tmp_path / "out") == [("01", "01", str(a)), ("B-01", "B-01", str(b))]
    alone: dict[str, float] = {}
    for file in (a, b):
        read_into(tmp_path / f"out-{file.parent.name}", settings, file)
        alone |= answers(tmp_path / f"out-{file.parent.name}")
    assert answers(tmp_path / "out") == alone
    assert alone[str(a)] != alone[str(b)]


def test_a_relative_path_means_another_file_in_another_folder(
    tmp_path: Path, settings: ReaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, folder in enumerate(("monday", "tuesday")):
        draw(tmp_path / folder / "plate" / "01.png", number)
        monkeypatch.chdir(tmp_path / folder)
        done = read_into(tmp_path / "out", settings, Path("plate"))
        assert (done.fields, done.kept) == (1, 0)
    names = [(specimen, field) for specimen, field, _ in fields_in(tmp_path / "out")]
    assert names == [("01", "01"), ("plate-01", "plate-01")]
    monkeypatch.chdir(tmp_path)
    done = read_into(tmp_path / "out", settings, Path("monday/plate"), Path("tuesday/plate"))
    assert (done.fields, done.kept) == (0, 2)


def test_an_image_that_changed_is_read_anew(tmp_path: Path, settings: ReaderSettings) -> None:
    images, out = tmp_path / "images", tmp_path / "out"
    for name in ("01", "02"):
        draw(images / f"{name}.png", int(name))
    read_into(out, settings, images)
    before = answers(out)
    draw(images / "01.png", 3, cells=4)
    done = read_into(out, settings, images)
    assert (done.fields, done.kept, done.anew) == (1, 1, {WhyAnew.CONTENT: 1})
    read_into(tmp_path / "fresh", settings, images)
    assert answers(out) == answers(tmp_path / "fresh")
    assert answers(out) != before
    decision = read_json(out / "specimens" / "01" / "specimen.json")["decision"]
    assert max(decision["patterns"].values()) == pytest.approx(answers(out)[str(images / "01.png")])


def test_a_corrected_pixel_size_is_read_anew(tmp_path: Path, settings: ReaderSettings) -> None:
    """Of the table's two images, the one of which the size is corrected."""
    images, out, table = tmp_path / "images", tmp_path / "out", tmp_path / "t.csv"
    for name in ("01", "02"):
        draw(images / f"{name}.png", int(name))
    rows = "image,specimen,pixel_size_um\n01.png,S1,{}\n02.png,S2,0.3\n"
    for size in ("0.3", "0.6"):
        table.write_text(rows.format(size))
        done = read_batch(find_images([images], table=table), out, settings)
    assert (done.fields, done.kept, done.anew) == (1, 1, {WhyAnew.PIXEL_SIZE: 1})
    sizes = pd.read_csv(out / "fields.csv")["pixel_size_um"]
    assert sizes.tolist() == [0.6, 0.3]
    # Without the table nobody knows what the file itself would say.
    done = read_into(out, settings, images, specimen="pattern:(.*)[.]png")
    assert done.fields == 2


def test_the_option_counts_where_a_file_says_no_size(
    tmp_path: Path, folder: Path, settings: ReaderSettings
) -> None:
    images, out = tmp_path / "images", tmp_path / "out"
    pixels = draw(images / "01.png", 1)
    tifffile.imwrite(
        images / "02.tif", pixels, photometric="minisblack", resolution=(2e4, 2e4), metadata=None,
        resolutionunit="CENTIMETER",
    )  # fmt: skip
    read_into(out, settings, images)
    with_size = ReaderSettings(model=str(folder), engine="torch", sheets=False, pixel_size_um=0.3)
    done = read_into(out, with_size, images)
    assert (done.fields, done.kept, done.anew) == (1, 1, {WhyAnew.PIXEL_SIZE: 1})
    assert pd.read_csv(out / "fields.csv")["pixel_size_um"].tolist() == [0.3, 0.5]


def test_an_estimated_size_is_kept_until_somebody_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content of an image decides its estimate; an option that says the same is another."""
    monkeypatch.setattr(_pixel_size, "estimate_pixel_size", lambda _: estimated(0.4))
    images, out = tmp_path / "images", tmp_path / "out"
    draw(images / "01.png", 1)
    made = model("dense")
    image = ImagePreset(pixel_size_um=0.5, views=("log", "field", "local"))
    preset = made.card.preset.model_copy(update={"image": image})
    card = made.card.model_copy(update={"preset": preset})
    save_model(tmp_path / "model", Model(made.network, card))

    def read_with(size_um: float | None) -> tuple[int, int, int]:
        settings = ReaderSettings(
            model=str(tmp_path / "model"), engine="torch", sheets=False, pixel_size_um=size_um
        )
        done = read_into(out, settings, images)
        return done.fields, done.estimated, done.kept

    def pixel_size() -> tuple[float, str, float]:
        (row,) = pd.read_csv(out / "fields.csv").to_dict("records")
        return row["pixel_size_um"], row["pixel_size_from"], row["pixel_size_error"]

    assert read_with(None) == (1, 1, 0)
    size_um, source, error = pixel_size()
    assert (size_um, error) == pytest.approx((0.4, 0.2), rel=0.05)
    assert source == "estimated"
    (entry,) = read_json(out / "reading.json")["fields"]
    assert entry["provenance"]["pixel_size_from"] == "estimated"
    assert entry["pixel_size_error"] == pytest.approx(error)
    assert read_with(None) == (0, 0, 1)
    assert read_with(0.4) == (1, 0, 0)
    assert pixel_size()[:2] == (0.4, "option")
    assert read_with(None) == (1, 1, 0)


def test_another_model_reads_all_anew_or_nothing(
    tmp_path: Path, folder: Path, settings: ReaderSettings
) -> None:
    images, out = tmp_path / "images", tmp_path / "out"
    for name in ("01", "02"):
        draw(images / f"{name}.png", int(name))
    read_into(out, settings, images)
    save_model(tmp_path / "other", model("pooled"))
    other = ReaderSettings(model=str(tmp_path / "other"), engine="torch", sheets=False)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.json")}
    with pytest.raises(InputError, match=r"1 fields read by another model; .* another folder"):
        read_into(out, other, images / "01.png")
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.json")} == before
    done = read_into(out, other, images)
    assert (done.fields, done.kept, done.anew) == (2, 0, {WhyAnew.MODEL: 2})


def test_an_image_is_listed_once_by_whatever_arguments(
    tmp_path: Path, settings: ReaderSettings
) -> None:
    out = tmp_path / "out"
    a, b = (tmp_path / "gr" / name / "01.png" for name in "ab")
    draw(a, 1)
    draw(b, 2)
    read_into(out, settings, a.parent)
    done = read_into(out, settings, a.parent, b.parent)
    assert (done.fields, done.kept) == (1, 1)
    assert fields_in(out) == [("01", "01", str(a)), ("b-01", "b-01", str(b))]
    # A folder above both makes each folder a specimen: the images change hands.
    done = read_into(out, settings, tmp_path / "gr")
    assert (done.specimens, done.fields, done.anew) == (2, 2, {WhyAnew.SPECIMEN: 2})
    assert fields_in(out) == [("a", "01", str(a)), ("b", "b-01", str(b))]
    assert sorted(path.name for path in (out / "specimens").iterdir() if path.is_dir()) == [
        "a",
        "b",
    ]


def test_folders_of_one_name_are_two_patients(tmp_path: Path, settings: ReaderSettings) -> None:
    for number, plate in enumerate(("plate1", "plate2")):
        draw(tmp_path / plate / "P7" / "1.png", number)
        read_into(tmp_path / "out", settings, tmp_path / plate)
    specimens = pd.read_csv(tmp_path / "out" / "specimens.csv")
    assert specimens["specimen"].tolist() == ["P7", "plate2-P7"]
    assert specimens["fields"].tolist() == [1, 1]


def test_files_of_a_specimen_that_was_named_belong_together(
    tmp_path: Path, settings: ReaderSettings
) -> None:
    for number, name in enumerate(("mon/S7_1", "tue/S7_2")):
        draw(tmp_path / f"{name}.png", number)
        rule = r"pattern:^(S\d+)_"
        done = read_into(tmp_path / "out", settings, tmp_path / name[:3], specimen=rule)
    assert (done.specimens, done.fields, done.kept) == (1, 1, 0)
    (specimen,) = read_json(tmp_path / "out" / "reading.json")["specimens"]
    assert specimen["fields"] == ["S7_1", "S7_2"]


def test_a_name_that_another_specimen_has_is_told(tmp_path: Path, settings: ReaderSettings) -> None:
    draw(tmp_path / "a" / "S7.png", 1)
    draw(tmp_path / "b" / "S7_1.png", 2)
    read_into(tmp_path / "out", settings, tmp_path / "a")
    for kept in (0, 1):
        done = read_into(tmp_path / "out", settings, tmp_path / "b", specimen=r"pattern:^(S\d+)_")
        assert (done.renamed, done.kept, done.specimens) == ({"S7": "S7-2"}, kept, 2)


def test_images_that_were_moved_keep_their_results(
    tmp_path: Path, settings: ReaderSettings
) -> None:
    out, old, new = tmp_path / "out", tmp_path / "disk", tmp_path / "archive"
    for name in ("P1/1", "P1/2", "P2/1"):
        draw(old / f"{name}.png", 1)  # copies are told apart by where they are
    read_into(out, settings, old)
    old.rename(new)
    done = read_into(out, settings, new)
    assert (done.fields, done.kept, done.specimens) == (0, 3, 2)
    assert [Path(source).is_relative_to(new) for *_, source in fields_in(out)] == [True] * 3
    # One that moves to another patient is that patient's.
    (new / "P1" / "2.png").rename(new / "P2" / "2.png")
    done = read_into(out, settings, new)
    assert (done.fields, done.kept, done.anew) == (1, 2, {WhyAnew.SPECIMEN: 1})
    specimens = pd.read_csv(out / "specimens.csv")
    assert dict(zip(specimens["specimen"], specimens["fields"], strict=True)) == {"P1": 1, "P2": 2}


def test_a_copy_is_an_image_of_its_own(tmp_path: Path, settings: ReaderSettings) -> None:
    draw(tmp_path / "a" / "1.png", 1)
    read_into(tmp_path / "out", settings, tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    done = read_into(tmp_path / "out", settings, tmp_path / "b")
    assert (done.fields, done.specimens) == (1, 2)


def stack(path: Path) -> Path:
    """Write a file of three pages, the second one of a type that is refused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = draw(path.with_name("drawn.png"), 7)
    path.with_name("drawn.png").unlink()
    with tifffile.TiffWriter(path) as file:
        for page in (pixels, pixels.astype(np.int32), pixels[::-1]):
            file.write(page, photometric="minisblack")
    return path


def test_every_page_has_a_result_or_a_reason(tmp_path: Path, settings: ReaderSettings) -> None:
    """And keeps it: in the next start, and while other images are read."""
    out, path = tmp_path / "out", stack(tmp_path / "in" / "three.tif")
    draw(tmp_path / "other" / "1.png", 1)
    fields, reasons = [], []
    for paths in ([path], [path], [tmp_path / "other"]):
        done = read_into(out, settings, *paths)
        fields.append(done.fields)
        reasons.append([entry.source for entry in done.not_read])
        (kept,) = read_json(out / "reading.json")["not_read"]
        assert kept["source"] == f"{path}, page 2"
        assert "int32" in kept["reason"]
        assert "page 2" in (out / "report.html").read_text(encoding="utf-8")
    assert fields == [2, 0, 1]
    assert reasons == [[f"{path}, page 2"]] * 2 + [[]]
    assert [field for _, field, _ in fields_in(out)] == ["1", "three-page1", "three-page3"]
    # Repaired, it is read as a whole, and the reason is gone.
    pixels = np.stack([tifffile.imread(path, key=0)] * 3)
    tifffile.imwrite(path, pixels, photometric="minisblack")
    done = read_into(out, settings, path)
    assert (done.fields, done.anew) == (3, {WhyAnew.CONTENT: 1})
    assert read_json(out / "reading.json")["not_read"] == []


def test_a_file_that_cannot_be_opened_for_now_keeps_its_result(
    tmp_path: Path, settings: ReaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in" / "1.png"
    draw(path, 1)
    read_into(tmp_path / "out", settings, path)

    def fail(_: Path) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("anascope.reading.batch._hashes.content_sha256", fail)
    done = read_into(tmp_path / "out", settings, path)
    assert (done.fields, done.kept, done.specimens) == (0, 1, 1)
    (refusal,) = done.not_read
    assert refusal.reason.startswith("cannot be opened (Input/output error)")


def test_the_output_folder_is_never_read(tmp_path: Path, settings: ReaderSettings) -> None:
    """Not even when a kill left it half-written, which made three patients one specimen."""
    images = tmp_path / "in"
    for name in ("P1", "P2", "P3"):
        draw(images / f"{name}.png", int(name[1]))
    for _ in range(2):
        done = read_into(images / "reading", settings, images)
        assert (done.specimens, done.not_read) == (3, ())
        (images / "reading" / "reading.json").unlink()
        (images / "reading" / "specimens" / "P2" / "specimen.json").unlink()
    assert done.fields == 0
    specimens = pd.read_csv(images / "reading" / "specimens.csv")
    assert specimens["specimen"].tolist() == ["P1", "P2", "P3"]


def test_pictures_that_are_gone_are_made_again(tmp_path: Path, settings: ReaderSettings) -> None:
    out, images = tmp_path / "out", tmp_path / "in"
    draw(images / "1.png", 1)
    read_into(out, settings, images)
    field = out / "specimens" / "1" / "1"
    for gone in (field / "thumbnail.jpg", out / "specimens" / "1" / "contact.jpg"):
        gone.unlink()
        assert read_into(out, settings, images).fields == 0
        assert gone.stat().st_size > 1000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.tif", None),
        ("field.json", b"[]"),
        ("field.json", b"{}"),
        ("cells.json", b"[{}]"),
        ("cells.json", b"{"),
        ("overlay.jpg", b""),
    ],
)
def test_what_is_damaged_is_named_and_read_anew(
    tmp_path: Path, settings: ReaderSettings, name: str, content: bytes | None
) -> None:
    """Until its image is given again, the rest of the folder stays right."""
    out, images = tmp_path / "out", tmp_path / "in"
    for number in (1, 2):
        draw(images / f"{number}.png", number)
    read_into(out, settings, images)
    whole = {path: pd.read_parquet(path) for path in out.glob("*.parquet")}
    path = out / "specimens" / "1" / "1" / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    done = read_into(out, settings, images / "2.png")
    assert (done.specimens, done.fields) == (1, 0)
    (refusal,) = done.not_read
    assert refusal.source.startswith(str(path.parent))
    assert fields_in(out) == [("2", "2", str(images / "2.png"))]
    done = read_into(out, settings, images)
    assert (done.specimens, done.fields, done.not_read) == (2, 1, ())
    for table, before in whole.items():
        columns = before.columns.drop("seconds", errors="ignore")
        pd.testing.assert_frame_equal(pd.read_parquet(table)[columns], before[columns])


@pytest.mark.parametrize("content", [b"[]", b"{}", b"", None])
@pytest.mark.parametrize("name", ["specimens/1/specimen.json", "settings.json", "reading.json"])
def test_what_can_be_made_again_is(
    tmp_path: Path, settings: ReaderSettings, name: str, content: bytes | None
) -> None:
    out, images = tmp_path / "out", tmp_path / "in"
    draw(images / "1.png", 1)
    read_into(out, settings, images)
    before = (out / name).read_bytes()
    (out / name).unlink()
    if content is not None:
        (out / name).write_bytes(content)
    done = read_into(out, settings, images)
    assert (done.specimens, done.fields, done.not_read) == (1, 0, ())
    assert (out / name).read_bytes() == before


def test_nothing_to_read_makes_an_empty_folder(tmp_path: Path, settings: ReaderSettings) -> None:
    done = read_batch(Inputs((), ()), tmp_path / "out", settings)
    assert (done.specimens, done.fields, done.not_read) == (0, 0, ())


def test_a_file_that_changes_after_the_check_is_read_whole(
    tmp_path: Path, settings: ReaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of its pages was to be kept, and the other to be read."""
    file, out = tmp_path / "two.tif", tmp_path / "out"
    before, after = (
        np.stack([draw(tmp_path / "page.png", seed) for seed in seeds])
        for seeds in ((1, 2), (3, 4))
    )
    tifffile.imwrite(file, before, photometric="minisblack", metadata=None)
    read_into(out, settings, file)
    shutil.rmtree(sorted(out.glob("specimens/*/*/"))[-1])

    def changed(*given: Any) -> Any:
        tifffile.imwrite(file, after, photometric="minisblack", metadata=None)
        return decode(*given)

    with monkeypatch.context() as patch:
        patch.setattr("anascope.reading.batch._specimen.decode", changed)
        assert read_into(out, settings, file).fields == 2
    read_into(tmp_path / "fresh", settings, file)
    for column in ("likeliest_probability", "cells"):
        tables = [pd.read_csv(folder / "fields.csv") for folder in (out, tmp_path / "fresh")]
        assert tables[0][column].tolist() == tables[1][column].tolist()
