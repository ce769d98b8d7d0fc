"""Results in the formats of other systems: HL7 FHIR, DICOM, and plates of wells.

The input is a folder of results that :mod:`anascope.reading` wrote; nothing here reads an image
again or decides on one. A :class:`Finding` is what is sent about a specimen, whether it comes from
a reading or from a person who signed. Each format is a package of its own, whose library is
imported when it is used.

>>> from anascope.exchange import results_in
>>> for result in results_in("reading"):                                   # doctest: +SKIP
...     print(result.reading.specimen, len(result.fields))
S-0012 2
"""

from anascope.exchange._finding import Finding, Signature, Status, finding_of
from anascope.exchange._positive import is_positive
from anascope.exchange._results import FieldResult, SpecimenResult, results_in, specimens_in

__all__ = [
    "FieldResult",
    "Finding",
    "Signature",
    "SpecimenResult",
    "Status",
    "finding_of",
    "is_positive",
    "results_in",
    "specimens_in",
]
