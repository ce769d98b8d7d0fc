"""Commands in processes of their own, as a person starts them, to be interrupted or killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

_COMMAND = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from anascope.cli import main
main()
"""
HEARING = [sys.executable, "-c", _COMMAND]
"""The command ``anascope``, which hears interrupts: whoever started the tests in the background may
have switched them off."""


def start(*arguments: object) -> subprocess.Popen[str]:
    """Start the command ``anascope`` with these arguments."""
    return subprocess.Popen(
        [*HEARING, *map(str, arguments)],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def write_images(folder: Path, count: int) -> None:
    """Write small images of noise, for a command to be busy with."""
    light = np.random.default_rng(0).integers(0, 200, (300, 400), dtype=np.uint8)
    for number in range(count):
        Image.fromarray(light).save(folder / f"{number}.png")


def wait_for(true: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait until something is so, while the process runs."""
    end = time.monotonic() + 120
    while not true():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)
