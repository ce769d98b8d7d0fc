"""Whether the fields of a cohort have one range of grey levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from anascope.cohorts.sources import Finding, Kind, Severity
from anascope.images import GreyImage, SameCamera
from anascope.records import FieldRecord

_OF_12_BITS, _OF_16_BITS = 4095, 65535


class Ranges:
    """Remembers the full scale of each field, and the brightest of those of 16 bits."""

    def __init__(self) -> None:
        self._fields: Counter[int] = Counter()
        self._brightest = 0

    def add(self, record: FieldRecord, image: GreyImage) -> None:
        """Remember a field.

        Args:
            record: What is known of it.
            image: Axes (y, x), uint8 or uint16.
        """
        self._fields[record.full_scale] += 1
        if record.full_scale == _OF_16_BITS:
            self._brightest = max(self._brightest, int(image.max(initial=0)))

    def findings(self, where: str) -> Iterator[Finding]:
        """Yield what the remembered fields say together of the cohort or source ``where``."""
        if len(self._fields) > 1:
            counts = (f"{count} of {full}" for full, count in sorted(self._fields.items()))
            found = f"fields with different full scales ({', '.join(counts)})"
            expected = "one full scale, unless several cameras were used"
            yield Finding(Kind.RANGE, Severity.WARNING, where, found, expected)
        if self._fields[_OF_16_BITS] and self._brightest <= _OF_12_BITS:
            found = (
                f"{self._fields[_OF_16_BITS]} fields whose full scale is {_OF_16_BITS}, and none "
                f"is brighter than {self._brightest}"
            )
            expected = "a full scale of 12 bits: import the cohort again"
            yield Finding(Kind.RANGE, Severity.WARNING, where, found, expected)


def camera_findings(where: str, camera: SameCamera | None) -> Iterator[Finding]:
    """Yield that the full scale of a source's files was taken from their values, if it was."""
    if camera is not None and camera.full_scale is not None:
        found = f"files that do not state their full scale, with values up to {camera.brightest:g}"
        expected = f"it to be {camera.full_scale}, which is taken"
        yield Finding(Kind.RANGE, Severity.WARNING, where, found, expected)
