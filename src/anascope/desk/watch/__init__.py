"""New images of a folder, read as they arrive and brought to the worklist.

It looks at the folder every few seconds, waits until the images of a specimen have been written,
reads them with :mod:`anascope.reading.batch` into folders of results, and brings these in with
:func:`anascope.desk.worklist.import_results`. It runs in a process of its own, so that pages stay
fast; killed at any time, it goes on from what is there. Nothing here shows a page.

>>> from anascope.desk.watch import EVERY, SETTLE
>>> EVERY, SETTLE
(5.0, 10.0)
"""

from anascope.desk.watch._arrivals import Arrival, Arrivals, Look
from anascope.desk.watch._beside import Beside, end_with_input, give_way
from anascope.desk.watch._watch import (
    EVERY,
    SETTLE,
    Watch,
    WatchSettings,
    check_settings,
    watching,
)

__all__ = [
    "EVERY",
    "SETTLE",
    "Arrival",
    "Arrivals",
    "Beside",
    "Look",
    "Watch",
    "WatchSettings",
    "check_settings",
    "end_with_input",
    "give_way",
    "watching",
]
