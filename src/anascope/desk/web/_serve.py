"""Serves a desk until it is stopped."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from anascope.desk.accounts import local_user
from anascope.desk.openid import Provider
from anascope.desk.store import Database
from anascope.desk.web._app import make_app
from anascope.desk.web._proxies import behind_proxies, checked_proxies
from anascope.desk.web._serving import Serving, Watched
from anascope.errors import InputError
from anascope.writing import in_words

LOOPBACK = "127.0.0.1"
PORT = 8350


def serve(
    database: Database,
    *,
    host: str = LOOPBACK,
    port: int = PORT,
    certificate: Path | None = None,
    key: Path | None = None,
    watched: Watched | None = None,
    proxies: Sequence[str] = (),
    provider: Provider | None = None,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve a desk until the process is interrupted.

    Args:
        database: The desk's.
        host: Address to listen at.
        port: Of the address; 0 takes a free one.
        certificate, key: Files for TLS (PEM), both or none.
        watched: The folder whose new images are read beside it, for the worklist to say so.
        proxies: Addresses or networks of proxies that answer browsers by TLS, and whose word on
            where a browser is counts. With any, the desk is served to other machines, whatever the
            host.
        provider: Who vouches for users; None if they log in with passwords alone.
        ready: Is told the address of the pages.

    Raises:
        InputError: if the host is reached from other machines and the desk has no users and no
            provider, the address cannot be had, or certificate, key or proxies cannot be used.
    """
    trusted = checked_proxies(proxies)
    loopback = is_loopback(host) and not trusted
    if not loopback and provider is None and local_user(database) is not None:
        found = "other machines reach it, and the desk has no users"
        raise InputError(f"host {host}", found, "a user first: anascope desk users add")
    if (certificate is None) != (key is None):
        raise InputError("certificate", "one of certificate and key", "both, or none")
    secure = certificate is not None or bool(trusted)
    app = make_app(
        Serving(database, loopback=loopback, secure=secure, watched=watched, provider=provider)
    )
    config = uvicorn.Config(
        behind_proxies(app, trusted) if trusted else app,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        proxy_headers=False,  # ours believe nobody who was not named
        server_header=False,
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    try:
        config.load()
    except OSError as error:  # those of TLS are such ones
        raise InputError("certificate", in_words(error)[0], "PEM files that fit") from None
    with _listening(host, port) as listening:
        number = listening.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        ready(f"{'https' if certificate else 'http'}://{shown}:{number}/")
        uvicorn.Server(config).run(sockets=[listening])


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    where, expected = f"host {host}, port {port}", "an address of this machine that is free"
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
            found.listen(100)
        except BaseException:
            found.close()
            raise
    except (OSError, OverflowError) as error:
        raise InputError(where, f"cannot be listened at ({error})", expected) from None
    return found
