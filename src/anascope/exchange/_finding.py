"""What is sent of one specimen, whoever told it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Literal

from anascope._version import __version__
from anascope.errors import InputError
from anascope.exchange._results import SpecimenResult
from anascope.files import sha256_of
from anascope.reading import NOT_EVALUABLE, Decision
from anascope.titre import ESTIMATE, Titre
from anascope.words import intensity_named, pattern_named

Status = Literal["preliminary", "final", "amended"]
"""``preliminary``: not signed; ``final``: signed; ``amended``: signed again, with a reason."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature.

    Attributes:
        name: The name to show.
        when: The time, with its time zone.
        identifier: The laboratory's identifier of the person, or "".
    """

    name: str
    when: datetime.datetime
    identifier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is sent about one specimen.

    Attributes:
        specimen: Its name.
        identity: The same text for every version of this finding, by which other systems recognise
            it.
        patterns: The reported patterns, by name or ICAP code: one, two for a mixed serum, or none.
        pattern_words: The reason that replaces the pattern if none is reported.
        probabilities: Probabilities of the candidate patterns, by name, 0 to 1; empty if a person
            decided.
        calibrated: Whether these were measured on held-out patients.
        intensity: The level, or None.
        titre: Titre of its serum, or None.
        remarks: Warnings, one line each: fields that are not evaluable, flags.
        cells: Number of cells that were read.
        mitotic_figures: Of them in mitosis, or None.
        serum: The laboratory's name of the serum; "" if it is not stated.
        software: What read it, with the version.
        model: Hash of the model, or "".
        signatures: Who signed.
        reason: Why it was signed again; "" if it was not.
        comment: A comment of those who signed.
    """

    specimen: str
    identity: str
    patterns: tuple[str, ...]
    pattern_words: str
    probabilities: dict[str, float] = field(default_factory=dict)
    calibrated: bool = False
    intensity: str | None = None
    titre: Titre | None = None
    remarks: tuple[str, ...] = ()
    cells: int | None = None
    mitotic_figures: int | None = None
    serum: str = ""
    software: str = f"anascope {__version__}"
    model: str = ""
    signatures: tuple[Signature, ...] = ()
    reason: str = ""
    comment: str = ""

    def __post_init__(self) -> None:
        """Refuse what no honest report can say.

        Raises:
            InputError: for a pattern or an intensity that the vocabulary does not know, a reason
                without a signature, and a time of signing without a time zone.
        """
        where = f"specimen {self.specimen}"
        for name in (*self.patterns, *self.probabilities):
            pattern_named(name, where=where)
        if self.intensity is not None:
            intensity_named(self.intensity, where=where)
        if self.reason and not self.signatures:
            raise InputError(where, "an amendment that nobody has signed", "a signature")
        for signature in self.signatures:
            if signature.when.tzinfo is None:
                raise InputError(where, "a signature without a time zone", "a time with its zone")

    @property
    def status(self) -> Status:
        """The status, by the signatures: without one no result is final."""
        if not self.signatures:
            return "preliminary"
        return "amended" if self.reason else "final"

    @property
    def titre_text(self) -> str:
        """The titre in words, or "" without one; it is an estimate until somebody signs it."""
        if self.titre is None:
            return ""
        return self.titre.text if self.signatures else f"{self.titre.text} ({ESTIMATE})"


def finding_of(result: SpecimenResult, *, titre: Titre | None = None, serum: str = "") -> Finding:
    """Return the finding of a reading about a specimen, preliminary because nobody has signed it.

    Args:
        result: What was read.
        titre: Of its serum, or None.
        serum: Whose it is, or "".
    """
    reading, decision = result.reading, result.reading.decision
    fields = [stored.reading for stored in result.fields]
    provenances = [reading.provenance for reading in fields]
    images = [
        f"{field.field} of an array" if where is None else f"{where.sha256} {where.page}"
        for field, where in zip(fields, provenances, strict=True)
    ]
    models = {where.model for where in provenances if where is not None}
    model = models.pop() if len(models) == 1 else ""
    return Finding(
        specimen=reading.specimen,
        identity=sha256_of(
            "\n".join([reading.specimen, model, *images]).encode("utf-8", "replace")
        ),
        patterns=() if decision is None else decision.present,
        pattern_words=NOT_EVALUABLE if decision is None else decision.pattern or "not predicted",
        probabilities=_possible(decision),
        calibrated=decision is not None and decision.calibrated,
        intensity=None if decision is None else decision.intensity,
        titre=titre,
        remarks=tuple(_remarks(result)),
        cells=reading.cells,
        mitotic_figures=reading.mitotic_figures,
        serum=serum,
        model=model,
    )


def _possible(decision: Decision | None) -> dict[str, float]:
    """Return the patterns of the set, or the likeliest without one, with their probabilities."""
    if decision is None or decision.likeliest is None:
        return {}
    names = decision.pattern_set or (decision.likeliest,)
    return {name: min(decision.patterns[name], 1.0) for name in names}


def _remarks(result: SpecimenResult) -> list[str]:
    remarks = [
        f"field {name} is not evaluable: {reason.value}"
        for name, reason in result.reading.not_evaluable.items()
    ]
    for reading in (stored.reading for stored in result.fields):
        flags = ", ".join(flag.flag.value for flag in reading.quality)
        if flags:
            remarks.append(f"field {reading.field} is flagged: {flags}")
    return remarks
