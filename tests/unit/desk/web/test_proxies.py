"""A desk behind a proxy that answers browsers by TLS: whose word counts on where a browser is."""

from __future__ import annotations

import re

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from anascope.desk.accounts import User
from anascope.desk.store import AttemptRow, Database
from anascope.desk.web import Serving, make_app, serve
from anascope.desk.web._proxies import behind_proxies, checked_proxies
from anascope.errors import InputError

PROXY, BESIDE = "10.0.0.2", "10.0.0.3"
TLS = {"X-Forwarded-Proto": "https"}


class Sender:
    """Somebody who reaches the desk from one address, and says by headers what they like."""

    def __init__(self, database: Database, peer: str, *proxies: str) -> None:
        app = make_app(Serving(database, loopback=False, secure=True))
        trusted = behind_proxies(app, checked_proxies(proxies or (PROXY,)))
        self.client = TestClient(
            trusted,
            base_url="http://desk.example",
            client=(peer, 50000),
            follow_redirects=False,
        )

    def get(self, path: str = "/log-in", **headers: str) -> httpx2.Response:
        return self.client.get(path, headers={"Accept": "text/html"} | headers)

    def guess(self, headers: dict[str, str], password: str = "a wrong password") -> httpx2.Response:
        """Try a password, as a browser does whose requests the proxy passes on."""
        self.client.cookies.clear()
        page = self.get(**headers)
        (form,) = set(re.findall(r'name="form_token" value="(\w+)"', page.text))
        cookie = page.headers["set-cookie"].partition(";")[0]
        values = {"name": "ann", "password": password, "form_token": form}
        return self.client.post("/log-in", data=values, headers=headers | {"Cookie": cookie})


def addresses(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.exec(select(AttemptRow.address).order_by("id")))


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", "203.0.113.7"),  # what the browser says comes first
        ("6.6.6.6, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
    ],
)
def test_a_proxy_says_where_a_browser_is(
    database: Database, people: dict[str, User], forwarded: str, counted: str
) -> None:
    proxy = Sender(database, PROXY)
    assert proxy.guess(TLS | {"X-Forwarded-For": forwarded}).status_code == 401
    assert addresses(database) == [counted]


def test_guesses_are_counted_for_each_browser(database: Database, people: dict[str, User]) -> None:
    proxy = Sender(database, PROXY)
    # Whatever the browser claims: the proxy adds where it really is.
    for number in range(5):
        eve = TLS | {"X-Forwarded-For": f"6.6.6.{number}, 203.0.113.66"}
        assert proxy.guess(eve).status_code == 401
    assert proxy.guess(eve, "correct horse ann").status_code == 429
    ann = TLS | {"X-Forwarded-For": "203.0.113.7"}
    done = proxy.guess(ann, "correct horse ann")
    assert (done.status_code, done.headers["location"]) == (303, "/")
    cookie = done.headers["set-cookie"].lower()
    assert cookie.startswith("__host-anascope_session=")
    assert all(word in cookie for word in ("secure", "httponly", "samesite=lax"))


def test_nobody_else_says_where_a_browser_is(database: Database, people: dict[str, User]) -> None:
    headers = TLS | {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7;proto=https"}
    beside = Sender(database, BESIDE)
    refused = beside.get(**headers)
    assert refused.status_code == 403
    assert "https alone" in refused.text
    # Even one whose own connection is by TLS counts as where it is.
    beside.client.base_url = httpx2.URL("https://desk.example")
    for number in range(5):
        eve = headers | {"X-Forwarded-For": f"203.0.113.{number}"}
        assert beside.guess(eve).status_code == 401
    assert addresses(database) == [BESIDE] * 5
    assert beside.guess(eve, "correct horse ann").status_code == 429


def test_pages_come_by_tls_alone(database: Database, people: dict[str, User]) -> None:
    proxy = Sender(database, PROXY)
    for headers in ({}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Proto": "httpsx"}):
        assert proxy.get(**headers).status_code == 403
        assert proxy.get("/", **headers).status_code == 403
    assert proxy.get("/static/icon.svg").status_code == 200  # what watches the desk asks for it
    page = proxy.get(**TLS)
    assert page.status_code == 200
    assert "strict-transport-security" in page.headers
    assert page.headers["set-cookie"].startswith("__Host-anascope_browser=")


@pytest.mark.parametrize(
    ("trusted", "peer", "counted"),
    [
        ("10.0.0.0/28", "10.0.0.9", True),
        ("10.0.0.0/28", "10.0.0.17", False),
        ("10.0.0.2", "::ffff:10.0.0.2", True),
        ("10.0.0.0/28", "::ffff:10.0.0.9", True),
        ("10.0.0.0/28", "::ffff:10.0.1.9", False),
        ("fd00::/64", "fd00::1", True),
        ("fd00::1", "fd00:0:0::1", True),
    ],
)
def test_which_proxies(database: Database, trusted: str, peer: str, counted: bool) -> None:
    answer = Sender(database, peer, trusted).get(**TLS)
    assert answer.status_code == (200 if counted else 403)


@pytest.mark.parametrize("proxy", ["*", "", "0.0.0.0/0", "::/0", "proxy.example", "10.0.0.1/8"])
def test_no_proxies(database: Database, people: dict[str, User], proxy: str) -> None:
    with pytest.raises(InputError, match=r"^proxy: .*; expected an address or a network"):
        serve(database, proxies=[proxy])


def test_a_desk_behind_a_proxy_needs_users(database: Database) -> None:
    with pytest.raises(InputError, match="the desk has no users"):
        serve(database, host="127.0.0.1", proxies=["127.0.0.1"])
