"""A desk that is served by another process, for what needs its pages."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anascope.errors import InputError

DESK = (sys.executable, "-m", "anascope", "desk")
"""The command ``anascope desk``, in a process of its own."""


@contextmanager
def served(desk: Path) -> Iterator[str]:
    """Serve a desk in another process, and give its address, without a slash at its end.

    Raises:
        InputError: if the desk says no address.
    """
    command = [*DESK, "serve", str(desk), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://\S+(?=/)", line)
            if found is None:
                raise InputError("anascope desk serve", repr(line), "a line with its address")
            yield found[0]
        finally:
            process.terminate()
