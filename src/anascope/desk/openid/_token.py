"""An ID token: whose it is, for whom, from when, and that the provider has signed it."""

from __future__ import annotations

from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

# With the provider's own key alone: neither "none" nor what whoever knows the client's secret, or a
# public key, could sign.
_ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
]
_LEEWAY = 60  # seconds that two clocks may differ


def checked_claims(
    id_token: str,
    keys: KeySet,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str | None,
    now: int,
) -> dict[str, Any]:
    """Return what an ID token says, once it is sure that it is meant for this log-in.

    Args:
        id_token: The token, as the provider sent it.
        keys: The provider's public keys.
        issuer: Who must have signed it.
        client_id: For whom it must be.
        nonce: Of the log-in that it must be about.
        access_token: What came with it, whose hash it may hold; None if nothing did.
        now: Seconds since 1970.

    Raises:
        joserfc.errors.JoseError: if it is not so, or it is too old.
        ValueError: if it is no token.
    """
    registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
    token = jwt.decode(id_token, keys, registry=registry)
    claims = CodeIDToken(
        token.claims,
        token.header,
        {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
            "sub": {"essential": True},
        },
        {"nonce": nonce, "client_id": client_id, "access_token": access_token},
    )
    claims.validate(now, _LEEWAY)
    return dict(claims)
