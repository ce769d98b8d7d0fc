"""What commands print stays what it is: no markup, no escape sequence, no error."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from anascope.cli import _output
from anascope.cli._output import print_json, print_line, print_table, progress, warn

ODD = "[/red][bold]x\x1b[31m\u202e\udce9"
SHOWN = r"[/red][bold]x\x1b[31m\u202e\xe9"


def test_odd_text_is_printed_as_it_is_spelled(capsys: pytest.CaptureFixture[str]) -> None:
    print_line(ODD)
    warn(ODD)
    print_table("title", ["name"], [[ODD]])
    output = capsys.readouterr()
    assert output.out.count(SHOWN) == 2
    assert output.err == f"{SHOWN}\n"
    print_json({"a": ODD})
    assert "\\udce9" in capsys.readouterr().out


@pytest.mark.parametrize(("width", "cut"), [(80, False), (30, True)])
def test_a_bar_says_what_it_counts(monkeypatch: pytest.MonkeyPatch, width: int, cut: bool) -> None:
    file = io.StringIO()
    monkeypatch.setattr(_output, "errors", Console(file=file, width=width, force_terminal=True))
    with progress("[b]reading", 20, unit="images", stays=True) as bar:
        bar.update(bar.task_ids[0], completed=7, note="losses: mask 0.1, pattern 0.2")
        bar.refresh()
    last = Console(file=io.StringIO(), width=width)
    last.print(*bar.get_renderables())
    assert isinstance(last.file, io.StringIO)
    line, *_ = output = last.file.getvalue().splitlines()
    if not cut:
        assert line.startswith("[b]reading ")
        assert " 7/20 images" in line
        assert output[1:] == ["losses: mask 0.1, pattern 0.2"]
    assert max(map(len, output)) <= width
