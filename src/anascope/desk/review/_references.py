"""Specimens that the laboratory has signed, the nearest to one that is being looked at first."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from anascope.desk.review._finding import Finding, Verdict
from anascope.desk.review._view import SpecimenView, view_of
from anascope.desk.store import Database, ReferenceRow, SpecimenRow
from anascope.desk.worklist import Attention, ReadSpecimen, State

_AT_ONCE = 20  # candidates that are looked at together
_MOST = 200  # candidates that are looked at, if most of them no longer count
_COMPARED = (Verdict.PATTERNS, Verdict.NEGATIVE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A specimen that the laboratory has signed.

    Attributes:
        id: Its number.
        name: Its name.
        finding: What was signed.
        by: Who signed it.
        at: When the last of them did, UTC.
        field: Number of its first field that is evaluable, from 1.
        distance: How far its reading is from that of the specimen it is compared with, 0 to 1
            (:meth:`References.nearest`).
    """

    id: int
    name: str
    finding: Finding
    by: tuple[str, ...]
    at: str
    field: int
    distance: float


@dataclass(frozen=True, slots=True)
class _Kept:
    """References of a model in memory: rows of vectors, and whose they are."""

    last: int
    specimens: NDArray[np.int64]
    results: NDArray[np.int64]
    vectors: NDArray[np.float32]


class References:
    """Finds signed specimens that are near to another. Several threads may use it.

    What it has once read from the database it keeps: four bytes for each class of the model and
    specimen, 13 MB of 100,000 specimens of a model of 33 classes.

    Args:
        database: The desk's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, _Kept] = {}
        self._lock = Lock()

    def nearest(self, found: SpecimenView, *, limit: int = 4) -> tuple[Reference, ...]:
        """Return signed specimens, the nearest first; of several as near, the last signed first.

        The distance is that of Hellinger between what the network says of the two specimens, the
        calibrated probabilities p and q of all patterns: the root of 1 - sum(sqrt(p q)). It is 0 if
        they are the same, and 1 if they have no pattern in common. It compares what the network
        saw of the patterns, not the images, and knows nothing of the patients.

        A specimen counts if its latest result is signed as patterns or as negative, if that is
        about what was read last, and if the same model has read it. The specimen itself never
        counts, and neither does another one of the same images.

        Args:
            found: The specimen that is looked at.
            limit: How many are returned at most.

        Returns:
            None of a specimen of which no pattern is told.
        """
        vector = vector_of(found.read)
        if vector is None:
            return ()
        with self._database.reading() as session:
            kept = self._up_to_date(session, found.read.model, len(vector))
            if not len(kept.specimens):
                return ()
            shared = np.clip(kept.vectors @ vector, 0.0, 1.0)
            # The last come first: a stable order keeps that among those that are as near.
            order = np.argsort(-shared[::-1], kind="stable")[:_MOST]
            indices = len(shared) - 1 - order
            nearest: list[Reference] = []
            for first in range(0, len(indices), _AT_ONCE):
                batch = indices[first : first + _AT_ONCE]
                rows = _that_count(session, kept.specimens[batch].tolist())
                for index in batch:
                    row = rows.get(int(kept.specimens[index]))
                    if row is None or row.signed_number != kept.results[index]:
                        continue
                    reference = _reference(session, row, found, float(shared[index]))
                    if reference is not None:
                        nearest.append(reference)
                    if len(nearest) == limit:
                        return tuple(nearest)
            return tuple(nearest)

    def _up_to_date(self, session: Session, model: str, classes: int) -> _Kept:
        """Return the references of a model, with those that were signed since the last time."""
        empty = _Kept(
            0, np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, classes), np.float32)
        )
        with self._lock:
            kept = self._kept.get(model, empty)
            rows = session.exec(
                select(
                    ReferenceRow.id,
                    ReferenceRow.specimen_id,
                    ReferenceRow.result_number,
                    ReferenceRow.vector,
                )
                .where(ReferenceRow.model == model, col(ReferenceRow.id) > kept.last)
                .order_by(col(ReferenceRow.id))
            ).all()
            whole = [row for row in rows if len(row[3]) == 4 * classes]
            if whole:
                _, specimens, results, content = zip(*whole, strict=True)
                vectors = np.frombuffer(b"".join(content), "<f4").reshape(-1, classes)
                kept = _Kept(
                    rows[-1][0] or 0,
                    np.concatenate([kept.specimens, np.array(specimens, np.int64)]),
                    np.concatenate([kept.results, np.array(results, np.int64)]),
                    np.concatenate([kept.vectors, vectors]),
                )
                self._kept[model] = kept
            return kept


def vector_of(read: ReadSpecimen) -> NDArray[np.float32] | None:
    """Return what a specimen is compared by: the roots of its probabilities, by name of the class.

    Returns:
        None if nobody knows which model has read it, or it says nothing of patterns.
    """
    decision = read.specimen.decision
    if not read.model or decision is None or not decision.patterns:
        return None
    return np.sqrt([decision.patterns[name] for name in sorted(decision.patterns)]).astype("<f4")


def add_reference(session: Session, row: SpecimenRow, finding: Finding, read: ReadSpecimen) -> None:
    """Let a specimen whose latest result has just got its last signature count as a reference."""
    vector = vector_of(read)
    if vector is None or finding.verdict not in _COMPARED:
        return
    session.add(
        ReferenceRow(
            specimen_id=row.id or 0,
            result_number=row.result_number,
            model=read.model,
            vector=vector.tobytes(),
        )
    )


def _that_count(session: Session, numbers: list[int]) -> dict[int, SpecimenRow]:
    query = select(SpecimenRow).where(
        col(SpecimenRow.id).in_(numbers),
        SpecimenRow.state == State.SIGNED.value,
        SpecimenRow.attention == int(Attention.DONE),
    )
    return {row.id or 0: row for row in session.exec(query)}


def _reference(
    session: Session, row: SpecimenRow, found: SpecimenView, shared: float
) -> Reference | None:
    """Return a signed specimen as a reference of another, unless it is that one."""
    if row.id == found.id:
        return None
    signed = view_of(session, row)
    result = signed.signed_result
    if result is None or {*signed.read.images} & {*found.read.images}:
        return None
    evaluable = [field.summary.evaluability.evaluable for field in signed.read.fields]
    return Reference(
        id=signed.id,
        name=signed.name,
        finding=result.finding,
        by=tuple(signature.by for signature in result.signatures),
        at=result.signatures[-1].at,
        field=1 + evaluable.index(True) if True in evaluable else 1,
        distance=float(np.sqrt(max(0.0, 1.0 - shared))),
    )
