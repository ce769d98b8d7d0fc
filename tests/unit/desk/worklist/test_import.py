"""Results of a reading, brought into a desk: once, again, and after they have changed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from anascope.desk.accounts import LOCAL, NotAllowed, User
from anascope.desk.audit import history, subject_of, verify
from anascope.desk.review import Finding, Verdict, correct, view
from anascope.desk.store import Database
from anascope.desk.worklist import (
    Attention,
    State,
    _import,
    batches,
    import_results,
    worklist,
)
from anascope.errors import InputError
from anascope.folder_lock import folder_lock
from anascope.reading.results import ResultsFolder
from tests.unit.desk.made_up import MODEL, Clock, made_up_read, moved, number_of, put_in
from tests.unit.reading.results.conftest import (
    BLURRED,
    UNSCALED,
    MadeUp,
    made_up_decision,
    made_up_field,
    made_up_specimen,
)


def write(folder: Path, *fields: MadeUp) -> None:
    results = ResultsFolder(folder)
    for field in fields:
        results.write_field(field.reading, field.arrays)
    for name in dict.fromkeys(field.reading.specimen for field in fields):
        own = [field.reading for field in fields if field.reading.specimen == name]
        results.write_specimen(made_up_specimen(*own), sheet=False)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Results of two specimens; one has a field with numbers that are none."""
    folder = tmp_path / "out"
    first = made_up_field("F-1", "S-1", seed=0)
    second = made_up_field("F-2", "S-1", seed=1, quality=(BLURRED, UNSCALED))
    write(folder, first, second, made_up_field("ä/1", "ä", seed=2, told=False))
    return folder


def test_results_come_in_once(on_sqlite: Database, results: Path, clock: Clock) -> None:
    steps: list[tuple[int, int]] = []
    done = import_results(on_sqlite, results, by=LOCAL, advance=lambda *step: steps.append(step))
    assert (done.new, done.unchanged, done.damaged, done.gone) == (2, 0, (), ())
    assert steps == [(2, 2)]
    first, second = worklist(on_sqlite).rows
    assert (first.name, first.attention, first.fields, first.flagged) == (
        "S-1",
        Attention.FLAGGED,
        2,
        1,
    )
    seen = view(on_sqlite, first.id)
    own = ResultsFolder(results).read_field("S-1", "F-1")
    (field, _) = seen.read.fields
    assert (field.cells, field.summary.decision) == (own.cell_count, own.decision)
    assert (seen.folder / field.folder / "overlay.jpg").is_file()
    assert field.image == Path("/images/F-1.tif")
    assert seen.read.model == MODEL
    with on_sqlite.reading() as session:
        (entry,) = history(session, subject_of(second.id))
    assert (entry.who, entry.what, entry.model) == ("local", "reading brought in", MODEL)
    assert entry.images == (f"{2:064x}",)
    clock.advance(days=1)
    again = import_results(on_sqlite, results, by=LOCAL)
    assert (again.new, again.changed, again.moved, again.unchanged) == (0, 0, 0, 2)
    assert worklist(on_sqlite).rows == (first, second)
    assert verify(on_sqlite).entries == 2
    assert len(batches(on_sqlite)) == 1


def test_a_stopped_import_goes_on(
    on_sqlite: Database, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_import, "_AT_ONCE", 1)

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_results(on_sqlite, results, by=LOCAL, advance=stop)
    assert len(worklist(on_sqlite).rows) == 1
    done = import_results(on_sqlite, results, by=LOCAL)
    assert (done.new, done.unchanged) == (1, 1)
    assert verify(on_sqlite).entries == 2


def test_a_changed_reading_is_a_further_one(on_sqlite: Database, results: Path) -> None:
    import_results(on_sqlite, results, by=LOCAL)
    number = number_of(on_sqlite, "ä")
    before = view(on_sqlite, number)
    decision = made_up_decision("golgi")
    write(results, made_up_field("ä/1", "ä", seed=2, told=False, decision=decision))
    done = import_results(on_sqlite, results, by=LOCAL)
    assert (done.new, done.changed, done.unchanged) == (0, 1, 1)
    after = view(on_sqlite, number)
    assert (after.reading, after.version) == (2, before.version + 1)
    assert after.read.specimen.decision == decision
    assert worklist(on_sqlite).rows[1].pattern == "golgi"
    assert verify(on_sqlite).broken is None


def test_results_that_were_written_stay(on_sqlite: Database, results: Path) -> None:
    import_results(on_sqlite, results, by=LOCAL)
    number = number_of(on_sqlite, "ä")
    finding = Finding(Verdict.PATTERNS, ("centromere",))
    correct(on_sqlite, number, finding, seen=1, by=LOCAL)
    decision = made_up_decision("golgi")
    write(results, made_up_field("ä/1", "ä", seed=2, told=False, decision=decision))
    import_results(on_sqlite, results, by=LOCAL)
    row = worklist(on_sqlite).rows[0]
    assert (row.id, row.attention, row.state) == (number, Attention.READ_ANEW, State.IN_REVIEW)
    assert row.pattern == "centromere"


def test_moved_files_are_no_new_reading(on_sqlite: Database, tmp_path: Path) -> None:
    read = made_up_read("S", tmp_path)
    put_in(on_sqlite, [read])
    finding = Finding(Verdict.PATTERNS, ("centromere",))
    number = number_of(on_sqlite, "S")
    correct(on_sqlite, number, finding, seen=1, by=LOCAL)
    (tmp_path / "there").mkdir()
    there = moved(read, tmp_path / "there")
    put_in(on_sqlite, [there])
    row = worklist(on_sqlite).rows[0]
    assert row.attention is Attention.NONE
    assert view(on_sqlite, number).read == there


def test_a_moved_folder_is_the_same_one(on_sqlite: Database, results: Path, tmp_path: Path) -> None:
    import_results(on_sqlite, results, by=LOCAL)
    copy = shutil.copytree(results, tmp_path / "copy")  # stands beside: these are other specimens
    assert import_results(on_sqlite, copy, by=LOCAL).new == 2
    shutil.rmtree(copy)
    results.rename(tmp_path / "there")
    done = import_results(on_sqlite, tmp_path / "there", by=LOCAL)
    assert (done.new, done.unchanged) == (0, 2)
    assert len(worklist(on_sqlite).rows) == 4
    with on_sqlite.reading() as session:
        entry = history(session)[0]
    assert (entry.what, entry.after) == ("folder moved", (tmp_path / "there").as_uri())


@pytest.mark.parametrize("name", ["x" * 601, "a\0b"])
def test_names_that_no_database_takes(on_sqlite: Database, tmp_path: Path, name: str) -> None:
    write(tmp_path / "out", made_up_field("F", name), made_up_field("F", "S-2"))
    done = import_results(on_sqlite, tmp_path / "out", by=LOCAL)
    assert done.new == 1
    (entry,) = done.damaged
    assert entry.source.startswith("specimen '")


def test_damage_is_told_and_stops_nothing(on_sqlite: Database, results: Path) -> None:
    cells = next(results.glob("specimens/*/*/cells.json"))
    cells.write_text("[")
    done = import_results(on_sqlite, results, by=LOCAL)
    assert done.new == 1
    (damage,) = done.damaged
    assert str(cells) in damage.reason or str(cells) in damage.source


def test_what_is_gone_is_told_and_stays(on_sqlite: Database, results: Path) -> None:
    import_results(on_sqlite, results, by=LOCAL)
    shutil.rmtree(results / "specimens" / "S-1")
    done = import_results(on_sqlite, results, by=LOCAL)
    assert done.gone == ("S-1",)
    assert len(worklist(on_sqlite).rows) == 2


def test_what_is_not_decided_comes_later(on_sqlite: Database, results: Path) -> None:
    field = made_up_field("F", "S-3", seed=4)
    ResultsFolder(results).write_field(field.reading, field.arrays)
    done = import_results(on_sqlite, results, by=LOCAL)
    assert (done.new, done.undecided_yet, done.gone) == (2, ("S-3",), ())


def test_a_folder_that_is_written_is_left_alone(on_sqlite: Database, results: Path) -> None:
    with folder_lock(results), pytest.raises(InputError, match="in use by"):
        import_results(on_sqlite, results, by=LOCAL)
    assert worklist(on_sqlite).rows == ()


def test_other_folders_are_refused(on_sqlite: Database, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(InputError, match="no folder of results"):
            import_results(on_sqlite, folder, by=LOCAL)


def test_strangers_bring_nothing_in(
    on_sqlite: Database, people_on_sqlite: dict[str, User], results: Path
) -> None:
    with pytest.raises(NotAllowed):
        import_results(on_sqlite, results, by=LOCAL)
    assert import_results(on_sqlite, results, by=people_on_sqlite["ann"]).new == 2


def test_on_a_server_as_on_sqlite(database: Database, tmp_path: Path) -> None:
    read = [made_up_read(f"S {n}", tmp_path, write=False) for n in range(5)]
    put_in(database, read[:3])
    other = replace(read[0], specimen=replace(read[0].specimen, cells=7))
    put_in(database, [other, *read[1:]])
    assert [row.cells for row in worklist(database).rows] == [7, 24, 24, 24, 24]
    assert verify(database) == replace(verify(database), entries=6, broken=None)
