"""How each pattern stains a cell, one class a leaf of the pattern tree, one file a family.

How its values differ from serum to serum is data: ``ranges.yaml``.
"""

from __future__ import annotations

from anascope.synthetic.stains._base import Stain
from anascope.synthetic.stains._cytoplasmic import (
    DenseFineCytoplasmic,
    DiscreteDots,
    FineCytoplasmic,
    Mitochondrial,
)
from anascope.synthetic.stains._dots import Centromere, FewNuclearDots, MultipleNuclearDots
from anascope.synthetic.stains._envelope import PunctateEnvelope, SmoothEnvelope
from anascope.synthetic.stains._fibres import (
    FibrillarFilamentous,
    FibrillarLinear,
    FibrillarSegmental,
)
from anascope.synthetic.stains._homogeneous import Homogeneous
from anascope.synthetic.stains._mitotic import (
    Centrosome,
    IntercellularBridge,
    MitoticChromosomal,
    NumaLike,
    SpindleFibres,
)
from anascope.synthetic.stains._negative import Negative
from anascope.synthetic.stains._nucleolar import (
    ClumpyNucleolar,
    HomogeneousNucleolar,
    PunctateNucleolar,
)
from anascope.synthetic.stains._organelles import Golgi, RodsAndRings
from anascope.synthetic.stains._pleomorphic import CenpFLike, PcnaLike
from anascope.synthetic.stains._ranges import Range, Ranges, shipped_ranges
from anascope.synthetic.stains._speckled import (
    CoarseSpeckled,
    DenseFineSpeckled,
    FineSpeckled,
    MyriadSpeckled,
    SpeckledWithPlate,
    TopoisomeraseLike,
)

STAINS: dict[str, type[Stain]] = {
    stain.leaf: stain
    for stain in (
        Negative,
        Homogeneous,
        DenseFineSpeckled,
        Centromere,
        FineSpeckled,
        CoarseSpeckled,
        MultipleNuclearDots,
        FewNuclearDots,
        HomogeneousNucleolar,
        ClumpyNucleolar,
        PunctateNucleolar,
        SmoothEnvelope,
        PunctateEnvelope,
        PcnaLike,
        CenpFLike,
        FibrillarLinear,
        FibrillarFilamentous,
        FibrillarSegmental,
        DiscreteDots,
        DenseFineCytoplasmic,
        FineCytoplasmic,
        Mitochondrial,
        Golgi,
        RodsAndRings,
        Centrosome,
        SpindleFibres,
        NumaLike,
        IntercellularBridge,
        MitoticChromosomal,
        TopoisomeraseLike,
        SpeckledWithPlate,
        MyriadSpeckled,
    )
}
"""By the name of the pattern, in the order of the ICAP codes."""

__all__ = ["STAINS", "Range", "Ranges", "Stain", "shipped_ranges"]
