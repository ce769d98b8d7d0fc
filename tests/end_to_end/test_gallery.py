"""Every notebook of the gallery runs, and still gives the outputs that are stored in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from anascope.errors import InputError
from anascope.models import model_folder

pytest.importorskip("nbclient", reason="notebooks are run where the extra docs is installed")

import nbformat

from examples.gallery import GALLERY, NOTEBOOKS, run

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?")
NEEDS_MODEL = {"read-a-folder", "read-from-qupath", "adapt-to-your-laboratory"}


def shown(notebook: Any) -> list[list[str]]:
    """Return the texts that each cell shows, and the kinds of its pictures."""
    return [
        [
            output["text"]
            if "text" in output
            else " ".join(sorted(kind for kind in output["data"] if kind.startswith("image/")))
            or output["data"]["text/plain"]
            for output in cell.get("outputs", [])
        ]
        for cell in notebook.cells
    ]


def same(text: str, stored: str, *, vary: bool = False) -> bool:
    """Tell whether texts are the same but for what another processor makes of their numbers.

    Args:
        text: What a cell shows now.
        stored: What the notebook says that it shows.
        vary: Whether numbers may be any others, as after a training, where rounding adds up.
    """
    if NUMBER.sub("#", text) != NUMBER.sub("#", stored):
        return False
    if vary:
        return True
    pairs = zip(NUMBER.findall(text), NUMBER.findall(stored), strict=True)
    return all(float(now) == pytest.approx(float(then), rel=0.2, abs=0.1) for now, then in pairs)


def test_the_gallery_lists_its_notebooks() -> None:
    index = (GALLERY / "index.md").read_text(encoding="utf-8")
    names = {path.stem for path in NOTEBOOKS}
    assert names >= NEEDS_MODEL
    assert set(re.findall(r"\(([\w-]+)\.ipynb\)", index)) == names
    assert set(re.findall(r"^([\w-]+)$", index.partition("{toctree}")[2], re.MULTILINE)) == names


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", cell.source):
                assert (GALLERY / target).exists(), target


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_gives_what_it_shows(path: Path, tmp_path: Path) -> None:
    if path.stem in NEEDS_MODEL:
        try:
            model_folder()
        except InputError:
            pytest.skip("this copy of anascope has no model")
    notebook = nbformat.read(path, as_version=4)
    stored = shown(notebook)
    assert sum(map(len, stored)) > 2
    now = shown(run(path, tmp_path))
    assert len(now) == len(stored)
    for number, (texts, before) in enumerate(zip(now, stored, strict=True)):
        assert len(texts) == len(before), f"cell {number}"
        vary = "numbers-vary" in notebook.cells[number].metadata.get("tags", ())
        for text, old in zip(texts, before, strict=True):
            assert same(text, old, vary=vary), f"cell {number}: {text!r} instead of {old!r}"


@pytest.mark.parametrize(
    ("text", "stored", "expected"),
    [
        ("15 cells", "15 cells", True),
        ("loss 0.221", "loss 0.22", True),
        ("loss 0.6", "loss 0.22", False),
        ("centromere 0.99", "homogeneous 0.99", False),
        ("1 2", "1", False),
    ],
)
def test_outputs_are_compared(text: str, stored: str, expected: bool) -> None:
    assert same(text, stored) is expected
