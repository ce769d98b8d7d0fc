"""Who somebody is at this desk, of what the provider says of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from anascope.desk.accounts import Identity, LogInRefused, Person, Role
from anascope.desk.openid._settings import OpenIDSettings

_MOST = 100  # letters of a name that is shown


def person_of(claims: Mapping[str, Any], settings: OpenIDSettings) -> Person:
    """Return who somebody is.

    Args:
        claims: What the provider says of them; ``sub`` is among it.
        settings: Which claims are meant, and which groups have which role.

    Raises:
        LogInRefused: if groups have roles and they are in none of these groups.
        InputError: if the provider calls them by what no identity can be.
    """
    identity = Identity(settings.issuer, str(claims["sub"]))
    name = _text(claims, settings.name_claim) or identity.subject
    display = _text(claims, settings.display_claim)
    return Person(identity, name, display, _role(claims, settings))


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim on one line, without signs that no page shows; empty if there is none."""
    value = claims.get(name)
    if not isinstance(value, str):
        return ""
    text = unicodedata.normalize("NFC", value)
    shown = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    return " ".join(shown.split())[:_MOST].strip()


def _role(claims: Mapping[str, Any], settings: OpenIDSettings) -> Role | None:
    """Return the greatest role that one of somebody's groups has; None if groups have none."""
    if not settings.roles:
        return None
    groups = _groups(claims, settings.role_claim)
    found = [role for role in Role if groups & set(settings.roles.get(role, ()))]
    if not found:
        what = f"the provider names no group that has a role here ('{settings.role_claim}')"
        raise LogInRefused("log-in", what, "one of the groups that the settings name")
    return found[-1]


def _groups(claims: Mapping[str, Any], name: str) -> set[str]:
    """Return the groups of a claim; its own name counts before dots that lead further down."""
    value: Any = claims.get(name)
    if value is None:
        value = claims
        for key in name.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return {value}
    return (
        {group for group in value if isinstance(group, str)} if isinstance(value, list) else set()
    )
