"""What was read, in the formats of other systems: HL7 FHIR, DICOM, and plates of wells.

Folders of results that :mod:`anascope.reading` wrote come in; nothing here reads an image anew or
decides on one. A :class:`Finding` is what is sent of a specimen, whoever told it: a reading, or a
person who signed. Each format is a package of its own, whose library is asked for when it is used.

>>> from anascope.exchange import results_in
>>> for result in results_in("reading"):                                   # doctest: +SKIP
...     print(result.reading.specimen, len(result.fields))
S-0012 2
"""

from anascope.exchange._extras import needed
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
    "needed",
    "results_in",
    "specimens_in",
]
