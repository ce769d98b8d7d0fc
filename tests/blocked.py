"""Commands in a process in which some libraries cannot be imported, as if they were not installed.

``python tests/blocked.py COMMANDS.json TOLD.json LIBRARY ...`` runs command lines one after the
other, and writes what each ended with. All in one process, because its start is most of the time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from io import StringIO
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ended:
    """How a command has ended: its exit status, and what it has printed."""

    status: int
    out: str
    errors: str


class Blocked(MetaPathFinder):
    """Refuses to find libraries, as Python does where they are not installed."""

    def __init__(self, libraries: Iterable[str]) -> None:
        self._libraries = frozenset(libraries)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        """Refuse, or leave it to others."""
        if fullname.partition(".")[0] in self._libraries:
            raise ModuleNotFoundError(f"No module named '{fullname}'", name=fullname)


def run_blocked(
    folder: Path, libraries: Iterable[str], commands: Mapping[str, Sequence[object]]
) -> dict[str, Ended]:
    """Run commands of anascope in ``folder``, and return how each has ended, by its name."""
    asked, results = folder / "commands.json", folder / "told.json"
    words = {name: [str(word) for word in line] for name, line in commands.items()}
    asked.write_text(json.dumps(words), encoding="utf-8")
    call = [sys.executable, str(Path(__file__).resolve()), str(asked), str(results), *libraries]
    paths = [str(Path(path).resolve()) for path in sys.path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    subprocess.run(call, check=True, cwd=folder, env=environment)
    return {name: Ended(**ended) for name, ended in json.loads(results.read_text("utf-8")).items()}


def _ended(words: list[str]) -> Ended:
    from anascope.cli import main

    sys.argv = ["anascope", *words]
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as errors:
        try:
            main()
            status: Any = 0
        except SystemExit as stop:
            status = stop.code or 0
    return Ended(int(status), out.getvalue(), errors.getvalue())


def _main() -> None:
    asked, results, *libraries = sys.argv[1:]
    sys.meta_path.insert(0, Blocked(libraries))
    commands = json.loads(Path(asked).read_text(encoding="utf-8"))
    ended = {name: vars(_ended(words)) for name, words in commands.items()}
    Path(results).write_text(json.dumps(ended), encoding="utf-8")


if __name__ == "__main__":
    _main()
