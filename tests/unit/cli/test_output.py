"""What commands print stays what it is: no markup, no escape sequence, no error."""

from __future__ import annotations

import pytest

from anascope.cli._output import print_json, print_line, print_table, warn

ODD = "[/red][bold]x\x1b[31m\u202e\udce9"
SHOWN = r"[/red][bold]x\x1b[31m\u202e\xe9"


def test_odd_text_is_printed_as_it_is_spelled(capsys: pytest.CaptureFixture[str]) -> None:
    print_line(ODD)
    warn(ODD)
    print_table("title", ["name"], [[ODD]])
    said = capsys.readouterr()
    assert said.out.count(SHOWN) == 2
    assert said.err == f"{SHOWN}\n"
    print_json({"a": ODD})
    assert "\\udce9" in capsys.readouterr().out
