"""The vocabulary: staining patterns as one ICAP tree, intensities, phases of cells, and tasks.

This package has every name that a label may have, and the only order of classes.
:mod:`anascope.decisions` turns the outputs of a network into these names.

>>> from anascope.words import pattern_named
>>> pattern_named("numem").name
'nuclear envelope'
>>> sorted(leaf.code for leaf in pattern_named("speckled").leaves)[:3]
['AC-2', 'AC-29', 'AC-30']
"""

from anascope.words._intensities import IntensityScale, intensity_levels, intensity_named
from anascope.words._label_space import PatternSpace
from anascope.words._mixtures import (
    MOST_PATTERNS,
    NEGATIVE,
    in_tree_order,
    label_of,
    patterns_in,
    serum_named,
)
from anascope.words._notice import RESEARCH_USE
from anascope.words._nucleus import NUCLEUS_UM, nucleus_pixels
from anascope.words._patterns import PATTERN_TREE, Pattern, all_patterns, pattern_named
from anascope.words._phases import (
    CHROMATIN,
    MITOSIS,
    PHASES,
    chromatin_named,
    phase_named,
    phases_allowed,
)
from anascope.words._stained import STAINED_PARTS, stained_part
from anascope.words._tasks import TASK_NAMES
from anascope.words._vocabulary import Vocabulary

__all__ = [
    "CHROMATIN",
    "MITOSIS",
    "MOST_PATTERNS",
    "NEGATIVE",
    "NUCLEUS_UM",
    "PATTERN_TREE",
    "PHASES",
    "RESEARCH_USE",
    "STAINED_PARTS",
    "TASK_NAMES",
    "IntensityScale",
    "Pattern",
    "PatternSpace",
    "Vocabulary",
    "all_patterns",
    "chromatin_named",
    "in_tree_order",
    "intensity_levels",
    "intensity_named",
    "label_of",
    "nucleus_pixels",
    "pattern_named",
    "patterns_in",
    "phase_named",
    "phases_allowed",
    "serum_named",
    "stained_part",
]
