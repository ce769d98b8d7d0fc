"""What the OME-XML of a TIFF file says: which page is which plane, and how large a pixel is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path, PurePath
from xml.etree import ElementTree

from anascope.errors import InputError
from anascope.images._channels import AskedChannel, Channel, channel_of
from anascope.images._full_scale import said_full_scale
from anascope.images._names import spelled
from anascope.images._pixel_size import pixel_size

_EXPECTED = "OME-XML that describes the pages of the file"
MOST_PAGES = 10_000
_SHOWN = 3  # names of files in a message
_MOST_LETTERS = 10_000_000  # of a description; of 10 000 pages it has about 3 million
_DECLARED = re.compile("<!(DOCTYPE|ENTITY)")


@dataclass(frozen=True, slots=True)
class Plane:
    """One field of a file.

    Attributes:
        page: The page that holds it, from 0.
        pixel_size_um: Or None if it is not said.
        channel: Which of the channels that the file describes it is, from 0, or None.
        full_scale: The value of full brightness that the description says, or None.
        asked: The channel that is asked for among the samples of the page, or None.
    """

    page: int
    pixel_size_um: float | None
    channel: int | None = None
    full_scale: int | None = None
    asked: AskedChannel | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """The file that holds a description: several may hold the same, each with its own identity.

    Attributes:
        where: What to name in messages.
        pages: How many pages it has.
        name: Its name, without folders.
        uuid: What it calls itself, or None.
        alone: Whether the description names a single file, which then is this one.
    """

    where: str | Path
    pages: int
    name: str
    uuid: str | None
    alone: bool

    def holds(self, block: ElementTree.Element) -> bool:
        """Tell whether planes lie in this file: its UUID counts, else its name."""
        named = block.find("{*}UUID")
        if named is None:
            return True
        uuid, name = (named.text or "").strip().lower(), named.get("FileName")
        if uuid and self.uuid:
            return uuid == self.uuid
        return self.alone or name is None or spelled(PurePath(name).name) == self.name


def ome_planes(
    xml: str, pages: int, where: str | Path, asked: AskedChannel | None = None
) -> list[Plane]:
    """Return the fields of an OME-TIFF: of every image, time and depth, one channel.

    A plane belongs to the file that its UUID or FileName names; those of other files are theirs.

    Args:
        xml: The description.
        pages: How many pages the file has.
        where: The file, as messages name it.
        asked: The channel that is asked for; None takes the green one.

    Raises:
        InputError: if the description cannot be read, names pages that are not there, leaves
            open which channel is meant, or has none of its planes in this file.
    """
    if len(xml) > _MOST_LETTERS:
        raise InputError(where, f"OME-XML of {len(xml)} letters", f"at most {_MOST_LETTERS}")
    if _DECLARED.search(xml):
        # Entities may unpack to more than any memory holds, or name files of this machine.
        raise InputError(where, "OME-XML that declares entities of its own", "plain OME-XML")
    try:
        root = ElementTree.fromstring(xml)
        files = _files(root)
        uuid = (root.get("UUID") or "").strip().lower() or None
        file = _File(where, pages, PurePath(where).name, uuid, alone=len(files) < 2)
        planes = list(_of_images(root, file, asked))
    except (ElementTree.ParseError, ValueError, KeyError) as error:
        raise InputError(where, "OME-XML that cannot be read", _EXPECTED) from error
    if planes:
        return planes
    if len(files) > 1:
        names = ", ".join(sorted(files)[:_SHOWN]) + (", ..." if len(files) > _SHOWN else "")
        found = f"an image in several files ({names}), of whose channel none is in this one"
        raise InputError(where, found, "the file that holds it, read by itself")
    companion = root.find("{*}BinaryOnly")
    if companion is not None:
        name = spelled(companion.get("MetadataFile", "another file"))
        raise InputError(where, f"a file whose OME-XML is in {name}", _EXPECTED)
    raise InputError(where, "OME-XML without an image in this file", _EXPECTED)


def _of_images(
    root: ElementTree.Element, file: _File, asked: AskedChannel | None
) -> Iterator[Plane]:
    described: set[int] = set()
    for image in root.iterfind("{*}Image"):
        for plane in _of_image(image, file, asked):
            if plane.page in described:
                found = f"OME-XML that names page {plane.page + 1} twice"
                raise InputError(file.where, found, _EXPECTED)
            described.add(plane.page)
            yield plane


def _of_image(
    image: ElementTree.Element, file: _File, asked: AskedChannel | None
) -> Iterator[Plane]:
    pixels = image.find("{*}Pixels")
    if pixels is None:
        return
    blocks = pixels.findall("{*}TiffData")
    own = [block for block in blocks if file.holds(block)]
    if blocks and not own:
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
    # Among the samples of one page the page itself says which is which.
    within = asked if samples > 1 and sizes["C"] == 1 else None
    wanted = channel_of(described[: sizes["C"]], None if within else asked, file.where)
    size, full = _pixel_size(pixels), _full_scale(pixels)
    order = pixels.attrib["DimensionOrder"][2:]  # "XYCZT": C is the fastest
    for position, page in sorted(_pages(own, sizes, order, file)):
        if position[2] == wanted:
            yield Plane(page, size, wanted, full, within)


def _pages(
    blocks: Sequence[ElementTree.Element], sizes: dict[str, int], order: str, file: _File
) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Yield for each plane its time, depth and channel, and its page: no more than there are."""
    total = sizes["C"] * sizes["Z"] * sizes["T"]
    numbered: set[int] = set()
    for first, page, count in _runs(blocks, sizes, order, total):
        if page < 0 or first < 0 or count < 0:
            raise ValueError("a page, plane or count under 0")
        if count and page + count > file.pages:
            found = f"OME-XML that names page {page + count} of {file.pages}"
            raise InputError(file.where, found, _EXPECTED)
        numbers = range(first, first + count)
        if not numbered.isdisjoint(numbers):  # else a short text could give a file's pages for ever
            raise ValueError("a plane that is described twice")
        numbered.update(numbers)
        for step, number in enumerate(numbers):
            yield _position(number, sizes, order), page + step


def _runs(
    blocks: Sequence[ElementTree.Element], sizes: dict[str, int], order: str, total: int
) -> Iterator[tuple[int, int, int]]:
    """Yield for each run of planes its first plane, its first page, and how many they are."""
    if not blocks:
        yield 0, 0, total
    for block in blocks:
        first = _number({axis: int(block.get(f"First{axis}", "0")) for axis in "CZT"}, sizes, order)
        count = int(block.get("PlaneCount", "1" if "IFD" in block.attrib else str(total)))
        yield first, int(block.get("IFD", "0")), min(count, max(total - first, 0))


def _files(root: ElementTree.Element) -> set[str]:
    """Return what the files are called that hold the images, all that are told."""
    named = root.iterfind("{*}Image/{*}Pixels/{*}TiffData/{*}UUID")
    return {spelled(uuid.get("FileName") or uuid.text or "") for uuid in named}


def _full_scale(pixels: ElementTree.Element) -> int | None:
    """Return the full scale that is said, or None.

    As many bits as the type has say nothing: programs that do not know the camera write them.
    """
    bits = pixels.get("SignificantBits")
    if bits is None or not bits.strip().isascii() or not bits.strip().isdigit():
        return None
    most = int(bits) if len(bits.strip()) < 3 else 0
    return said_full_scale(2**most - 1) if 0 < most < 16 else None


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
