"""Imports point one way, between packages and inside them, as the page "Architecture" says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "anascope"
PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
ENTRY = {"__init__", "__main__", "_version"}
"""Modules that hold nothing of their own."""


def table() -> list[tuple[tuple[str, ...], set[str] | None]]:
    """Return the rows of the page: packages, and what they may import (None: all)."""
    section = PAGE.partition("## Which package imports which")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| `")]
    return [
        (tuple(re.findall(r"`(\w+)`", row[0])), None if "all" in row[2].split() else named(row[2]))
        for row in rows
    ]


def named(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


@cache
def imports(path: Path) -> tuple[tuple[str, str | None], ...]:
    """Return module and name of every import from anascope, those inside of functions, too."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[str, str | None]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} imports relatively"
            if node.module.split(".")[0] == "anascope":
                yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((a.name, None) for a in node.names if a.name.startswith("anascope"))


@cache
def file_of(module: str) -> Path:
    path = SOURCE.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def defined_in(module: str, name: str | None) -> str:
    """Return the module that an import ends at: not the face of a package that hands it on."""
    face = file_of(module)
    if face.name != "__init__.py" or name is None:
        return module
    if file_of(f"{module}.{name}").exists():
        return f"{module}.{name}"
    for origin, handed_on in imports(face):
        if handed_on == name and origin != module:
            return defined_in(origin, name)
    return module


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)


PACKAGES = sorted(path.parent for path in SOURCE.rglob("__init__.py") if path.parent != SOURCE)


def units(package: Path) -> dict[str, set[str]]:
    """Return what each module and sub-package of a package imports of its siblings."""
    inside = f"{name_of(package)}."
    found: dict[str, set[str]] = {}
    for path in package.rglob("*.py"):
        if path == package / "__init__.py":
            continue
        unit = path.relative_to(package).parts[0].removesuffix(".py")
        siblings = found.setdefault(unit, set())
        for module, name in imports(path):
            target = defined_in(module, name)
            if target.startswith(inside):
                siblings.add(target.removeprefix(inside).partition(".")[0])
        siblings.discard(unit)
    return found


def assert_one_way(graph: dict[str, set[str]], what: str) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(f"{what}: {' <- '.join(error.args[1])}") from None


def test_every_package_is_in_the_table_and_in_the_tree() -> None:
    packages = {path.stem for path in SOURCE.iterdir() if path.suffix in {"", ".py"}}
    packages -= ENTRY | {"__pycache__", "py"}
    assert packages == {package for row, _ in table() for package in row}
    tree = PAGE.partition("```text")[2].partition("```")[0]
    in_tree = set(re.findall(r"^  (\w+)/", tree, re.MULTILINE))
    assert in_tree == {path.name for path in SOURCE.iterdir() if path.is_dir()} - {"__pycache__"}
    described = {
        (top, inner)
        for top, rest in re.findall(r"^  (\w+)/(.*)$", tree, re.MULTILINE)
        for inner in re.findall(r"(\w+)/", rest)
    }
    assert described == {
        (path.parent.name, path.name) for path in PACKAGES if path.parent != SOURCE
    }


def test_every_path_on_the_page_exists() -> None:
    paths = set(re.findall(r"`((?:src|tests|benchmarks|docs)/[^`\s]+)`", PAGE))
    assert len(paths) > 30
    assert not {path for path in paths if not (ROOT / path).exists()}


def test_packages_import_only_what_their_row_allows() -> None:
    rows = table()
    above: set[str] = set(rows[0][0])
    for row, allowed in rows[1:]:
        if allowed is not None:
            assert allowed <= above, f"{row} imports what stands below it"
        above |= set(row)
    free, may = set(rows[0][0]), {p: allowed for row, allowed in rows for p in row}
    needless = {p: set(allowed) for p, allowed in may.items() if allowed}
    for path in SOURCE.rglob("*.py"):
        importer = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if importer in ENTRY:
            continue
        for module, name in imports(path):
            imported = [*module.split("."), name or ""][1]
            if imported in {importer, "_version", "__version__"} or imported in free:
                continue
            needless.get(importer, set()).discard(imported)
            allowed = may[importer]
            assert allowed is None or imported in allowed, f"{path} imports anascope.{imported}"
    assert not {p: left for p, left in needless.items() if left}, "allowed, and never imported"


@pytest.mark.parametrize("package", [SOURCE, *PACKAGES], ids=name_of)
def test_no_circle_inside(package: Path) -> None:
    graph = units(package)
    assert_one_way(graph, "modules and sub-packages")
    inner = {unit for unit in graph if (package / unit).is_dir()}
    if package == SOURCE:
        return
    merged: dict[str, set[str]] = {}
    for unit, siblings in graph.items():
        one = merged.setdefault(unit if unit in inner else "own modules", set())
        one |= {sibling if sibling in inner else "own modules" for sibling in siblings}
    merged = {unit: siblings - {unit} for unit, siblings in merged.items()}
    assert_one_way(merged, "sub-packages and the modules beside them")


def test_the_test_sees_a_circle(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="modules"):
        assert_one_way({"a": {"b"}, "b": {"c"}, "c": {"a"}}, "modules")


@pytest.mark.parametrize("folder", ["src", "benchmarks", "examples"])
def test_private_modules_are_imported_by_their_own_package_alone(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        importer = ".".join(path.relative_to(ROOT / folder).with_suffix("").parts) + "."
        for module, _ in imports(path):
            parts = module.split(".")
            private = [i for i, part in enumerate(parts) if part.startswith("_")]
            if private and parts[private[0]] != "_version":
                owner = ".".join(parts[: private[0]]) + "."
                assert folder == "src", f"{path} imports {module}"
                assert importer.startswith(owner), f"{path} imports {module}"


def test_benchmarks_import_no_test() -> None:
    for path in (ROOT / "benchmarks").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(?:from|import) tests\b", text, re.MULTILINE), path


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_a_package_says_what_it_is_for(package: Path) -> None:
    doc = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    assert doc is not None
    assert len(doc.partition("\n")[0]) > 20


def test_reading_loads_no_pytorch() -> None:
    """Before an engine of PyTorch is opened, that is."""
    modules = "anascope.reading.batch, anascope.models.engines, anascope.models.engines._onnx"
    code = f"import sys, {modules}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
