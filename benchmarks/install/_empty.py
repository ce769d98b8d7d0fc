"""Empty environments, into which what users install is installed."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TOOLS = {"pip", "setuptools"}  # of the environment itself


@dataclass(frozen=True)
class Took:
    """How long an installation has taken.

    Attributes:
        seconds: From its beginning to its end: on a machine that others use, more than it needs.
        cpu_seconds: Of one core, that pip has used for unpacking and compiling.
    """

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Size:
    """How large an installation is.

    Attributes:
        packages: How many there are, anascope among them.
        bytes: Of their files, without byte code.
        byte_code: Bytes of the byte code that pip compiles for them.
    """

    packages: int
    bytes: int
    byte_code: int


def build(folder: Path) -> tuple[Path, Path]:
    """Build wheel and source distribution of this repository into a folder, and return them."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.defpath]))
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    if uv is not None:
        command = [uv, "build", "--quiet", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, env={**os.environ, "UV_SYSTEM_CERTS": "1"})
    (wheel,), (source,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, source


class Empty:
    """An environment of its own, with nothing but pip in it.

    Args:
        folder: Where it is made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)

    def run(self, program: str, *arguments: object, cwd: Path | None = None) -> str:
        """Run a program of the environment; return its standard output.

        Raises:
            CalledProcessError: if it fails.
        """
        # What the caller's Python finds must not be found.
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        command = [str(self.folder / "bin" / program), *map(str, arguments)]
        done = subprocess.run(
            command, check=True, cwd=cwd or self.folder, env=inherited, stdout=-1, text=True
        )
        return done.stdout

    def install(self, file: Path, extra: str = "") -> Took:
        """Install a wheel or a source distribution by pip, and return how long it takes.

        Args:
            file: The wheel or source distribution.
            extra: An extra of it.
        """
        wanted = f"anascope[{extra}] @ {file.as_uri()}" if extra else str(file)
        started, before = time.perf_counter(), _cpu_seconds()
        self.run("python", "-m", "pip", "install", "--quiet", "--no-cache-dir", wanted)
        return Took(time.perf_counter() - started, _cpu_seconds() - before)

    def check(self) -> None:
        """Require that all packages have what they require.

        Raises:
            CalledProcessError: if not.
        """
        self.run("python", "-m", "pip", "check")

    def size(self) -> Size:
        """Return how large it is, without pip itself."""
        (site,) = self.folder.glob("lib/python*/site-packages")
        found = {
            each.name: each
            for each in metadata.distributions(path=[str(site)])
            if each.name not in _TOOLS
        }
        plain = byte_code = 0
        for each in found.values():
            for file in each.files or []:
                path = Path(str(each.locate_file(file)))
                bytes_of = path.stat().st_size if path.is_file() else 0
                if path.suffix == ".pyc":
                    byte_code += bytes_of
                else:
                    plain += bytes_of
        return Size(len(found), plain, byte_code)

    def read_a_drawn_field(self, work: Path) -> tuple[float, Path]:
        """Draw a field and read it, as README says; return seconds of the reading, and results.

        Args:
            work: A folder to work in.
        """
        draw = "cohort synthesize slides --like mivia --patients 1 --layout mivia --jobs 1"
        self.run("anascope", *draw.split(), cwd=work)
        field = Path("slides", "Main_Dataset", "Images", "01", "01.bmp")
        started = time.perf_counter()
        self.run("anascope", "read", field, "--pixel-size-um", 0.161, "--out", "reading", cwd=work)
        return time.perf_counter() - started, work / "reading"


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
