"""A desk where people log in by a provider, and browsers that go there and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from anascope.desk.openid import OpenIDSettings, Provider
from anascope.desk.store import Database
from anascope.desk.web import Serving, make_app
from tests.unit.desk.made_up import Clock
from tests.unit.desk.openid.provider import CLIENT, SECRET, MadeUpProvider, Server, started

DESK = "https://desk.example"
ROLES = {"reader": ["readers"], "senior": ["seniors", "chiefs"], "administrator": ["admins"]}


@pytest.fixture(scope="session")
def provider_server() -> Iterator[Server]:
    with started() as server:
        yield server


@pytest.fixture
def provider(clock: Clock, provider_server: Server) -> MadeUpProvider:
    """A provider that does what it must, until a test tells it otherwise."""
    provider_server.provider = MadeUpProvider(clock, issuer=provider_server.address)
    return provider_server.provider


class Visitor:
    """Somebody at a browser of the desk."""

    def __init__(self, desk: Serving, address: str = "10.0.0.9") -> None:
        self.client = TestClient(
            make_app(desk), base_url=DESK, client=(address, 50000), follow_redirects=False
        )

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(path, headers={"Accept": "text/html"} | headers)

    def begin(self, path: str = "/log-in/provider") -> str:
        """Go to the provider, and return the address to which it sends the browser back."""
        asked = self.get(path)
        assert asked.status_code == 303, asked.text
        answer = httpx2.get(asked.headers["location"])
        assert answer.status_code == 302
        back = answer.headers["location"]
        assert back.startswith(f"{DESK}/log-in/callback?")
        return back

    def log_in(self, path: str = "/log-in/provider") -> httpx2.Response:
        """Go to the provider and back, and return what the desk says then."""
        return self.get(self.begin(path))

    @property
    def session(self) -> str | None:
        return self.client.cookies.get("__Host-anascope_session")


@pytest.fixture
def desk_of(provider: MadeUpProvider, on_sqlite: Database) -> Callable[..., Serving]:
    """Return a desk; takes what its settings say beside what they must."""

    def made(secret: str | None = SECRET, **settings: Any) -> Serving:
        known = {"issuer": provider.issuer, "client_id": CLIENT, "address": DESK}
        chosen = {"roles": ROLES, "unknown_users": "create"} | known | settings
        found = OpenIDSettings.model_validate(chosen)
        vouching = Provider(found, secret, clock=on_sqlite.clock)
        return Serving(on_sqlite, loopback=False, secure=True, provider=vouching)

    return made


@pytest.fixture
def desk(desk_of: Callable[..., Serving]) -> Serving:
    return desk_of()


@pytest.fixture
def ann(desk: Serving) -> Visitor:
    """Somebody who has not logged in yet."""
    return Visitor(desk)
