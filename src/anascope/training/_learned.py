"""Which heads of a network have anything to learn from."""

from __future__ import annotations

from collections.abc import Iterable

from anascope.cohorts import Cohort
from anascope.models import Learned, read_card
from anascope.presets import Preset
from anascope.records import FieldRecord
from anascope.tasks import MIXTURE
from anascope.words import Vocabulary


def learned_heads(
    preset: Preset, cohort: Cohort, records: Iterable[FieldRecord], vocabulary: Vocabulary
) -> Learned:
    """Return which heads learn from a label, or did in the model that the training begins with.

    What is told of each pixel learns nothing where the heads alone learn.

    A label that leaves every class possible teaches nothing; nor do sera of one pattern alone, or
    of several alone, teach which are mixed.

    Args:
        preset: How it is trained.
        cohort: Where the fields are.
        records: The fields that it learns from.
        vocabulary: What the network tells apart.
    """
    start = preset.network.start
    before = Learned(mask=False, pattern=False, intensity=False, cells=False)
    if start is not None:
        before = read_card(start).heads
    records = list(records)
    of_pixels = preset.training.learned == "all"
    patterns = {name for record in records for name in record.patterns}
    teaches = any(not all(vocabulary.patterns.allowed(label)) for label in patterns)
    return Learned(
        mask=before.mask
        or (of_pixels and "mask" in preset.tasks and any(r.has_mask for r in records)),
        pattern=before.pattern or ("pattern" in preset.tasks and teaches),
        intensity=before.intensity
        or ("intensity" in preset.tasks and any(r.intensity is not None for r in records)),
        cells=before.cells
        or (of_pixels and "cells" in preset.tasks and any(map(cohort.has_instances, records))),
        mixture=before.mixture
        or ("mixture" in preset.tasks and MIXTURE.teaches(records, vocabulary)),
    )
