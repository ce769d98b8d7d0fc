"""Extras: every library is installed by one, and a message names the right one."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from anascope.extras import EXTRA_OF, is_installed, missing_library, needed, not_installed
from tests.refusals import refused

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
IMPORTED_AS = {
    "PIL": "pillow",
    "argon2": "argon2-cffi",
    "bioimageio": "bioimageio.spec",
    "fhir": "fhir.resources",
    "markdown_it": "markdown-it-py",
    "pythonjsonlogger": "python-json-logger",
    "re2": "google-re2",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Libraries that are imported under another name than that of the package that has them."""
BROUGHT_ALONG = {
    "click": "typer",
    "loguru": "bioimageio.spec",
    "markupsafe": "jinja2",
    "pydantic_core": "pydantic",
    "quadprog": "torchjd",
    "sqlalchemy": "sqlmodel",
    "starlette": "fastapi",
}
"""Libraries that come with another, by which they are installed."""


NOT_IN_ALL = {"dev", "docs", "bioio", "imagenet", "napari"}


def names_in(requirements: list[str]) -> set[str]:
    """Return the names of requirements, those of the extras that they include among them."""
    found = set()
    for requirement in requirements:
        included = re.match(r"anascope\[(.+)\]$", requirement)
        if included:
            for extra in included[1].split(","):
                found |= of(extra)
        else:
            found.add(re.split(r"[\[<>=!;~ ]", requirement)[0].lower())
    return found


def of(extra: str) -> set[str]:
    """Return the packages that an extra installs."""
    return names_in(EXTRAS[extra])


def package_of(library: str) -> str:
    known = IMPORTED_AS.get(library) or BROUGHT_ALONG.get(library)
    return known or library.lower().replace("_", "-")


def imported() -> Iterator[tuple[Path, str]]:
    """Yield the libraries that the code imports, anywhere in it, with the file."""
    for path in (ROOT / "src" / "anascope").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            yield from ((path, name.partition(".")[0]) for name in names)


@pytest.mark.parametrize("library", EXTRA_OF)
def test_the_extra_installs_the_library(library: str) -> None:
    assert package_of(library) in of(EXTRA_OF[library])
    assert package_of(library) not in names_in(PROJECT["dependencies"])


def test_every_library_that_is_imported_is_required_or_of_an_extra() -> None:
    required = names_in(PROJECT["dependencies"])
    for path, library in imported():
        if library in sys.stdlib_module_names or library in {"anascope", *EXTRA_OF}:
            continue
        assert package_of(library) in required, f"{path}: {library}"


def test_all_is_all_but_what_the_install_page_says() -> None:
    everything = {name for extra in EXTRAS if extra not in NOT_IN_ALL for name in of(extra)}
    assert of("all") == everything


def test_a_missing_library_names_its_extra() -> None:
    expected = "anascope[fhir] (pip install 'anascope[fhir]')"
    with refused("FHIR", "no_such_library is not installed", expected):
        needed("no_such_library.part", "FHIR", extra="fhir")
    error = not_installed("pandas", "table", extra="parquet", found="no", otherwise="CSV")
    expected = "anascope[parquet] (pip install 'anascope[parquet]'), or CSV"
    assert (error.where, error.found, error.expected) == ("table", "no", expected)


def test_a_module_that_is_there_is_given() -> None:
    assert needed("json.decoder", "JSON") is sys.modules["json.decoder"]


def test_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_installed("json", "csv")
    assert not is_installed("json", "no_such_library")
    monkeypatch.setitem(sys.modules, "json", None)
    assert not is_installed("json")


@pytest.mark.parametrize(
    ("error", "library"),
    [
        (ModuleNotFoundError("", name="torch"), "torch"),
        (ModuleNotFoundError("", name="torch.optim.swa_utils"), "torch"),
        (ModuleNotFoundError("", name="anascope.no_such_module"), None),
        (ModuleNotFoundError(""), None),
        (ImportError("", name="torch"), None),  # there, and damaged: that is another fault
    ],
)
def test_which_library_is_missing(error: ImportError, library: str | None) -> None:
    assert missing_library(error) == library
