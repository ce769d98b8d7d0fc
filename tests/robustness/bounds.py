"""Memory and time of what runs in this process, bounded: for inputs by the hundred.

A process for each would take longer than all else. What the bounds catch here is no more than an
exception; inputs that may end a process are run with :mod:`tests.robustness.alone`.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.robustness.alone import Limit, address_space


@contextmanager
def bounded(limit: Limit) -> Iterator[None]:
    """Let the body raise ``MemoryError`` beyond the limit, and fail if it takes too long."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = address_space() + int(limit.memory_mib * 2**20)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    began = time.monotonic()
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    took = time.monotonic() - began
    assert took < limit.seconds, f"it took {took:.1f} s"
