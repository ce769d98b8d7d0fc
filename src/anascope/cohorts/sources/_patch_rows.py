"""Rows that list patches, joined into the fields that the patches were cut from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anascope.cohorts.sources._base import SourceField
from anascope.cohorts.sources._cut_field import PATCHES, CutField
from anascope.errors import InputError
from anascope.images import SameCamera
from anascope.words import intensity_named, pattern_named

_LAST_NUMBER = re.compile(r"(\d.*?\D)(\d+)\D*")
_PATCH_WORD = re.compile(r"[\W_]*(patch)?[\W_]*$", re.IGNORECASE)


@dataclass(frozen=True)
class ListedImage:
    """What one row of the table lists.

    Attributes:
        where: The file and the row, for messages.
        image: The image file.
        mask: The mask file, or None.
        specimen: Number of the specimen.
        pattern: The row's label, or None.
        intensity: The row's intensity, or None.
    """

    where: str
    image: Path
    mask: Path | None
    specimen: str
    pattern: str | None
    intensity: str | None


def join_patches(
    listed: Sequence[ListedImage | InputError],
    relative: Callable[[Path], str],
    camera: SameCamera | None = None,
) -> Iterator[SourceField | InputError]:
    """Yield a field for each group of patches, and an error for each group that is none.

    Args:
        listed: What the rows list, or why a row lists nothing.
        relative: Gives a path as seen from the source.
        camera: That of all images; None takes each patch alone.
    """
    groups: dict[str, list[tuple[int, ListedImage]]] = {}
    errors: list[InputError] = []
    for item in listed:
        if isinstance(item, InputError):
            errors.append(item)
            continue
        try:
            name, number = _field_and_number(item)
        except InputError as error:
            errors.append(error)
        else:
            groups.setdefault(name, []).append((number, item))
    # Numbers run from 0 or from 1; a field that lacks both ends is read as the others are.
    from_zero = any(number == 0 for patches in groups.values() for number, _ in patches)
    for name, patches in groups.items():
        try:
            yield _field(name, _in_order(name, patches, from_zero), relative, camera)
        except InputError as error:
            yield error
    yield from errors


def _field_and_number(item: ListedImage) -> tuple[str, int]:
    """Return the field that a patch is of, and the patch's number: the last one of its name.

    Numbers are compared as numbers: 007_2_03 and 7_2_3 are patches of one field.
    """
    match = _LAST_NUMBER.fullmatch(item.image.stem)
    if match is None:
        raise InputError(
            item.where,
            f"patch name '{item.image.name}'",
            "the specimen's number first and the patch's last",
        )
    field = re.sub(r"\d+", lambda digits: str(int(digits[0])), match[1])
    return _PATCH_WORD.sub("", field), int(match[2])


def _in_order(
    name: str, patches: Sequence[tuple[int, ListedImage]], from_zero: bool
) -> list[ListedImage]:
    """Return the 15 patches of a field in the order of their numbers."""
    where = f"field '{name}' ({patches[0][1].where})"
    by_number: dict[int, ListedImage] = {}
    for number, item in patches:
        if number in by_number:
            found = f"patch {number} twice ({by_number[number].image.name}, {item.image.name})"
            raise InputError(where, found, f"each of {PATCHES} patches once")
        by_number[number] = item
    has_first, has_last = 0 in by_number, PATCHES in by_number
    first = int(has_last and not has_first) if has_first or has_last else int(not from_zero)
    numbers = range(first, first + PATCHES)
    missing = [str(number) for number in numbers if number not in by_number]
    beyond = [str(number) for number in sorted(by_number) if number not in numbers]
    if missing or beyond:
        lacks = f", without patch {', '.join(missing)}" if missing else ""
        has = f", with patch {', '.join(beyond)}" if beyond else ""
        raise InputError(
            where,
            f"{len(by_number)} patches{lacks}{has}",
            f"{PATCHES}, numbered {numbers[0]} to {numbers[-1]}",
        )
    return [by_number[number] for number in numbers]


def _field(
    name: str,
    patches: Sequence[ListedImage],
    relative: Callable[[Path], str],
    camera: SameCamera | None,
) -> SourceField:
    where = f"field '{name}' ({patches[0].where})"
    masks = tuple(patch.mask for patch in patches if patch.mask is not None)
    if masks and len(masks) != PATCHES:
        bare = next(patch for patch in patches if patch.mask is None)
        found = f"masks for {len(masks)} patches, none for {bare.image.name}"
        raise InputError(where, found, f"a mask for each of {PATCHES} patches or for none")
    cut = CutField(where, tuple(patch.image for patch in patches), masks, camera)
    return SourceField(
        field=name,
        where=where,
        source_image=relative(patches[0].image),
        read_image=cut.read_image,
        source_mask=relative(masks[0]) if masks else None,
        read_mask=cut.read_mask if masks else None,
        patient=patches[0].specimen,
        specimen=patches[0].specimen,
        pattern=_agreed(where, "labels", [patch.pattern for patch in patches], _pattern_key),
        intensity=_agreed(where, "intensities", [p.intensity for p in patches], _intensity_key),
    )


def _agreed(
    where: str, kind: str, texts: Sequence[str | None], key: Callable[[str], str]
) -> str | None:
    """Return what all patches of a field say, or None if none says anything."""
    different = {key(text): text for text in texts if text is not None}
    if len(different) > 1:
        found = f"patches with different {kind} ({', '.join(sorted(different.values()))})"
        raise InputError(where, found, "one for all patches of a field")
    return next(iter(different.values()), None)


def _pattern_key(label: str) -> str:
    """Return the pattern's own name, so that two spellings of it do not differ."""
    try:
        return pattern_named(label).name
    except InputError:
        return label.casefold()  # the import names what is wrong with it


def _intensity_key(label: str) -> str:
    try:
        return intensity_named(label)
    except InputError:
        return label.casefold()
