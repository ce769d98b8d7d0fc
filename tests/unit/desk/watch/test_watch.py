"""New images are read and join the worklist; what goes wrong is told, and nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from anascope.desk.accounts import LOCAL, NotAllowed, operator
from anascope.desk.audit import What, history, verify
from anascope.desk.store import Database
from anascope.desk.watch import Watch, WatchSettings, _watch, check_settings, watching
from anascope.desk.worklist import (
    batches,
    count_unread,
    import_results,
    unread,
    worklist,
)
from anascope.errors import InputError, WriteError
from anascope.folder_lock import folder_lock
from anascope.reading import find_images
from anascope.reading.batch import ReaderSettings, read_batch
from tests.refusals import refused
from tests.unit.desk.watch.conftest import Write
from tests.unit.desk.watch.test_arrivals import Seconds

READER = ReaderSettings(sheets=False, threads=1)


@pytest.fixture
def settings(tmp_path: Path) -> WatchSettings:
    (tmp_path / "images").mkdir()
    return WatchSettings(tmp_path / "images", tmp_path / "results", reader=READER)


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def begin(
    on_sqlite: Database, settings: WatchSettings, messages: list[str], seconds: Seconds
) -> Callable[[], Watch]:
    """Begin to watch, as a process does that was just started."""
    return lambda: Watch(on_sqlite, settings, by=LOCAL, say=messages.append, clock=seconds)


def settle(watch: Watch, seconds: Seconds) -> None:
    """Look twice, so long after one another that what is there can be read."""
    watch.look()
    seconds.now += 10
    watch.look()


def names(database: Database) -> list[tuple[str, int, int]]:
    """Return specimens with how many fields they have, and how often they were read."""
    return [(row.name, row.fields, row.version) for row in worklist(database).rows]


def test_images_join_the_worklist(
    on_sqlite: Database,
    begin: Callable[[], Watch],
    settings: WatchSettings,
    seconds: Seconds,
    messages: list[str],
    write: Write,
) -> None:
    watch = begin()
    settle(watch, seconds)
    assert names(on_sqlite) == []
    write(settings.folder / "S-1.tif", 0)
    write(settings.folder / "S-2" / "a.tif", 1)
    write(settings.folder / "S-2" / "b.tif", 2)
    settle(watch, seconds)
    assert sorted(names(on_sqlite)) == [("S-1", 1, 1), ("S-2", 2, 1)]
    (batch,) = batches(on_sqlite)
    assert batch.folder.parent == settings.results
    assert batch.folder.name.startswith("2026-03-01-")  # the desk's clock
    assert messages == [f"2 specimens: 3 fields read into {batch.folder}"]
    # A further field of a specimen, on another day: it stays that specimen.
    on_sqlite.clock.advance(days=1)  # type: ignore[attr-defined]
    write(settings.folder / "S-2" / "c.tif", 3)
    write(settings.folder / "S-3.tif", 3)
    settle(watch, seconds)
    assert sorted(names(on_sqlite)) == [("S-1", 1, 1), ("S-2", 3, 2), ("S-3", 1, 1)]
    assert sorted(one.folder.name[:10] for one in batches(on_sqlite)) == [
        "2026-03-01",
        "2026-03-02",
    ]
    assert verify(on_sqlite).broken is None


def test_nothing_is_read_twice(
    on_sqlite: Database,
    begin: Callable[[], Watch],
    settings: WatchSettings,
    seconds: Seconds,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(settings.folder / "S-1.tif")
    settle(begin(), seconds)
    monkeypatch.setattr(_watch, "read_batch", None)  # would fail
    again = begin()
    settle(again, seconds)
    settle(again, seconds)
    assert names(on_sqlite) == [("S-1", 1, 1)]


def test_a_few_at_a_time(
    on_sqlite: Database,
    begin: Callable[[], Watch],
    settings: WatchSettings,
    seconds: Seconds,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_watch, "_AT_ONCE", 2)
    for number in range(3):
        write(settings.folder / f"S-{number}.tif", number)
    watch = begin()
    assert not watch.look()
    seconds.now += 10
    assert watch.look()
    assert len(names(on_sqlite)) == 2
    assert not watch.look()
    assert len(names(on_sqlite)) == 3


def test_an_image_that_cannot_be_read(
    on_sqlite: Database,
    begin: Callable[[], Watch],
    settings: WatchSettings,
    seconds: Seconds,
    messages: list[str],
    write: Write,
) -> None:
    broken, half = settings.folder / "broken.tif", settings.folder / "S-1" / "b.tif"
    broken.write_bytes(b"no image")
    write(settings.folder / "S-1" / "a.tif", 0)
    half.write_bytes((settings.folder / "S-1" / "a.tif").read_bytes()[:5000])
    watch = begin()
    settle(watch, seconds)
    assert names(on_sqlite) == [("S-1", 1, 1)]
    listed = unread(on_sqlite)
    assert {one.source for one in listed} == {str(broken), str(half)}
    assert all("expected" in one.reason for one in listed)
    lines = [line for line in messages if line.startswith("not read: ")]
    assert len(lines) == 2
    with on_sqlite.reading() as session:
        entries = [entry for entry in history(session) if entry.what == What.NOT_READ]
    assert {entry.subject for entry in entries} == {f"image {broken}", f"image {half}"}
    assert {entry.after for entry in entries} == {one.reason for one in listed}
    # It is tried again only after a while, and is told of once.
    settle(watch, seconds)
    seconds.now += 3600
    settle(watch, seconds)
    assert [line for line in messages if line.startswith("not read: ")] == lines
    # One is written anew, the other removed: the list is empty, and the trail says so.
    write(half, 1)
    broken.unlink()
    settle(watch, seconds)
    assert names(on_sqlite) == [("S-1", 2, 2)]
    assert count_unread(on_sqlite) == 0
    with on_sqlite.reading() as session:
        entries = [entry for entry in history(session) if entry.what == What.NOT_READ]
    assert len(entries) == 4
    assert [entry.after for entry in entries[:2]] == ["", ""]
    assert verify(on_sqlite).broken is None


def test_a_file_that_belongs_to_no_specimen(
    on_sqlite: Database,
    settings: WatchSettings,
    seconds: Seconds,
    write: Write,
) -> None:
    settings = replace(settings, specimen="pattern:^(S-[0-9]+)_")
    other = settings.folder / "other.tif"
    write(other, 0)
    watch = Watch(on_sqlite, settings, by=LOCAL, clock=seconds)
    settle(watch, seconds)
    assert [one.source for one in unread(on_sqlite)] == [str(other)]
    other.rename(settings.folder / "S-1_a.tif")
    settle(watch, seconds)
    assert unread(on_sqlite) == []
    assert names(on_sqlite) == [("S-1", 1, 1)]


def test_an_image_that_is_written_anew_is_read_anew(
    on_sqlite: Database,
    begin: Callable[[], Watch],
    settings: WatchSettings,
    seconds: Seconds,
    write: Write,
) -> None:
    write(settings.folder / "S-1.tif", 0)
    watch = begin()
    settle(watch, seconds)
    write(settings.folder / "S-1.tif", 1)
    settle(watch, seconds)
    assert names(on_sqlite) == [("S-1", 1, 2)]


def test_results_of_others_join_as_they_grow(
    on_sqlite: Database,
    begin: Callable[[], Watch],
    settings: WatchSettings,
    seconds: Seconds,
    write: Write,
    tmp_path: Path,
) -> None:
    slides, results = tmp_path / "slides", tmp_path / "reading"
    write(slides / "A-1.tif", 0)
    read_batch(find_images([slides]), results, READER)
    import_results(on_sqlite, results, by=LOCAL)
    watch = begin()
    watch.look()
    write(slides / "A-2.tif", 1)
    read_batch(find_images([slides]), results, READER)
    with folder_lock(results):
        watch.look()
        assert len(names(on_sqlite)) == 1
    watch.look()
    assert names(on_sqlite) == [("A-1", 1, 1), ("A-2", 1, 1)]
    shutil.rmtree(results)
    watch.look()
    assert len(names(on_sqlite)) == 2


def test_another_model_reads_into_another_folder(
    on_sqlite: Database,
    begin: Callable[[], Watch],
    settings: WatchSettings,
    seconds: Seconds,
    write: Write,
) -> None:
    write(settings.folder / "S-1" / "a.tif", 0)
    settle(begin(), seconds)
    later = begin()
    later._identity = "another1"
    write(settings.folder / "S-1" / "b.tif", 1)
    settle(later, seconds)
    assert sorted(names(on_sqlite)) == [("S-1", 1, 1), ("S-1", 2, 1)]
    assert {one.folder.name[11:] for one in batches(on_sqlite)} > {"another1"}


def test_what_goes_wrong_is_told_once_and_tried_again(
    begin: Callable[[], Watch],
    settings: WatchSettings,
    messages: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults = [WriteError("disk", "full", "room"), WriteError("disk", "full", "room"), None]
    stop = Event()
    watch = begin()

    def look() -> bool:
        fault = faults.pop(0)
        if not faults:
            stop.set()
        if fault is not None:
            raise fault
        return True

    monkeypatch.setattr(watch, "look", look)
    monkeypatch.setattr(watch, "settings", replace(watch.settings, every=0.001))
    watch.run(stop)
    assert (faults, messages) == ([], ["disk: full; expected room"])


def test_one_process_at_a_time(on_sqlite: Database, settings: WatchSettings) -> None:
    with (
        folder_lock(settings.results),
        pytest.raises(InputError, match="in use by process"),
    ):
        watching(on_sqlite, settings, by=LOCAL)


def test_not_everybody(on_sqlite: Database, people_on_sqlite: object, begin: object) -> None:
    assert callable(begin)
    with pytest.raises(NotAllowed):
        begin()


def test_what_cannot_be_watched(settings: WatchSettings, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    with refused(gone, "no such folder", "the folder in which images arrive"):
        check_settings(replace(settings, folder=gone))
    with refused(settings.folder, "watched, and for the results", "another folder for the results"):
        check_settings(replace(settings, results=settings.folder))
    with refused("settle", "0 seconds", "more than 0, up to 86400"):
        check_settings(replace(settings, settle=0))
    with pytest.raises(InputError, match="specimen: 'well'"):
        check_settings(replace(settings, specimen="well"))
    with pytest.raises(InputError, match="nowhere"):
        check_settings(replace(settings, reader=ReaderSettings(model="nowhere")))
    check_settings(settings)


def test_who_brings_them_in(
    on_sqlite: Database, settings: WatchSettings, seconds: Seconds, write: Write
) -> None:
    write(settings.folder / "S-1.tif")
    settle(Watch(on_sqlite, settings, by=operator("ann"), clock=seconds), seconds)
    with on_sqlite.reading() as session:
        (entry,) = history(session)
    assert (entry.who, entry.what) == ("operator:ann", What.READING)
