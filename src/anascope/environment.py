"""Where something was computed: versions and hardware, as results state them."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from anascope._version import __version__

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_PACKAGES = ("torch", "numpy", "scipy", "scikit-learn", "zarr")


def versions() -> dict[str, str]:
    """Return the versions of anascope, Python and the packages that results depend on."""
    return {
        "anascope": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        **{package: found for package in _PACKAGES if (found := _version(package))},
    }


def hardware() -> dict[str, Any]:
    """Return processor, cores, the threads that PyTorch uses here, and the GPU, if any."""
    import torch

    return {
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


def usable_cores() -> int:
    """Return how many cores this process may run on, and may use in full where it is in a
    container (a quota of cgroup v2, rounded up).
    """
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text(encoding="ascii").split()
        return min(cores, max(1, -(-int(quota) // int(period))))
    except (OSError, ValueError):  # no container, or "max": as many as there are
        return cores


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
