"""Accounts: who may add, change and switch off which, and that all of it is in the trail."""

from __future__ import annotations

import pytest

from anascope.desk.accounts import (
    LOCAL,
    NotAllowed,
    Role,
    User,
    accounts,
    add_account,
    change_password,
    change_role,
    local_user,
    log_in,
    operator,
    require,
    switch_account,
    user_of,
)
from anascope.desk.audit import history, verify
from anascope.desk.store import Database
from anascope.errors import InputError
from tests.refusals import refused

PASSWORD = "correct horse"
ROOT = operator("root")


def test_without_accounts_there_is_one_local_user(on_sqlite: Database) -> None:
    assert local_user(on_sqlite) == LOCAL
    with on_sqlite.reading() as session:
        require(session, LOCAL, Role.ADMINISTRATOR, to_sign=True)
    add_account(on_sqlite, "kim", PASSWORD, Role.ADMINISTRATOR, by=LOCAL)
    assert local_user(on_sqlite) is None
    with on_sqlite.reading() as session, pytest.raises(NotAllowed, match="has accounts now"):
        require(session, LOCAL, Role.READER)


def test_what_is_done_is_in_the_trail(database: Database) -> None:
    add_account(database, "kim", PASSWORD, Role.ADMINISTRATOR, by=ROOT)
    kim = User("kim", Role.ADMINISTRATOR)
    add_account(database, "Ann", PASSWORD, Role.READER, by=kim)
    change_role(database, "ann", Role.SENIOR, by=kim)
    change_password(database, "ann", "another horse", by=kim)
    switch_account(database, "ann", active=False, by=kim)
    assert [(a.name, a.role, a.active) for a in accounts(database)] == [
        ("Ann", Role.SENIOR, False),
        ("kim", Role.ADMINISTRATOR, True),
    ]
    with database.reading() as session:
        entries = [(e.who, e.what, e.before, e.after) for e in history(session)]
        assert all("horse" not in str(entry) for entry in history(session))
    assert entries == [
        ("kim", "account switched on or off", "on", "off"),
        ("kim", "password changed", "", ""),
        ("kim", "role changed", "reader", "senior"),
        ("kim", "account added", "", "reader"),
        ("operator:root", "account added", "", "administrator"),
    ]
    assert verify(database).broken is None


def test_who_is_no_administrator_sees_to_no_account(
    database: Database, people: dict[str, User]
) -> None:
    for by in (people["ann"], people["sue"], User("ann", Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed, match="expected a administrator"):
            add_account(database, "eve", PASSWORD, Role.READER, by=by)
        with pytest.raises(NotAllowed):
            change_role(database, "ann", Role.ADMINISTRATOR, by=by)
        with pytest.raises(NotAllowed):
            switch_account(database, "kim", active=False, by=by)
        with pytest.raises(NotAllowed):
            change_password(database, "kim", PASSWORD, by=by)
    for by in (User("ANN", Role.READER), User("nobody", Role.ADMINISTRATOR)):
        with database.reading() as session, pytest.raises(NotAllowed, match="no account"):
            require(session, by, Role.READER)
    with database.reading() as session, pytest.raises(NotAllowed, match="to sign"):
        require(session, ROOT, Role.READER, to_sign=True)


def test_an_administrator_is_always_left(database: Database, people: dict[str, User]) -> None:
    refusal = ("account 'kim'", "is the last administrator", "another one first")
    with refused(*refusal):
        change_role(database, "kim", Role.SENIOR, by=people["kim"])
    with refused(*refusal):
        switch_account(database, "kim", active=False, by=people["kim"])
    change_role(database, "sue", Role.ADMINISTRATOR, by=people["kim"])
    change_role(database, "kim", Role.READER, by=people["sue"])


def test_the_first_is_an_administrator(on_sqlite: Database) -> None:
    with refused("role", "'reader' of the first account", "'administrator'"):
        add_account(on_sqlite, "ann", PASSWORD, Role.READER, by=LOCAL)
    assert accounts(on_sqlite) == []


@pytest.mark.parametrize(
    "name", ["", "  ", "a:b", "operator:root", "a\nb", "Local", "ＬＯＣＡＬ", "a" * 65, "a\u202eb"]
)
def test_names_that_cannot_be(on_sqlite: Database, name: str) -> None:
    with pytest.raises(InputError, match=r"^name: "):
        add_account(on_sqlite, name, PASSWORD, Role.ADMINISTRATOR, by=LOCAL)


@pytest.mark.parametrize("other", ["Kim", " kim ", "ＫＩＭ"])
def test_a_name_is_one_persons(on_sqlite: Database, other: str) -> None:
    add_account(on_sqlite, "kim", PASSWORD, Role.ADMINISTRATOR, by=LOCAL)
    with pytest.raises(InputError, match="is taken"):
        add_account(on_sqlite, other, PASSWORD, Role.READER, by=ROOT)


@pytest.mark.parametrize("password", ["", "short", "a" * 40, "kim1234567890"[:12], "x" * 1025])
def test_weak_passwords(on_sqlite: Database, password: str) -> None:
    with pytest.raises(InputError, match=r"^password: ") as caught:
        add_account(on_sqlite, "kim123456", password, Role.ADMINISTRATOR, by=LOCAL)
    assert not password or password not in str(caught.value)


def test_ones_own_password_needs_the_old_one(database: Database, people: dict[str, User]) -> None:
    token = log_in(database, "ann", "correct horse ann", address="a").token
    for old in ("wrong", None):
        with refused("password", "not the one until now", "the one until now"):
            change_password(database, "ann", "another horse", by=people["ann"], old=old)
    assert user_of(database, token) == people["ann"]
    new = "another horse"
    change_password(database, "ann", new, by=people["ann"], old="correct horse ann")
    assert user_of(database, token) is None
    assert log_in(database, "ann", new, address="a").user == people["ann"]
