"""Text in CSV files that no spreadsheet takes for a formula.

A spreadsheet computes a cell that begins with ``=``, ``+``, ``-`` or ``@``, and what it computes
may send the table elsewhere; names of files and patients come from outside. As OWASP advises, such
a text gets an apostrophe before it, which spreadsheets take for "this is text". Numbers are no text
and stay as they are. The mark can be taken off again without a doubt: a text that looks marked
already gets one more.

>>> from anascope.csv_text import marked, without_mark
>>> marked("=1+1"), marked("S-12"), marked("'=1+1")
("'=1+1", 'S-12', "''=1+1")
>>> without_mark("'=1+1")
'=1+1'
"""

from __future__ import annotations

import re

_MARK = "'"
# Some spreadsheets pass over blanks, and some take the wide letters of East Asia for plain ones.
_FORMULA = re.compile(r"[\s']*[=+\-@＝＋－＠]|[ ']*[\t\r\n]")


def marked(text: str) -> str:
    """Return ``text`` as it stands in a CSV file: with a mark before it where it needs one."""
    return _MARK + text if _FORMULA.match(text) else text


def without_mark(text: str) -> str:
    """Return what :func:`marked` was given."""
    return text[1:] if text.startswith(_MARK) and _FORMULA.match(text) else text
