"""Where a desk is served, and where not."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from anascope.desk.accounts import User
from anascope.desk.store import Database
from anascope.desk.web import is_loopback, serve
from anascope.errors import InputError


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_which_addresses_are_of_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1"])
def test_other_machines_need_users(database: Database, host: str) -> None:
    with pytest.raises(InputError, match="no users; expected a user first"):
        serve(database, host=host)


def test_an_address_that_is_not_free(database: Database, people: dict[str, User]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port}: cannot be listened at"):
            serve(database, port=port)
    with pytest.raises(InputError, match="cannot be listened at"):
        serve(database, host="192.0.2.1")


def test_a_certificate_that_is_none(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="both, or none"):
        serve(database, certificate=tmp_path / "none.pem")
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    for file in (tmp_path / "none.pem", wrong):
        with pytest.raises(InputError, match="PEM files that fit"):
            serve(database, certificate=file, key=file)
