"""What memory a process holds, and the most that it has held."""

from __future__ import annotations

import resource
from contextlib import suppress
from pathlib import Path


def peak_mib() -> float:
    """Return the most memory that this process has held, in MiB.

    Not ``ru_maxrss`` where the system says better: a new process inherits that from its parent.
    """
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def held_mib() -> float:
    """Return the memory that this process holds, in MiB; NaN where the system does not say it."""
    return _status("VmRSS") or float("nan")


def _status(key: str) -> float | None:
    """Return what Linux says of this process's memory, in MiB; None on other systems."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{key}:"):
                return int(line.split()[1]) / 1024
    return None
