"""Corrections and signatures: by whom, of what, and never over another's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from anascope.desk.accounts import LOCAL, NotAllowed, Role, User, change_role, operator
from anascope.desk.audit import history, subject_of, verify
from anascope.desk.review import (
    CellChange,
    Conflict,
    Finding,
    ImageChanged,
    SpecimenView,
    Verdict,
    begin,
    correct,
    require_signatures,
    sign,
    view,
)
from anascope.desk.store import Database
from anascope.desk.worklist import Attention, State, worklist
from anascope.errors import InputError, WriteError
from tests.refusals import refused
from tests.unit.desk.made_up import MODEL, made_up_read, moved, number_of, put_in

HOMOGENEOUS = Finding(Verdict.PATTERNS, ("homogeneous",), "positive", 320)
GOLGI = Finding(Verdict.PATTERNS, ("golgi",), comment="seen twice")
REJECTED = Finding(Verdict.REJECTED, comment="air bubbles")


@pytest.fixture
def specimen(database: Database, tmp_path: Path) -> int:
    """The number of a specimen with two images."""
    put_in(database, [made_up_read("S-1", tmp_path)])
    return number_of(database, "S-1")


@pytest.fixture
def one(on_sqlite: Database, tmp_path: Path) -> int:
    put_in(on_sqlite, [made_up_read("S-1", tmp_path)])
    return number_of(on_sqlite, "S-1")


def test_from_new_to_signed(database: Database, specimen: int, people: dict[str, User]) -> None:
    ann, bob = people["ann"], people["bob"]
    begun = begin(database, specimen, by=ann)
    assert (begun.state, begun.version, begun.latest) == (State.IN_REVIEW, 2, None)
    assert begin(database, specimen, by=bob) == begun
    cells = (CellChange("F-1", 3), CellChange("F-2", 1, "golgi"))
    finding = replace(HOMOGENEOUS, cells=cells)
    written = correct(database, specimen, finding, seen=begun.version, by=ann)
    assert written.latest is not None
    assert (written.latest.finding, written.latest.by) == (finding, "ann")
    assert (written.state, written.signed_result) == (State.IN_REVIEW, None)
    signed = sign(database, specimen, seen=written.version, by=bob)
    assert (signed.state, signed.attention) == (State.SIGNED, Attention.DONE)
    assert signed.signed_result == signed.latest
    assert signed == view(database, specimen)
    (signature,) = signed.results[0].signatures
    assert (signature.by, signature.images) == ("bob", signed.read.images)
    (row,) = worklist(database).rows
    assert (row.pattern, row.intensity, row.results, row.signatures) == (
        "homogeneous",
        "positive",
        1,
        1,
    )
    with database.reading() as session:
        entries = history(session, subject_of(specimen))
    assert [(entry.who, entry.what) for entry in entries] == [
        ("bob", "signed"),
        ("ann", "result written"),
        ("ann", "review begun"),
        ("test", "reading brought in"),
    ]
    assert {entry.images for entry in entries if entry.what != "review begun"} == {
        signed.read.images
    }
    assert entries[0].model == MODEL
    assert verify(database).broken is None


def test_the_second_of_two_readers_is_told(
    database: Database, specimen: int, people: dict[str, User]
) -> None:
    both_saw = view(database, specimen).version
    correct(database, specimen, HOMOGENEOUS, seen=both_saw, by=people["ann"])
    found = "changed meanwhile (version 2, not 1) by ann at 2026-03-01 12:00:00 UTC: result written"
    refusal = ("specimen 'S-1'", found, "it to be looked at again; nothing was written")
    with refused(*refusal):
        correct(database, specimen, GOLGI, seen=both_saw, by=people["bob"])
    with refused(*refusal):
        sign(database, specimen, seen=both_saw, by=people["bob"], finding=GOLGI)
    (only,) = view(database, specimen).results
    assert only.finding == HOMOGENEOUS


def test_of_many_at_once_one_writes(
    database: Database, specimen: int, people: dict[str, User]
) -> None:
    done: list[SpecimenView | InputError] = []
    barrier = threading.Barrier(6)

    def write(number: int) -> None:
        finding = replace(HOMOGENEOUS, comment=f"{number}")
        barrier.wait()
        try:
            done.append(sign(database, specimen, seen=1, by=people["ann"], finding=finding))
        except InputError as error:
            done.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    conflicts = [one for one in done if isinstance(one, Conflict)]
    (written,) = (one for one in done if isinstance(one, SpecimenView))
    assert len(conflicts) == 5
    assert view(database, specimen) == written
    assert verify(database).broken is None


def test_a_signed_result_changes_by_a_version_with_a_reason(
    database: Database, specimen: int, people: dict[str, User]
) -> None:
    ann = people["ann"]
    signed = sign(database, specimen, seen=1, by=ann, finding=HOMOGENEOUS)
    for finding in (GOLGI, REJECTED):
        for reason in ("", " \n"):
            with pytest.raises(InputError, match="is signed, and there is no reason"):
                correct(database, specimen, finding, seen=signed.version, by=ann, reason=reason)
    why = "wrong slide"
    changed = correct(database, specimen, GOLGI, seen=signed.version, by=ann, reason=why)
    assert (changed.state, changed.signed) == (State.IN_REVIEW, 1)
    assert changed.signed_result is not None
    assert changed.signed_result.finding == HOMOGENEOUS  # until the other is signed
    assert [result.reason for result in changed.results] == ["", "wrong slide"]
    again = sign(database, specimen, seen=changed.version, by=ann)
    assert (again.state, again.signed) == (State.SIGNED, 2)
    assert verify(database).broken is None


def test_two_signatures(database: Database, specimen: int, people: dict[str, User]) -> None:
    require_signatures(database, 2, by=people["kim"])
    first = sign(database, specimen, seen=1, by=people["ann"], finding=HOMOGENEOUS)
    assert (first.state, first.signed, first.signatures_required) == (State.IN_REVIEW, 0, 2)
    with refused("specimen 'S-1'", "ann has signed", "the second signature of somebody else"):
        sign(database, specimen, seen=first.version, by=people["ann"])
    for by in (people["bob"], User("bob", Role.SENIOR)):
        with pytest.raises(NotAllowed, match="expected a senior"):
            sign(database, specimen, seen=first.version, by=by)
    second = sign(database, specimen, seen=first.version, by=people["sue"])
    assert (second.state, second.signed) == (State.SIGNED, 1)
    assert [one.by for one in second.results[0].signatures] == ["ann", "sue"]
    with refused("specimen 'S-1'", "is signed, by ann and sue", "one that is not"):
        sign(database, specimen, seen=second.version, by=people["kim"])
    assert verify(database).broken is None


def test_a_correction_takes_the_first_of_two_signatures_away(
    database: Database, specimen: int, people: dict[str, User]
) -> None:
    require_signatures(database, 2, by=people["kim"])
    first = sign(database, specimen, seen=1, by=people["ann"], finding=HOMOGENEOUS)
    other = correct(database, specimen, GOLGI, seen=first.version, by=people["sue"])
    assert [len(result.signatures) for result in other.results] == [1, 0]
    done = sign(database, specimen, seen=other.version, by=people["sue"])
    assert done.state is State.IN_REVIEW
    assert verify(database).broken is None


def test_a_rejected_specimen_is_done_and_not_signed(on_sqlite: Database, one: int) -> None:
    rejected = correct(on_sqlite, one, REJECTED, seen=1, by=LOCAL)
    assert (rejected.state, rejected.attention) == (State.REJECTED, Attention.DONE)
    with refused("specimen 'S-1'", "is rejected", "a result to sign"):
        sign(on_sqlite, one, seen=rejected.version, by=LOCAL)
    back = correct(on_sqlite, one, GOLGI, seen=rejected.version, by=LOCAL)
    assert back.state is State.IN_REVIEW


def test_nothing_to_sign(on_sqlite: Database, one: int) -> None:
    with refused("specimen 'S-1'", "nobody has written a result", "a result to sign"):
        sign(on_sqlite, one, seen=1, by=LOCAL)


@pytest.mark.parametrize("number", [0, -1, 99, 2**70])
def test_no_such_specimen(on_sqlite: Database, number: int) -> None:
    works: list[Callable[[], object]] = [
        lambda: view(on_sqlite, number),
        lambda: begin(on_sqlite, number, by=LOCAL),
        lambda: correct(on_sqlite, number, GOLGI, seen=1, by=LOCAL),
        lambda: sign(on_sqlite, number, seen=1, by=LOCAL),
    ]
    for work in works:
        with refused(f"specimen {number}", "is not on the worklist", "one that is"):
            work()


def test_who_runs_commands_signs_nothing(on_sqlite: Database, one: int) -> None:
    with pytest.raises(NotAllowed, match="runs commands"):
        sign(on_sqlite, one, seen=1, by=operator("root"), finding=GOLGI)
    assert view(on_sqlite, one).results == ()


def test_the_local_user_is_none_where_there_are_accounts(
    on_sqlite: Database, one: int, people_on_sqlite: dict[str, User]
) -> None:
    works: list[Callable[[], object]] = [
        lambda: begin(on_sqlite, one, by=LOCAL),
        lambda: correct(on_sqlite, one, GOLGI, seen=1, by=LOCAL),
        lambda: sign(on_sqlite, one, seen=1, by=LOCAL, finding=GOLGI),
        lambda: require_signatures(on_sqlite, 2, by=LOCAL),
    ]
    for work in works:
        with pytest.raises(NotAllowed):
            work()
    change_role(on_sqlite, "sue", Role.ADMINISTRATOR, by=people_on_sqlite["kim"])
    for count in (0, 3):
        with pytest.raises(InputError, match="1 to 2"):
            require_signatures(on_sqlite, count, by=people_on_sqlite["sue"])


def test_images_that_are_not_as_they_were_read(
    on_sqlite: Database, one: int, tmp_path: Path
) -> None:
    image = tmp_path / "S-1-2.tif"
    content = image.read_bytes()
    where = f"specimen 'S-1', image {image}"

    def refused_to_sign() -> str:
        with pytest.raises(ImageChanged) as caught:
            sign(on_sqlite, one, seen=1, by=LOCAL, finding=GOLGI)
        assert caught.value.where == where
        assert "\n" not in str(caught.value)
        assert view(on_sqlite, one).results == ()
        return caught.value.found

    image.write_bytes(content + b" ")
    assert refused_to_sign() == "was changed since it was read (its SHA-256 differs)"
    image.unlink()
    assert refused_to_sign() == "no such file"
    image.mkdir()
    assert refused_to_sign() == "a folder"
    image.rmdir()
    image.write_bytes(content)
    assert sign(on_sqlite, one, seen=1, by=LOCAL, finding=GOLGI).state is State.SIGNED


def test_moved_images_are_signed_where_they_are_now(
    on_sqlite: Database, one: int, tmp_path: Path
) -> None:
    written = correct(on_sqlite, one, GOLGI, seen=1, by=LOCAL)
    (tmp_path / "there").mkdir()
    put_in(on_sqlite, [moved(written.read, tmp_path / "there")])
    with pytest.raises(Conflict, match="reading brought in"):
        sign(on_sqlite, one, seen=written.version, by=LOCAL)
    signed = sign(on_sqlite, one, seen=view(on_sqlite, one).version, by=LOCAL)
    assert signed.state is State.SIGNED


def test_a_result_on_an_earlier_reading_is_not_signed(
    on_sqlite: Database, one: int, tmp_path: Path
) -> None:
    written = correct(on_sqlite, one, GOLGI, seen=1, by=LOCAL)
    put_in(on_sqlite, [made_up_read("S-1", tmp_path, flagged=True)])
    now = view(on_sqlite, one)
    assert now.attention is Attention.READ_ANEW
    found = "was read anew since the result was written"
    with refused("specimen 'S-1'", found, "a new version, about what was read now"):
        sign(on_sqlite, one, seen=now.version, by=LOCAL)
    assert now.results == written.results
    signed = sign(on_sqlite, one, seen=now.version, by=LOCAL, finding=GOLGI)
    assert (signed.state, signed.attention) == (State.SIGNED, Attention.DONE)
    put_in(on_sqlite, [made_up_read("S-1", tmp_path)])  # a signature stays, and it is said
    assert view(on_sqlite, one).state is State.SIGNED
    assert view(on_sqlite, one).attention is Attention.READ_ANEW
    assert verify(on_sqlite).broken is None


def test_a_full_disk_signs_nothing(
    on_sqlite: Database, one: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = replace(GOLGI, comment="x" * 4000)
    with on_sqlite.reading() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
    with on_sqlite.writing() as session:
        session.execute(text(f"PRAGMA max_page_count = {pages}"))

    def fill() -> None:
        for _ in range(50):
            seen = view(on_sqlite, one).version
            correct(on_sqlite, one, finding, seen=seen, by=LOCAL, reason="again")

    with pytest.raises(WriteError, match="the disk is full"):
        fill()
    kept = view(on_sqlite, one)
    assert verify(on_sqlite).entries == 1 + len(kept.results)
    assert verify(on_sqlite).broken is None


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE result SET content = replace(content, 'golgi', 'rods')", "result 1 (specimen 1)"),
        ("UPDATE result SET number = 2, id = 5", "result 5 (specimen 1)"),
        ("UPDATE signature SET content = replace(content, 'local', 'other')", "signature 1"),
        ("UPDATE reading SET content = replace(content, '160', '161')", "reading 1 (specimen 1)"),
        ("UPDATE reading SET seq = 2", "entry 1 (reading brought in, specimen 1)"),
        ("DELETE FROM signature", "entry 3 (signed, specimen 1): what it tells of is gone"),
        ("DELETE FROM result", "entry 2 (result written, specimen 1): what it tells of is gone"),
        ("UPDATE specimen SET state = 'new'", "specimen 1 ('S-1'): its state is not"),
        ("UPDATE specimen SET signed_number = 0", "specimen 1 ('S-1'): its state is not"),
        ("UPDATE specimen SET signatures = 2", "specimen 1 ('S-1'): its state is not"),
        ("UPDATE specimen SET reading_number = 2", "specimen 1 ('S-1'): its state is not"),
        ("UPDATE specimen SET result_number = 0, signed_number = 0", "specimen 1 ('S-1')"),
    ],
)
def test_what_was_changed_behind_the_trail_is_found(
    on_sqlite: Database, one: int, statement: str, message: str
) -> None:
    sign(on_sqlite, one, seen=1, by=LOCAL, finding=GOLGI)
    assert verify(on_sqlite).broken is None
    with on_sqlite.writing() as session:
        for table in ("reading", "result", "signature"):
            for action in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER {table}_no_{action}"))
        session.execute(text(statement))
    broken = verify(on_sqlite).broken
    assert broken is not None
    assert broken.startswith(message)


@pytest.mark.parametrize("table", ["reading", "result", "signature"])
def test_a_row_that_is_damaged_is_named_in_a_line(
    on_sqlite: Database, one: int, table: str
) -> None:
    sign(on_sqlite, one, seen=1, by=LOCAL, finding=GOLGI)
    with on_sqlite.writing() as session:
        session.execute(text(f"DROP TRIGGER {table}_no_update"))
        session.execute(text(f"UPDATE {table} SET content = '{{}}'"))
    with pytest.raises(InputError, match=r"wrong values; expected .* see anascope desk verify"):
        view(on_sqlite, one)
