"""A log-in by a provider, from the desk to the provider and back."""

from __future__ import annotations

import datetime
import hmac
import re
import secrets
from collections.abc import Mapping

from sqlmodel import col, delete, func, select

from anascope.desk.accounts import LogIn, LogInRefused, TooManyAttempts, log_in_vouched
from anascope.desk.openid._person import person_of
from anascope.desk.openid._provider import Provider, ProviderFault
from anascope.desk.store import BegunRow, Database, as_stamp
from anascope.files import sha256_of

LASTS = datetime.timedelta(minutes=10)
"""How long somebody may take at the provider."""

MOST = 50
"""Log-ins that may be begun from one address in that time without being finished."""

_ERROR = re.compile(r"[a-z_]{1,40}", re.ASCII)


def begin_log_in(
    database: Database, provider: Provider, *, browser: str, address: str, back: str = "/"
) -> str:
    """Begin a log-in, and return the address at the provider that the browser goes to.

    Args:
        database: The desk's.
        provider: The provider.
        browser: What the desk knows the browser by; it alone can finish this log-in.
        address: Where the browser is.
        back: The page of the desk that is shown afterwards.

    Raises:
        TooManyAttempts: if too many were begun from there.
        ProviderFault: if the provider cannot be reached.
    """
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    asked = provider.address_to_ask(state=state, nonce=nonce, verifier=verifier)
    now = database.clock()
    with database.writing() as session:
        session.exec(delete(BegunRow).where(col(BegunRow.at) <= as_stamp(now - LASTS)))
        begun = session.exec(
            select(func.count()).select_from(BegunRow).where(BegunRow.address == address)
        ).one()
        if begun >= MOST:
            minutes = int(LASTS.total_seconds() // 60)
            raise TooManyAttempts("log-in", f"{begun} attempts", f"to wait {minutes} minutes")
        session.add(
            BegunRow(
                state_sha256=_hash_of(state),
                browser_sha256=_hash_of(browser),
                nonce=nonce,
                verifier=verifier,
                back=back,
                address=address,
                at=as_stamp(now),
            )
        )
    return asked


def finish_log_in(
    database: Database,
    provider: Provider,
    answer: Mapping[str, str],
    *,
    browser: str,
    address: str,
) -> tuple[LogIn, str]:
    """Log somebody in whom the provider has sent back.

    Args:
        database: The desk's.
        provider: The provider.
        answer: What it has told the browser to say: ``state``, and ``code`` or ``error``.
        browser: What the desk knows the browser by.
        address: Where the browser is.

    Returns:
        The log-in, and the page of the desk to show.

    Raises:
        LogInRefused: if this browser has begun no such log-in, it was finished or took too long,
            the provider refuses it, or the person may not work here.
        ProviderFault: if the provider cannot be reached, or its token is not accepted.
    """
    begun = _taken(database, answer.get("state", ""), browser)
    settings = provider.settings
    issuer = answer.get("iss")
    if issuer is None and provider.says_who_answers():
        issuer = ""
    if issuer is not None and issuer != settings.issuer:
        raise ProviderFault(f"provider {settings.issuer}", "another one has answered", "it itself")
    if "error" in answer or not answer.get("code"):
        error = _ERROR.fullmatch(answer.get("error", ""))
        found = f"the provider refuses it ({error[0]})" if error else "the provider refuses it"
        raise LogInRefused("log-in", found, "to begin it again")
    claims = provider.claims(answer["code"], nonce=begun.nonce, verifier=begun.verifier)
    new = settings.new_role if settings.unknown_users == "create" else None
    done = log_in_vouched(database, person_of(claims, settings), address=address, new=new)
    return done, begun.back


def _taken(database: Database, state: str, browser: str) -> BegunRow:
    """Return a log-in that was begun, which can be finished this once."""
    with database.writing() as session:
        row = session.get(BegunRow, _hash_of(state))
        own = row is not None and hmac.compare_digest(row.browser_sha256, _hash_of(browser))
        if row is not None and own:
            session.delete(row)
            session.flush()
            session.expunge(row)
    if row is None or not own or row.at <= as_stamp(database.clock() - LASTS):
        found = "it was not begun in this browser, was finished, or took more than ten minutes"
        raise LogInRefused("log-in", found, "to begin it again")
    return row


def _hash_of(secret: str) -> str:
    return sha256_of(secret.encode("utf-8", "surrogatepass"))
