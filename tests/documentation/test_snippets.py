"""Every Python snippet of the documentation runs, as a doctest or as a script."""

from __future__ import annotations

import doctest
import multiprocessing
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page
    for page in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    if not {"_build", "generated", "api"} & set(page.relative_to(ROOT).parts)
)
# A fence of a snippet, in a list as well, and the line above it if that is a comment.
SNIPPET = re.compile(
    r"(?:^ *<!-- (?P<comment>[^\n]*) -->\n)?"
    r"^(?P<indent> *)```(?P<language>python|py|pycon|\{doctest\}|\{code-block\} python)[^\n]*\n"
    r"(?P<code>.*?)^(?P=indent)```",
    re.MULTILINE | re.DOTALL,
)
PYTHON_FENCE = re.compile(r"^ *(?:`{3,}|~{3,}|:{3,}) *\{?(?:python|pycon|py|doctest)\b", re.M)
GUARD = 'if __name__ == "__main__":'


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def snippets() -> Iterator[tuple[Path, int, str, str]]:
    """Yield page, line, comment above and code of every snippet."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in SNIPPET.finditer(text):
            indent = len(found["indent"])
            code = "\n".join(line[indent:] for line in found["code"].splitlines()) + "\n"
            line = text.count("\n", 0, found.start("code")) + 1
            yield page, line, found["comment"] or "", code


SCRIPTS = [
    pytest.param(page, comment, code, id=f"{named(page)}:{line}")
    for page, line, comment, code in snippets()
    if ">>>" not in code
]


def slides(folder: Path) -> None:
    """Lay two drawn fields out as the files of a laboratory."""
    from anascope.synthetic import MIVIA, draw_field, draw_specimen

    (folder / "slides").mkdir()
    rng = np.random.default_rng(0)
    specimen = draw_specimen(rng, "centromere", "positive", MIVIA)
    for number in (1, 2):
        drawn = draw_field(rng, specimen, (400, 520)).image
        Image.fromarray(drawn).save(folder / "slides" / f"{number}.tif")


def reported_study(folder: Path) -> None:
    """Make a study up whose runs are done, and write the tables of its report."""
    from anascope.report import write_csv
    from anascope.studies import open_study
    from anascope.studies.analysis import Figure, Figures, build_report, read_results
    from tests.pretended import made_up_study, pretend_all

    class Undrawn(Figures):
        def _draw(self, figure: Figure, draw: Any) -> Figure:
            del draw
            return figure

    study = made_up_study(
        folder / "studies", people=4, settings=[{"training.epochs": 2}], folds={"count": 2}
    )
    pretend_all(study)
    (folder / "studies" / "study").rename(folder / "studies" / "i3a")
    moved = open_study(folder / "studies" / "i3a")
    report = build_report(read_results(moved), moved.open_cohort(), Undrawn(folder / "figures"))
    for table in report.tables:
        write_csv(table, folder / "studies" / "i3a" / "report" / "tables" / f"{table.name}.csv")


NEEDED: dict[str, Callable[[Path], None]] = {
    "docs/how-to/read-images.md": slides,
    "docs/how-to/run-a-study.md": reported_study,
}
"""What the snippets of a page find in the folder that they run in."""


@pytest.mark.parametrize(("page", "comment", "code"), SCRIPTS)
def test_it_runs(
    page: Path, comment: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if comment.startswith("not run"):
        reason = re.fullmatch(r"not run: (.{5,})", comment)
        assert reason, "say why: <!-- not run: needs a GPU -->"
        compile(code, named(page), "exec")
        return
    if named(page) in NEEDED:
        NEEDED[named(page)](tmp_path)
    script = tmp_path / "snippet.py"
    script.write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    if GUARD in code:  # starts processes, which import the script anew
        ended = subprocess.run(
            [sys.executable, script],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return
    # Without the guard it must not start processes: as a script, it could not.
    monkeypatch.setattr(multiprocessing, "get_context", refuse)
    runpy.run_path(str(script), run_name="snippet")


def refuse(*arguments: object) -> NoReturn:
    pytest.fail(f"a snippet that starts processes needs {GUARD}")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_snippet_gives_what_it_shows(page: Path) -> None:
    """All snippets with prompts of a page, one after the other, in one session."""
    shown = "\n".join(code for where, _, _, code in snippets() if where == page and ">>>" in code)
    examples = doctest.DocTestParser().get_doctest(shown, {}, named(page), str(page), 0)
    result = doctest.DocTestRunner(verbose=False).run(examples)
    assert result.failed == 0, f"{result.failed} of {result.attempted}, see the output"


def test_every_fence_of_python_is_a_snippet() -> None:
    """A fence in another form (tildes, colons) would be run by nobody."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fences = re.findall(
            r"^ *(?:`{3,}|~{3,}|:{3,}) *\{?(?:python|py|pycon|doctest)\b", text, re.M
        )
        assert len(fences) == sum(where == page for where, *_ in snippets()), named(page)
