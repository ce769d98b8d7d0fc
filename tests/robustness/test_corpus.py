"""Each broken input is named with its reason in one line, and does not stop the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.errors import InputError
from anascope.files import read_json
from anascope.models.engines import open_engine
from tests.refusals import refused
from tests.robustness.case import GOOD, Case
from tests.robustness.cases import CASES
from tests.robustness.files import GREY, saved

pytestmark = pytest.mark.timeout(60)


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.model], ids=lambda case: case.name
)
def test_the_command_says_it_and_reads_the_rest(
    case: Case,
    tmp_path: Path,
    saved_model: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """``anascope read``, as somebody types it, with the exit status that it must have.

    Libraries that read images write nothing beside it.
    """
    if case.not_as_root and os.geteuid() == 0:
        pytest.skip("the superuser may read everything")
    (tmp_path / GOOD).write_bytes(saved(GREY, "PNG"))
    case.build(tmp_path)
    out = tmp_path_factory.mktemp("out") / "reading"
    words = [word.replace("{folder}", str(tmp_path)) for word in case.arguments]
    options = ["--model", str(saved_model), "--out", str(out), "--no-sheets", "--engine", "torch"]
    refusal = case.refusal and case.refusal.inside(tmp_path)
    result = CliRunner().invoke(
        app, ["read", *options, *words], input=case.standard_input, env={"COLUMNS": "100"}
    )
    if isinstance(result.exception, InputError):  # what main() prints as one line, with status 1
        assert case.whole
        assert case.exit_code == 1
        assert refusal is not None
        assert refusal.fits(result.exception)
        assert capfd.readouterr().err == ""
        return
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code == case.exit_code
    refusals = [line for line in result.stderr.splitlines() if line.startswith("not read: ")]
    said = [line.removeprefix("not read: ") for line in refusals]
    assert len(said) == (refusal is not None)
    assert all(refusal is not None and refusal.is_line(line) for line in said)
    assert all(line.isprintable() for line in said)
    read = read_json(out / "reading.json")["fields"]
    good = [field for field in read if field["source"].endswith(GOOD)]
    assert bool(good) is not case.whole
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("case", [case for case in CASES if case.model], ids=lambda case: case.name)
def test_a_model_is_refused_in_one_line(case: Case, tmp_path: Path, saved_model: Path) -> None:
    (tmp_path / "model").mkdir()
    for file in saved_model.iterdir():
        (tmp_path / "model" / file.name).write_bytes(file.read_bytes())
    case.build(tmp_path)
    assert case.refusal is not None
    meant = case.refusal.inside(tmp_path)
    with refused(meant.where, meant.found, meant.expected):
        open_engine(tmp_path / "model", engine="torch")
