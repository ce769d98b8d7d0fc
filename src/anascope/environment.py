"""Where something is computed: on which device, and versions and hardware as results state them."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from anascope._version import __version__
from anascope.errors import InputError, did_you_mean
from anascope.settings import Description

if TYPE_CHECKING:
    import torch

ACCELERATORS = ("auto", "cpu", "gpu")
"""What may be asked to compute; ``auto`` is a GPU where one can be used, else the CPU."""

_MOST_THREADS, _THREADS_A_CORE = 64, 4
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_MEMORY = Path("/proc/meminfo")
_CONTAINER = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
_PACKAGES = ("torch", "numpy", "scipy", "scikit-learn", "zarr")


def versions() -> dict[str, str]:
    """Return the versions of anascope, Python and the packages that results depend on."""
    return {
        "anascope": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        **{package: found for package in _PACKAGES if (found := _version(package))},
    }


class Hardware(Description):
    """Where something was computed.

    Attributes:
        machine: The kind of processor, such as ``x86_64``.
        processor: Its name.
        cores: How many it has; None if the system does not say.
        threads: Those that PyTorch used.
        gpu: Name of the GPU, or None.
    """

    machine: str
    processor: str
    cores: int | None
    threads: int
    gpu: str | None


def hardware() -> Hardware:
    """Return what this process computes with."""
    import torch

    return Hardware(
        machine=platform.machine(),
        processor=_processor(),
        cores=os.cpu_count(),
        threads=torch.get_num_threads(),
        gpu=torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    )


def checked_threads(threads: int | None) -> int | None:
    """Return a number of threads of the CPU, or None where it is left to what computes.

    Some more than there are cores do no harm, and let one command serve several machines; very
    many take the process down.

    Raises:
        InputError: if it is under 1, or over 64 and over four for each core.
    """
    most = max(_MOST_THREADS, _THREADS_A_CORE * usable_cores())
    if threads is not None and not (isinstance(threads, int) and 1 <= threads <= most):
        raise InputError("threads", f"{threads}", f"1 to {most}")
    return threads


def check_accelerator(accelerator: str) -> None:
    """Refuse a word that names no accelerator.

    Raises:
        InputError: if it is none of :data:`ACCELERATORS`.
    """
    if accelerator not in ACCELERATORS:
        raise InputError("accelerator", f"'{accelerator}'", did_you_mean(accelerator, ACCELERATORS))


def takes_gpu(accelerator: str, *, runtime: str, has_gpu: bool) -> bool:
    """Return whether ``accelerator`` is a GPU on this machine, for all that trains or reads.

    Args:
        accelerator: One of :data:`ACCELERATORS`.
        runtime: What computes, for the message.
        has_gpu: Whether the runtime can use a GPU here.

    Raises:
        InputError: if the word is unknown, or a GPU is wanted that cannot be used.
    """
    check_accelerator(accelerator)
    if accelerator == "gpu" and not has_gpu:
        raise InputError("accelerator", f"'gpu', which {runtime} cannot use here", "cpu or auto")
    return accelerator != "cpu" and has_gpu


def torch_device(accelerator: str) -> torch.device:
    """Return the device that ``accelerator`` is for PyTorch on this machine.

    Raises:
        InputError: as :func:`takes_gpu` does.
    """
    import torch

    gpu = takes_gpu(accelerator, runtime="PyTorch", has_gpu=torch.cuda.is_available())
    return torch.device("cuda" if gpu else "cpu")


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


def available_memory() -> int | None:
    """Return how many bytes of memory this process may still take; None if nobody says.

    That is what the system has left for new work, and what a container (cgroup v2) has.
    """
    left = []
    try:
        lines = _MEMORY.read_text(encoding="ascii").splitlines()
        left += [1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")]
        most, used = (int(path.read_text(encoding="ascii")) for path in _CONTAINER)
        left.append(max(0, most - used))
    except (OSError, ValueError):  # another system; no container, or one without a limit ("max")
        pass
    return min(left, default=None)


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
