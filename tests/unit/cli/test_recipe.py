"""``anascope recipe``, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from torch.testing import assert_close
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.cli._recipe import opened
from anascope.errors import InputError
from anascope.models import ONNX, WEIGHTS, load_model, read_card
from anascope.recipe import judged_by_left_out, recipe_named, rows_of_start, write_start
from anascope.training import open_run
from tests.refusals import refused
from tests.unit.recipe.small_recipe import write_recipe, write_sets


def call(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    folder = tmp_path_factory.mktemp("recipe")
    data, recipe = write_sets(folder / "data"), write_recipe(folder)
    call("recipe", "run", data, "-o", folder / "work", "--recipe", recipe, "--accelerator=cpu")
    return data, folder / "work", recipe


def test_it_ends_with_a_model_that_is_judged_by_a_laboratory_left_out(
    work: tuple[Path, Path, Path],
) -> None:
    card = read_card(work[1] / "model")
    assert card.judgement.measured_on.endswith(": 6 of mivia, 2 of drawn-held-out")
    assert card.judgement.specimens == 8  # i3a's fields have no patterns
    assert set(card.data["cohorts"]) == {"mivia", "i3a-fields", "drawn"}
    assert card.preset.network.start is None
    assert card.data["continued_from"] == read_card(work[1] / "models/drawn").files[WEIGHTS]
    assert ONNX in card.files


def test_the_model_has_the_mean_of_the_weights_before_and_after(
    work: tuple[Path, Path, Path],
) -> None:
    folders = (work[1] / "models/drawn", work[1] / "runs/all/model", work[1] / "model")
    before, after, model = (load_model(folder).network.state_dict() for folder in folders)
    assert not any(name.startswith("field_head") for name in (*before, *after))
    moved = [name for name in before if before[name].ndim and (before[name] != after[name]).any()]
    assert moved
    for name in moved:
        assert_close(model[name], (before[name] + after[name]) / 2)


def test_the_field_head_learns_after_the_network_and_stands_in_the_card(
    work: tuple[Path, Path, Path],
) -> None:
    card = read_card(work[1] / "model")
    assert card.preset.network.field_hidden == 8
    record = card.data["field_head"]
    assert record["fields"] == {"drawn": 2, "mivia": 6}  # the last round, and the set with patterns
    assert record["of_weights"] == read_card(work[1] / "models/all").files[WEIGHTS]
    left_out = read_card(work[1] / "with-field-head/no-mivia").data["field_head"]
    assert left_out["fields"] == {"drawn": 2}


def test_a_field_head_that_learned_otherwise_is_refused(
    work: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    data, out, name = work
    other = tmp_path / "other.yaml"
    other.write_text(name.read_text(encoding="utf-8").replace("members: 2", "members: 1"))
    with pytest.raises(InputError, match=r"a field head that learned as .* another work folder"):
        opened(data, out, str(other), "cpu").model("no-mivia")


def test_each_round_of_drawn_specimens_continues_from_the_one_before(
    work: tuple[Path, Path, Path],
) -> None:
    first, second = (open_run(work[1] / "runs" / name) for name in ("drawn-1", "drawn-2"))
    assert first.preset.network.start is None
    assert second.preset.network.start == str(first.model)
    assert [len(run.fold.train) + len(run.fold.test) for run in (first, second)] == [3, 2]


def test_networks_that_leave_out_have_not_seen_what_they_are_tested_on(
    work: tuple[Path, Path, Path],
) -> None:
    runs = {path.name: open_run(path) for path in (work[1] / "runs").iterdir()}
    assert set(runs) == {"drawn-1", "drawn-2", "all", "no-mivia", "no-i3a"}
    for laboratory in ("mivia", "i3a"):
        run = runs[f"no-{laboratory}"]
        assert not any(unit.startswith(laboratory) for unit in run.fold.train)
        shares = run.preset.sampling.cohorts
        assert not any(name.startswith(laboratory) for name in shares)
        assert run.preset.network.start == str(work[1] / "models/drawn")


def test_the_network_of_drawn_specimens_is_judged_by_all_real_ones(
    work: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    data, out, name = work
    recipe = opened(data, out, str(name), "cpu")
    judgement = judged_by_left_out(
        rows_of_start(recipe, accelerator="cpu"), read_card(recipe.model("drawn"))
    )
    card = write_start(recipe, judgement, tmp_path / "drawn", export=False)
    assert card.judgement.specimens == 8
    assert set(card.data["cohorts"]) == {"drawn-1", "drawn-2"}
    assert card.files[WEIGHTS] == read_card(recipe.model("drawn")).files[WEIGHTS]
    assert card.name.endswith("-drawn")


def test_it_continues_from_a_model_that_is_there_instead_of_drawn_specimens_first(
    work: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    data, out, recipe = work
    chosen = ["--recipe", recipe, "--accelerator=cpu", "--network=no-i3a", "--start", out / "model"]
    call("recipe", "run", data, "-o", tmp_path / "work", *chosen)
    runs = {path.name: open_run(path) for path in (tmp_path / "work" / "runs").iterdir()}
    assert set(runs) == {"no-i3a"}
    assert runs["no-i3a"].preset.network.start == str((out / "model").resolve())


def test_a_model_to_continue_from_that_is_not_there_is_refused(
    work: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    data, _, recipe = work
    missing = tmp_path / "none"
    with refused(missing, "no such folder", "a folder or ..."):
        call("recipe", "run", data, "-o", tmp_path / "work", "--recipe", recipe, "--start", missing)


def test_what_is_done_is_not_done_again(work: tuple[Path, Path, Path]) -> None:
    data, out, recipe = work
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    call("recipe", "run", data, "-o", out, "--recipe", recipe, "--accelerator=cpu")
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert {path.suffix for path in before if after.get(path) != before[path]} <= {".lock"}


def test_a_work_folder_of_another_recipe_is_refused(work: tuple[Path, Path, Path]) -> None:
    data, out, recipe = work
    other = recipe.with_name("other.yaml")
    other.write_text(recipe.read_text().replace("patients: 3", "patients: 4"), encoding="utf-8")
    with refused(out / "drawn-1", "drawn: ...", "...; take another work folder"):
        call("recipe", "run", data, "-o", out, "--recipe", other, "--accelerator=cpu")


def test_specimens_of_a_recipe_with_other_patterns_are_refused(
    work: tuple[Path, Path, Path],
) -> None:
    data, out, recipe = work
    other = recipe.with_name("other-patterns.yaml")
    changed = recipe.read_text().replace("patients: 3, seed: 1", "patients: 3, seed: 1, mixed: 0")
    other.write_text(changed, encoding="utf-8")
    with refused(out / "drawn-1", "specimens with other patterns", "...; take another work folder"):
        call("recipe", "run", data, "-o", out, "--recipe", other, "--accelerator=cpu")


def test_networks_are_listed_with_the_fields_that_they_leave_out(
    work: tuple[Path, Path, Path],
) -> None:
    data, out, recipe = work
    printed = json.loads(call("recipe", "networks", data, "-o", out, "--recipe", recipe, "--json"))
    assert printed["all"] == {"mivia": 0, "i3a-fields": 0}
    assert printed["no-mivia"] == {"mivia": 6, "i3a-fields": 0}
    folds = [tested for network, tested in printed.items() if network.startswith("fold-")]
    assert sum(tested["i3a-fields"] for tested in folds) == 6


def test_a_recipe_is_shown_with_its_keys_and_written_to_be_changed(tmp_path: Path) -> None:
    shown = call("recipe", "show", "s")
    assert "preset: s" in shown
    assert "i3a-specimens" in shown
    path = tmp_path / "mine.yaml"
    call("recipe", "show", "s", "--out", path)
    assert recipe_named(str(path)) == recipe_named("s")
    with refused(path, "a file that is there already", "a new one"):
        call("recipe", "show", "s", "--out", path)
