"""Write a study's report: tables, figures, HTML and PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from anascope.errors import InputError
from anascope.files import replacing_folder
from anascope.folder_lock import holding
from anascope.report import write_csv, write_html, write_markdown, write_pdf
from anascope.studies import StudyFolder
from anascope.studies.analysis._document import StudyReport, build_report
from anascope.studies.analysis._figures import Figures
from anascope.studies.analysis._results import read_results


def report_study(
    study: StudyFolder, out: str | Path, *, warn: Callable[[str], None] = lambda text: None
) -> StudyReport:
    """Write the report on the runs of ``study`` into the folder ``out``.

    ::

        OUT/
          report.html   one file that needs no network
          report.pdf
          tables/       NAME.csv and NAME.md
          figures/      NAME.png and NAME.svg

    Args:
        study: The study folder; runs that are not done are left out and named.
        out: The folder; a report that is there is replaced.
        warn: Is called with one line for each thing that had to be left out.

    Raises:
        InputError: if no run is done, ``out`` holds something else than a report, or another
            process writes one there.
        WriteError: if it cannot be written.
    """
    out = Path(out).resolve()
    if not _may_be_replaced(out):
        raise InputError(out, "something else", "a new or empty folder, or a report")
    results = read_results(study)
    for name, why in results.damaged.items():
        warn(f"left out: {name}: {why}")
    try:
        cohort = study.open_cohort()
    except InputError as error:
        warn(f"no counts and no reference images: {error}")
        cohort = None
    lock = out.with_name(f".{out.name}.lock")  # in the folder, it would be replaced with it
    with holding(lock, out), replacing_folder(out) as folder:
        figures = Figures(folder / "figures")
        report = build_report(results, cohort, figures)
        for table in report.tables:
            write_csv(table, folder / "tables" / f"{table.name}.csv")
            write_markdown(table, folder / "tables" / f"{table.name}.md")
        write_html(report.document, folder / "report.html")
        write_pdf(report.document, folder / "report.pdf")
    return report


def _may_be_replaced(out: Path) -> bool:
    if not out.is_dir():
        return not out.exists()
    return (out / "report.html").is_file() or not any(out.iterdir())
