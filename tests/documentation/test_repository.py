"""The repository's own files: workflows, forms, owners, badges and what the install page lists."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CLASSIFIED = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def loaded(path: Path) -> dict[Any, Any]:
    value = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value


def workflow(name: str) -> dict[Any, Any]:
    return loaded(GITHUB / "workflows" / f"{name}.yml")


def steps(of: dict[Any, Any]) -> Iterator[dict[str, Any]]:
    for job in of["jobs"].values():
        yield from job["steps"]


def triggers(of: dict[Any, Any]) -> Any:
    return of[True]  # YAML 1.1 takes the key ``on`` for a truth value


def test_there_are_workflows_and_forms() -> None:
    assert {path.stem for path in WORKFLOWS} == {"ci", "release"}
    assert FORMS


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_calls_what_ci_runs(path: Path) -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert ".ci/run" in {step.get("run") for step in steps(loaded(path))}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_has_limits(path: Path) -> None:
    read = loaded(path)
    assert read["permissions"] == {"contents": "read"}
    for job in read["jobs"].values():
        assert job["timeout-minutes"] > 0
        assert set(job.get("needs", "").split()) <= set(read["jobs"])
    for step in steps(read):
        assert ("run" in step) != ("uses" in step)
        assert "uses" not in step or re.fullmatch(r"[\w./-]+@[\w./-]+", step["uses"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_scripts_of_a_workflow_are_shell(path: Path) -> None:
    for step in steps(loaded(path)):
        ended = subprocess.run(
            ["bash", "-n"], input=step.get("run", ""), text=True, capture_output=True, check=False
        )
        assert ended.returncode == 0, ended.stderr


def test_ci_runs_over_the_versions_of_python() -> None:
    matrix = workflow("ci")["jobs"]["check"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    # Only versions that the package promises must pass.
    may_fail = [entry["python"] for entry in matrix["include"] if entry["not-promised"]]
    assert [version for version in matrix["python"] if version not in may_fail] == CLASSIFIED
    assert {"push", "pull_request"} <= set(triggers(workflow("ci")))


def test_only_a_tag_that_names_the_version_is_released() -> None:
    release = workflow("release")
    assert set(triggers(release)) == {"push"}
    assert set(triggers(release)["push"]) == {"tags"}
    build, publish = release["jobs"]["build"], release["jobs"]["publish"]
    assert publish["needs"] == "build"
    assert build["needs"] == "check"
    used = [step["uses"].partition("@")[0] for step in steps(release) if "uses" in step]
    assert "actions/attest-build-provenance" in used
    assert "pypa/gh-action-pypi-publish" in used
    # The line of the version is written as the workflow looks for it.
    text = (ROOT / "src" / "anascope" / "_version.py").read_text(encoding="utf-8")
    assert re.search(r'^__version__ = "\d+\.\d+\.\d+\w*"$', text, re.MULTILINE)


def test_version_changelog_and_citation_agree() -> None:
    """The newest section of the changelog is that of the version, dated as the citation is."""
    text = (ROOT / "src" / "anascope" / "_version.py").read_text(encoding="utf-8")
    (version,) = re.findall(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## \[([^\]]+)\](?: - (\d{4}-\d\d-\d\d))?$", changelog, re.MULTILINE)
    assert heads[0] == ("Unreleased", "")
    assert heads[1][0] == version
    assert all(date for _, date in heads[1:])
    citation = loaded(ROOT / "CITATION.cff")
    assert citation["version"] == version
    assert str(citation["date-released"]) == heads[1][1]


def test_changelog_has_one_line_each() -> None:
    """Each entry of a version is one line, in a group named by use."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for section in changelog.split("\n## ")[2:]:  # without the introduction and what is unreleased
        before, *groups = section.split("\n### ")
        assert "\n- " not in before
        assert groups
        for group in groups:
            title, *lines = group.strip().splitlines()
            assert not re.match("(Added|Changed|Fixed|Removed)$", title), "grouped by use"
            assert lines[0] == ""
            assert all(line.startswith("- ") for line in lines[1:]), title


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_form_of_an_issue(path: Path) -> None:
    form = loaded(path)
    assert {"name", "description", "body"} <= set(form)
    asked = [entry for entry in form["body"] if entry["type"] != "markdown"]
    assert {entry["type"] for entry in asked} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert all(entry["attributes"]["label"] for entry in asked)
    assert len({entry["id"] for entry in asked}) == len(asked)


def test_owned_paths_exist() -> None:
    lines = (GITHUB / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    rules = [line.split() for line in lines if line and not line.startswith("#")]
    assert rules[0][0] == "*"
    for path, *owners in rules:
        assert owners
        assert all(re.fullmatch(r"@[\w-]+(/[\w-]+)?", owner) for owner in owners)
        assert path == "*" or (ROOT / path.strip("/")).exists(), path


def pins(purpose: str) -> dict[str, str]:
    """Return the pinned versions by package."""
    text = (ROOT / "requirements" / f"{purpose}.txt").read_text(encoding="utf-8")
    return dict(line.split("==") for line in text.splitlines())


def test_requirements_are_pinned_by_purpose() -> None:
    read, train, development = (pins(purpose) for purpose in ("read", "train", "lock"))
    assert read.items() < train.items() < development.items()  # one version of each
    assert {"onnxruntime", "scikit-image"} <= set(read)
    assert "torch" in set(train) - set(read)
    assert "pytest" in set(development) - set(train)
    for package, version in development.items():
        assert not re.match("nvidia|cuda|triton", package)  # the CUDA build brings what it needs
        assert "+" not in version, package


def test_benchmarks_of_the_makefile_exist() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    (names,) = re.findall(r"^BENCHMARKS \?= (.+)$", text, re.MULTILINE)
    for name in names.split():
        assert (ROOT / "benchmarks" / f"{name.replace('.', '/')}.py").is_file(), name


def test_readme_is_short_and_its_badges_are_true() -> None:
    assert len(README.splitlines()) < 120
    (versions,) = re.findall(r"!\[Python: ([^\]]+)\]", README)
    assert versions.split(" | ") == CLASSIFIED
    (licence,) = re.findall(r"!\[Licence: ([^\]]+)\]", README)
    assert licence == PROJECT["license"]
    for shown, address in re.findall(
        r"!\[([^\]]+)\]\(https://img\.shields\.io/badge/([^)]+)\)", README
    ):
        badge = address.replace("--", "-").replace("%20", " ").replace("%7C", "|").lower()
        assert all(word in badge for word in re.split(r"[: ]+", shown.lower())), shown


def test_every_extra_is_on_the_install_page() -> None:
    page = (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(PROJECT["optional-dependencies"])


def test_containers_run_without_rights() -> None:
    stages = re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.MULTILINE)
    assert stages == ["build", "read", "desk"]
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE, re.MULTILINE)
    assert "HEALTHCHECK" in DOCKERFILE
    assert not re.search(r":latest|\bsudo\b|^ADD ", DOCKERFILE, re.MULTILINE)
    # Whatever is copied from here is sent to the builder.
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for sources in re.findall(r"^COPY ([^-].*) \S+$", DOCKERFILE, re.MULTILINE):
        for name in sources.split():
            assert (ROOT / name).exists()
            assert f"!{name}" in ignored


def test_services_may_not_write_but_where_they_must() -> None:
    services = loaded(ROOT / "compose.yaml")["services"]
    assert set(services) == {"database", "desk"}
    for service in services.values():
        assert service["read_only"] is True
        assert "no-new-privileges:true" in service["security_opt"]
    desk = services["desk"]
    assert desk["cap_drop"] == ["ALL"]
    assert desk["depends_on"]["database"]["condition"] == "service_healthy"
    assert all(port.startswith("127.0.0.1:") for port in desk["ports"])
    assert "healthcheck" in services["database"]
    assert f"EXPOSE {desk['command'][-1]}" in DOCKERFILE
