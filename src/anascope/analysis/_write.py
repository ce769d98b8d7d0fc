"""Write a study's report: tables, figures, HTML and PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from anascope.analysis._document import StudyReport, build_report
from anascope.analysis._figures import Figures
from anascope.analysis._results import read_results
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.report import write_csv, write_html, write_markdown, write_pdf
from anascope.study import StudyFolder


def report_study(
    study: StudyFolder, out: Path, *, warn: Callable[[str], None] = lambda text: None
) -> StudyReport:
    """Write everything that the runs of ``study`` say into the folder ``out``, anew.

    ::

        OUT/
          report.html   one file that needs no network
          report.pdf
          tables/       NAME.csv and NAME.md
          figures/      NAME.png and NAME.svg

    Args:
        study: The study folder; runs that are not done are left out and named.
        out: The folder; a report that is there is replaced.
        warn: Is told, in a line, of what had to be left out.

    Raises:
        InputError: if no run is done, or ``out`` holds something else than a report.
    """
    results = read_results(study)
    try:
        cohort = study.open_cohort()
    except InputError as error:
        warn(f"no counts and no reference images: {error}")
        cohort = None
    if out.exists() and any(out.iterdir()) and not (out / "report.html").is_file():
        raise InputError(out, "a folder with other things", "a new or empty folder, or a report")
    with new_folder(out.with_name(f"{out.name}.new")) as folder:
        figures = Figures(folder / "figures")
        made = build_report(results, cohort, figures)
        for table in made.tables:
            write_csv(table, folder / "tables" / f"{table.name}.csv")
            write_markdown(table, folder / "tables" / f"{table.name}.md")
        write_html(made.document, folder / "report.html")
        write_pdf(made.document, folder / "report.pdf")
    _exchange(out.with_name(f"{out.name}.new"), out)
    return made


def _exchange(new: Path, old: Path) -> None:
    """Put ``new`` in the place of ``old``, which is removed only once the new one stands."""
    import shutil

    before = old.with_name(f"{old.name}.old")
    shutil.rmtree(before, ignore_errors=True)
    if old.exists():
        old.replace(before)
    new.replace(old)
    shutil.rmtree(before, ignore_errors=True)
