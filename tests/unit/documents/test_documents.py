"""Templates become documents that need nothing from outside and in which text stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import jinja2
import pytest

from anascope.documents import data_uri, rendered, typst_files, typst_folder, write_typeset
from anascope.errors import InputError

TEMPLATE = """<style>{{ asset("style.css") }}</style>
{% set script = "f()" %}
<p>{{ text }}</p>
{{ script | digest }}
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a package with templates."""
    templates = tmp_path / "package_with_templates" / "templates"
    templates.mkdir(parents=True)
    (templates.parent / "__init__.py").touch()
    (templates / "page.html.j2").write_text(TEMPLATE)
    (templates / "style.css").write_text("p > b { color: red }")
    (templates / "main.typ").write_text(
        '#import "common.typ": soften\n#let c = json("content.json")\n'
        "#soften(c.text, 3) #image(c.picture)"
    )
    monkeypatch.syspath_prepend(tmp_path)
    return "package_with_templates"


def test_html_escapes_values_but_no_assets(package: str) -> None:
    digest = base64.b64encode(hashlib.sha256(b"f()").digest()).decode()
    assert rendered(package, "page.html.j2", text="<b>&").splitlines() == [
        "<style>p > b { color: red }</style>",
        "<p>&lt;b&gt;&amp;</p>",
        # In base64 a plus sign may be, which is escaped for an attribute as everything is.
        f"sha256-{digest}".replace("+", "&#43;"),
    ]
    with pytest.raises(jinja2.UndefinedError, match="text"):
        rendered(package, "page.html.j2")


def test_a_picture_as_an_address() -> None:
    head, data = data_uri(b"\x89PNG", "image/png").split(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == b"\x89PNG"


def test_typst_gets_texts_as_data(package: str, tmp_path: Path) -> None:
    content = {"text": "#panic() $x$", "picture": "pictures/a.svg", "no number": float("nan")}
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    files = typst_files(package, "main.typ", content, {"pictures/a.svg": svg})
    assert b"panic" not in files["main.typ"]
    assert b'"no number": null' in files["content.json"]
    with typst_folder(files) as main:
        assert {file.name for file in main.parent.rglob("*.*")} == {
            "main.typ", "common.typ", "content.json", "a.svg"
        }  # fmt: skip
    assert not main.exists()
    write_typeset(files, tmp_path / "a.pdf")
    assert re.match(rb"%PDF-", (tmp_path / "a.pdf").read_bytes())


def test_a_picture_that_cannot_be_drawn(package: str, tmp_path: Path) -> None:
    files = typst_files(package, "main.typ", {"text": "", "picture": "a.png"}, {"a.png": b"no"})
    with pytest.raises(InputError) as refusal:
        write_typeset(files, tmp_path / "a.pdf")
    assert refusal.value.where == str(tmp_path / "a.pdf")
    assert refusal.value.expected == "pictures that Typst draws"
    assert not (tmp_path / "a.pdf").exists()
