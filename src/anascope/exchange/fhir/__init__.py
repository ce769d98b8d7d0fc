"""HL7 FHIR R5: a diagnostic report with its observations, a bundle a specimen.

``fhir.resources`` checks every bundle before it is given away; it is installed by
``anascope[fhir]``. What nobody has signed is ``preliminary``, and research use is said in a note.

>>> from anascope.exchange import finding_of, specimens_in
>>> from anascope.exchange.fhir import to_bundle
>>> for result in specimens_in("reading"):                                 # doctest: +SKIP
...     print(to_bundle(finding_of(result))["entry"][0]["resource"]["status"])
preliminary
"""

from anascope.exchange.fhir._bundle import to_bundle
from anascope.exchange.fhir._codes import ICAP_SYSTEM, LOCAL_SYSTEM
from anascope.exchange.fhir._write import write_bundles

__all__ = ["ICAP_SYSTEM", "LOCAL_SYSTEM", "to_bundle", "write_bundles"]
