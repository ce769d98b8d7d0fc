"""Each broken input is named with its reason in one line, and does not stop the others."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.errors import InputError
from anascope.files import read_json
from anascope.images import read_pages
from anascope.models import load_model
from anascope.reading._inputs import find_images, refused
from tests.malformed.case import GOOD, Case
from tests.malformed.cases import CASES
from tests.malformed.files import GREY, saved

pytestmark = pytest.mark.timeout(60)


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.model], ids=lambda case: case.name
)
def test_it_is_said_in_one_line(
    case: Case, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if case.not_as_root and os.geteuid() == 0:
        pytest.skip("the superuser may read everything")
    (tmp_path / GOOD).write_bytes(saved(GREY, "PNG"))
    case.build(tmp_path)
    said = list(said_of(case, tmp_path))
    lines = [line for line in said if isinstance(line, str)]
    assert len(lines) == (case.line is not None)
    assert all(is_said(case.line, line, tmp_path) and line.isprintable() for line in lines)
    assert (tmp_path / GOOD in said) is not case.whole
    assert capfd.readouterr().err == ""


def is_said(expected: str | None, line: str, folder: Path) -> bool:
    """Tell whether a line is the expected one; ``...`` stands for words of a library."""
    pattern = re.escape((expected or "").replace("{folder}", str(folder))).replace(r"\.\.\.", ".+")
    return re.fullmatch(pattern, line) is not None


def said_of(case: Case, folder: Path) -> Iterator[str | Path]:
    """Yield what is read and what is said, as the command will."""
    words = [word.replace("{folder}", str(folder)) for word in case.arguments]
    options: dict[str, str] = {}
    for option in ("--table", "--specimen"):
        if option in words:
            place = words.index(option)
            _, options[option[2:]] = words[place : place + 2]
            del words[place : place + 2]
    try:
        inputs = find_images(
            words,
            specimen=options.get("specimen"),
            table=options.get("table"),
            standard_input=io.BytesIO(case.standard_input),
        )
    except InputError as error:
        yield str(error)
        return
    for one in inputs.not_read:
        yield f"{one.source}: {one.reason}"
    for found in inputs.found:
        try:
            list(read_pages(found.path))
            yield found.path
        except InputError as error:
            lost = refused(error)
            yield f"{lost.source}: {lost.reason}"


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.model], ids=lambda case: case.name
)
def test_the_command_says_it_and_reads_the_rest(
    case: Case, tmp_path: Path, saved_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """``anascope read``, as somebody types it, with the exit status that it must have."""
    if case.not_as_root and os.geteuid() == 0:
        pytest.skip("the superuser may read everything")
    (tmp_path / GOOD).write_bytes(saved(GREY, "PNG"))
    case.build(tmp_path)
    out = tmp_path_factory.mktemp("out") / "reading"
    words = [word.replace("{folder}", str(tmp_path)) for word in case.arguments]
    options = ["--model", str(saved_model), "--out", str(out), "--no-sheets", "--engine", "torch"]
    result = CliRunner().invoke(
        app, ["read", *options, *words], input=case.standard_input, env={"COLUMNS": "100"}
    )
    if isinstance(result.exception, InputError):  # what main() prints as one line, with status 1
        assert case.whole
        assert case.exit_code == 1
        assert is_said(case.line, str(result.exception), tmp_path)
        return
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code == case.exit_code
    refusals = [line for line in result.stderr.splitlines() if line.startswith("not read: ")]
    said = [line.removeprefix("not read: ") for line in refusals]
    assert len(said) == (case.line is not None)
    assert all(is_said(case.line, line, tmp_path) for line in said)
    read = read_json(out / "reading.json")["fields"]
    good = [field for field in read if field["source"].endswith(GOOD)]
    assert bool(good) is not case.whole


@pytest.mark.parametrize("case", [case for case in CASES if case.model], ids=lambda case: case.name)
def test_a_model_is_refused_in_one_line(case: Case, tmp_path: Path, saved_model: Path) -> None:
    (tmp_path / "model").mkdir()
    for file in saved_model.iterdir():
        (tmp_path / "model" / file.name).write_bytes(file.read_bytes())
    case.build(tmp_path)
    with pytest.raises(InputError) as caught:
        load_model(tmp_path / "model")
    assert is_said(case.line, str(caught.value), tmp_path)


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from anascope.models import Model, ModelCard, build_network, save_model
    from anascope.presets import load_preset
    from anascope.words import IntensityScale, PatternSpace

    preset = load_preset("tiny", {"image.scale": 1.0})  # so that the good image is large enough
    patterns = ("homogeneous", "nucleolar")
    space, scale = PatternSpace(patterns), IntensityScale()
    card = ModelCard(preset=preset, patterns=patterns, intensities=("intermediate", "positive"))
    folder = tmp_path_factory.mktemp("model")
    save_model(folder, Model(build_network(preset, space, scale), card))
    return folder
