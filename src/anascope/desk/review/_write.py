"""Begins a review, writes what was found, and signs it."""

from __future__ import annotations

from sqlmodel import Session

from anascope.desk.accounts import Role, User, require
from anascope.desk.audit import Change, What, append, subject_of, told_of
from anascope.desk.review._conflict import check_version, specimen_row
from anascope.desk.review._finding import MOST_LETTERS, Finding, Verdict, checked_finding
from anascope.desk.review._images import check_images
from anascope.desk.review._records import (
    WrittenResult,
    WrittenSignature,
    as_content,
    reading_of,
    result_in,
    results_of,
    signature_in,
    signatures_of,
)
from anascope.desk.review._references import add_reference
from anascope.desk.review._site import signatures_required
from anascope.desk.review._view import SpecimenView, view_of
from anascope.desk.store import (
    Database,
    ResultRow,
    SignatureRow,
    SpecimenRow,
    as_stamp,
    checked_text,
)
from anascope.desk.worklist import State, show_on_worklist
from anascope.errors import InputError
from anascope.files import sha256_of


def begin(database: Database, specimen: int, *, by: User, seen: int | None = None) -> SpecimenView:
    """Show others that a new specimen is being looked at; any other stays as it is.

    Args:
        database: The desk's.
        specimen: Its number.
        by: A reader.
        seen: The specimen's ``version`` as the reader saw it; None if they saw none.

    Raises:
        Conflict: if somebody else was quicker.
        InputError: if there is none of that number.
        NotAllowed: if ``by`` may not work at this desk.
    """
    at = as_stamp(database.clock())
    with database.writing() as session:
        require(session, by, Role.READER)
        row = specimen_row(session, specimen)
        if seen is not None:
            check_version(session, row, seen)
        if row.state == State.NEW:
            read, reading = reading_of(session, row, row.reading_number)
            change = _change(row, What.REVIEW, State.NEW, State.IN_REVIEW)
            append(session, [change], who=by.name, at=at)
            row.state, row.changed_at, row.version = State.IN_REVIEW.value, at, row.version + 1
            show_on_worklist(session, row, read, reading.essence_sha256)
        return view_of(session, row)


def correct(
    database: Database, specimen: int, finding: Finding, *, seen: int, by: User, reason: str = ""
) -> SpecimenView:
    """Write what was found, as the next version of the result.

    Args:
        database: The desk's.
        specimen: Its number.
        finding: What was found.
        seen: The specimen's ``version`` as the reader saw it.
        by: A reader.
        reason: Why a signed result is changed: needed there alone.

    Returns:
        The specimen as it is then.

    Raises:
        Conflict: if somebody else was quicker.
        InputError: if the finding cannot be so, there is no such specimen, or no reason.
        NotAllowed: if ``by`` may not work at this desk.
        WriteError: if the database cannot be written.
    """
    with database.writing() as session:
        require(session, by, Role.READER)
        row = specimen_row(session, specimen)
        check_version(session, row, seen)
        _write_result(session, row, finding, reason, by, as_stamp(database.clock()))
        row.version += 1
        return view_of(session, row)


def sign(
    database: Database,
    specimen: int,
    *,
    seen: int,
    by: User,
    finding: Finding | None = None,
    reason: str = "",
) -> SpecimenView:
    """Sign the latest version, or write one and sign it in the same moment.

    The images must be as they were read. Where the laboratory asks for two signatures, the second
    is a senior's, and of somebody else.

    Args:
        database: The desk's.
        specimen: Its number.
        seen: The specimen's ``version`` as the reader saw it.
        by: Who signs: somebody who has logged in, or the local user.
        finding, reason: A version to write first, as for :func:`correct`; None if there is one.

    Returns:
        The specimen as it is then.

    Raises:
        Conflict: if somebody else was quicker.
        ImageChanged: if an image is gone, or is not the one that was read.
        InputError: if there is nothing to sign, it is signed, or it is about another reading.
        NotAllowed: if ``by`` may not sign.
        WriteError: if the database cannot be written; nothing is signed then.
    """
    with database.reading() as session:  # images take their time: nobody waits for that
        row = specimen_row(session, specimen)
        check_version(session, row, seen)
        read, _ = reading_of(session, row, row.reading_number)
    check_images(read)
    with database.writing() as session:
        require(session, by, Role.READER, to_sign=True)
        row = specimen_row(session, specimen)
        check_version(session, row, seen)  # and so the images are those of its reading
        at = as_stamp(database.clock())
        if finding is not None:
            _write_result(session, row, finding, reason, by, at)
        _sign(session, row, by, at)
        row.version += 1
        return view_of(session, row)


def _write_result(
    session: Session, row: SpecimenRow, finding: Finding, reason: str, by: User, at: str
) -> None:
    reason = checked_text(reason, "reason", most=MOST_LETTERS, lines=True)
    if row.signed_number and not reason:
        expected = "why a signed result is changed"
        raise InputError(f"specimen '{row.name}'", "is signed, and there is no reason", expected)
    read, reading = reading_of(session, row, row.reading_number)
    finding = checked_finding(finding, read)
    before = results_of(session, row)
    row.result_number += 1
    result = ResultRow(
        specimen_id=row.id or 0,
        number=row.result_number,
        reading_number=row.reading_number,
        content=as_content(WrittenResult(finding, reason, by.name, at)),
        seq=0,
    )
    change = _change(
        row,
        What.RESULT,
        told_of(before[-1]) if before else "",
        told_of(result),
        read.model,
        read.images,
    )
    (result.seq,) = append(session, [change], who=by.name, at=at)
    session.add(result)
    session.flush()
    rejected = finding.verdict is Verdict.REJECTED
    row.state = (State.REJECTED if rejected else State.IN_REVIEW).value
    row.signatures = 0
    row.pattern, row.intensity = finding.label, finding.intensity or ""
    row.changed_at = at
    show_on_worklist(session, row, read, reading.essence_sha256)


def _sign(session: Session, row: SpecimenRow, by: User, at: str) -> None:
    where = f"specimen '{row.name}'"
    results = results_of(session, row)
    if not results:
        raise InputError(where, "nobody has written a result", "a result to sign")
    result = results[-1]
    read, reading = reading_of(session, row, row.reading_number)
    _, own = reading_of(session, row, result.reading_number)
    needed = signatures_required(session)
    if result_in(result).finding.verdict is Verdict.REJECTED:
        raise InputError(where, "is rejected", "a result to sign")
    if own.essence_sha256 != reading.essence_sha256:
        expected = "a new version, about what was read now"
        raise InputError(where, "was read anew since the result was written", expected)
    given = [
        signature_in(signature).by
        for signature in signatures_of(session, row)
        if signature.result_number == result.number
    ]
    if row.state == State.SIGNED:
        raise InputError(where, f"is signed, by {' and '.join(given)}", "one that is not")
    if by.name in given:
        raise InputError(where, f"{by.name} has signed", "the second signature of somebody else")
    if given:
        require(session, by, Role.SENIOR, to_sign=True)
    written = WrittenSignature(
        by.name,
        at,
        sha256_of(result.content.encode()),
        row.reading_number,
        read.images,
        by.display,
    )
    signature = SignatureRow(
        specimen_id=row.id or 0,
        result_number=result.number,
        place=len(given) + 1,
        content=as_content(written),
        seq=0,
    )
    whole = signature.place >= needed
    content = told_of(signature)
    change = _change(row, What.SIGNATURE, row.state, content, read.model, read.images)
    (signature.seq,) = append(session, [change], who=by.name, at=at)
    session.add(signature)
    session.flush()
    row.signatures = signature.place
    row.changed_at = at
    if whole:
        row.state, row.signed_number = State.SIGNED.value, result.number
        add_reference(session, row, result_in(result).finding, read)
    show_on_worklist(session, row, read, reading.essence_sha256)


def _change(
    row: SpecimenRow,
    what: What,
    before: str,
    after: str,
    model: str = "",
    images: tuple[str, ...] = (),
) -> Change:
    return Change(what, subject_of(row.id or 0), str(before), str(after), model, images)
