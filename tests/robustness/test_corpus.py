"""Each broken input is named with its reason in one line, and does not stop the others.

Every case is the command as somebody types it, in a process of its own that may take no more
memory and time than its case says (:mod:`tests.robustness.alone`).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anascope.files import read_json
from tests.robustness.alone import alone, command
from tests.robustness.case import GOOD, Case
from tests.robustness.cases import CASES
from tests.robustness.files import GREY, saved

_REFUSED = "anascope: "
_NOT_READ = "not read: "


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_command_says_it_and_reads_the_rest(
    case: Case, tmp_path: Path, saved_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With the exit status that it must have, and not a word more than the reason."""
    if case.not_as_root and os.geteuid() == 0:
        pytest.skip("the superuser may read everything")
    (tmp_path / GOOD).write_bytes(saved(GREY, "PNG"))
    model = copied(saved_model, tmp_path / "model") if case.model else saved_model
    case.build(tmp_path)
    out = tmp_path_factory.mktemp("out") / "reading"
    words = [word.replace("{folder}", str(tmp_path)) for word in case.arguments]
    options = ["--model", str(model), "--out", str(out), "--no-sheets", "--engine", "torch"]
    ended = alone(
        command,
        ["read", *options, *words],
        limit=case.limit,
        standard_input=case.standard_input,
    )
    assert ended.in_time, f"it took more than {case.limit.seconds} s"
    assert ended.status == case.exit_code, ended.complained
    refusal = case.refusal and case.refusal.inside(tmp_path)
    complaints = [line for line in ended.complained.splitlines() if line.strip()]
    nothing_read = case.whole or case.model
    start = _REFUSED if nothing_read else _NOT_READ
    assert len(complaints) == (refusal is not None), complaints
    assert all(line.startswith(start) and line.isprintable() for line in complaints), complaints
    assert all(refusal and refusal.is_line(line.removeprefix(start)) for line in complaints), (
        complaints
    )
    if nothing_read:
        assert not (out / "reading.json").exists()
    else:
        read = read_json(out / "reading.json")["fields"]
        assert [field for field in read if field["source"].endswith(GOOD)]


def copied(model: Path, folder: Path) -> Path:
    folder.mkdir()
    for file in model.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder
