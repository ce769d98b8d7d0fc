"""A result is written, signed, changed and refused as a reader's form says."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from anascope.desk.accounts import User, operator
from anascope.desk.audit import verify
from anascope.desk.review import CellChange, Verdict, require_signatures, view
from anascope.desk.store import Database
from anascope.desk.web import Serving
from anascope.desk.worklist import State
from tests.unit.desk.made_up import number_of
from tests.unit.desk.web.conftest import logged_in
from tests.unit.desk.web.pages import Browser, bring_in, browser, results_in

PAGE = "/specimens/1"
RESULT = "/specimens/1/result"
WHOLE = {
    "verdict": "patterns",
    "pattern": ["AC-3", "nucleolar", "", ""],
    "intensity": "positive",
    "titre": "1:320",
    "comment": "Weak cytoplasm.\r\nSeen twice.",
    "out": ["1:3", "2:1"],
    "renamed": ["4 = AC-1; 5=centromere", ""],
}


def lines(text: str) -> list[str]:
    return [line.strip() for line in re.findall(r'role="(?:alert|status)">([^<]*)', text)]


def test_a_result_is_written_and_then_signed(local: Browser, database: Database) -> None:
    written = local.send(RESULT, PAGE, **WHOLE)
    assert lines(written.text) == ["The result is written."]
    found = view(database, 1)
    assert found.state is State.IN_REVIEW
    assert found.latest is not None
    finding = found.latest.finding
    assert finding.patterns == ("centromere", "nucleolar")
    assert (finding.intensity, finding.titre) == ("positive", 320)
    assert finding.comment == "Weak cytoplasm.\nSeen twice."
    first, second = (field.name for field in found.read.fields)
    assert finding.cells == (
        CellChange(first, 3),
        CellChange(first, 4, "homogeneous"),
        CellChange(first, 5, "centromere"),
        CellChange(second, 1),
    )
    # The form shows it again, and sent unchanged it is the same: no further version.
    same = local.send(RESULT, PAGE, **WHOLE)
    assert same.status_code == 400
    assert "the result as it is already" in same.text
    signed = local.send(RESULT, PAGE, **WHOLE, action="sign")
    assert lines(signed.text)[0].startswith("The signature is given.")
    found = view(database, 1)
    assert (found.state, found.signed, len(found.results)) == (State.SIGNED, 1, 1)


def test_the_form_shows_what_was_found(local: Browser) -> None:
    local.send(RESULT, PAGE, **WHOLE)
    text = local.get(PAGE).text
    assert 'value="patterns" data-key="a" checked' in text
    assert '<option value="centromere" selected>' in text
    assert '<option value="nucleolar" selected>' in text
    assert 'value="1:320"' in text
    assert 'value="2:1" aria-label="Strike out cell 1" checked' in text
    assert 'value="4 = homogeneous; 5 = centromere"' in text


def test_signing_writes_the_result_in_one_step(local: Browser, database: Database) -> None:
    local.send(RESULT, PAGE, verdict="negative", intensity="negative", action="sign")
    found = view(database, 1)
    assert found.signed_result is not None
    assert found.signed_result.finding.verdict is Verdict.NEGATIVE
    assert local.get(f"{PAGE}.pdf").content.startswith(b"%PDF")
    assert local.get(f"{PAGE}.json").json()["results"][0]["signatures"][0]["by"] == "local"
    assert local.get("/specimens/2.pdf").status_code == 400
    assert verify(database).broken is None


def test_a_signed_result_changes_with_a_reason_alone(local: Browser, database: Database) -> None:
    local.send(RESULT, PAGE, verdict="negative", action="sign")
    refused = local.send(RESULT, PAGE, **WHOLE)
    assert refused.status_code == 400
    assert "why a signed result is changed" in refused.text
    assert "Weak cytoplasm." in refused.text
    assert len(view(database, 1).results) == 1
    local.send(RESULT, PAGE, **WHOLE, reason="Looked at again.")
    found = view(database, 1)
    assert (found.signed, len(found.results), found.results[1].reason) == (
        1,
        2,
        "Looked at again.",
    )
    assert "version 2 is not signed" in _text_of_pdf(local)


def _text_of_pdf(local: Browser) -> str:
    # Typst packs its text: what it was made of is looked at instead.
    from anascope.desk.web import _document

    found = view(local.client.app.app.state.serving.database, 1)  # type: ignore[attr-defined]
    assert found.signed_result is not None
    return str(_document._content(found, found.signed_result))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"verdict": ""}, "result: nothing"),
        ({"verdict": "positive"}, "result: &#39;positive&#39;"),
        ({"pattern": ["", ""]}, "no pattern"),
        ({"pattern": ["AC-99"]}, "AC-99"),
        ({"pattern": ["negative"]}, "a pattern or family"),
        ({"titre": "1:0"}, "a dilution, such as 1:320"),
        ({"intensity": "bright"}, "unknown intensity"),
        ({"comment": "x" * 4001}, "4001 letters"),
        ({"comment": "a\x07b"}, "U+0007"),
        ({"verdict": "negative"}, "no pattern"),
        (
            {"verdict": "rejected", "pattern": [""], "titre": "", "intensity": "", "comment": ""},
            "why",
        ),
        ({"out": ["3:1"]}, "number of a field"),
        ({"out": ["1:999"]}, "no such cell"),
        ({"out": ["1:x"]}, "number of a field"),
        ({"renamed": ["3 = AC-1"]}, "changed twice"),
        ({"renamed": ["three"]}, "such as 17 = AC-3"),
        ({"renamed": ["", "", ""]}, "3 fields"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_typed_is_lost(
    local: Browser, database: Database, changed: dict[str, str | list[str]], message: str
) -> None:
    entered = WHOLE | changed
    refused = local.send(RESULT, PAGE, **entered)
    assert refused.status_code == 400
    (line,) = re.findall(r'<p class="wrong" role="alert">([^<]*)', refused.text)
    assert message in line
    assert str(entered["comment"])[:100].replace("\r\n", "\n").strip() in refused.text.replace(
        "\r\n", "\n"
    )
    assert "Weak" in refused.text or "comment" in changed
    assert not view(database, 1).results


def test_two_readers_on_one_specimen(ann: Browser, bob: Browser, database: Database) -> None:
    page = bob.get(PAGE).text
    token, seen = re.findall(r'name="(?:form_token|seen)" value="(\w+)"', page)[-2:]
    ann.send(RESULT, PAGE, **WHOLE)
    for action in ("save", "sign"):
        answer = bob.post(
            RESULT, form_token=token, seen=seen, verdict="negative", comment="Mine.", action=action
        )
        assert answer.status_code == 409
        assert "by ann" in answer.text
        assert "result written" in answer.text
        assert "Mine." in answer.text
        assert len(view(database, 1).results) == 1
    assert bob.post(f"{PAGE}/begin", form_token=token, seen=seen).status_code == 409
    # Having been told, and seen the other version, he may write his own after it.
    (now,) = re.findall(r'name="seen" value="(\w+)"', answer.text)
    bob.post(RESULT, form_token=token, seen=now, verdict="negative", comment="Mine.")
    found = view(database, 1)
    assert [result.by for result in found.results] == ["ann", "bob"]


def test_two_signatures(
    desk: Serving, database: Database, ann: Browser, bob: Browser, people: dict[str, User]
) -> None:
    require_signatures(database, 2, by=operator("root"))
    ann.send(RESULT, PAGE, **WHOLE, action="sign")
    assert "1 of 2 signatures" in ann.get(PAGE).text
    again = ann.send(RESULT, PAGE, **WHOLE, action="sign")
    assert "the second signature of somebody else" in again.text
    other = bob.send(RESULT, PAGE, **WHOLE, action="sign")
    assert other.status_code == 403
    assert "a senior" in other.text
    sue = logged_in(desk, "sue")
    assert lines(sue.send(RESULT, PAGE, **WHOLE, action="sign").text)
    found = view(database, 1)
    assert (found.state, len(found.results)) == (State.SIGNED, 1)
    assert [each.by for each in found.results[0].signatures] == ["ann", "sue"]
    trail = sue.get(f"{PAGE}/trail").text
    assert trail.count("<b>signed</b>") == 2
    assert "<b>sue</b>" in trail


def test_a_begun_review_is_shown_to_others(ann: Browser, bob: Browser, database: Database) -> None:
    begun = ann.send(f"{PAGE}/begin", PAGE)
    assert begun.json() == {"version": view(database, 1).version}
    assert "in review" in bob.get("/?search=S-1").text
    assert view(database, 1).state is State.IN_REVIEW


def test_an_image_that_is_not_the_one_is_not_signed(tmp_path: Path, database: Database) -> None:
    bring_in(database, results_in(tmp_path / "own", "mine"))
    number = number_of(database, "mine")
    page, local = f"/specimens/{number}", browser(Serving(database))
    assert local.get(f"{page}/fields/1/tiles/8/0_0.png").status_code == 200
    image = tmp_path / "own" / "images" / "0-1.tif"
    content = image.read_bytes()
    image.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    shown = local.get(f"{page}/fields/1/tiles/8/0_0.png", Accept="text/plain")
    assert (shown.status_code, shown.text.count("\n")) == (409, 1)
    assert "was changed since it was read" in shown.text
    signed = local.send(f"{page}/result", page, verdict="negative", action="sign")
    assert signed.status_code == 409
    assert "was changed since it was read" in signed.text
    image.rename(image.with_name("moved.tif"))
    shown = local.get(f"{page}/fields/1/tiles/8/0_0.png", Accept="text/plain")
    assert shown.status_code == 409
    assert "if it was moved, read it where it is now" in shown.text
    assert not view(database, number).results


def test_without_the_folder_of_results_a_specimen_is_shown_and_signed(
    tmp_path: Path, database: Database
) -> None:
    results = results_in(tmp_path / "own", "mine")
    bring_in(database, results)
    number = number_of(database, "mine")
    page, local = f"/specimens/{number}", browser(Serving(database))
    local.send(f"{page}/result", page, verdict="negative", out=["1:2"])
    shutil.rmtree(results)
    text = local.get(page).text
    assert "field.json" in text
    assert '<input type="hidden" form="form" name="out" value="1:2">' in text
    local.send(f"{page}/result", page, verdict="negative", out=["1:2"], action="sign")
    assert view(database, number).state is State.SIGNED
    assert local.get(f"{page}.pdf").content.startswith(b"%PDF")


def test_results_that_were_read_anew_are_not_shown_as_the_old_ones(
    tmp_path: Path, database: Database
) -> None:
    from anascope.reading.results import Store
    from tests.unit.reading.results.conftest import made_up_field

    results = results_in(tmp_path / "own", "mine")
    bring_in(database, results)
    page = f"/specimens/{number_of(database, 'mine')}"
    made = made_up_field("F-0-1", "mine", seed=77)
    assert made.reading.provenance is not None
    other = replace(made.reading, provenance=replace(made.reading.provenance, model="n" * 64))
    Store(results).specimen_folder("mine").write_field(other, made.arrays)
    local = browser(Serving(database))
    assert "was read anew since" in local.get(page).text
    assert local.get(f"{page}/fields/1/cells/0.png").status_code == 400
    assert local.get(f"{page}/fields/1/outlines.json").status_code == 400
    assert local.get(f"{page}/fields/2/cells/0.png").status_code == 200


def test_signed_specimens_stand_beside_another(local: Browser) -> None:
    none = "No other specimen that this model has read is signed yet."
    assert none in local.get("/specimens/2").text
    local.send("/specimens/1/result", "/specimens/1", verdict="negative", action="sign")
    text = local.get("/specimens/2").text.partition('id="signed"')[2].partition("</details>")[0]
    assert none not in text
    assert '<a href="/specimens/1">' in text
    assert "<small>negative<br>local, 2026-03-01<br>distance " in text
    (picture,) = re.findall(r'<img src="([^"]+)"', text)
    assert local.get(picture).headers["content-type"] == "image/png"
    assert none in local.get("/specimens/1").text
