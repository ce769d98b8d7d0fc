"""A batch: results as they come, on from where it stopped, nothing lost to one bad file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import tifffile

from anascope.errors import InputError
from anascope.files import read_json
from anascope.reading import NotRead, Reader, find_images, read
from anascope.reading.batch import BatchBegan, ReaderSettings, SpecimenEnded, read_batch
from anascope.reading.batch._plan import SpecimenWork
from anascope.workers import Crew, Event, Executor, Processes, RayCluster, ThisProcess, WorkerDied
from tests.unit.reading.batch.conftest import draw, wells


class Stopped(Exception):
    pass


class Counting:
    def __init__(self, stop_after: int | None = None) -> None:
        self.done: list[str] = []
        self.before = 0
        self.stop_after = stop_after

    def __call__(self, event: Event) -> None:
        if isinstance(event, BatchBegan):
            self.before = event.done
        elif isinstance(event, SpecimenEnded):
            self.done.append(event.specimen.specimen)
            if len(self.done) == self.stop_after:
                raise Stopped


def test_every_specimen_is_read(tmp_path: Path, settings: ReaderSettings) -> None:
    root, out = wells(tmp_path / "slides"), tmp_path / "out"
    done = read_batch(find_images([root]), out, settings)
    assert (done.specimens, done.fields, done.kept, done.not_read) == (3, 6, 0, ())
    assert set(done.seconds) >= {"decode", "prepare", "network", "cells", "write"}
    specimens = pd.read_csv(out / "specimens.csv")
    assert specimens["specimen"].tolist() == ["a", "b", "c"]
    fields = pd.read_parquet(out / "fields.parquet")
    cells = pd.read_parquet(out / "cells.parquet")
    assert len(fields) == 6
    assert len(cells) == specimens["cells"].sum()
    assert (out / "report.html").read_text().count("Research use only") >= 1


def test_it_goes_on_where_it_stopped(tmp_path: Path, settings: ReaderSettings) -> None:
    """What an interrupted batch leaves is kept, and the end is that of an unbroken one."""
    root = wells(tmp_path / "slides")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    read_batch(find_images([root]), whole, settings)
    first = Counting(stop_after=1)
    with pytest.raises(Stopped):
        read_batch(find_images([root]), broken, settings, watcher=first)
    assert first.done == ["a"]
    times = {p: p.stat().st_mtime_ns for p in broken.rglob("field.json")}
    assert len(times) == 2
    second = Counting()
    done = read_batch(find_images([root]), broken, settings, watcher=second)
    assert (second.before, second.done, done.fields) == (2, ["b", "c"], 4)
    assert {p: p.stat().st_mtime_ns for p in times} == times
    for name in ("specimens", "cells"):
        pd.testing.assert_frame_equal(
            pd.read_parquet(whole / f"{name}.parquet"), pd.read_parquet(broken / f"{name}.parquet")
        )


def test_a_new_field_makes_its_specimen_new(tmp_path: Path, settings: ReaderSettings) -> None:
    root, out = wells(tmp_path / "slides", ("a", "b")), tmp_path / "out"
    read_batch(find_images([root]), out, settings)
    draw(root / "b" / "7.png", 99)
    done = read_batch(find_images([root]), out, settings)
    assert (done.specimens, done.fields, done.kept) == (2, 1, 4)
    assert len(read_json(out / "specimens" / "b" / "specimen.json")["fields"]) == 3


def test_a_broken_file_stops_nothing(tmp_path: Path, settings: ReaderSettings) -> None:
    root, out = wells(tmp_path / "slides", ("a", "b")), tmp_path / "out"
    (root / "a" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n no more")
    done = read_batch(find_images([root]), out, settings)
    assert (done.specimens, done.fields) == (2, 4)
    assert [Path(one.source).name for one in done.not_read] == ["broken.png"]
    assert read_json(out / "reading.json")["not_read"][0]["reason"] == done.not_read[0].reason


def test_the_library_says_what_the_command_writes(
    tmp_path: Path, folder: Path, settings: ReaderSettings
) -> None:
    root, out = wells(tmp_path / "slides", ("a", "b")), tmp_path / "out"
    read_batch(find_images([root]), out, settings)
    results = read(root, model=Reader(folder, engine="torch"))
    written = pd.read_csv(out / "specimens.csv")
    assert [one.specimen for one in results.specimens] == written["specimen"].tolist()
    assert [one.cells for one in results.specimens] == written["cells"].tolist()
    decisions = [one.decision for one in results.specimens]
    patterns = [None if decision is None else decision.pattern for decision in decisions]
    assert (
        patterns
        == written["pattern"].astype(object).where(written["pattern"].notna(), None).tolist()
    )


def test_arrays_need_no_file(tmp_path: Path, folder: Path) -> None:
    pixels = draw(tmp_path / "x.png", 3)
    reader = Reader(folder, engine="torch")
    alone, together = read([pixels, pixels], model=reader), None
    assert [one.specimen for one in alone.specimens] == ["array-1", "array-2"]
    together = read([pixels, pixels], model=reader, specimen="folder")
    assert [one.specimen for one in together.specimens] == ["arrays"]
    file = read(tmp_path / "x.png", model=reader)
    assert file.fields[0].decision == alone.fields[0].decision
    with pytest.raises(InputError, match="grey levels"):
        read(pixels.astype(float), model=reader)
    mixed = read([pixels.astype(float), pixels], model=reader)
    assert [one.specimen for one in mixed.specimens] == ["array-2"]
    assert mixed.not_read == (
        NotRead(
            "array-1",
            "an array of shape (300, 400) and type float64; expected grey levels (y, x), "
            "uint8 or uint16",
        ),
    )


def test_a_page_that_cannot_be_read_stops_no_other(
    tmp_path: Path, folder: Path, settings: ReaderSettings
) -> None:
    """In a batch as in a call from Python: here the first page is too small for the network."""
    pixels = draw(tmp_path / "x.png", 4)
    with tifffile.TiffWriter(tmp_path / "two.tif") as file:
        file.write(pixels[:40, :40], photometric="minisblack")
        file.write(pixels, photometric="minisblack")
    inputs = find_images([tmp_path / "two.tif"])
    done = read_batch(inputs, tmp_path / "out", settings)
    called = read(tmp_path / "two.tif", model=Reader(folder, engine="torch"))
    assert done.fields == len(called.fields) == 1
    assert called.fields[0].field == "two-page2"
    reason = "40×40 pixels; expected at least 128×128 at this pixel size"
    assert [one.reason for one in called.not_read] == [reason]
    assert [one.reason for one in done.not_read] == [reason]
    assert list(called.fields[0].seconds) == ["decode", "scale", "prepare", "network", "cells"]


def test_nothing_readable_is_an_error(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match="at least one that can be read"):
        read(tmp_path / "none.png", model=Reader(folder, engine="torch"))


class Failing(ThisProcess):
    """Fails with the second specimen that it is given."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    @contextmanager
    def crew(self, work: Callable[[Any], Any]) -> Iterator[Crew]:
        def fail_at_b(item: SpecimenWork) -> object:
            if item.specimen == "b":
                raise self._error
            return work(item)

        with super().crew(fail_at_b) as crew:
            yield crew


@pytest.mark.parametrize(
    ("error", "source", "reason"),
    [
        (InputError("b/0.png", "no room", "a larger disk"), "b/0.png", "no room; expected a l"),
        (WorkerDied("its process died 4 times"), "b", "its process died 4 times"),
        (PermissionError(13, "not yours", "b/0"), "b", "[Errno 13] not yours: 'b/0'"),
    ],
)
def test_what_goes_wrong_with_a_specimen_is_told_in_full(
    tmp_path: Path, settings: ReaderSettings, error: Exception, source: str, reason: str
) -> None:
    root = wells(tmp_path / "slides", fields=1)
    done = read_batch(find_images([root]), tmp_path / "out", settings, executor=Failing(error))
    assert done.specimens == 2
    (refusal,) = done.not_read
    assert refusal.source == source
    assert refusal.reason.startswith(reason)


def test_a_defect_ends_the_batch(tmp_path: Path, settings: ReaderSettings) -> None:
    root = wells(tmp_path / "slides", fields=1)
    with pytest.raises(KeyError):
        read_batch(find_images([root]), tmp_path, settings, executor=Failing(KeyError("cells")))


@pytest.fixture(params=["processes", "ray"])
def elsewhere(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Executor]:
    if request.param == "processes":
        yield Processes(2, threads=1)
        return
    pytest.importorskip("ray", reason="ray is not installed")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with RayCluster(cpus=1) as cluster:
        yield cluster


def test_other_processes_read_the_same(tmp_path: Path, elsewhere: Executor) -> None:
    settings = ReaderSettings(pixel_size_um=0.3225, sheets=False)
    root = wells(tmp_path / "slides")
    read_batch(find_images([root]), tmp_path / "here", settings)
    done = read_batch(find_images([root]), tmp_path / "there", settings, executor=elsewhere)
    assert (done.specimens, done.fields) == (3, 6)
    for name in ("specimens", "cells"):
        pd.testing.assert_frame_equal(
            pd.read_parquet(tmp_path / "here" / f"{name}.parquet"),
            pd.read_parquet(tmp_path / "there" / f"{name}.parquet"),
        )
