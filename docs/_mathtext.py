"""Formulas as SVG, drawn by Matplotlib: pages need no script or font from elsewhere."""

from __future__ import annotations

import io
import re
from html import escape
from typing import Any

from docutils import nodes
from matplotlib import rc_context
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser, math_to_image

_POINTS = 100.0  # size of the font in the drawing, large because its sizes are whole points
_PARSER: MathTextParser[Any] = MathTextParser("path")
# Commands of LaTeX that mathtext knows by another name.
_SPELLINGS = {r"\lVert": r"\Vert", r"\rVert": r"\Vert", r"\lvert": r"\vert", r"\rvert": r"\vert"}


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer; ``html_math_renderer = "mathtext"`` chooses it."""
    app.add_html_math_renderer("mathtext", (_visit_inline, None), (_visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def svg(formula: str) -> str:
    """Return ``formula`` (TeX without its dollars) as an SVG element that sits on the line."""
    for latex, ours in _SPELLINGS.items():
        formula = formula.replace(latex, ours + " ")
    text = f"${' '.join(formula.split())}$"
    with rc_context({"mathtext.fontset": "cm", "svg.fonttype": "path"}):
        font = FontProperties(size=_POINTS)
        _, _, depth, _, _ = _PARSER.parse(text, dpi=72, prop=font)
        out = io.StringIO()
        math_to_image(text, out, prop=font, dpi=72, format="svg", color="#000001")
    drawn = out.getvalue()
    drawn = drawn[drawn.index("<svg") :].replace("#000001", "currentColor")
    # Without what would reach beyond the formula: the style sheet and the white ground.
    drawn = re.sub(r"<(metadata|style).*?</\1>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r'<path d="[^"]*" style="fill: #ffffff"/>', "", drawn)
    drawn = re.sub(r' id="(?:figure|patch|text|axes)_\d+"', "", drawn)
    width, height = (
        float(found[1]) / _POINTS
        for found in (re.search(rf'{side}="([\d.]+)pt"', drawn) for side in ("width", "height"))
        if found
    )
    # One matplotlib point is one pixel at 72 dpi, so everything is in ems of the drawing's font.
    style = f"width:{width:.3f}em;height:{height:.3f}em;vertical-align:{-depth / _POINTS:.3f}em"
    opening = f'<svg class="math" role="img" aria-label="{escape(formula)}" style="{style}"'
    drawn = re.sub(r' (?:width|height)="[\d.]+pt"', "", drawn, count=2)
    return drawn.replace("<svg", opening, 1).strip()


def _visit_inline(writer: Any, node: nodes.math) -> None:
    # Mathtext sets the bounds of a sum under it, which is too high for a line of text.
    writer.body.append(svg(node.astext().replace(r"\sum", r"\Sigma")))
    raise nodes.SkipNode


def _visit_block(writer: Any, node: nodes.math_block) -> None:
    lines = [line for line in re.split(r"\\\\|\n\s*\n", node.astext()) if line.strip()]
    drawn = "<br>".join(svg(line.replace("&", "")) for line in lines)
    writer.body.append(writer.starttag(node, "div", CLASS="math-block"))
    writer.body.append(f"{drawn}</div>")
    raise nodes.SkipNode
