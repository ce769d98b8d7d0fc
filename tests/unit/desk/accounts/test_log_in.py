"""Logging in: sessions that end, and passwords that cannot be guessed."""

from __future__ import annotations

import pytest
from sqlmodel import select

from anascope.desk.accounts import (
    LogInRefused,
    Role,
    TooManyAttempts,
    User,
    change_role,
    log_in,
    log_out,
    switch_account,
    user_of,
)
from anascope.desk.store import AttemptRow, Database, SessionRow
from tests.unit.desk.made_up import Clock


def guess(database: Database, name: str, address: str) -> str:
    with pytest.raises(LogInRefused) as caught:
        log_in(database, name, "a guess", address=address)
    assert "guess" not in str(caught.value)
    return caught.value.found


def test_a_session(database: Database, people: dict[str, User], clock: Clock) -> None:
    first = log_in(database, " ANN", "correct horse ann", address="a")
    second = log_in(database, "ann", "correct horse ann", address="b")
    assert first.user == people["ann"]
    assert first.token != second.token
    assert user_of(database, first.token) == people["ann"]
    with database.reading() as session:
        rows = session.exec(select(SessionRow)).all()
        assert first.token not in str([row.model_dump() for row in rows])
    log_out(database, first.token)
    log_out(database, first.token)
    assert user_of(database, first.token) is None
    assert user_of(database, second.token) == people["ann"]
    for other in ("", "x", second.token + "x", "\ud800", "' OR 1=1 --", "\0"):
        assert user_of(database, other) is None


def test_it_ends_after_an_hour_without_a_page(
    on_sqlite: Database, people_on_sqlite: dict[str, User], clock: Clock
) -> None:
    token = log_in(on_sqlite, "ann", "correct horse ann", address="a").token
    clock.advance(minutes=50)
    assert user_of(on_sqlite, token) is not None
    clock.advance(minutes=50)
    assert user_of(on_sqlite, token) is not None
    clock.advance(minutes=61)
    assert user_of(on_sqlite, token) is None


def test_it_ends_after_twelve_hours(
    on_sqlite: Database, people_on_sqlite: dict[str, User], clock: Clock
) -> None:
    token = log_in(on_sqlite, "ann", "correct horse ann", address="a").token
    for _ in range(15):
        clock.advance(minutes=48)
        seen = user_of(on_sqlite, token)
    assert seen is None
    log_in(on_sqlite, "ann", "correct horse ann", address="a")
    with on_sqlite.reading() as session:  # the one that ended is gone
        assert len(session.exec(select(SessionRow)).all()) == 1


def test_a_changed_account_counts_at_once(
    on_sqlite: Database, people_on_sqlite: dict[str, User]
) -> None:
    kim = people_on_sqlite["kim"]
    token = log_in(on_sqlite, "ann", "correct horse ann", address="a").token
    change_role(on_sqlite, "ann", Role.SENIOR, by=kim)
    assert user_of(on_sqlite, token) == User("ann", Role.SENIOR)
    switch_account(on_sqlite, "ann", active=False, by=kim)
    assert user_of(on_sqlite, token) is None
    with pytest.raises(LogInRefused, match="do not belong together"):
        log_in(on_sqlite, "ann", "correct horse ann", address="a")
    switch_account(on_sqlite, "ann", active=True, by=kim)
    assert user_of(on_sqlite, token) is None


def test_which_of_the_two_was_wrong_is_not_said(
    on_sqlite: Database, people_on_sqlite: dict[str, User]
) -> None:
    messages = {guess(on_sqlite, name, "a") for name in ("ann", "nobody", "", "\ud800", "\0")}
    assert messages == {"name and password do not belong together"}


def test_guesses_end_after_five(
    on_sqlite: Database, people_on_sqlite: dict[str, User], clock: Clock
) -> None:
    for _ in range(5):
        assert guess(on_sqlite, "ann", "a") == "name and password do not belong together"
        clock.advance(minutes=1)
    with pytest.raises(TooManyAttempts, match="5 attempts; expected to wait 10 minutes"):
        log_in(on_sqlite, "ann", "correct horse ann", address="a")
    # Others, and the same person elsewhere, are not kept out by it.
    assert log_in(on_sqlite, "bob", "correct horse bob", address="a")
    assert log_in(on_sqlite, "ann", "correct horse ann", address="b")
    clock.advance(minutes=11)
    assert log_in(on_sqlite, "ann", "correct horse ann", address="a")
    assert guess(on_sqlite, "ann", "a") == "name and password do not belong together"


@pytest.mark.parametrize("place", ["name", "address"])
def test_guesses_from_many_places_or_for_many_names_end_too(
    on_sqlite: Database, people_on_sqlite: dict[str, User], place: str
) -> None:
    at = on_sqlite.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    guess(on_sqlite, "ann", "a")
    with on_sqlite.writing() as session:  # forty-nine more take as many seconds
        (made,) = session.exec(select(AttemptRow)).all()
        for number in range(49):
            row = AttemptRow(key=made.key, address="a", at=at)
            setattr(row, "address" if place == "name" else "key", f"other {number}")
            session.add(row)
    name, address = ("ann", "elsewhere") if place == "name" else ("bob", "a")
    with pytest.raises(TooManyAttempts, match="50 attempts"):
        log_in(on_sqlite, name, f"correct horse {name}", address=address)


def test_what_was_typed_for_a_name_is_not_kept(
    on_sqlite: Database, people_on_sqlite: dict[str, User]
) -> None:
    guess(on_sqlite, "my secret password", "a")
    with on_sqlite.reading() as session:
        (row,) = session.exec(select(AttemptRow)).all()
    assert "secret" not in str(row.model_dump())
