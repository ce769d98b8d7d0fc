"""The command line answers at once and fails in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from anascope import __version__

HEAVY = ("torch", "numpy", "pandas", "zarr", "scipy", "sklearn", "matplotlib")


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "code",
    [
        "import anascope",
        "import sys; sys.argv = ['anascope', '--help']\n"
        "from anascope.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(code: str) -> None:
    """What is not imported costs no time: this holds on any machine, a time limit would not."""
    loaded = f"\nimport sys; print('LOADED', *[m for m in {HEAVY!r} if m in sys.modules])"
    done = run_python(code + loaded)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "LOADED"


def anascope(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from anascope.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_version() -> None:
    assert anascope("--version").stdout.strip() == f"anascope {__version__}"


def test_refusals_are_one_line_and_status_one(tmp_path: Path) -> None:
    done = anascope("folds", "draw", str(tmp_path / "no"), "-o", str(tmp_path / "f.json"))
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"anascope: {tmp_path / 'no'}: not a prepared cohort; expected")


def test_usage_errors_are_status_two() -> None:
    assert anascope("trian").returncode == 2
