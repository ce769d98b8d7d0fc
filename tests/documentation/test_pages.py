"""The documentation says nothing that is not so: commands, links, lists of columns."""

from __future__ import annotations

import ast
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    page
    for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    if not {"_build", "generated", "api"} & set(page.relative_to(ROOT).parts)
)
FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELLS = {"console", "sh", "bash", "shell"}
# Options that the benchmarks take are read from their source: they need no import of torch.
BENCHMARK_OPTION = re.compile(r'add_argument\(\s*"(--[a-z-]+)"')


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def shell_lines(text: str) -> Iterator[str]:
    """Yield the commands of the fenced shell blocks, continued lines joined."""
    for language, block in FENCE.findall(text):
        if language in SHELLS:
            for line in re.sub(r"\\\n\s*", " ", block).splitlines():
                if language == "console" and not line.startswith("$ "):
                    continue  # what the command prints
                yield line.removeprefix("$ ").partition(" #")[0].strip()


def inline_commands(text: str) -> Iterator[str]:
    """Yield what stands in backticks in the running text and starts with the command's name."""
    yield from re.findall(r"`(anascope [^`\n]+)`", FENCE.sub("", text))


def found_in(reader: Any, start: str = "") -> list[Any]:
    return [
        pytest.param(line, id=f"{named(page)}: {line}")
        for page in PAGES
        for line in reader(page.read_text(encoding="utf-8"))
        if line.startswith(start)
    ]


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that ``words`` call and the words that are left."""
    from anascope.cli._app import app

    command: Any = typer.main.get_command(app)
    rest = list(words)
    while rest and hasattr(command, "commands") and not rest[0].startswith("-"):
        name = rest.pop(0)
        assert name in command.commands, f"no command '{name}', only {list(command.commands)}"
        command = command.commands[name]
    return command, rest


def check(line: str, *, whole: bool) -> dict[str, list[str]]:
    """Check names, options and arguments; return the values of the options."""
    _, *words = shlex.split(line)
    command, rest = command_of(words)
    options = {
        name: parameter
        for parameter in command.params
        if parameter.param_type_name == "option"
        for name in parameter.opts
    }
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    values: dict[str, list[str]] = {}
    given = 0
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            given += word not in ("...", "…")
            continue
        name, _, value = word.partition("=")
        if name in ("-h", "--help"):
            return values
        assert name in options, f"'{name}' is no option of it, only {sorted(options)}"
        taken = values.setdefault(options[name].name, [])
        if not options[name].is_flag:
            assert value or rest or not whole, f"'{name}' without a value"
            taken.append(value or (rest.pop(0) if rest else ""))
    if all(p.nargs > 0 for p in arguments):
        assert given <= len(arguments), f"{given} arguments, it takes {len(arguments)}"
    if whole:
        assert given >= sum(p.required for p in arguments), "an argument is missing"
        missing = [n for n, p in options.items() if p.required and p.name not in values]
        assert not missing, f"without {missing}"
    return values


@pytest.mark.parametrize("line", found_in(shell_lines, "anascope"))
def test_command_can_be_typed_as_it_stands(line: str) -> None:
    from anascope.cohorts import SOURCES
    from anascope.presets import load_preset

    values = check(line, whole=True)
    for name in values.get("format_name", []):
        assert name in SOURCES
    for name in values.get("preset", []):
        changes = dict(pair.split("=", 1) for pair in values.get("changes", []))
        load_preset(name, changes)


@pytest.mark.parametrize("line", found_in(inline_commands))
def test_command_named_in_the_text_exists(line: str) -> None:
    check(line, whole=False)


@pytest.mark.parametrize("line", found_in(shell_lines, "make"))
def test_make_target_exists(line: str) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(line.split()[1:]) <= set(targets)


@pytest.mark.parametrize("line", found_in(shell_lines, "python -m benchmarks."))
def test_benchmark_exists_with_its_options(line: str) -> None:
    _, _, module, *words = shlex.split(line)
    known: set[str] = set()
    for path in (module.replace(".", "/"), "benchmarks/arguments"):
        known |= set(BENCHMARK_OPTION.findall((ROOT / f"{path}.py").read_text(encoding="utf-8")))
    assert {word for word in words if word.startswith("--")} <= known


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and Sphinx make them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    known: set[str] = set()
    times: Counter[str] = Counter()
    for heading in re.findall(r"^#{1,6} +(.+?) *$", text, re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        known.add(f"{slug}-{times[slug]}" if times[slug] else slug)
        times[slug] += 1
    return known


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        leads_to = page.parent / path if path else page
        assert leads_to.exists(), f"{named(page)} links to {target}"
        if anchor and leads_to.suffix == ".md":
            assert anchor in anchors(leads_to), f"{named(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_tests_that_a_page_names_exist(page: Path) -> None:
    if page.name != "CHANGELOG.md":  # it tells of what was
        paths = re.findall(r"`((?:tests|benchmarks)/[\w/]+\.py)`", page.read_text(encoding="utf-8"))
        assert not [path for path in paths if not (ROOT / path).exists()]


GENERATED = re.compile(r"^<!-- table: .*?^<!-- end -->", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_published_study_is_cited_where_it_is_spoken_of(page: Path) -> None:
    text = GENERATED.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))
    if "published study" in text and page.name not in ("CHANGELOG.md", "literature.md"):
        assert "literature.md#the-published-study)" in text


def test_every_column_of_fields_is_described() -> None:
    from anascope.records import FieldRecord, Window

    text = (DOCS / "reference" / "cohort-format.md").read_text(encoding="utf-8")
    columns = {f.name for f in [*fields(FieldRecord), *fields(Window)]} - {"window"}
    assert not {name for name in columns if f"`{name}`" not in text}


@pytest.mark.parametrize("name", ["i3a", "mivia"])
def test_numbers_of_a_set_are_those_that_are_drawn(name: str) -> None:
    from anascope.synthetic import laboratory_named

    page = (DOCS / "reference" / "drawn-cohorts.md").read_text(encoding="utf-8")
    table = page.partition(f"| `--like {name}` |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    shown = {row[0]: [int(number) for number in row[1:]] for row in rows}
    patients = laboratory_named(name).patients
    drawn = {
        pattern: [levels[level] for level in ("intermediate", "positive")]
        for pattern, levels in patients.items()
    }
    drawn["all"] = [sum(column) for column in zip(*drawn.values(), strict=True)]
    assert shown == {label: [*pair, sum(pair)] for label, pair in drawn.items()}


def test_every_column_of_the_history_is_described() -> None:
    from anascope.tasks import TASKS

    text = (DOCS / "reference" / "run-folder.md").read_text(encoding="utf-8")
    columns = {f"train_{key}" for task in TASKS for key in task.tallied(np.zeros(4))}
    columns |= {f"train_loss_{task.name}" for task in TASKS}
    assert not {name for name in columns if f"`{name}`" not in text}


def yaml_studies() -> list[Any]:
    found = []
    for page in PAGES:
        for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
            if language == "yaml" and {"factors", "settings"} & set(yaml.safe_load(block)):
                found.append(pytest.param(yaml.safe_load(block), id=named(page)))
    return found


@pytest.mark.parametrize("value", yaml_studies())
def test_study_file_shown_is_a_study_that_its_preset_takes(value: dict[str, Any]) -> None:
    from anascope.presets import change_preset, load_preset
    from anascope.studies import Study

    study = Study(**value)
    base = load_preset(study.preset, study.changes)
    presets = [change_preset(base, each.changes) for each in study.trainings()]
    assert len({preset.model_dump_json() for preset in presets}) > 1


def test_every_file_of_a_run_in_a_study_is_described() -> None:
    from anascope.environment import Hardware
    from anascope.studies import Progress

    text = (DOCS / "reference" / "study-folder.md").read_text(encoding="utf-8")
    keys = (
        {field.name for field in fields(Progress)}
        | set(Hardware.model_fields)
        | {"reason", "traceback"}
    )
    assert not {key for key in keys if f"`{key}`" not in text}


@pytest.mark.parametrize("kind", ["tables", "figures"])
def test_tables_and_figures_described_are_those_of_a_report(
    kind: str, names_of_a_report: dict[str, set[str]]
) -> None:
    page = (DOCS / "reference" / "study-folder.md").read_text(encoding="utf-8")
    section = page.partition(f"### All {kind}\n")[2].partition("\n###")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall("`(.+?)`", row)} == names_of_a_report[kind]


@pytest.fixture(scope="module")
def names_of_a_report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return the names of all in a report, with TRAINING, FOLD, FACTOR and BALANCER in them."""
    from anascope.studies.analysis import Figure, Figures, build_report, read_results
    from tests.pretended import made_up_study, pretend_all

    class Undrawn(Figures):
        def _draw(self, figure: Figure, draw: Any) -> Figure:
            del draw
            return figure

    folder = tmp_path_factory.mktemp("study")
    # Not every value of epochs goes with every α: their tables are not that of all trainings.
    settings = [{"training.epochs": e, "balancing.alpha": a} for e, a in ((1, 1), (2, 1), (1, 2))]
    study = made_up_study(folder, people=4, factors={}, settings=settings, folds={"count": 2})
    pretend_all(study)
    report = build_report(read_results(study), study.open_cohort(), Undrawn(folder))

    def general(name: str) -> str:
        for training in study.study.trainings():
            name = name.replace(training.slug, "TRAINING")
        name = re.sub(r"(?<=TRAINING-)[AB]$|(?<=fold-)[AB]$", "FOLD", name)
        name = re.sub("training-epochs|balancing-alpha", "FACTOR", name)
        return name.replace("gradnorm-stable", "BALANCER")

    return {
        "tables": {general(table.name) for table in report.tables},
        "figures": {general(figure.name) for figure in report.figures},
    }


def offered(package: Path) -> set[str]:
    """Return the names in ``__all__`` of a package, read from its source."""
    for node in ast.parse((package / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def test_every_public_package_is_in_the_reference() -> None:
    page = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^   (anascope[.\w]*)$", page, re.MULTILINE)
    assert len(listed) == len(set(listed))
    source = ROOT / "src" / "anascope"
    for file in sorted(source.rglob("__init__.py")):
        package = file.parent
        name = ".".join(package.relative_to(source.parent).parts)
        if name != "anascope" and offered(package) <= offered(package.parent):
            continue  # nothing of its own: it stands with the package around it
        assert name in listed, f"{name} has no page"
