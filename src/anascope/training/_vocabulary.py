"""What the network of a run tells apart."""

from __future__ import annotations

from anascope.cohorts import Cohort
from anascope.models import read_card
from anascope.presets import Preset
from anascope.words import IntensityScale, PatternSpace, Vocabulary


def vocabulary_of(preset: Preset, cohort: Cohort) -> Vocabulary:
    """Return the network's classes: those of the model from which it starts, else of the cohort.

    The classes come from the whole cohort, not from the training patients alone: a label that only
    a held-out patient has must count as an error, not as an unknown word.

    Raises:
        InputError: if the model to start from has no class for a label of the cohort.
    """
    if preset.network.start is None:
        patterns, levels = cohort.patterns, cohort.intensities
        return Vocabulary(PatternSpace.covering(patterns), IntensityScale.covering(levels))
    card = read_card(preset.network.start)
    for label in cohort.patterns:
        card.pattern_space.allowed(label)  # raises where the model has no class for it
    for level in cohort.intensities:
        card.intensity_scale.above(level)
    return card.vocabulary
