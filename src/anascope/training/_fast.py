"""What a training asks of the libraries below PyTorch, so that its steps are arithmetic."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt, in malloc.h
_MOST = 2**30  # bytes; the feature maps of a step are smaller
_USUAL = 128 * 2**10  # what glibc begins with for both


@contextmanager
def fast_steps(device: torch.device) -> Iterator[None]:
    """Have steps of training on ``device`` spend their time on arithmetic, while the context lasts.

    On a GPU cuDNN tries its algorithms for each shape of convolution and takes the fastest; a
    training has few shapes. That lets the last digits depend on what was fastest, as they depend
    already on the order in which a GPU adds (upsampling's gradients, for one): where PyTorch was
    told to be deterministic nothing is tried.

    On a CPU memory that a step has freed stays with the process for the next step
    (:func:`_memory_kept`).
    """
    if device.type != "cuda":
        with _memory_kept():
            yield
        return
    before = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = not torch.are_deterministic_algorithms_enabled()
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = before


@contextmanager
def _memory_kept() -> Iterator[None]:
    """Keep freed memory in the process, with the C library of Linux (glibc) alone.

    It gives each large block back to the system when it is freed, and gets new pages, which the
    system fills with zeros, for the next one: up to a third of a layer's time. Every step needs
    the same blocks again. At the end all that is free goes back.
    """
    library = _glibc()
    if library is None:
        yield
        return
    library.mallopt(_MMAP_THRESHOLD, _MOST)
    library.mallopt(_TRIM_THRESHOLD, _MOST)
    try:
        yield
    finally:
        library.mallopt(_MMAP_THRESHOLD, _USUAL)
        library.mallopt(_TRIM_THRESHOLD, _USUAL)
        library.malloc_trim(0)


def _glibc() -> Any:
    """Return the C library, or None where it is another one."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        library = ctypes.CDLL("libc.so.6")
    except OSError:
        return None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
