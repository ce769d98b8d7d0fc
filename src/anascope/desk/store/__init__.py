"""The database of a desk: SQLite in a folder, or PostgreSQL by a URL; its tables and their forms.

One process at a time changes it, on both: whoever writes waits for the others, and what was told
as written is on the disk. What the rows mean is said in the other rooms.

>>> from anascope.desk.store import shown_place
>>> shown_place("postgresql://ana:secret@db.example/desk")
'postgresql://ana:***@db.example/desk'
"""

from anascope.desk.store._clock import as_stamp, as_time, utc_now
from anascope.desk.store._database import Database, create_database, open_database
from anascope.desk.store._faults import DatabaseFault
from anascope.desk.store._place import shown_place
from anascope.desk.store._tables import (
    AccountRow,
    AttemptRow,
    BatchRow,
    BegunRow,
    EntryRow,
    IdentityRow,
    ReadingRow,
    ReferenceRow,
    ResultRow,
    SessionRow,
    SettingRow,
    SignatureRow,
    SpecimenRow,
    UnreadRow,
    WatchedRow,
)
from anascope.desk.store._values import checked_text, is_storable

__all__ = [
    "AccountRow",
    "AttemptRow",
    "BatchRow",
    "BegunRow",
    "Database",
    "DatabaseFault",
    "EntryRow",
    "IdentityRow",
    "ReadingRow",
    "ReferenceRow",
    "ResultRow",
    "SessionRow",
    "SettingRow",
    "SignatureRow",
    "SpecimenRow",
    "UnreadRow",
    "WatchedRow",
    "as_stamp",
    "as_time",
    "checked_text",
    "create_database",
    "is_storable",
    "open_database",
    "shown_place",
    "utc_now",
]
