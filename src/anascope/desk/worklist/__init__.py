"""The worklist: specimens that were read, what has become of each, and what to look at first.

Results of ``anascope read`` are brought in from their folder, again and again as it grows; then
pages of hundreds of thousands of specimens are had at once. What readers find of them is
:mod:`anascope.desk.review`.

>>> from anascope.desk.worklist import State
>>> [state.value for state in State]
['new', 'in review', 'signed', 'rejected']
"""

from anascope.desk.worklist._import import Imported, import_results
from anascope.desk.worklist._page import LARGEST, Page, WorklistRow, following, worklist
from anascope.desk.worklist._progress import Batch, Progress, batches, progress
from anascope.desk.worklist._query import Filter, Sort
from anascope.desk.worklist._reading import ReadField, ReadSpecimen, path_of, reading_from_text
from anascope.desk.worklist._rows import add_readings, show_on_worklist
from anascope.desk.worklist._state import Attention, State, attention_of, word_of
from anascope.desk.worklist._unread import Unread, count_unread, note_unread, unread

__all__ = [
    "LARGEST",
    "Attention",
    "Batch",
    "Filter",
    "Imported",
    "Page",
    "Progress",
    "ReadField",
    "ReadSpecimen",
    "Sort",
    "State",
    "Unread",
    "WorklistRow",
    "add_readings",
    "attention_of",
    "batches",
    "count_unread",
    "following",
    "import_results",
    "note_unread",
    "path_of",
    "progress",
    "reading_from_text",
    "show_on_worklist",
    "unread",
    "word_of",
    "worklist",
]
