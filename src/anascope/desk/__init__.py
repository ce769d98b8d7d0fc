"""The laboratory's desk: what readers find, correct and sign, kept in one database.

A room each: :mod:`~anascope.desk.store` is the database, :mod:`~anascope.desk.audit` the trail of
all that was changed, :mod:`~anascope.desk.accounts` who may do what,
:mod:`~anascope.desk.worklist` what is to be looked at, :mod:`~anascope.desk.review` what was
found and who signed it, :mod:`~anascope.desk.watch` reads new images of a folder, and
:mod:`~anascope.desk.web` shows the pages. Specimens come from the results of
:mod:`anascope.reading`. Needs the extra ``anascope[desk]``.
"""
