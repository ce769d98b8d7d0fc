"""Nothing is seen, and nothing done, without a session, by another's, or by another site's form."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from anascope.desk.accounts import Role, User, add_account, operator, switch_account
from anascope.desk.review import view
from anascope.desk.store import Database
from anascope.desk.web import Serving
from anascope.desk.web._app import ROOMS
from anascope.desk.worklist import State
from tests.unit.desk.made_up import Clock
from tests.unit.desk.web.conftest import logged_in
from tests.unit.desk.web.pages import TEXT, Browser, browser

VALUES = {
    "specimen": "1",
    "number": "1",
    "level": "8",
    "column": "0",
    "row": "0",
    "first": "0",
    "name": "golgi",
}


def routes() -> Iterator[tuple[str, str]]:
    """Yield method and an address of all that the desk answers to, but for the log-in."""
    for room in ROOMS:
        for route in room.routes:
            assert isinstance(route, APIRoute)
            path = re.sub(r"{(\w+)}", lambda named: VALUES[named[1]], route.path)
            if not path.startswith("/log-in") and path != "/log-out/provider":
                yield from ((method, path) for method in route.methods or ())


def ask(asking: Browser, method: str, path: str, accept: str) -> tuple[int, str]:
    answer = asking.client.request(
        method,
        path,
        headers={"Accept": accept},
        data={"seen": "1"} if method == "POST" else None,
        follow_redirects=False,
    )
    return answer.status_code, answer.headers.get("location", answer.text)


def test_nothing_is_given_without_a_session(desk: Serving, people: dict[str, User]) -> None:
    nobody = browser(desk)
    nobody.client.cookies.set("anascope_session", "made up")
    asked = list(routes())
    assert len(asked) > 15
    for method, path in asked:
        refused = ask(nobody, method, path, "image/png")
        assert refused == (401, "Nobody is logged in.\n"), path
        status, to = ask(nobody, method, path, "text/html")
        assert (status, to.partition("?")[0]) == (303, "/log-in"), path
    assert nobody.get("/specimens/99/fields/1/thumbnail.jpg", **TEXT).status_code == 401


def test_a_session_ends(desk: Serving, people: dict[str, User], clock: Clock, ann: Browser) -> None:
    token = ann.client.cookies["anascope_session"]
    assert ann.get("/").status_code == 200
    assert ann.send("/log-out", "/").url.path == "/log-in"
    thief = browser(desk)
    thief.client.cookies.set("anascope_session", token)
    assert thief.get("/", **TEXT).status_code == 401
    bob = logged_in(desk, "bob")
    clock.advance(minutes=61)
    assert bob.get("/", **TEXT).status_code == 401
    sue = logged_in(desk, "sue")
    switch_account(desk.database, "sue", active=False, by=operator("root"))
    assert sue.get("/", **TEXT).status_code == 401


def test_a_log_in_begins_a_new_session_and_ends_the_old_one(desk: Serving, ann: Browser) -> None:
    before = ann.client.cookies["anascope_session"]
    page = ann.get("/specimens/1").text
    token = re.findall(r'name="form_token" value="(\w+)"', page)[0]
    assert ann.post("/log-in", name="ann", password="correct horse ann", form_token=token)
    ann.client.cookies.delete("anascope_session")
    assert ann.log_in("ann").url.path == "/"
    assert ann.client.cookies["anascope_session"] != before


def test_cookies_are_for_this_host_and_no_script(
    desk: Serving, people: dict[str, User], database: Database
) -> None:
    for secure in (False, True):
        served = browser(Serving(database, secure=secure))
        page = served.client.get("/log-in", headers={"Accept": "text/html"})
        given = page.headers["set-cookie"]
        (token,) = re.findall(r'name="form_token" value="(\w+)"', page.text)
        values = {"name": "ann", "password": "correct horse ann", "form_token": token}
        answer = served.client.post("/log-in", data=values, follow_redirects=False)
        for cookie in (given, answer.headers["set-cookie"]):
            assert cookie.startswith("__Host-anascope") is secure
            assert ("; secure" in cookie.lower()) is secure
            assert "httponly" in cookie.lower()
            assert "samesite=lax" in cookie.lower()
            assert "domain" not in cookie.lower()


def test_guesses_end_for_a_while(desk: Serving, people: dict[str, User], clock: Clock) -> None:
    thief = browser(desk)
    for _ in range(5):
        refused = thief.log_in("ann", "a wrong password")
        assert refused.status_code == 401
        assert "name and password do not belong together" in refused.text
    late = thief.log_in("ann")
    assert late.status_code == 429
    assert "anascope_session" not in thief.client.cookies
    assert browser(desk, "10.0.0.9").log_in("ann").url.path == "/"
    clock.advance(minutes=16)
    assert thief.log_in("ann").url.path == "/"


def test_the_local_user_ends_with_the_first_account(local: Browser, database: Database) -> None:
    assert "local" in local.get("/").text
    add_account(database, "kim", "correct horse kim", Role.ADMINISTRATOR, by=operator("root"))
    assert local.get("/", **TEXT).status_code == 401


def test_there_is_no_local_user_for_other_machines(database: Database) -> None:
    away = browser(Serving(database, loopback=False), "10.0.0.9")
    assert away.get("/", **TEXT).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.", ""])
def test_other_names_of_this_machine_are_refused(local: Browser, host: str) -> None:
    assert local.get("/", Host=host).status_code == 421
    for own in ("localhost:8350", "127.0.0.1", "[::1]:8350", "LOCALHOST"):
        assert local.get("/", Host=own).status_code == 200
    assert local.get("/", **{"X-Forwarded-For": "10.0.0.9"}).status_code == 403


def test_a_form_of_another_site_does_nothing(ann: Browser, bob: Browser, desk: Serving) -> None:
    theirs = re.findall(r'name="form_token" value="(\w+)"', bob.get("/").text)[0]
    for token in ("", theirs, "x" * 64):
        answer = ann.post(
            "/specimens/1/result", form_token=token, seen="1", verdict="negative", action="sign"
        )
        assert answer.status_code == 403
        assert "not one that the desk gave to this browser" in answer.text
        for path in ("/specimens/1/begin", "/log-out", "/password"):
            assert ann.post(path, form_token=token, seen="1").status_code == 403
    elsewhere = ann.client.post(
        "/log-out", data={}, headers={"Sec-Fetch-Site": "cross-site", "Accept": "text/html"}
    )
    assert elsewhere.status_code == 403
    assert browser(desk).post("/log-in", name="ann", password="x").status_code == 403
    assert ann.get("/").status_code == 200
    assert view(desk.database, 1).state is State.NEW


def test_no_file_is_taken_and_no_form_without_end(ann: Browser) -> None:
    file = ann.client.post("/specimens/1/result", files={"pattern": b"GIF89a"})
    assert file.status_code == 415
    large = ann.post("/specimens/1/result", comment="x" * 300_000)
    assert large.status_code == 413

    def endless() -> Iterator[bytes]:
        yield from (b"comment=" + b"x" * 65536 for _ in range(100))

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ann.client.post("/log-out", content=endless(), headers=form).status_code == 413
    many = ann.send("/specimens/1/result", "/specimens/1", out=["1:1"] * 2000)
    assert many.status_code == 400
    assert ann.get("/").status_code == 200


def test_every_answer_has_its_headers(
    ann: Browser, desk: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret of the machine")

    paths = ["/", "/specimens/1", "/specimens/99", "/nothing", "/static/desk.js", "/log-in"]
    paths += ["/specimens/1/fields/1/thumbnail.jpg", "/worklist.csv", "/specimens/1.json", "/trail"]
    answers = [ann.get(path) for path in paths]
    monkeypatch.setattr("anascope.desk.web._trail.history", broken)
    calm = browser(desk, raise_errors=False)
    calm.log_in("ann")
    defect = calm.get("/trail")
    assert defect.status_code == 500
    assert "secret" not in defect.text
    for answer in (*answers, defect):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "server" not in answer.headers
        static = answer.url.path.startswith("/static")
        assert answer.headers["cache-control"] == ("no-cache" if static else "no-store")
    assert "strict-transport-security" not in answers[0].headers
    tls = browser(Serving(desk.database, secure=True))
    assert "strict-transport-security" in tls.get("/log-in").headers


def test_there_is_no_page_about_the_pages(local: Browser) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert local.get(path).status_code == 404


def test_another_password(ann: Browser, desk: Serving) -> None:
    def send(**values: str) -> int:
        return ann.send("/password", "/password", **values).status_code

    assert send(old="wrong", new="another horse 1", again="another horse 1") == 400
    assert send(old="correct horse ann", new="another horse 1", again="another horse 2") == 400
    assert send(old="correct horse ann", new="short", again="short") == 400
    assert ann.get("/").status_code == 200
    done = ann.send(
        "/password",
        "/password",
        old="correct horse ann",
        new="another horse 1",
        again="another horse 1",
    )
    assert done.url.path == "/log-in"
    assert browser(desk).log_in("ann", "another horse 1").url.path == "/"
