"""What every result file says of where and how it was measured."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from anascope.environment import hardware, versions
from anascope.settings import as_plain


def environment(**settings: Any) -> dict[str, Any]:
    """Return command, versions, hardware and settings of this process."""
    return {
        "command": _command(),
        "settings": settings,
        "versions": versions(),
        "hardware": as_plain(hardware()),
    }


def _command() -> str:
    """Return how this process was called, free of the paths of this machine."""
    spec = sys.modules["__main__"].__spec__
    module = spec.name if spec else Path(sys.argv[0]).stem
    shown = [Path(a).name if Path(a).is_absolute() else a for a in sys.argv[1:]]
    return shlex.join(["python", "-m", module, *shown])
