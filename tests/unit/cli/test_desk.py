"""``anascope desk`` as somebody types it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from anascope.cli._app import app
from anascope.desk.accounts import LOCAL, Role, accounts
from anascope.desk.review import signatures_required
from anascope.desk.store import open_database
from anascope.desk.worklist import worklist
from anascope.errors import InputError
from anascope.reading.results import ResultsFolder
from tests.unit.reading.results.conftest import made_up_field, made_up_specimen


def _run(*words: object, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["desk", *map(str, words)], input=typed)


def _refusal(result: Result) -> str:
    assert isinstance(result.exception, InputError)
    return str(result.exception)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    assert _run("init", tmp_path / "desk").exit_code == 0
    return tmp_path / "desk"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    field = made_up_field()
    folder = ResultsFolder(tmp_path / "results")
    folder.write_field(field.reading, field.arrays)
    folder.write_specimen(made_up_specimen(field.reading), sheet=False)
    return folder.path


def test_from_nothing_to_a_proven_trail(desk: Path, results: Path) -> None:
    file = desk / "desk.sqlite"
    first = _run("import", desk, results)
    assert first.exit_code == 0, first.output
    assert first.stdout == f"{results}: 1 new, 0 read anew, 0 moved, 0 as they were\n"
    again = _run("import", desk, results, "--json")
    (found,) = json.loads(again.stdout)
    assert (found["folder"], found["new"], found["unchanged"]) == (str(results), 0, 1)
    with open_database(desk) as database:
        assert [row.name for row in worklist(database).rows] == ["S-1"]
    proved = _run("verify", desk)
    assert proved.exit_code == 0
    assert proved.stdout.startswith(f"{file}: whole, 1 entries; end 1:")
    end = proved.stdout.split()[-1]
    assert _run("verify", desk, "--noted", end).exit_code == 0
    other = _run("verify", desk, "--noted", f"1:{'f' * 64}", "--json")
    assert other.exit_code == 1
    assert "which was noted" in json.loads(other.stdout)["broken"]


def test_a_broken_trail_is_status_one(desk: Path, results: Path) -> None:
    _run("import", desk, results)
    with sqlite3.connect(desk / "desk.sqlite") as raw:
        raw.execute("DROP TRIGGER trail_no_update")
        raw.execute("UPDATE trail SET who = 'eve'")
    raw.close()
    done = _run("verify", desk)
    assert done.exit_code == 1
    assert ": broken: entry 1 (reading brought in, specimen 1, by eve, " in done.stdout
    assert done.stdout.count("\n") == 1


def test_damage_is_told_and_status_one(desk: Path, results: Path) -> None:
    next(results.glob("specimens/*/*/cells.json")).write_text("[")
    done = _run("import", desk, results)
    assert done.exit_code == 1
    assert "damaged: " in done.stderr


def test_signatures(desk: Path) -> None:
    assert "a result needs 2 signatures" in _run("init", desk, "--signatures", 2).stdout
    assert "a result needs 2 signatures" in _run("init", desk).stdout  # it stays
    with open_database(desk) as database, database.reading() as session:
        assert signatures_required(session) == 2


def test_users_of_a_provider(desk: Path) -> None:
    known = ("--issuer", "https://login.example", "--subject")
    add = ("users", "add", desk)
    kim = _run(*add, "kim", "--role", "administrator", *known, "u-1")
    assert kim.stdout == "kim: administrator\n"
    half = _run(*add, "ann", "--role", "reader", "--subject", "u-2")
    assert _refusal(half) == "identity: one of --issuer and --subject; expected both, or none"
    _run(*add, "ann", "--role", "reader", "--password-stdin", typed="correct horse\n")
    linked = _run("users", "link", desk, "ann", *known, "u-2")
    assert linked.stdout == "ann: logs in as u-2 of https://login.example\n"
    assert "has an account" in _refusal(_run("users", "link", desk, "ann", *known, "u-1"))


def test_what_cannot_be_served_is_told(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "openid.yaml"
    file.write_text("issuer: https://login.example\nclient_id: desk\n")
    assert "no key 'address'" in _refusal(_run("serve", desk, "--openid", file))
    monkeypatch.setenv("ANASCOPE_OPENID_SECRET", "s3cret")
    with file.open("a") as more:
        more.write("address: https://desk.example\n")
    refused = _run("serve", desk, "--openid", file, "--proxy", "*")
    assert "proxy: '*'; expected an address or a network of proxies" in _refusal(refused)
    assert "s3cret" not in refused.output


def test_users(desk: Path) -> None:
    word = "correct horse\n"
    add = ("users", "add", desk)
    assert "may do all" in _run("users", "list", desk).stdout
    kim = _run(*add, "kim", "--role", "administrator", "--password-stdin", typed=word)
    assert kim.stdout == "kim: administrator\n"
    assert _run(*add, "ann", "--role", "reader", "--password-stdin", typed=word).exit_code == 0
    assert _run("users", "role", desk, "ann", "senior").stdout == "ann: senior\n"
    assert _run("users", "password", desk, "ann", "--password-stdin", typed=word).exit_code == 0
    assert _run("users", "off", desk, "ann").stdout == "ann: may not log in\n"
    found = json.loads(_run("users", "list", desk, "--json").stdout)
    assert [(one["name"], one["role"], one["active"]) for one in found] == [
        ("ann", "senior", False),
        ("kim", "administrator", True),
    ]
    assert _run("users", "on", desk, "ann").exit_code == 0
    assert "ann" in _run("users", "list", desk).stdout
    with open_database(desk) as database:
        assert {account.role for account in accounts(database)} == {
            Role.SENIOR,
            Role.ADMINISTRATOR,
        }
        assert LOCAL.name not in {account.name for account in accounts(database)}


def test_refusals(desk: Path, tmp_path: Path) -> None:
    assert "anascope desk init" in _refusal(_run("verify", tmp_path))
    assert "no folder of results" in _refusal(_run("import", desk, tmp_path))
    add = ("users", "add", desk, "kim", "--role")
    assert "administrator" in _refusal(_run(*add, "boss", "--password-stdin", typed="x\n"))
    assert "--password-stdin" in _refusal(_run(*add, "administrator"))
    assert "NUMBER:HASH" in _refusal(_run("verify", desk, "--noted", "5"))
    assert "1 to 2" in _refusal(_run("init", desk, "--signatures", 3))
