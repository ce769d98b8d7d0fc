"""The trail: who changed what and when, from what to what, in entries that are only ever added.

Each entry holds the hash of the one before it, so that none can be changed, left out or put in
without all later hashes being other ones. What is written here is said by the other rooms; this
one writes it, shows it and proves it whole.

>>> from anascope.desk.audit import BEGINNING
>>> len(BEGINNING)
64
"""

from anascope.desk.audit._append import append
from anascope.desk.audit._entry import BEGINNING, Change, Entry, What, as_text
from anascope.desk.audit._history import history
from anascope.desk.audit._rows import subject_of, told_of
from anascope.desk.audit._verify import Noted, TrailCheck, verify

__all__ = [
    "BEGINNING",
    "Change",
    "Entry",
    "Noted",
    "TrailCheck",
    "What",
    "append",
    "as_text",
    "history",
    "subject_of",
    "told_of",
    "verify",
]
