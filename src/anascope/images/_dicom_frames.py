"""What the header of a DICOM image says of its frames: channels, tiles, size of a pixel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anascope.errors import InputError
from anascope.images._channels import Channel
from anascope.images._pixel_size import pixel_size

_MOST_VALUES = 400_000_000


def channels_in(image: Any) -> list[Channel]:
    """Return the optical paths of an image as channels; none where it describes none."""
    channels = []
    for path in image.get("OpticalPathSequence") or []:
        words = [path.get("OpticalPathDescription"), path.get("OpticalPathIdentifier")]
        wavelength = path.get("IlluminationWaveLength")  # of the light that excites
        words += [] if wavelength is None else [f"{wavelength:g} nm"]
        channels.append(Channel(" ".join(str(word) for word in words if word)))
    return channels


def frames_of(image: Any, channel: int | None, channels: int, where: str) -> list[int | None]:
    """Return the frames of one channel, from 0; all of an image with one.

    Args:
        image: It.
        channel: The number of the channel, or None of an image that describes none.
        channels: How many it describes.
        where: What to name in messages.

    Raises:
        InputError: if there are several channels, and a frame does not say whose it is.
    """
    count = int(image.get("NumberOfFrames") or 1)
    if channel is None or channels < 2:
        return list(range(count))
    own = image.OpticalPathSequence[channel].get("OpticalPathIdentifier")
    shared = _identifiers(image.get("SharedFunctionalGroupsSequence"))
    named = [*_identifiers(image.get("PerFrameFunctionalGroupsSequence"))]
    if len(named) != count or None in named:
        named = [*shared] * count
    if len(named) != count or None in named:
        found = f"{channels} optical paths, and frames that do not state theirs"
        raise InputError(where, found, "an optical path for each frame")
    frames: list[int | None] = [number for number, name in enumerate(named) if name == own]
    if not frames:
        raise InputError(where, f"no frame of optical path {own}", "a frame of it")
    return frames


def _identifiers(groups: Any) -> list[str | None]:
    found = []
    for group in groups or []:
        paths = group.get("OpticalPathIdentificationSequence") or []
        found.append(paths[0].get("OpticalPathIdentifier") if len(paths) == 1 else None)
    return found


def tile_grid(image: Any, where: str) -> tuple[int, int] | None:
    """Return how many tiles make up the height and the width of an image, or None if it has none.

    Raises:
        InputError: if tiles do not lie one after the other, in one plane and one optical path.
    """
    height, width = image.get("TotalPixelMatrixRows"), image.get("TotalPixelMatrixColumns")
    count = int(image.get("NumberOfFrames") or 1)
    if height is None or width is None or (height <= image.Rows and width <= image.Columns):
        return None
    if height * width * int(image.get("SamplesPerPixel", 1)) > _MOST_VALUES:
        found = f"a slide of {width}×{height} pixels"
        raise InputError(where, found, f"at most {_MOST_VALUES} values")
    grid = (-(-height // image.Rows), -(-width // image.Columns))
    planes = int(image.get("TotalPixelMatrixFocalPlanes") or 1)
    full = image.get("DimensionOrganizationType") == "TILED_FULL"
    if not full or planes > 1 or count != grid[0] * grid[1]:
        found = f"a slide in {count} tiles that are sparse, of several planes or several channels"
        raise InputError(where, found, "tiles of one image (TILED_FULL), or the field as one frame")
    return grid


def pixel_size_in(image: Any) -> float | None:
    """Return the side of a pixel on the specimen in micrometres, or None if it is not said.

    The spacing on the camera's chip (Imager Pixel Spacing) is another.
    """
    sizes = [
        pixel_size(float(spacing[1]), float(spacing[0]), "mm")
        for spacing in _spacings(image)
        if spacing is not None and len(spacing) == 2
    ]
    return sizes[0] if sizes and len(set(sizes)) == 1 else None


def _spacings(image: Any) -> Iterator[Any]:
    if image.get("PixelSpacing") is not None:
        yield image.PixelSpacing
        return
    for name in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for group in image.get(name) or []:
            for measures in group.get("PixelMeasuresSequence") or []:
                yield measures.get("PixelSpacing")
