"""How the documentation is built: ``make docs``. Nothing is fetched from the network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import _generate  # noqa: E402

from anascope import __version__  # noqa: E402

project = "anascope"
author = "The anascope developers"
copyright = "The anascope developers, Apache-2.0"
version = release = __version__

extensions = [
    "myst_nb",  # Markdown too
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",
    "_mathtext",
    "sphinx.ext.napoleon",
]
# Texts that are included in pages, not pages of their own.
exclude_patterns = ["_build", "reference/generated"]
templates_path = ["_templates"]

# The outputs of the notebooks are stored: `make gallery` makes them, and tests compare.
nb_execution_mode = "off"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
# What two packages offer is indexed once, with the package that it belongs to; the page of anascope
# itself repeats in full what most programs need, without an index of its own.
autosummary_context = {
    "described_elsewhere": {
        "anascope.reading": ["Decision", "UNDECIDED"],
        "anascope.synthetic.optics": ["Microscope"],
    }
}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_use_ivar = True
napoleon_use_rtype = False

# Examples in docstrings are run by pytest, with the names of their modules; here those of pages.
doctest_test_doctest_blocks = ""
trim_doctest_flags = True

html_theme = "furo"
html_title = f"anascope {version}"
html_static_path = ["_static"]
html_css_files = ["anascope.css"]
html_show_sphinx = False
html_copy_source = False
# Formulas are drawn at build time: a page needs no script from elsewhere.
html_math_renderer = "mathtext"


def setup(app: Any) -> None:
    """Write the generated texts and connect what autodoc is to leave out."""
    _generate.write_all(HERE / "reference" / "generated")
    app.connect("autodoc-skip-member", _skip)


def _skip(app: Any, what: str, name: str, obj: Any, skip: bool, options: Any) -> bool | None:
    """Leave out what a class has from its library and nobody wrote a word about."""
    del app, what, options
    alias = str(getattr(obj, "__doc__", "") or "").startswith("Alias for field number")
    return True if alias or name == "model_config" else skip
