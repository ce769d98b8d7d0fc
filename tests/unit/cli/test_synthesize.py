"""``anascope cohort synthesize`` and ``gallery`` as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from anascope.cli._app import app
from anascope.cohorts import Cohort
from anascope.environment import usable_cores
from anascope.errors import InputError

SMALL = ("--shape", "80x100", "--jobs", "1")


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["cohort", *map(str, words)])


def test_it_says_what_it_made_and_what_is_next(tmp_path: Path) -> None:
    path = tmp_path / "c"
    result = run("synthesize", path, "--like", "i3a", "--patients", 3, "--fields", 1, *SMALL)
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        f"{path}: 3 fields of 3 patients (homogeneous, speckled, centromere)\n"
        f"next: anascope cohort show {path}\n"
    )
    cohort = Cohort.open(path)
    assert [record.patient for record in cohort.fields] == ["1", "2", "3"]
    assert run("check", path).exit_code == 0
    assert run("show", path).exit_code == 0


def test_as_json(tmp_path: Path) -> None:
    words = ["--like=mivia", "--patterns=golgi+centromere,dfs70", "--intensities=positive"]
    result = run("synthesize", tmp_path / "c", *words, "--bits=16", "--seed=4", *SMALL, "--json")
    assert json.loads(result.stdout) == {
        "path": str(tmp_path / "c"),
        "layout": "cohort",
        "like": "mivia",
        "seed": 4,
        "patients": 2,
        "fields": 2,
        "patterns": {"golgi+centromere": 1, "dense fine speckled": 1},
        "intensities": {"positive": 2},
        "height": 80,
        "width": 100,
        "bits": 16,
        "pixel_size_um": 0.16125,
        "next": f"anascope cohort show {tmp_path / 'c'}",
    }
    assert {record.full_scale for record in Cohort.open(tmp_path / "c").fields} == {65535}


def test_a_range_says_what_was_drawn(tmp_path: Path) -> None:
    words = ["--like=any", "--without=mivia,i3a", "--patients=3", *SMALL, "--json"]
    printed = json.loads(run("synthesize", tmp_path / "c", *words).stdout)
    assert (printed["like"], printed["height"], printed["width"]) == ("any", 80, 100)
    cohort = Cohort.open(tmp_path / "c")
    sizes = [record.pixel_size_um or 0 for record in cohort.fields]
    assert printed["pixel_size_um"] == [min(sizes), max(sizes)]
    assert "a microscope of any for each patient, none near that of mivia and i3a" in (
        cohort.info.source
    )


def test_files_can_be_imported_with_the_command_that_it_names(tmp_path: Path) -> None:
    words = ["--patients", 2, "--fields", 2, "--layout", "i3a-task2", *SMALL]
    result = run("synthesize", tmp_path / "set", *words)
    following = result.stdout.splitlines()[-1].removeprefix("next: anascope cohort ")
    assert run(*following.replace("COHORT", str(tmp_path / "c")).split()).exit_code == 0
    assert len(Cohort.open(tmp_path / "c")) == 4


def test_named_patterns_are_spread_over_the_levels_of_the_set(tmp_path: Path) -> None:
    words = ["--patterns", "golgi, speckled", "--fields", 1, *SMALL]
    assert run("synthesize", tmp_path / "c", *words).exit_code == 0
    pairs = [(r.pattern, r.intensity) for r in Cohort.open(tmp_path / "c").fields]
    assert len(set(pairs)) == len(pairs) == 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--like", "i3"], "--like: 'i3'; expected one of any, i3a, mivia (did you mean 'i3a'?)"),
        (["--patients", "0"], "--patients: 0; expected at least 1"),
        (["--fields", "-1"], "--fields: -1; expected at least 1"),
        (["--patterns", "golgy"], "--patterns: unknown pattern 'golgy'"),
        (["--patterns", ","], "--patterns: nothing; expected at least one"),
        (["--intensities", "bright"], "--intensities: unknown intensity 'bright'"),
        (["--seed", "-1"], "--seed: -1; expected 0 or more"),
        (["--layout", "folder"], "--layout: 'folder'; expected one of cohort, i3a-task2, mivia"),
        (["--jobs", "0"], "--jobs: 0; expected at least 1"),
        (["--bits", "10"], "--bits: 10; expected 8, 12 or 16"),
        (["--without", "mivia"], "--without: 'mivia' of one microscope; expected --like any"),
        (["--like", "any", "--without", "any"], "a range of microscopes; expected one microscope"),
        (["--like", "any", "--layout", "mivia"], "--layout: files of mivia from a range"),
        (["--shape", "100"], "--shape: '100'; expected height and width, such as 1040x1388"),
        (["--shape", "4x4"], "--shape: 4x4; expected at least 16x16 pixels"),
        (["--layout", "i3a-task2", "--shape", "384x384"], "--shape: 384x384; expected another"),
        (["--layout", "mivia"], "--fields: 4; expected 1 in the layout mivia"),
        (["--like", "mivia", "--layout", "mivia", "--bits", "16"], "--bits: 16; expected 8 in"),
    ],
)
def test_bad_input_is_refused_in_one_line_and_leaves_nothing(
    tmp_path: Path, words: list[str], message: str
) -> None:
    result = run("synthesize", tmp_path / "deep" / "c", *words)
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    result = run("synthesize", tmp_path, "--patients", 1, *SMALL)
    assert isinstance(result.exception, InputError)
    assert "exists already" in str(result.exception)


def test_cores_that_may_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Those that this process may run on, where the system says; else all that there are."""
    quota = tmp_path / "cpu.max"
    monkeypatch.setattr("anascope.environment._QUOTA", quota)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert usable_cores() == 3
    for text, cores in (("max 100000", 3), ("150000 100000", 2), ("5000 100000", 1)):
        quota.write_text(text)  # of a container
        assert usable_cores() == cores
    quota.unlink()
    monkeypatch.delattr("os.sched_getaffinity")
    assert usable_cores() == 8
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert usable_cores() == 1


def test_gallery_of_one_cohort_and_of_two(tmp_path: Path) -> None:
    for name, like in (("a", "i3a"), ("b", "mivia")):
        words = ["--like", like, "--patients", 2, "--fields", 1, *SMALL]
        assert run("synthesize", tmp_path / name, *words).exit_code == 0
    alone = run("gallery", tmp_path / "a", tmp_path / "a.png", "--side", 60, "--per-cell", 1)
    assert alone.stdout == f"{tmp_path / 'a.png'}: synthetic, like i3a\n"
    both = run("gallery", tmp_path / "a", tmp_path / "b.png", "--beside", tmp_path / "b")
    assert (
        both.stdout == f"{tmp_path / 'b.png'}: synthetic, like i3a beside synthetic, like mivia\n"
    )
    for name in ("a.png", "b.png"):
        with Image.open(tmp_path / name) as picture:
            assert min(picture.size) > 80


def test_a_gallery_of_a_cohort_beside_itself_tells_them_apart_by_their_place(
    tmp_path: Path,
) -> None:
    run("synthesize", tmp_path / "a", "--patients", 1, "--fields", 1, *SMALL)
    result = run("gallery", tmp_path / "a", tmp_path / "g.png", "--beside", tmp_path / "a")
    assert f"({tmp_path / 'a'}) beside" in result.stdout


def test_a_gallery_in_another_format_is_refused(tmp_path: Path) -> None:
    run("synthesize", tmp_path / "a", "--patients", 1, "--fields", 1, *SMALL)
    result = run("gallery", tmp_path / "a", tmp_path / "g.jpg")
    assert isinstance(result.exception, InputError)
    assert "expected one of .png, .svg, .pdf" in str(result.exception)
