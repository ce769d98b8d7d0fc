"""Cohorts of fields: import them from public layouts, check them, read them.

A cohort is a prepared set of fields with patients, masks and labels, for training and evaluation;
:mod:`anascope.cohorts.folds` divides its patients. To read images you need no cohort: see
:mod:`anascope.reading`.

>>> from anascope.cohorts import Cohort
>>> cohort = Cohort.open("cohorts/mivia")                                  # doctest: +SKIP
>>> record = cohort.fields[0]                                              # doctest: +SKIP
>>> cohort.image(record).shape, cohort.mask(record).shape                  # doctest: +SKIP
((1038, 1388), (1038, 1388))
"""

from anascope.cohorts._checks import check_cohort, check_source
from anascope.cohorts._cohort import Cohort
from anascope.cohorts._crops import Crop, choose_crops
from anascope.cohorts._description import CohortInfo
from anascope.cohorts._importing import import_cohort
from anascope.cohorts._single_cells import SingleCells, single_cells
from anascope.cohorts._summary import LabelCount, Summary, summarise
from anascope.cohorts.composed import MergedSource, MosaicSource, merged_names
from anascope.cohorts.sources import (
    CELL_COLUMNS,
    GAP,
    MEASURED_COLUMNS,
    MEASURES,
    SOURCES,
    CellTraits,
    DrawnSource,
    FieldError,
    Finding,
    I3aTask1Source,
    Kind,
    Severity,
    Source,
    SourceField,
    open_source,
    recover_specimens,
    shared_pixels,
    traits_of,
)

__all__ = [
    "CELL_COLUMNS",
    "GAP",
    "MEASURED_COLUMNS",
    "MEASURES",
    "SOURCES",
    "CellTraits",
    "Cohort",
    "CohortInfo",
    "Crop",
    "DrawnSource",
    "FieldError",
    "Finding",
    "I3aTask1Source",
    "Kind",
    "LabelCount",
    "MergedSource",
    "MosaicSource",
    "Severity",
    "SingleCells",
    "Source",
    "SourceField",
    "Summary",
    "check_cohort",
    "check_source",
    "choose_crops",
    "import_cohort",
    "merged_names",
    "open_source",
    "recover_specimens",
    "shared_pixels",
    "single_cells",
    "summarise",
    "traits_of",
]
