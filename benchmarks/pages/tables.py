"""Write the tables of README.md from the results: ``python -m benchmarks.pages.tables``.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end -->``; with ``--check`` nothing is
written, and the exit status says whether all tables are those of the results.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from anascope.files import write_text
from benchmarks.arguments import RESULTS
from benchmarks.pages import (  # noqa: F401 (they enter their tables when they are imported)
    _adaptation,
    _balancing,
    _checkpoints,
    _desk,
    _drawn,
    _evaluable,
    _install,
    _intervals,
    _mivia,
    _reading,
    _scale,
    _single_cells,
    _speed,
    _study,
    _weights,
)
from benchmarks.pages._markdown import TABLES

README = RESULTS.parent / "README.md"
_PLACE = re.compile(r"(<!-- table: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str) -> str:
    """Return ``text`` with every table written anew."""
    return _PLACE.sub(lambda found: found[1] + TABLES[found["name"]]() + found[3], text)


def main() -> None:
    """Write or check the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    for path in [README, *Path("docs").rglob("*.md")]:
        text = path.read_text(encoding="utf-8")
        new = filled(text)
        if given.check and new != text:
            raise SystemExit(f"{path}: tables are not those of the results")
        if new != text:
            write_text(path, new)


if __name__ == "__main__":
    main()
