"""What a laboratory says of its provider, in a YAML file; the secret is not in it."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from anascope.desk.accounts import Role
from anascope.errors import InputError
from anascope.regular_files import read_regular
from anascope.settings import Section, as_settings, read_settings

SECRET = "ANASCOPE_OPENID_SECRET"
"""The environment variable that may hold the client's secret."""

CALLBACK = "/log-in/callback"
"""Where the provider sends a browser back to."""

_MOST = 10_000  # bytes of a file with a secret
_Text = Annotated[str, Field(min_length=1, max_length=255)]


def is_safe(url: str) -> bool:
    """Tell whether what is sent to a URL cannot be read on the way: TLS, or this very machine.

    >>> is_safe("https://login.example/a"), is_safe("http://login.example/a")
    (True, False)
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host)
    return parts.scheme == "http" and (host == "localhost" or _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _issuer(url: str) -> str:
    if not is_safe(url) or urlsplit(url).query or urlsplit(url).fragment:
        raise ValueError(f"'{url[:60]}'; expected a URL that begins with https://")
    return url


def _address(url: str) -> str:
    parts = urlsplit(_issuer(url))
    if parts.path.strip("/"):
        raise ValueError(f"'{url[:60]}'; expected a URL without a path")
    return url.rstrip("/")


class OpenIDSettings(Section):
    """How people log in by a provider.

    Attributes:
        issuer: Address of the provider, as its tokens have it; where its description begins.
        client_id: What the provider calls this desk.
        client_secret_file: File with the client's secret; else it is in the environment variable
            of :data:`SECRET`, or there is none.
        address: Where browsers find this desk; the provider sends them back to it.
        title: What the pages call the provider.
        scopes: What the desk asks the provider for.
        userinfo: Whether to ask the provider's user info for what the ID token does not say.
        name_claim: What a new account is called.
        display_claim: What people are shown of a user.
        role_claim: Where the provider says which groups somebody is in; dots lead further down.
        roles: For each role, the groups that have it. With none, the desk says who has which.
        unknown_users: Whether somebody without an account is refused or gets one.
        new_role: Role of a new account, where groups have no roles.
        passwords: Whether people may also log in with passwords of the desk.
    """

    issuer: Annotated[str, AfterValidator(_issuer)]
    client_id: _Text
    client_secret_file: Path | None = None
    address: Annotated[str, AfterValidator(_address)]
    title: Annotated[str, Field(min_length=1, max_length=60)] = "the provider"
    scopes: tuple[_Text, ...] = ("openid", "profile")
    userinfo: bool = False
    name_claim: _Text = "preferred_username"
    display_claim: _Text = "name"
    role_claim: _Text = "groups"
    roles: dict[Role, tuple[_Text, ...]] = Field(default={})
    unknown_users: Literal["refuse", "create"] = "refuse"
    new_role: Role = Role.READER
    passwords: bool = True

    @property
    def callback(self) -> str:
        """Where the provider sends browsers back to; it must know this very address."""
        return f"{self.address}{CALLBACK}"


def read_openid(path: Path) -> OpenIDSettings:
    """Read what a YAML file says of a provider.

    Raises:
        InputError: if there is no such file, or for the first key that does not fit.
    """
    if path.suffix not in (".yaml", ".yml"):
        raise InputError("openid", f"'{path}'", "a path that ends in .yaml")
    where, value = read_settings("openid", str(path), "anascope.desk.openid")
    found = as_settings(OpenIDSettings, where, value)
    if "openid" not in found.scopes:
        raise InputError(f"{where}, scopes", ", ".join(found.scopes) or "none", "'openid' in them")
    return found


def secret_of(settings: OpenIDSettings) -> str | None:
    """Return the client's secret; None if there is none, and PKCE alone protects the code.

    Raises:
        InputError: if the file that is to hold it cannot be read, or is empty; the message does
            not hold it.
    """
    if settings.client_secret_file is None:
        return os.environ.get(SECRET) or None
    path = settings.client_secret_file
    where, expected = f"client secret {path}", "a file with the secret and nothing else"
    content = read_regular(path, where, expected, most=_MOST)
    try:
        secret = content.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise InputError(where, "not UTF-8", expected) from None
    if not secret:
        raise InputError(where, "empty", expected)
    return secret
