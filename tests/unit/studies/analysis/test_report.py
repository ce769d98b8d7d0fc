"""The report of a study: what is in it, what it does without, and what it refuses."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anascope.cohorts import Cohort, Summary, summarise
from anascope.cohorts._published import Comparison
from anascope.errors import InputError, WriteError
from anascope.files import read_json, write_json
from anascope.metrics import Interval
from anascope.report import TableBlock
from anascope.studies import Job, StudyFolder, Training, load_study, open_study
from anascope.studies.analysis import (
    Comparisons,
    Conclusion,
    Figures,
    Results,
    StudyReport,
    build_report,
    conclusions,
    read_results,
    report_study,
)
from anascope.tasks import score
from anascope.words import TASK_NAMES
from tests.pages import asked_from_outside, links
from tests.pretended import draw_nothing, made_up_study, only_svg, pretend
from tests.small_cohort import record, write_cohort
from tests.unit.studies.analysis.made_up import (
    WORDS,
    Skill,
    Undrawn,
    folder_of,
    results_of,
    study_of,
)

LOCK = ".report.lock"  # stays beside a report, whoever held it
SECTIONS = [
    "Conclusions",
    "Data",
    "The network and its training",
    "Trainings compared",
    "Accuracy in each fold",
    "All measures, with intervals",
    "ROC of the intensity",
    "Confusion of patterns and intensities",
    "Calibration",
    "Balance of the tasks",
    "Runs",
    "How it was made",
]


def half_done(path: Path) -> StudyFolder:
    """Return a study of two trainings on two folds; of its four runs one failed."""
    study = made_up_study(path, people=8, settings=[{"training.epochs": 2}], folds={"count": 2})
    *done, failed = study.runs
    for run in done:
        pretend(Job(study.layout, run, study.cohort_path))
    write_json(study.layout.failure(failed.name), {"reason": "the disk is full", "traceback": []})
    return study


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports without drawings; what is not tested here need not be drawn."""
    monkeypatch.setattr(Figures, "_draw", draw_nothing)


@pytest.fixture(scope="module")
def study_half_done(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    return half_done(tmp_path_factory.mktemp("half"))


@pytest.fixture(scope="module")
def written(
    study_half_done: StudyFolder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, StudyReport]:
    """A report with all that is in it, once."""
    out = tmp_path_factory.mktemp("report") / "report"
    return out, report_study(study_half_done, out)


# What is in it


def test_every_table_and_figure_is_a_file(written: tuple[Path, StudyReport]) -> None:
    out, made = written
    assert sorted(path.name for path in out.iterdir()) == [
        "figures",
        "report.html",
        "report.pdf",
        "tables",
    ]
    assert files_in(out / "tables") == {
        f"{table.name}.{ending}" for table in made.tables for ending in ("csv", "md")
    }
    assert files_in(out / "figures") == {
        f"{figure.name}.{ending}" for figure in made.figures for ending in ("svg", "png")
    }
    pictures = [path.read_bytes() for path in sorted((out / "figures").glob("*.png"))]
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert len(set(pictures)) == len(pictures)
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF")


def concluded(made: StudyReport) -> list[Conclusion]:
    """Return the conclusions that a report begins with."""
    return [block for block in made.document.sections[0].blocks if isinstance(block, Conclusion)]


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_tables_and_figures_of_the_published_study_are_there(
    written: tuple[Path, StudyReport],
) -> None:
    _, made = written
    assert [table.name for table in made.tables] == [
        "folds-patients",
        "folds",
        "classes-pattern",
        "classes-intensity",
        "means",
        "accuracy-dice-epochs2",
        "accuracy-bce-epochs2",
        "mask-by-patch",
        "pattern-by-patch",
        "intensity-by-patch",
        "comparisons-by-patch",
        "mask-by-specimen",
        "pattern-by-specimen",
        "intensity-by-specimen",
        "comparisons-by-specimen",
        "calibration",
        "weights",
        "cost",
        "losses-dice-epochs2-A",
        "losses-dice-epochs2-B",
        "losses-bce-epochs2-A",
    ]
    assert [figure.name for figure in made.figures] == [
        "reference",
        "network",
        "block",
        "algorithm-gradnorm-stable",
        "intervals-by-patch",
        "effects-by-patch",
        "intervals-by-specimen",
        "roc-fold-B",
        "roc-pooled",
        "confusion-pattern-by-patch",
        "confusion-pattern-by-specimen",
        "confusion-intensity-by-patch",
        "calibration-pattern",
        "calibration-intensity",
        "weights",
        "curves-dice-epochs2-A",
        "curves-dice-epochs2-B",
        "curves-bce-epochs2-A",
    ]


def test_sections_stand_in_their_order(written: tuple[Path, StudyReport]) -> None:
    out, made = written
    assert [section.title for section in made.document.sections] == SECTIONS
    html = (out / "report.html").read_text(encoding="utf-8")
    places = [
        re.search(rf"<h2><span[^<]*</span>{re.escape(title)}</h2>", html) for title in SECTIONS
    ]
    starts = [found.start() for found in places if found]
    assert len(starts) == len(SECTIONS)
    assert starts == sorted(starts)


def test_the_page_needs_no_network(written: tuple[Path, StudyReport]) -> None:
    linked = links((written[0] / "report.html").read_text(encoding="utf-8"))
    assert linked
    assert asked_from_outside(linked) == []


def test_the_run_that_failed_is_named_with_its_reason(
    study_half_done: StudyFolder, written: tuple[Path, StudyReport]
) -> None:
    out, made = written
    failed = study_half_done.runs[-1].name
    found = concluded(made)[-1]
    assert (found.kind, found.undecided) == ("missing", (failed,))
    assert f"`{failed}`: the disk is full" in found.detail
    assert dict(made.document.facts)["Runs"] == "3 of 4 done"
    html = (out / "report.html").read_text(encoding="utf-8")
    assert failed in html
    assert "the disk is full" in html


def test_the_same_twice_gives_the_same_bytes(
    study_half_done: StudyFolder,
    written: tuple[Path, StudyReport],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Figures, "_draw", only_svg)
    report_study(open_study(study_half_done.path), tmp_path / "again")
    names = {path.relative_to(written[0]) for path in written[0].rglob("*.*")}
    again = {path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*.*")}
    assert again == {name for name in names if name.suffix != ".png"}
    for name in sorted(again):
        assert (tmp_path / "again" / name).read_bytes() == (written[0] / name).read_bytes(), name


# What it does without


def test_one_training_on_one_fold_of_which_nothing_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No mask, and predictions that are not finite: every measure is undefined."""
    monkeypatch.setattr(Figures, "_draw", only_svg)
    study = made_up_study(
        tmp_path, people=6, factors={}, settings=[{}], folds={"count": 3, "only": ["B"]}
    )
    (run,) = study.runs
    pretend(Job(study.layout, run, study.cohort_path))
    folder = study.layout.run(run.name)
    for name in ("predictions", "fields"):
        table = pd.read_parquet(folder / f"{name}.parquet").assign(tp=0, fp=0, fn=0, tn=0)
        table.loc[0, ["p_pattern_homogeneous", "p_above_intermediate"]] = np.nan
        table.to_parquet(folder / f"{name}.parquet")
    patches = pd.read_parquet(folder / "predictions.parquet")
    metrics = read_json(folder / "metrics.json")
    write_json(folder / "metrics.json", metrics | {"patch": score(patches, WORDS)})

    made = report_study(study, tmp_path / "report")
    tables = {table.name: table for table in made.tables}
    assert all(np.isnan(value) for value in numbers(tables["means"].rows[0][2:]))
    assert not any(cell.defined for cell in intervals(tables["pattern-by-specimen"].rows[0]))
    assert "comparisons-by-patch" not in tables
    assert "means-by-loss-mask" not in tables
    assert "effects-by-patch" not in {figure.name for figure in made.figures}
    assert [(found.kind, found.figures) for found in concluded(made)] == [("weights", {})]
    assert (tmp_path / "report" / "tables" / "means.csv").read_text().splitlines()[1] == (
        "as the preset,1,,,"
    )


def numbers(cells: tuple[object, ...]) -> list[float]:
    assert cells
    return [float(str(cell)) for cell in cells]


def intervals(cells: tuple[object, ...]) -> list[Interval]:
    found = [cell for cell in cells if isinstance(cell, Interval)]
    assert found
    return found


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("change", ["gone", "another"])
def test_without_the_cohort_there_are_no_counts(
    study_half_done: StudyFolder, tmp_path: Path, change: str
) -> None:
    cohort = tmp_path / "cohort"
    if change == "another":
        write_cohort(cohort, [record("a", patient="a")], shape=(40, 40))
    warnings: list[str] = []
    made = report_study(
        open_study(study_half_done.path, cohort=cohort), tmp_path / "report", warn=warnings.append
    )
    (warning,) = warnings
    assert warning.startswith("no counts and no reference images: ")
    assert str(cohort) in warning
    assert "\n" not in warning
    tables = {table.name for table in made.tables}
    assert "means" in tables
    assert "folds-patients" in tables  # the study folder knows them
    assert not tables & {"folds", "classes-pattern", "classes-intensity"}
    assert "reference" not in {figure.name for figure in made.figures}
    assert [section.title for section in made.document.sections] == SECTIONS
    assert "The cohort is not available" in (tmp_path / "report" / "report.html").read_text()


@pytest.mark.usefixtures("_quick")
def test_with_the_cohort_nothing_is_warned_of(study_half_done: StudyFolder, tmp_path: Path) -> None:
    warnings: list[str] = []
    report_study(study_half_done, tmp_path / "report", warn=warnings.append)
    assert warnings == []


# Where it goes


@pytest.mark.usefixtures("_quick")
def test_a_report_is_replaced_whole(study_half_done: StudyFolder, tmp_path: Path) -> None:
    out = tmp_path / "report"
    report_study(study_half_done, out)
    before = files_in(out / "tables")
    (out / "tables" / "of-before.csv").write_text("old")
    (out / "report.html").write_text("old")
    report_study(study_half_done, out)
    assert files_in(out / "tables") == before
    assert (out / "report.html").read_text() != "old"
    assert files_in(tmp_path) - {LOCK} == {"report"}


@pytest.mark.usefixtures("_quick")
def test_what_stands_beside_a_report_stays(study_half_done: StudyFolder, tmp_path: Path) -> None:
    """Such as the copy that somebody kept of an earlier one."""
    kept = tmp_path / "report.old" / "report.html"
    report_study(study_half_done, tmp_path / "report")
    shutil.copytree(tmp_path / "report", tmp_path / "report.old")
    report_study(study_half_done, tmp_path / "report")
    assert kept.is_file()
    assert files_in(tmp_path) - {LOCK} == {"report", "report.old"}


@pytest.mark.usefixtures("_quick")
def test_what_a_killed_one_left_is_no_hindrance(
    study_half_done: StudyFolder, tmp_path: Path
) -> None:
    for name in (".report.new", ".report.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.html").write_text("left")
    report_study(study_half_done, tmp_path / "report")
    report_study(study_half_done, tmp_path / "report")
    assert files_in(tmp_path) - {LOCK} == {"report"}
    assert (tmp_path / "report" / "report.html").read_text() != "left"


@pytest.mark.usefixtures("_quick")
def test_an_empty_folder_and_a_place_that_is_not_there_will_do(
    study_half_done: StudyFolder, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "empty", tmp_path / "deep" / "down"):
        report_study(study_half_done, out)
        assert (out / "report.html").is_file()


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_other_things_are_not_replaced(
    study_half_done: StudyFolder, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "mine"
    thing = out / "thesis.txt" if kind == "folder" else out
    thing.parent.mkdir(exist_ok=True)
    thing.write_text("mine")
    with pytest.raises(InputError, match="mine: something else; expected a new or empty") as e:
        report_study(study_half_done, out)
    assert "\n" not in str(e.value)
    assert thing.read_text() == "mine"
    assert files_in(tmp_path) == {"mine"}


@pytest.mark.usefixtures("_quick")
def test_a_report_that_cannot_be_made_leaves_the_old_one(
    study_half_done: StudyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "report"
    report_study(study_half_done, out)
    before = (out / "report.html").read_bytes()

    def fails(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("anascope.studies.analysis._write.write_pdf", fails)
    with pytest.raises(WriteError, match="no room"):
        report_study(study_half_done, out)
    assert (out / "report.html").read_bytes() == before
    assert (out / "report.pdf").is_file()
    assert files_in(tmp_path) - {LOCK} == {"report"}


# What it refuses


def test_no_run_that_is_done(tmp_path: Path) -> None:
    study = made_up_study(tmp_path, people=6)
    with pytest.raises(InputError, match="study: no run that is done; expected at least one") as e:
        report_study(study, tmp_path / "report")
    assert "\n" not in str(e.value)
    assert not (tmp_path / "report").exists()


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize(
    "name", ["predictions.parquet", "fields.parquet", "history.csv", "metrics.json"]
)
@pytest.mark.parametrize("damage", ["cut short", "gone"])
def test_a_damaged_file_names_its_run(
    study_half_done: StudyFolder, tmp_path: Path, name: str, damage: str
) -> None:
    shutil.copytree(study_half_done.path, tmp_path / "study")
    study = open_study(tmp_path / "study")
    run = study.runs[1].name
    path = study.layout.run(run) / name
    if damage == "cut short":
        path.write_bytes(path.read_bytes()[:200] if name.endswith("parquet") else b"")
    else:
        path.unlink()
    if (name, damage) == ("metrics.json", "gone"):  # then the run is not done
        assert read_results(study).unfinished[run] == "not done yet"
        return
    warnings: list[str] = []
    report = report_study(study, tmp_path / "report", warn=warnings.append)
    (line,) = warnings
    assert line.startswith(f"left out: {run}: {path}")
    assert "\n" not in line
    assert any(run in finding.undecided for finding in concluded(report))
    # What is said of the others is what a study says of which that run was never done.
    whole = read_results(study_half_done)
    left = read_results(study)
    assert {each.run.name for each in left.runs} == {each.run.name for each in whole.runs} - {run}
    for each in left.runs:
        (same,) = (other for other in whole.runs if other.run == each.run)
        assert each.metrics == same.metrics


# What is read


def test_results_are_read_in_the_order_of_the_study(study_half_done: StudyFolder) -> None:
    results = read_results(study_half_done)
    assert [each.training.label for each in results.trainings] == [
        "Dice, 2 epochs",
        "BCE, 2 epochs",
    ]
    assert [[*each.folds] for each in results.trainings] == [["A", "B"], ["A"]]
    assert [each.whole for each in results.trainings] == [True, False]
    assert results.folds == ("A", "B")
    assert len(results.runs) == 3
    assert results.vocabulary == WORDS
    assert results.unfinished == {study_half_done.runs[-1].name: "the disk is full"}


def test_a_table_of_all_folds_has_every_patient_once(study_half_done: StudyFolder) -> None:
    dice, _ = read_results(study_half_done).trainings
    table = dice.table("specimen")
    assert sorted(table["patient"]) == sorted(f"p{number}" for number in range(8))
    tested = study_half_done.folds.folds
    for fold in "AB":
        assert set(table[table["fold"] == fold]["patient"]) == set(tested[fold].test)


# Beside the published figures


PAPER = load_study("paper").restricted({"loss.mask": ["dice"]})


@pytest.fixture(scope="module")
def paper() -> Results:
    return results_of(PAPER)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """A cohort of the patients of that study."""
    folds = folder_of(PAPER).folds.folds.values()
    records = [record(f"{name}-0", patient=name) for fold in folds for name in fold.test]
    return write_cohort(tmp_path_factory.mktemp("cohort") / "cohort", records, shape=(30, 30))


def published_columns(made: StudyReport) -> set[str]:
    """Return the tables with published figures in a column or a row."""
    return {
        table.name
        for table in made.tables
        if any("published" in text for text in (*table.columns, *map(str, table.cells(0))))
    }


def test_published_figures_stand_beside_those_of_the_whole_set(
    paper: Results, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    def whole(found: Cohort) -> Summary:
        return replace(summarise(found), published=(Comparison("patients", 252, 252),))

    monkeypatch.setattr("anascope.studies.analysis._document.summarise", whole)
    made = build_report(paper, cohort, Undrawn(Path("nowhere")))
    slugs = [each.training.slug for each in paper.trainings]
    assert published_columns(made) == {
        "means",
        "means-by-training-epochs",
        "means-by-balancing-alpha",
        "classes-pattern",
        "classes-intensity",
        "losses-dice-epochs15-alpha6-A",
        *(f"accuracy-{slug}" for slug in slugs),
    }


@pytest.mark.parametrize("at_hand", [True, False])
def test_of_a_part_of_the_set_or_another_one_they_do_not(
    paper: Results, cohort: Cohort, monkeypatch: pytest.MonkeyPatch, at_hand: bool
) -> None:
    def part(found: Cohort) -> Summary:
        note = "not the whole I3A Task 2 set: 40 of 252 patients"
        return replace(summarise(found), published_note=note)

    monkeypatch.setattr("anascope.studies.analysis._document.summarise", part)
    made = build_report(paper, cohort if at_hand else None, Undrawn(Path("nowhere")))
    assert published_columns(made) == set()
    data = next(s for s in made.document.sections if s.title == "Data")
    texts = [getattr(block, "text", "") for block in data.blocks]
    assert (
        any("This is not the whole I3A Task 2 set: 40 of 252" in text for text in texts) == at_hand
    )


# What the sections say


def test_a_report_begins_with_what_is_concluded_from_its_results(tmp_path: Path) -> None:
    """Nothing is typed in: with the skills exchanged, the conclusions are others."""
    study = study_of({"loss.mask": ["dice", "bce"]})
    good, bad = Skill(0.95, 1.0, 1.0), Skill(0.9, 0.5, 0.5)

    for best, label in (("dice", "Dice"), ("bce", "BCE")):
        skills = {"dice": bad, "bce": bad, best: good}
        results = results_of(study, partial(_skilled, skills), people=50)
        found = concluded(build_report(results, None, Undrawn(tmp_path)))
        assert found == list(conclusions(Comparisons(results, "patch")))
        assert [each.value for each in found if each.kind == "best"] == [label] * 3
        (effect,) = (each for each in found if each.kind == "effect")
        assert effect.value == "BCE"
        assert (effect.better if label == "BCE" else effect.worse) == TASK_NAMES


def _skilled(skills: Mapping[str, Skill], training: Training, _fold: str) -> Skill:
    """Return the skill that goes with the training's mask loss."""
    return skills[str(training.changes["loss.mask"])]


def test_facts_say_what_was_run_on_what(written: tuple[Path, StudyReport]) -> None:
    facts = dict(written[1].document.facts)
    assert [*facts] == [
        "Study",
        "Cohort",
        "Runs",
        "Preset",
        "Seeds",
        "Trained on",
        "Versions",
        "Command",
    ]
    assert facts["Preset"] == "`tiny`"
    assert facts["Command"] == "`made up`"
    assert facts["Trained on"] == "made up, 1 thread of 2 cores"


def test_the_title_names_the_trainings_that_ran(tmp_path: Path) -> None:
    """Not those of the grid, of which the description may tell."""
    skilled = {0.6, 6.0}
    paper = load_study("paper").restricted({"training.epochs": [15]})
    results = results_of(
        paper,
        lambda t, fold: Skill() if t.changes["balancing.alpha"] in skilled and fold < "C" else None,
    )
    document = build_report(results, None, Undrawn(tmp_path)).document
    assert document.title == "Dice and BCE, 15 epochs, α 0.6 and 6"
    assert document.subtitle == "4 of 6 trainings on 2 of 5 folds of no-cohort"
    assert dict(document.facts)["Study"] == paper.description
    alone = build_report(results_of(study_of({})), None, Undrawn(tmp_path)).document
    assert alone.title == "Preset tiny"
    assert alone.subtitle == "1 training on 2 folds of no-cohort"


def test_measures_stand_by_patch_and_by_specimen(written: tuple[Path, StudyReport]) -> None:
    section = next(s for s in written[1].document.sections if s.title.startswith("All measures"))
    assert [part.title for part in section.sections] == ["By patch", "By specimen"]
    for part, level in zip(section.sections, ("patch", "specimen"), strict=True):
        tables = [block.table.name for block in part.blocks if isinstance(block, TableBlock)]
        assert tables == [f"{task}-by-{level}" for task in ("mask", "pattern", "intensity")]
