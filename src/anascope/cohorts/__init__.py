"""Cohorts of fields: import them from public layouts, check them, read them.

>>> from anascope.cohorts import Cohort
>>> cohort = Cohort.open("cohorts/mivia")                                  # doctest: +SKIP
>>> record = cohort.fields[0]                                              # doctest: +SKIP
>>> cohort.image(record).shape, cohort.mask(record).shape                  # doctest: +SKIP
((1038, 1388), (1038, 1388))
"""

from anascope.cohorts._cohort import Cohort, CohortInfo
from anascope.cohorts._importing import import_cohort
from anascope.cohorts.sources import SOURCES, Source, SourceField, open_source

__all__ = [
    "SOURCES",
    "Cohort",
    "CohortInfo",
    "Source",
    "SourceField",
    "import_cohort",
    "open_source",
]
