"""The results of a study: tables, figures, intervals, comparisons, conclusions, report.

Only finished runs are read; nothing is trained. Measures of a single run are
:mod:`anascope.training.evaluation`.

>>> from anascope.studies.analysis import report_study
>>> from anascope.studies import open_study
>>> report_study(open_study("studies/paper"), Path("report"))              # doctest: +SKIP
"""

from anascope.studies.analysis._comparisons import Comparisons, Effect
from anascope.studies.analysis._conclusions import Conclusion, WeightLost, conclusions
from anascope.studies.analysis._diagrams import diagrams
from anascope.studies.analysis._document import StudyReport, build_report
from anascope.studies.analysis._figures import Figure, Figures
from anascope.studies.analysis._results import Results, TrainingResults, read_results
from anascope.studies.analysis._run_results import RunResults
from anascope.studies.analysis._write import report_study

__all__ = [
    "Comparisons",
    "Conclusion",
    "Effect",
    "Figure",
    "Figures",
    "Results",
    "RunResults",
    "StudyReport",
    "TrainingResults",
    "WeightLost",
    "build_report",
    "conclusions",
    "diagrams",
    "read_results",
    "report_study",
]
