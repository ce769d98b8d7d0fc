"""The titre of a serum from wells at several dilutions: end point, and a curve through them.

The input is numbers, the output a titre in words. The caller states which wells belong to one
serum, and whether a well is positive (:mod:`anascope.exchange.plates`). This package knows nothing
about images. A titre of this kind is an estimate and is marked as one.

>>> from anascope.titre import DilutionReading, titre_of
>>> told = {80: 1.0, 160: 1.0, 320: 1.0, 640: 0.0, 1280: 0.0}
>>> titre = titre_of([DilutionReading(d, p > 0.5, p) for d, p in told.items()])
>>> titre.text
'1:320'
>>> round(titre.curve.end_point)
453
"""

from anascope.titre._curve import LEVEL, Curve, fit_curve
from anascope.titre._dilution import dilution_from, dilution_text
from anascope.titre._titre import ESTIMATE, DilutionReading, Relation, Titre, titre_of

__all__ = [
    "ESTIMATE",
    "LEVEL",
    "Curve",
    "DilutionReading",
    "Relation",
    "Titre",
    "dilution_from",
    "dilution_text",
    "fit_curve",
    "titre_of",
]
