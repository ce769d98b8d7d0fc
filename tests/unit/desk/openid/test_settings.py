"""What a laboratory says of its provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.desk.accounts import Role
from anascope.desk.openid import SECRET, read_openid, secret_of
from anascope.errors import InputError

LEAST = """\
issuer: https://login.example/realms/lab
client_id: anascope
address: https://desk.example/
"""
MORE = """\
role_claim: realm_access.roles
roles:
  reader: [hep2-readers]
  administrator: [hep2-admins]
unknown_users: create
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "openid.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file(tmp_path: Path) -> None:
    least = read_openid(written(tmp_path, LEAST))
    assert least.callback == "https://desk.example/log-in/callback"
    assert (least.unknown_users, least.passwords, least.roles) == ("refuse", True, {})
    more = read_openid(written(tmp_path, LEAST + MORE))
    assert more.roles == {Role.READER: ("hep2-readers",), Role.ADMINISTRATOR: ("hep2-admins",)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no keys; expected a openid"),
        ("issuer: https://login.example\n", "no key 'client_id'"),
        (LEAST + "client_secret: s3cret\n", "unknown key 'client_secret'"),
        (LEAST.replace("https://login", "http://login"), "issuer: 'http://login.*https://"),
        (LEAST.replace("/realms/lab", "/?a=b"), "issuer: "),
        (LEAST.replace("desk.example/", "desk.example/desk"), "address: .* without a path"),
        (LEAST.replace("https://desk", "http://desk"), "address: "),
        (LEAST + "scopes: [profile]\n", "scopes: profile; expected 'openid' in them"),
        (LEAST + "roles: {boss: [a]}\n", "roles.boss"),
        (LEAST + "unknown_users: adopt\n", "unknown_users: 'adopt'"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_openid(written(tmp_path, text))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a path that ends in"):
        read_openid(tmp_path / "openid.toml")
    with pytest.raises(InputError, match="openid"):
        read_openid(tmp_path / "openid.yaml")


def test_where_the_secret_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = read_openid(written(tmp_path, LEAST))
    monkeypatch.delenv(SECRET, raising=False)
    assert secret_of(bare) is None
    monkeypatch.setenv(SECRET, "from the environment")
    assert secret_of(bare) == "from the environment"
    file = tmp_path / "secret"
    named = read_openid(written(tmp_path, f"{LEAST}client_secret_file: {file}\n"))
    with pytest.raises(InputError, match=r"client secret .*secret"):
        secret_of(named)
    file.write_text("of the file\n")
    assert secret_of(named) == "of the file"
    for content in (b" \n", b"\xff\xfe"):
        file.write_bytes(content)
        with pytest.raises(InputError, match="a file with the secret and nothing else") as refused:
            secret_of(named)
        assert "\\xff" not in str(refused.value)
