"""What readers find of a specimen, version by version, and who signed which.

A version is never changed: a correction is the next one. Who writes says which state of the
specimen they saw, and is told if it is another one by now; nothing is overwritten.

>>> from anascope.desk.review import Finding, Verdict, checked_finding
>>> checked_finding(Finding(Verdict.PATTERNS, ("AC-3",), "pos", titre=320)).patterns
('centromere',)
"""

from anascope.desk.review._conflict import Conflict, NotOnWorklist
from anascope.desk.review._finding import (
    CellChange,
    Finding,
    Verdict,
    checked_finding,
    titre_named,
)
from anascope.desk.review._images import ImageChanged, check_images
from anascope.desk.review._propose import proposed
from anascope.desk.review._references import Reference, References
from anascope.desk.review._site import require_signatures, signatures_required
from anascope.desk.review._view import Result, Signature, SpecimenView, view
from anascope.desk.review._write import begin, correct, sign

__all__ = [
    "CellChange",
    "Conflict",
    "Finding",
    "ImageChanged",
    "NotOnWorklist",
    "Reference",
    "References",
    "Result",
    "Signature",
    "SpecimenView",
    "Verdict",
    "begin",
    "check_images",
    "checked_finding",
    "correct",
    "proposed",
    "require_signatures",
    "sign",
    "signatures_required",
    "titre_named",
    "view",
]
