"""Reports: a document of sections, findings, tables and figures, and its writers.

Plots of any kind are in :mod:`anascope.report.plots`. The results of reading have a page of their
own: :mod:`anascope.reading.results`.

The caller provides the content of the report; this package knows nothing about its subject. HTML,
PDF and Markdown show each number in the same form, because there is only one formatter.

>>> from anascope.report import Document, Finding, Section, Table, TableBlock, to_markdown
>>> from anascope.metrics import Interval
>>> dice = Interval(0.8231, 0.787, 0.856)
>>> table = Table("dice", "Dice of the cells", ("preset", "Dice"), (("small", dice),))
>>> finding = Finding("Cells are **found**.", "Dice above that of `otsu`.", "clear")
>>> section = Section("Cells", (finding, TableBlock(table)))
>>> document = Document("Study paper", sections=(section,))  # for write_html and write_pdf
>>> print(to_markdown(document.sections[0].blocks[1].table), end="")
**Dice of the cells**
<BLANKLINE>
| preset | Dice |
| --- | ---: |
| small | 0.823 [0.787, 0.856] |
"""

from anascope.report._document import (
    Block,
    Code,
    Details,
    Document,
    FigureBlock,
    Finding,
    Paragraph,
    Section,
    TableBlock,
    Verdict,
)
from anascope.report._files import to_markdown, write_csv, write_markdown
from anascope.report._format import Formatted, formatted
from anascope.report._html import to_html, write_html
from anascope.report._inline import code, escape
from anascope.report._pdf import to_typst, write_pdf
from anascope.report._table import Cell, Table

__all__ = [
    "Block",
    "Cell",
    "Code",
    "Details",
    "Document",
    "FigureBlock",
    "Finding",
    "Formatted",
    "Paragraph",
    "Section",
    "Table",
    "TableBlock",
    "Verdict",
    "code",
    "escape",
    "formatted",
    "to_html",
    "to_markdown",
    "to_typst",
    "write_csv",
    "write_html",
    "write_markdown",
    "write_pdf",
]
