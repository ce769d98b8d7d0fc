"""How long an installation takes, and how large it is: base, and what each extra adds.

    python -m benchmarks.install.sizes [--extras pdf codecs parquet train]

Wheel and source distribution are built, and each is installed by pip into an empty environment,
without a cache: the time is that of the download as well. With nothing but that a drawn field is
read. Into the environment of the wheel the extras are then installed one after the other; what
each adds is beside all that was there before.

Writes results/install.json.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from anascope.files import write_json
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.install._empty import Empty, Size, build

EXTRAS = ("pdf", "codecs", "parquet", "train")


def installed(file: Path, extras: list[str], work: Path) -> dict[str, Any]:
    """Measure the installation of a wheel or source distribution.

    Args:
        file: What is installed.
        extras: Those that are added one after the other.
        work: A folder to work in.
    """
    empty = Empty(work / "environment")
    took = empty.install(file)
    size = empty.size()
    empty.check()
    seconds_to_read, results = empty.read_a_drawn_field(work)
    assert (results / "report.html").stat().st_size > 0
    found: dict[str, Any] = {
        **vars(took),
        **vars(size),
        "seconds_to_read": seconds_to_read,
        "extras": {},
    }
    for extra in extras:
        took = empty.install(file, extra)
        after = empty.size()
        found["extras"][extra] = {**vars(took), **_added(size, after)}
        size = after
    empty.check()
    return found


def _added(before: Size, after: Size) -> dict[str, int]:
    return {name: count - vars(before)[name] for name, count in vars(after).items()}


def main() -> None:
    """Measure, and write the result."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--extras", nargs="*", default=EXTRAS, help="added one after the other")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel, source = build(folder)
        (folder / "wheel").mkdir()
        (folder / "source").mkdir()
        result = {
            **environment(extras=list(given.extras)),
            "file_bytes": {"wheel": wheel.stat().st_size, "source": source.stat().st_size},
            "source": installed(source, [], folder / "source"),
            "wheel": installed(wheel, list(given.extras), folder / "wheel"),
        }
    write_json(given.out / "install.json", result)


if __name__ == "__main__":
    main()
