"""Names and addresses that want to be more than text."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from anascope.desk.accounts import User
from anascope.desk.review import view
from anascope.desk.store import Database
from anascope.desk.web import Serving
from anascope.desk.web._fields import folder_of
from anascope.errors import InputError
from tests.unit.desk.made_up import number_of
from tests.unit.desk.web.pages import HOSTILE, TEXT, Browser, browser

FORMULA = '=HYPERLINK("http://evil.example")'


def test_names_and_texts_are_shown_as_they_are(local: Browser, database: Database) -> None:
    number = number_of(database, HOSTILE)
    page = f"/specimens/{number}"
    entered = {"verdict": "patterns", "pattern": ["AC-3"], "comment": HOSTILE, "titre": HOSTILE}
    refused = local.send(f"{page}/result", page, **entered)
    assert refused.status_code == 400
    assert local.send(f"{page}/result", page, **(entered | {"titre": ""})).status_code == 200
    with_it = [refused.text, *(local.get(path).text for path in ("/", page, f"{page}/trail"))]
    asked = [f"/?{key}={HOSTILE}" for key in ("search", "pattern", "sort", "batch", "after")]
    for text in (*with_it, *(local.get(path).text for path in asked)):
        assert "<script>alert" not in text
    assert all("&lt;script&gt;alert(1)" in text for text in with_it)
    name = local.get(f"{page}.json").headers["content-disposition"]
    assert name == f"attachment; filename*=UTF-8''{quote(HOSTILE, safe='')}.json"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../_guard.py",
        "/static/%2e%2e/_guard.py",
        "/static/..%2f_guard.py",
        "/static//etc/passwd",
        "/specimens/1/fields/..%2f..%2f1/thumbnail.jpg",
        "/specimens/1/fields/1/..%2f..%2fspecimen.json",
        "/specimens/..%2f1.json",
        "/references/..%2f..%2fetc%2fpasswd.png",
        "/specimens/1/fields/1/tiles/8/..%2f0_0.png",
    ],
)
def test_no_address_is_a_path(local: Browser, path: str) -> None:
    answer = local.get(path, **TEXT)
    assert answer.status_code in (400, 404)
    assert "root:" not in answer.text
    assert "Guard" not in answer.text


def test_a_folder_beside_the_results_is_refused(database: Database) -> None:
    found = view(database, 1)
    for folder in ("../../images", "/etc", "specimens/../.."):
        with pytest.raises(InputError, match="outside of the folder of results"):
            folder_of(found, replace(found.read.fields[0], folder=folder))


@pytest.mark.parametrize("text", ["' OR 1=1 --", "S-1'; DROP TABLE specimen; --", "%", "_", "\\"])
def test_what_is_searched_for_is_text(local: Browser, text: str) -> None:
    for path in ("/", "/worklist.csv"):
        answer = local.client.get(path, params={"search": text})
        assert answer.status_code == 200
        assert "S-2" not in answer.text
    assert "S-2" in local.get("/").text


@pytest.mark.parametrize(
    "name",
    ["ann' --", "' OR role='administrator' --", "ann\0", "ann\ud800", "%", HOSTILE, "x" * 9999],
)
def test_a_name_at_the_log_in_is_text(desk: Serving, people: dict[str, User], name: str) -> None:
    nobody = browser(desk)
    page = nobody.get("/log-in").text
    (token,) = re.findall(r'name="form_token" value="(\w+)"', page)
    sent = urlencode(
        {"name": name, "password": "correct horse ann", "form_token": token},
        errors="surrogatepass",
    )
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    refused = nobody.client.post("/log-in", content=sent, headers=form)
    assert refused.status_code == 401
    assert "<script>alert" not in refused.text
    assert nobody.client.cookies.get("anascope_session") is None


def test_a_field_that_would_fill_the_memory_is_not_decoded(
    local: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anascope.desk.web._images._LARGEST", 1000)  # pixels
    monkeypatch.setattr("anascope.desk.web._images.read_pages", None)
    refused = local.get("/specimens/1/fields/1/tiles/8/0_0.png", **TEXT)
    assert refused.status_code == 400
    assert "expected at most 1,000 in the viewer" in refused.text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sort", "name; DROP TABLE specimen"),
        ("sort", "(SELECT password_hash FROM account)"),
        ("state", "new' OR '1'='1"),
        ("attention", "0"),
        ("batch", "1 OR 1=1"),
        ("batch", "９"),
        ("after", "x"),
        ("after", "WyJuYW1lIl0"),
        ("after", "😀"),
    ],
)
def test_what_no_page_asks_for_is_refused_in_a_line(local: Browser, key: str, value: str) -> None:
    answer = local.client.get("/", params={key: value}, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "1e3", "x", "1.5"])
def test_a_specimen_that_is_none(local: Browser, number: str) -> None:
    for path in ("", "/trail", ".json", ".pdf", "/fields/1/thumbnail.jpg"):
        assert local.get(f"/specimens/{number}{path}").status_code in (400, 404)
    for path in ("tiles/99/0_0.png", "tiles/8/-1_0.png", "cells/99.png", "cells/-1.png"):
        assert local.get(f"/specimens/1/fields/1/{path}").status_code == 400
    assert local.get("/specimens/1/fields/3/thumbnail.jpg").status_code == 400


def test_a_comment_is_no_formula_in_a_table(local: Browser, tmp_path: Path) -> None:
    local.send("/specimens/1/result", "/specimens/1", verdict="negative", comment=FORMULA)
    lines = list(csv.DictReader(io.StringIO(local.get("/worklist.csv").text)))
    assert [line["comment"] for line in lines if line["comment"]] == [f"'{FORMULA}"]
