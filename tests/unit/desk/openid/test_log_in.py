"""From the desk to a provider and back: who somebody is then, and what the trail says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from anascope.desk.accounts import (
    Identity,
    LogInRefused,
    Role,
    accounts,
    add_account,
    link_identity,
    log_in,
    operator,
    switch_account,
)
from anascope.desk.audit import Entry, history, verify
from anascope.desk.store import AccountRow, Database
from anascope.desk.web import Serving
from anascope.errors import InputError
from tests.unit.desk.made_up import Clock
from tests.unit.desk.openid.conftest import Visitor
from tests.unit.desk.openid.provider import ANN, SECRET, MadeUpProvider

ROOT = operator("root")
MakeDesk = Callable[..., Serving]


def trail(database: Database) -> list[Entry]:
    with database.reading() as session:
        return list(reversed(history(session, None, limit=100)))


def roles(database: Database) -> dict[str, Role]:
    return {account.name: account.role for account in accounts(database)}


def test_somebody_gets_an_account_and_the_trail_says_who_it_is(
    ann: Visitor, desk: Serving, provider: MadeUpProvider
) -> None:
    page = ann.get("/log-in")
    assert "Log in by the provider" in page.text
    done = ann.log_in("/log-in/provider?next=/trail")
    assert (done.status_code, done.headers["location"]) == (303, "/trail")
    cookie = done.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("__host-", "httponly", "secure", "samesite=lax"))
    shown = ann.get("/").text
    assert "Dr Ann Lee" in shown
    assert ">Password<" not in shown
    assert roles(desk.database) == {"a.lee": Role.READER}
    added, linked, logged_in = trail(desk.database)
    by = f"provider:{provider.issuer}"
    assert (added.who, added.what, added.subject, added.after) == (
        by,
        "account added",
        "account a.lee",
        "reader",
    )
    known = {"issuer": provider.issuer, "subject": "u-1", "display": "Dr Ann Lee"}
    assert (linked.who, linked.what, json.loads(linked.after)) == (by, "identity linked", known)
    assert (logged_in.who, logged_in.what) == ("a.lee", "logged in")
    assert json.loads(logged_in.after) == known | {"from": "10.0.0.9"}
    assert verify(desk.database).broken is None


def test_the_same_person_is_the_same_user_under_another_name(
    ann: Visitor, desk: Serving, provider: MadeUpProvider
) -> None:
    ann.log_in()
    provider.person |= {"preferred_username": "a.miller", "name": "Dr Ann Miller"}
    ann.log_in()
    assert roles(desk.database) == {"a.lee": Role.READER}
    assert "Dr Ann Miller" in ann.get("/").text
    changed = trail(desk.database)[-2]
    assert (changed.what, changed.before, changed.after) == (
        "displayed name changed",
        "Dr Ann Lee",
        "Dr Ann Miller",
    )
    assert changed.who == f"provider:{provider.issuer}"


def test_nobody_becomes_somebody_else_by_a_name(
    desk: Serving, ann: Visitor, provider: MadeUpProvider
) -> None:
    add_account(desk.database, "kim", "correct horse kim", Role.ADMINISTRATOR, by=ROOT)
    ann.log_in()
    for subject, name in (("u-2", "kim"), ("u-2", "KIM "), ("u-2", "A.Lee")):
        provider.person = dict(ANN) | {"sub": subject, "preferred_username": name}
        eve = Visitor(desk)
        refused = eve.log_in()
        assert refused.status_code == 401
        assert "is another user&#39;s" in refused.text
        assert eve.session is None
    provider.person |= {"preferred_username": "operator:root"}
    refused = Visitor(desk).log_in()
    assert refused.status_code == 400
    assert roles(desk.database) == {"a.lee": Role.READER, "kim": Role.ADMINISTRATOR}


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"groups": ["readers", "seniors", "staff"]}, Role.SENIOR),
        ({"groups": "chiefs"}, Role.SENIOR),
        ({"groups": ["admins", "readers"]}, Role.ADMINISTRATOR),
        ({"groups": ["Admins"]}, None),
        ({"groups": [["admins"]]}, None),
        ({"groups": {"admins": True}}, None),
        ({"groups": 1}, None),
        ({"groups": []}, None),
    ],
)
def test_groups_have_roles(
    desk: Serving, ann: Visitor, provider: MadeUpProvider, claims: dict[str, Any], role: Role | None
) -> None:
    provider.person |= claims
    answer = ann.log_in()
    assert roles(desk.database) == ({} if role is None else {"a.lee": role})
    assert answer.status_code == (401 if role is None else 303)
    assert (ann.session is None) is (role is None)


@pytest.mark.parametrize(
    ("claim", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["admins"]}}),
        ("https://lab.example/roles", {"https://lab.example/roles": ["admins"]}),
    ],
)
def test_where_groups_are(
    desk_of: MakeDesk, provider: MadeUpProvider, claim: str, claims: dict[str, Any]
) -> None:
    desk = desk_of(role_claim=claim)
    provider.person |= claims
    Visitor(desk).log_in()
    assert roles(desk.database) == {"a.lee": Role.ADMINISTRATOR}


def test_a_role_changes_as_the_provider_says(
    desk: Serving, ann: Visitor, provider: MadeUpProvider
) -> None:
    provider.person["groups"] = ["admins"]
    ann.log_in()
    provider.person["groups"] = ["readers"]
    ann.log_in()
    assert roles(desk.database) == {"a.lee": Role.READER}
    changed = trail(desk.database)[-2]
    assert (changed.what, changed.before, changed.after) == (
        "role changed",
        "administrator",
        "reader",
    )
    provider.person["groups"] = []
    assert Visitor(desk).log_in().status_code == 401


def test_without_groups_the_desk_says_who_has_which_role(
    desk_of: MakeDesk, provider: MadeUpProvider
) -> None:
    desk = desk_of(roles={}, new_role="senior")
    provider.person["groups"] = ["admins"]
    Visitor(desk).log_in()
    assert roles(desk.database) == {"a.lee": Role.SENIOR}


def test_who_has_no_account_is_refused_where_that_is_set(
    desk_of: MakeDesk, provider: MadeUpProvider
) -> None:
    desk = desk_of(unknown_users="refuse", roles={})
    ann = Visitor(desk)
    refused = ann.log_in()
    assert refused.status_code == 401
    assert "provider&#39;s &#39;u-1&#39; has no account at this desk" in refused.text
    assert roles(desk.database) == {}
    known = Identity(provider.issuer, "u-1")
    add_account(desk.database, "kim", None, Role.ADMINISTRATOR, by=ROOT, identity=known)
    assert ann.log_in().headers["location"] == "/"
    assert "Dr Ann Lee" in ann.get("/").text
    with pytest.raises(LogInRefused, match="do not belong together"):
        log_in(desk.database, "kim", "", address="10.0.0.9")


def test_an_account_with_a_password_can_be_linked(
    desk_of: MakeDesk, provider: MadeUpProvider
) -> None:
    desk = desk_of(unknown_users="refuse", roles={})
    database = desk.database
    add_account(database, "kim", "correct horse kim", Role.ADMINISTRATOR, by=ROOT)
    add_account(database, "bob", "correct horse bob", Role.READER, by=ROOT)
    link_identity(database, "kim", Identity(provider.issuer, "u-1"), by=ROOT)
    for name, subject in (("bob", "u-1"), ("kim", "u-2")):
        with pytest.raises(InputError, match=r"has an account|belongs to 'u-1'"):
            link_identity(database, name, Identity(provider.issuer, subject), by=ROOT)
    Visitor(desk).log_in()
    assert trail(database)[-1].who == "kim"
    assert log_in(database, "kim", "correct horse kim", address="10.0.0.9").user.name == "kim"


def test_an_account_that_is_switched_off_stays_so(
    desk: Serving, ann: Visitor, provider: MadeUpProvider
) -> None:
    ann.log_in()
    switch_account(desk.database, "a.lee", active=False, by=ROOT)
    assert ann.get("/", Accept="text/plain").status_code == 401
    refused = ann.log_in()
    assert refused.status_code == 401
    assert "switched off" in refused.text


def test_names_of_the_provider_are_text(
    desk: Serving, ann: Visitor, provider: MadeUpProvider
) -> None:
    provider.person |= {
        "name": "<script>alert(1)</script>\n\u202e x",
        "preferred_username": "<img src=x onerror=alert(1)>",
    }
    ann.log_in()
    for path in ("/", "/trail"):
        text = ann.get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "\u202e" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; x" in ann.get("/").text


def test_log_out_ends_the_session_and_shows_the_providers(
    desk: Serving, ann: Visitor, provider: MadeUpProvider
) -> None:
    ann.log_in()
    token = ann.session
    (form,) = set(re.findall(r'name="form_token" value="(\w+)"', ann.get("/").text))
    out = ann.client.post("/log-out", data={"form_token": form})
    assert out.headers["location"] == "/log-in?left=provider"
    assert ann.session is None
    page = ann.get("/log-in?left=provider").text
    assert 'href="/log-out/provider"' in page
    there = ann.get("/log-out/provider").headers["location"]
    assert there.startswith(f"{provider.issuer}/leave?realm=a&client_id=desk&")
    thief = Visitor(desk)
    thief.client.cookies.set("__Host-anascope_session", str(token), domain="desk.example")
    assert thief.get("/", Accept="text/plain").status_code == 401


def test_passwords_can_be_switched_off(desk_of: MakeDesk, provider: MadeUpProvider) -> None:
    desk = desk_of(passwords=False)
    add_account(desk.database, "kim", "correct horse kim", Role.ADMINISTRATOR, by=ROOT)
    kim = Visitor(desk)
    page = kim.get("/log-in").text
    assert 'name="password"' not in page
    refused = kim.client.post("/log-in", data={"name": "kim", "password": "correct horse kim"})
    assert refused.status_code == 403
    assert kim.session is None
    both = Visitor(desk_of())
    page = both.get("/log-in").text
    (form,) = set(re.findall(r'name="form_token" value="(\w+)"', page))
    values = {"name": "kim", "password": "correct horse kim", "form_token": form}
    assert both.client.post("/log-in", data=values).headers["location"] == "/"


def test_without_a_provider_there_is_no_button(on_sqlite: Database) -> None:
    add_account(on_sqlite, "kim", "correct horse kim", Role.ADMINISTRATOR, by=ROOT)
    kim = Visitor(Serving(on_sqlite, secure=True, loopback=False))
    assert "/log-in/provider" not in kim.get("/log-in").text
    for path in ("/log-in/provider", "/log-in/callback?state=a&code=b", "/log-out/provider"):
        refused = kim.get(path)
        assert refused.status_code == 401
        assert "no provider is set up" in refused.text


def test_with_a_provider_there_is_no_local_user(desk_of: MakeDesk) -> None:
    found = desk_of()
    here = Serving(found.database, loopback=True, secure=True, provider=found.provider)
    asked = Visitor(here).client.get("/", headers={"Host": "localhost", "Accept": "text/plain"})
    assert asked.status_code == 401


def test_user_info_is_asked_where_that_is_set(desk_of: MakeDesk, provider: MadeUpProvider) -> None:
    del provider.person["groups"]
    provider.userinfo = {"groups": ["seniors"], "name": "of the user info"}
    assert Visitor(desk_of()).log_in().status_code == 401
    desk = desk_of(userinfo=True)
    ann = Visitor(desk)
    ann.log_in()
    assert roles(desk.database) == {"a.lee": Role.SENIOR}
    assert "Dr Ann Lee" in ann.get("/").text  # what is signed counts first
    provider.userinfo["sub"] = "u-2"
    assert Visitor(desk).log_in().status_code == 502


@pytest.mark.parametrize("how", ["basic", "post", "public"])
def test_ways_to_prove_that_it_is_this_desk(
    desk_of: MakeDesk, provider: MadeUpProvider, how: str
) -> None:
    if how == "post":
        provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    provider.public_client = how == "public"
    desk = desk_of(secret=None if how == "public" else SECRET)
    assert Visitor(desk).log_in().headers["location"] == "/"
    (form,) = [form for path, form in provider.requests if path == "/token"]
    assert len(form["code_verifier"]) >= 43
    wrong = Visitor(desk_of(secret="another one")).log_in()
    assert wrong.status_code == 502
    assert "another one" not in wrong.text


def test_new_keys_are_taken_and_not_asked_for_without_end(
    desk: Serving, ann: Visitor, provider: MadeUpProvider, clock: Clock
) -> None:
    def asked() -> int:
        return sum(path == "/keys" for path, _ in provider.requests)

    ann.log_in()
    ann.log_in()
    assert asked() == 1
    provider.key = type(provider.key).generate_key(2048, auto_kid=True)
    clock.advance(minutes=2)
    assert Visitor(desk).log_in().headers["location"] == "/"
    assert asked() == 2
    provider.signed = provider.sign_with_another_key
    for _ in range(3):
        assert Visitor(desk).log_in().status_code == 502
    assert asked() == 2


def test_the_first_row_of_a_desk_may_be_a_reader_of_the_provider(
    desk: Serving, ann: Visitor
) -> None:
    ann.log_in()
    switch_account(desk.database, "a.lee", active=False, by=ROOT)  # nobody is an administrator
    switch_account(desk.database, "a.lee", active=True, by=ROOT)
    with desk.database.reading() as session:
        assert session.get_one(AccountRow, 1).password_hash == ""
