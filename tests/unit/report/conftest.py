"""A report with one of everything, and with text that tries to get out."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from anascope.metrics import Interval
from anascope.report import (
    Code,
    Details,
    Document,
    FigureBlock,
    Finding,
    Paragraph,
    Section,
    Table,
    TableBlock,
    code,
    escape,
)

HOSTILE = (
    "<script>alert(1)</script> </style> --> #let x = 1 $x^2$ *a* **b** _c_ @ref \\n \\ "
    "[d](e) `f` // g /* h */ ~ & &amp; \" ' = i {{ j }} {% k %}"
)

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300pt" height="100pt" viewBox="0 0 300 100">'
    '<rect width="300" height="100" fill="#0072B2"/></svg>'
)


@pytest.fixture
def hostile() -> str:
    return HOSTILE


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[FigureBlock, FigureBlock]:
    svg, png = tmp_path / "a.svg", tmp_path / "b.png"
    svg.write_text(SVG, encoding="utf-8")
    Image.new("RGB", (60, 40), "red").save(png)
    return (
        FigureBlock("curves", svg=svg, png=png, caption="From `history.csv`.", alt="Curves"),
        FigureBlock("cells", png=png, caption="Cells **found**."),
    )


@pytest.fixture
def document(pictures: tuple[FigureBlock, FigureBlock]) -> Document:
    dice = Table(
        "dice",
        "Dice by fold",
        ("training", "Dice", "loss"),
        (
            ("small", Interval(0.8231, 0.787, 0.856), 952752.3),
            ("paper", None, 0.00003),
            ("all", 0.5, -0.25),
        ),
        note="By `bootstrap`.",
        summary=1,
    )
    return Document(
        "Study paper",
        "On cohort mivia",
        facts=(("command", code("anascope study run --out a")), ("seeds", "1, 2")),
        sections=(
            Section(
                "What was found",
                (
                    Finding("Cells are found.", "By 0.03.", "clear"),
                    Finding("Patterns are not decided.", "By 0.01.", "open"),
                    Finding("Nothing else was asked.", "", "none"),
                ),
            ),
            Section(
                "Results",
                (Paragraph("All of them."), TableBlock(dice)),
                sections=(
                    Section("Curves", pictures[:1], anchor="plots"),
                    Section("Cells", (Code("a\n  b"), Details("**Fold** A", pictures[1:]))),
                ),
            ),
        ),
        footer="Research use only.",
    )


@pytest.fixture
def hostile_document() -> Document:
    shown = escape(HOSTILE)
    table = Table("t", HOSTILE, (HOSTILE, "n"), ((HOSTILE, 1),), note=shown)
    blocks = (
        Paragraph(shown),
        Paragraph(HOSTILE),
        Finding(shown, code(HOSTILE), "open"),
        Code(HOSTILE),
        TableBlock(table),
        Details(shown, (Paragraph(shown),)),
    )
    section = Section(HOSTILE, blocks, anchor="a", sections=(Section(HOSTILE, anchor="b"),))
    return Document(HOSTILE, HOSTILE, ((HOSTILE, shown),), (section,), shown)
