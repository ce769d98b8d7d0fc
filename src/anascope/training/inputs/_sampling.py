"""Which patches an epoch has, and in which order."""

from __future__ import annotations

from collections import Counter

import torch
from torch import Generator

from anascope.errors import InputError, did_you_mean
from anascope.presets import SamplingPreset
from anascope.records import FieldRecord
from anascope.training.inputs._resident import ResidentFields


class PatchSampler:
    """Chooses the patches of each epoch.

    By default an epoch has all patches, each once, in random order. With shares or even patterns,
    each patch is drawn at random, with replacement.

    Args:
        fields: The fields of the patches.
        preset: How often each cohort and pattern is drawn.

    Raises:
        InputError: if a cohort has no share, or a share no cohort.
    """

    def __init__(self, fields: ResidentFields, preset: SamplingPreset) -> None:
        self._all = len(fields)
        self._count = preset.patches or self._all
        self._weights: torch.Tensor | None = None
        if preset.cohorts or preset.even_patterns:
            chances = _chances(fields, preset)
            self._weights = torch.tensor(chances, dtype=torch.float64)

    def __len__(self) -> int:
        """Return how many patches an epoch has."""
        return self._count

    def epoch(self, generator: Generator) -> list[int]:
        """Return the patches of an epoch, by their numbers in the fields.

        Args:
            generator: The source of randomness; on the CPU.
        """
        if self._weights is not None:
            drawn = torch.multinomial(self._weights, self._count, True, generator=generator)
            return [int(number) for number in drawn]
        order: list[int] = []
        while len(order) < self._count:
            order += torch.randperm(self._all, generator=generator).tolist()
        return order[: self._count]


def cohort_of(record: FieldRecord) -> str:
    """Return the cohort that a field of a merged cohort came from: ``COHORT/NAME``."""
    return record.field.partition("/")[0]


def _chances(fields: ResidentFields, preset: SamplingPreset) -> list[float]:
    """Return how likely each patch is drawn: by its cohort, then by pattern, then alike.

    A serum of several patterns counts as one of its main one: as kinds of their own, the many
    combinations would leave little to the patterns themselves.
    """
    records = [fields.records[patch.field] for patch in fields.patches]
    cohorts = [cohort_of(record) if preset.cohorts else "" for record in records]
    shares = preset.cohorts or {"": 1.0}
    names = set(cohorts)
    for name in names - set(shares):
        raise InputError("sampling.cohorts", f"no share of cohort '{name}'", "one for each")
    for name in set(shares) - names:
        raise InputError("sampling.cohorts", f"'{name}'", did_you_mean(name, sorted(names)))
    even = preset.even_patterns
    if isinstance(even, tuple):
        if not preset.cohorts:
            wanted = "true or false, or shares of the cohorts as well"
            raise InputError("sampling.even_patterns", "names without sampling.cohorts", wanted)
        for name in set(even) - names:
            raise InputError(
                "sampling.even_patterns", f"'{name}'", did_you_mean(name, sorted(names))
            )
    patterns = [
        record.pattern if (even if isinstance(even, bool) else cohort in even) else None
        for record, cohort in zip(records, cohorts, strict=True)
    ]
    groups = list(zip(cohorts, patterns, strict=True))
    patches, kinds = Counter(groups), Counter(cohort for cohort, _ in set(groups))
    return [shares[cohort] / kinds[cohort] / patches[cohort, pattern] for cohort, pattern in groups]
