"""A proxy before the desk: what it says of a browser counts, and nobody else's word does."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from anascope.errors import InputError

_EXPECTED = "an address or a network of proxies, such as 10.0.0.2 or 10.0.0.0/28"


def checked_proxies(proxies: Sequence[str]) -> tuple[str, ...]:
    """Return addresses and networks as they are compared.

    Raises:
        InputError: for the first that is none, or that would trust everybody.
    """
    found: list[str] = []
    for text in proxies:
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            raise InputError("proxy", f"'{text[:60]}'", _EXPECTED) from None
        if not network.prefixlen:
            raise InputError("proxy", f"'{text[:60]}', which is everybody", _EXPECTED)
        found.append(_as_compared(network))
        if network.version == 4:  # as an address that takes both kinds shows it
            mapped = f"::ffff:{network.network_address}/{96 + network.prefixlen}"
            found.append(_as_compared(ipaddress.ip_network(mapped)))
    return tuple(found)


def _as_compared(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> str:
    single = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if single else str(network)


def behind_proxies(app: ASGIApp, proxies: Sequence[str]) -> ASGIApp:
    """Return an application that believes what these proxies say of a browser.

    Of ``X-Forwarded-For`` the last address that is no such proxy counts as the browser's, and
    ``X-Forwarded-Proto`` says whether it came by TLS. From any other address both say nothing.

    Args:
        app: The application.
        proxies: As :func:`checked_proxies` returns them.
    """
    return ProxyHeadersMiddleware(app, trusted_hosts=list(proxies))  # type: ignore[arg-type,return-value]
