"""What the OME-XML of a TIFF file says: which page is which plane, and how large a pixel is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from xml.etree import ElementTree

from anascope.errors import InputError
from anascope.images._channels import Channel, green_channel
from anascope.images._pixel_size import pixel_size

_EXPECTED = "OME-XML that describes the pages of the file"
MOST_PAGES = 10_000
_MOST_LETTERS = 10_000_000  # of a description; of 10 000 pages it has about 3 million
_DECLARED = re.compile("<!(DOCTYPE|ENTITY)")


@dataclass(frozen=True, slots=True)
class Plane:
    """One field of a file.

    Attributes:
        page: The page that holds it, from 0.
        pixel_size_um: Or None if it is not said.
        channel: Which of the channels that the file describes it is, from 0, or None.
    """

    page: int
    pixel_size_um: float | None
    channel: int | None = None


def ome_planes(xml: str, pages: int, where: str | Path) -> list[Plane]:
    """Return the fields of an OME-TIFF: of every image, time and depth, its green channel.

    Args:
        xml: The description.
        pages: How many pages the file has.
        where: What to name in messages.

    Raises:
        InputError: if the description cannot be read, names pages that are not there, or leaves
            open which channel is meant.
    """
    if len(xml) > _MOST_LETTERS:
        raise InputError(where, f"OME-XML of {len(xml)} letters", f"at most {_MOST_LETTERS}")
    if _DECLARED.search(xml):
        # Entities may unpack to more than any memory holds, or name files of this machine.
        raise InputError(where, "OME-XML that declares entities of its own", "plain OME-XML")
    try:
        root = ElementTree.fromstring(xml)
        planes = list(_of_images(root, pages, where))
    except (ElementTree.ParseError, ValueError, KeyError) as error:
        raise InputError(where, "OME-XML that cannot be read", _EXPECTED) from error
    if not planes:
        raise InputError(where, "OME-XML without an image in this file", _EXPECTED)
    return planes


def _of_images(root: ElementTree.Element, pages: int, where: str | Path) -> Iterator[Plane]:
    described: set[int] = set()
    for image in root.iterfind("{*}Image"):
        for plane in _of_image(image, pages, where):
            if plane.page in described:
                found = f"OME-XML that names page {plane.page + 1} twice"
                raise InputError(where, found, _EXPECTED)
            described.add(plane.page)
            yield plane


def _of_image(image: ElementTree.Element, pages: int, where: str | Path) -> Iterator[Plane]:
    pixels = image.find("{*}Pixels")
    if pixels is None:
        return
    channels = pixels.findall("{*}Channel")
    # A channel of several samples is a colour image; it counts as one page.
    samples = int(channels[0].get("SamplesPerPixel", "1")) if channels else 1
    sizes = {axis: int(pixels.attrib[f"Size{axis}"]) for axis in "CZT"}
    if samples < 1:
        raise ValueError("a channel without samples")
    sizes["C"] //= samples
    if min(sizes.values()) < 1 or prod(sizes.values()) > MOST_PAGES:
        raise ValueError("no planes, or more than a file has pages")
    described = [_channel(channel) for channel in channels]
    described += [Channel()] * (sizes["C"] - len(described))
    green = green_channel(described[: sizes["C"]], where)
    size = _pixel_size(pixels)
    order = pixels.attrib["DimensionOrder"][2:]  # "XYCZT": C is the fastest
    for position, page in sorted(_pages(pixels, sizes, order, pages, where)):
        if position[2] == green:
            yield Plane(page, size, green)


def _pages(
    pixels: ElementTree.Element,
    sizes: dict[str, int],
    order: str,
    pages: int,
    where: str | Path,
) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Yield for each plane its time, depth and channel, and its page: no more than there are."""
    if len(_files(pixels)) > 1:
        raise ValueError("an image in several files")
    total = sizes["C"] * sizes["Z"] * sizes["T"]
    numbered: set[int] = set()
    for first, page, count in _blocks(pixels, sizes, order, total):
        if page < 0 or first < 0 or count < 0:
            raise ValueError("a page, plane or count under 0")
        if count and page + count > pages:
            raise InputError(where, f"OME-XML that names page {page + count} of {pages}", _EXPECTED)
        numbers = range(first, first + count)
        if not numbered.isdisjoint(numbers):  # else a short text could give a file's pages for ever
            raise ValueError("a plane that is told twice")
        numbered.update(numbers)
        for step, number in enumerate(numbers):
            yield _position(number, sizes, order), page + step


def _blocks(
    pixels: ElementTree.Element, sizes: dict[str, int], order: str, total: int
) -> Iterator[tuple[int, int, int]]:
    """Yield for each run of planes its first plane, its first page, and how many they are."""
    blocks = pixels.findall("{*}TiffData")
    if not blocks:
        yield 0, 0, total
    for block in blocks:
        first = _number({axis: int(block.get(f"First{axis}", "0")) for axis in "CZT"}, sizes, order)
        count = int(block.get("PlaneCount", "1" if "IFD" in block.attrib else str(total)))
        yield first, int(block.get("IFD", "0")), min(count, max(total - first, 0))


def _files(pixels: ElementTree.Element) -> set[str]:
    return {uuid.get("FileName", "") for uuid in pixels.iterfind("{*}TiffData/{*}UUID")}


def _number(indices: dict[str, int], sizes: dict[str, int], order: str) -> int:
    """Return the number of a plane, counted in the order of the axes."""
    number, step = 0, 1
    for axis in order:
        number += indices[axis] * step
        step *= sizes[axis]
    return number


def _position(number: int, sizes: dict[str, int], order: str) -> tuple[int, int, int]:
    indices = {}
    for axis in order:
        number, indices[axis] = divmod(number, sizes[axis])
    return indices["T"], indices["Z"], indices["C"]


def _pixel_size(pixels: ElementTree.Element) -> float | None:
    x, y = (pixels.get(f"PhysicalSize{axis}") for axis in "XY")
    units = {pixels.get(f"PhysicalSize{axis}Unit", "µm") for axis in "XY"}
    if x is None or len(units) > 1:
        return None
    return pixel_size(float(x), None if y is None else float(y), units.pop())


def _channel(element: ElementTree.Element) -> Channel:
    names = [element.get("Name"), element.get("Fluor")]
    nm = element.get("EmissionWavelength")
    unit = element.get("EmissionWavelengthUnit", "nm")
    colour = element.get("Color")
    packed = None if colour is None else int(colour) & 0xFFFFFFFF  # red, green, blue, alpha
    return Channel(
        name=" ".join(name for name in names if name),
        emission_nm=float(nm) if nm is not None and unit == "nm" else None,
        colour=None if packed is None else (packed >> 24, packed >> 16 & 255, packed >> 8 & 255),
    )
