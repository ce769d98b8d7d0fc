"""What must not become a session: answers, tokens and addresses of somebody else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from anascope.desk.accounts import accounts
from anascope.desk.store import BegunRow
from anascope.desk.web import Serving
from tests.unit.desk.made_up import Clock
from tests.unit.desk.openid.conftest import DESK, Visitor
from tests.unit.desk.openid.provider import SECRET, Claims, MadeUpProvider

MakeDesk = Callable[..., Serving]
DAY = 86400


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def saying(**wrong: object) -> Callable[[Claims], Claims]:
    return lambda claims: claims | wrong


def later(**seconds: int) -> Callable[[Claims], Claims]:
    return lambda claims: claims | {key: claims[key] + by for key, by in seconds.items()}


def is_refused(ann: Visitor, desk: Serving, status: int = 502) -> str:
    """Check that a log-in leads to nothing, and return what is said."""
    answer = ann.log_in()
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert ann.session is None
    assert ann.get("/", Accept="text/plain").status_code == 401
    assert accounts(desk.database) == []
    return answer.text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (saying(nonce="of another log-in"), "nonce"),
        (without("nonce"), "nonce"),
        (saying(aud="another client"), "aud"),
        (saying(aud=["another client"]), "aud"),
        (saying(aud=["desk", "another client"]), "azp"),
        (saying(aud=["desk", "another client"], azp="another client"), "azp"),
        (saying(azp="another client"), "azp"),
        (without("aud"), "aud"),
        (saying(iss="https://evil.example"), "iss"),
        (without("iss"), "iss"),
        (later(exp=-DAY, iat=-DAY), "expired"),
        (without("exp"), "exp"),
        (saying(exp="never"), "exp"),
        (later(iat=DAY, exp=DAY), "issued in the future"),
        (lambda claims: claims | {"nbf": claims["exp"] + DAY}, "not yet valid"),
        (without("sub"), "sub"),
        (saying(sub=1), "sub"),
        (saying(at_hash="of another access token"), "at_hash"),
    ],
)
def test_a_token_that_is_not_of_this_log_in(
    ann: Visitor,
    desk: Serving,
    provider: MadeUpProvider,
    wrong: Callable[[Claims], Claims],
    message: str,
) -> None:
    provider.wrong = wrong
    assert message in is_refused(ann, desk)


@pytest.mark.parametrize("clock_is", [-50, 50])
def test_clocks_may_differ_by_a_minute(
    ann: Visitor, provider: MadeUpProvider, clock_is: int
) -> None:
    provider.wrong = lambda claims: (
        claims
        | {
            "iat": claims["iat"] + clock_is,
            "exp": claims["iat"] + clock_is,
        }
    )
    assert ann.log_in().headers["location"] == "/"


@pytest.mark.parametrize(
    "how", ["sign_as_none", "sign_with_public_key", "sign_with_secret", "sign_with_another_key"]
)
def test_a_token_that_the_provider_has_not_signed(
    ann: Visitor, desk: Serving, provider: MadeUpProvider, how: str
) -> None:
    provider.signed = getattr(provider, how)
    is_refused(ann, desk)


@pytest.mark.parametrize("token", ["", "a.b.c", "e30.e30.", "x" * 50_000, "😀"])
def test_what_is_no_token(
    ann: Visitor, desk: Serving, provider: MadeUpProvider, token: str
) -> None:
    provider.signed = lambda claims: token
    is_refused(ann, desk)


def test_a_changed_token(ann: Visitor, desk: Serving, provider: MadeUpProvider) -> None:
    def changed(claims: Claims) -> str:
        head, _, signature = provider.sign(claims).split(".")
        _, body, _ = provider.sign(claims | {"groups": ["admins"]}).split(".")
        return f"{head}.{body}.{signature}"

    provider.signed = changed
    is_refused(ann, desk)


def test_an_answer_that_nobody_asked_for(desk: Serving, ann: Visitor) -> None:
    back = ann.begin()
    code = parse_qs(urlsplit(back).query)["code"][0]
    for query in (f"code={code}&state=made-up", f"code={code}", "", f"state=&code={code}"):
        refused = ann.get(f"/log-in/callback?{query}")
        assert refused.status_code == 401
        assert "not begun in this browser" in refused.text
    assert ann.session is None
    assert ann.get(back).headers["location"] == "/"  # and the right one still counts


def test_an_answer_counts_once(ann: Visitor, provider: MadeUpProvider) -> None:
    back = ann.begin()
    assert ann.get(back).headers["location"] == "/"
    session = ann.session
    again = ann.get(back)
    assert again.status_code == 401
    assert ann.session == session
    assert sum(path == "/token" for path, _ in provider.requests) == 1


def test_a_code_counts_once_at_the_provider(ann: Visitor, desk: Serving) -> None:
    code = parse_qs(urlsplit(ann.begin()).query)["code"][0]
    state = parse_qs(urlsplit(ann.begin()).query)["state"][0]
    # With a state of their own somebody brings a code that was asked for with another verifier.
    refused = ann.get(f"/log-in/callback?code={code}&state={state}")
    assert refused.status_code == 502
    assert "invalid_grant" in refused.text
    assert ann.session is None


def test_an_answer_for_another_browser(desk: Serving, ann: Visitor) -> None:
    eve = Visitor(desk)
    back = eve.begin()
    assert ann.get(back).status_code == 401  # else Ann would work under Eve's name
    assert ann.session is None
    assert eve.get(back).headers["location"] == "/"


def test_an_answer_that_comes_too_late(ann: Visitor, clock: Clock) -> None:
    back = ann.begin()
    clock.advance(minutes=11)
    assert ann.get(back).status_code == 401
    assert ann.session is None


def test_a_refusal_of_the_provider(ann: Visitor) -> None:
    for error, message in (
        ("access_denied", "refuses it (access_denied)"),
        ("<script>alert(1)</script>", "the provider refuses it;"),
    ):
        state = parse_qs(urlsplit(ann.begin()).query)["state"][0]
        refused = ann.client.get(
            "/log-in/callback",
            params={"state": state, "error": error, "error_description": "Call 0900-EVIL"},
        )
        assert refused.status_code == 401
        assert message in refused.text
        assert "EVIL" not in refused.text
        assert "<script>alert" not in refused.text


def test_an_answer_of_another_provider(desk_of: MakeDesk, provider: MadeUpProvider) -> None:
    ann = Visitor(desk_of())
    assert ann.get(f"{ann.begin()}&iss=https://evil.example").status_code == 502
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    ann = Visitor(desk_of())
    assert ann.get(ann.begin()).status_code == 502
    assert ann.get(f"{ann.begin()}&iss={provider.issuer}").headers["location"] == "/"


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie:a=b\r\nX: y",
        "javascript:alert(1)",
        " /specimens/1",
        "///evil.example",
        "specimens/1",
        "/log-out/provider",
        "/log-in?next=/",
        "/" + "x" * 3000,
        "http:evil.example",
        "/\u2028/evil.example",
    ],
)
def test_a_log_in_leads_to_no_other_site(desk: Serving, next_: str) -> None:
    ann = Visitor(desk)
    asked = ann.client.get("/log-in", params={"next": next_})
    assert "evil" not in asked.text
    with_it = ann.client.get("/log-in/provider", params={"next": next_})
    assert urlsplit(with_it.headers["location"]).path == "/authorize"
    with desk.database.reading() as session:
        begun = session.exec(select(BegunRow)).one()
    assert begun.back == "/"
    assert ann.log_in().headers["location"] == "/"
    there = ann.client.get("/log-in", params={"next": next_})
    assert there.headers["location"] == "/"


def test_a_log_in_leads_back_to_the_page(desk: Serving) -> None:
    ann = Visitor(desk)
    asked = ann.get("/?state=new&search=a%26b")
    assert asked.headers["location"] == "/log-in?next=%2F%3Fstate%3Dnew%26search%3Da%2526b"
    page = ann.get(asked.headers["location"]).text
    assert "/log-in/provider?next=%2F%3Fstate%3Dnew%26search%3Da%2526b" in page
    done = ann.log_in("/log-in/provider?next=%2F%3Fstate%3Dnew%26search%3Da%2526b")
    assert done.headers["location"] == "/?state=new&search=a%26b"
    sent = Visitor(desk).client.post("/password", headers={"Accept": "text/html"}, data={"a": "b"})
    assert sent.headers["location"] == "/log-in"  # what was sent is not sent again


def test_log_ins_are_not_begun_without_end(desk: Serving, clock: Clock) -> None:
    eve = Visitor(desk)
    for _ in range(50):
        assert eve.get("/log-in/provider").status_code == 303
    assert eve.get("/log-in/provider").status_code == 429
    assert Visitor(desk, "10.0.0.10").get("/log-in/provider").status_code == 303
    clock.advance(minutes=11)
    assert eve.get("/log-in/provider").status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"authorization_endpoint": 1},
    ],
)
def test_a_provider_that_says_what_it_must_not(
    desk: Serving, ann: Visitor, provider: MadeUpProvider, claims: Claims
) -> None:
    provider.metadata |= claims
    refused = ann.get("/log-in/provider")
    assert refused.status_code == 502
    assert f"provider {provider.issuer}, " in refused.text


def test_a_provider_that_is_not_there(desk_of: MakeDesk) -> None:
    refused = Visitor(desk_of(issuer="http://127.0.0.1:1")).get("/log-in/provider")
    assert refused.status_code == 502
    assert "cannot be had (ConnectError)" in refused.text


def test_no_secret_is_told(
    desk: Serving, ann: Visitor, provider: MadeUpProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ann.log_in()
    ((_, form),) = [asked for asked in provider.requests if asked[0] == "/token"]
    provider.wrong = saying(aud="another client")
    text = Visitor(desk).log_in().text
    exposed = f"{caplog.text} {text} {desk!r} {desk.provider!r}"
    for secret in (SECRET, "s3cret", form["code_verifier"], "an access token", ann.session):
        assert str(secret) not in exposed
    page = ann.get("/log-in/provider").headers["location"]
    assert SECRET not in page
    assert form["code_verifier"] not in page
    assert parse_qs(urlsplit(page).query)["redirect_uri"] == [f"{DESK}/log-in/callback"]
