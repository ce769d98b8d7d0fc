"""The one way to reach a Ray cluster."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import warnings
from collections.abc import Mapping
from typing import Any

from anascope.errors import InputError, one_line
from anascope.extras import needed

# Little goes through Ray's store: near the least that Ray takes, instead of 30% of the memory.
_OBJECT_STORE_BYTES = 80 * 2**20
_REPORTS = "RAY_USAGE_STATS_ENABLED"
_KNOCK_SECONDS = 10.0  # that a cluster may take to answer


def import_ray() -> Any:
    """Return the module ``ray``.

    Raises:
        InputError: if it is not installed.
    """
    ray = needed("ray", "Ray")
    needed("ray.exceptions", "Ray")  # Ray does not import it by itself
    return ray


def connect(ray: Any, address: str | None) -> bool:
    """Connect this process to a cluster; return whether the connection was made here.

    Without an address a cluster of this machine alone is started, whatever ``RAY_ADDRESS``
    says: work goes to other machines only when told to.

    Raises:
        InputError: if no cluster can be reached there.
    """
    if ray.is_initialized():  # by the script that drives the work; it stays the script's
        return False
    settings: dict[str, Any] = {"address": address}
    if address is None:
        settings = {
            "address": "local",
            "include_dashboard": False,
            "object_store_memory": _OBJECT_STORE_BYTES,
        }
    # A cluster that is started sends nothing to Ray's makers, unless the user says so. There is no
    # argument for that: its processes read it from the environment that they start with.
    # Ray takes SIGTERM for itself, and so ends the process without a word.
    terminated = signal.getsignal(signal.SIGTERM)
    reports = os.environ.get(_REPORTS)
    os.environ.setdefault(_REPORTS, "0")
    try:
        _knock(address)
        # What workers print is not shown: what becomes of an item is in its result.
        with warnings.catch_warnings():  # of what the one line below says
            warnings.simplefilter("ignore")
            ray.init(**settings, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        ray.shutdown()
        lines = str(error).strip().splitlines() or [type(error).__name__]
        reason = one_line(lines[-1]).partition(". ")[0]  # the rest is a trace, or advice
        raise InputError(
            "address",
            f"no cluster at {address or 'this machine'} ({reason})",
            "that of a Ray cluster that runs: auto, HOST:PORT or ray://HOST:PORT",
        ) from error
    finally:
        if reports is None:
            os.environ.pop(_REPORTS, None)
        if callable(terminated) and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, terminated)
    return True


def nodes_of(ray: Any) -> list[Mapping[str, float]]:
    """Return the resources of each node that is alive."""
    return [node["Resources"] for node in ray.nodes() if node["Alive"]]


def _knock(address: str | None) -> None:
    """Raise OSError if nobody listens at HOST:PORT; Ray would try for minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), _KNOCK_SECONDS).close()
