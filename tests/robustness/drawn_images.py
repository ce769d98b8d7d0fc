"""Image files drawn by chance: right ones with some of their bytes, tags or words changed."""

from __future__ import annotations

import struct
import zlib
from xml.sax.saxutils import quoteattr

import numpy as np
from hypothesis import strategies as st

from tests.robustness.files import (
    COLOUR,
    GREY,
    WIDE,
    hand_made_tiff,
    ifd,
    png_chunk,
    saved,
    tiff,
)

Contents = st.SearchStrategy[bytes]

_NUMBERS = st.one_of(
    st.integers(0, 20),
    st.sampled_from([200, 255, 256, 257, 12_345, 65_535, 65_536, 20_000, 100_000]),
    st.sampled_from([2**31 - 1, 2**31, 2**32 - 16, 2**32 - 1]),
    st.integers(0, 2**32 - 1),
)
"""Small ones, which are offsets, counts and kinds, and those at which programs go wrong."""


_SELDOM = st.sampled_from([False, False, False, True])


@st.composite
def changed(draw: st.DrawFn, content: bytes, head: int | None = None) -> bytes:
    """Draw ``content`` with up to three bytes changed, in its first ``head``, or cut off."""
    if draw(_SELDOM):
        return content[: draw(st.integers(0, len(content)))]
    drawn = bytearray(content)
    places = st.integers(0, min(head or len(content), len(content)) - 1)
    for place, byte in draw(st.dictionaries(places, st.integers(0, 255), max_size=3)).items():
        drawn[place] = byte
    return bytes(drawn)


@st.composite
def _fields(draw: st.DrawFn, right: tuple[int, ...], kinds: str, order: str) -> bytes:
    """Draw numbers in a row, of which up to two are not the right ones, packed."""
    drawn = list(right)
    for place in draw(st.sets(st.integers(0, len(right) - 1), max_size=2)):
        size = 8 * struct.calcsize(kinds[place])
        number = draw(_NUMBERS) % 2**size
        signed = kinds[place].islower() and number >= 2 ** (size - 1)
        drawn[place] = number - 2**size if signed else number
    return struct.pack(order + kinds, *drawn)


_TAGS = (
    254, 256, 257, 258, 259, 262, 266, 270, 273, 274, 277, 278, 279, 282, 283, 284, 296, 305, 317,
    320, 322, 323, 324, 325, 330, 332, 338, 339, 347, 529, 530, 532, 32997, 33550, 34016, 50838,
    50839,
)  # fmt: skip
"""Of what an image is, how it is stored, and where; of tiles, SubIFDs, JPEG and ImageJ."""

_ENTRIES = st.one_of(
    st.tuples(st.sampled_from([3, 4]), st.just(1), _NUMBERS),
    st.tuples(st.integers(0, 19), st.one_of(st.just(1), _NUMBERS), _NUMBERS),
)
_COMPRESSIONS = (1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34712, 34925, 50000, 50001, 50002, 52546)
_STRIPS = st.one_of(
    st.just(bytes(range(256))),
    st.binary(min_size=200, max_size=300),
    st.just(saved(GREY[:16, :16], "JPEG")),
    changed(saved(GREY[:16, :16], "JPEG")),
    changed(zlib.compress(bytes(256))),
)


@st.composite
def _tags(draw: st.DrawFn) -> bytes:
    changes = draw(st.dictionaries(st.sampled_from(_TAGS), _ENTRIES, max_size=3))
    if draw(_SELDOM):
        changes[259] = (3, 1, draw(st.sampled_from(_COMPRESSIONS)))
    following = draw(_NUMBERS) if draw(_SELDOM) else 0
    return hand_made_tiff(changes, following=following, pixels=draw(_STRIPS))


@st.composite
def _directories(draw: st.DrawFn) -> bytes:
    """Draw a TIFF file whose directories, and those below them, lead to any place in it."""
    tags = [
        (256, 3, 1, 16), (257, 3, 1, 16), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, 1, 0), (277, 3, 1, 1), (278, 3, 1, 16), (279, 4, 1, 256), (330, 4, 1, 0),
    ]  # fmt: skip
    size = len(ifd(tags))
    count = draw(st.integers(1, 4))
    places = [8 + number * size for number in range(count)]
    anywhere = st.one_of(st.sampled_from([0, *places]), st.integers(0, 8 + count * size + 300))
    content = b"II*\x00" + struct.pack("<I", draw(anywhere))
    for _ in range(count):
        below = draw(st.tuples(st.sampled_from([1, 1, 2, 1000]), anywhere))
        own = [*tags[:5], (273, 4, 1, 8 + count * size), *tags[6:9], (330, 4, *below)]
        content += ifd(own, draw(anywhere))
    return content + bytes(range(256))


_TIFFS = (
    tiff(GREY),
    tiff(WIDE, byteorder=">", compression="lzw", predictor=True),
    tiff(GREY, compression="deflate", rowsperstrip=7),
    tiff(GREY, compression="packbits", bigtiff=True),
    tiff(GREY, compression="jpeg"),
    tiff(np.stack([GREY] * 3), compression="zstd"),
    tiff(GREY, tile=(16, 16), compression="lzma"),
    tiff(COLOUR, photometric="rgb", planarconfig="contig", compression="webp"),
    tiff(np.stack([GREY, GREY]), imagej=True, metadata={"axes": "CYX", "mode": "composite"}),
    tiff(GREY, ome=True, metadata={"axes": "YX", "PhysicalSizeX": 0.3, "PhysicalSizeY": 0.3}),
)

_WORDS = st.one_of(
    st.sampled_from(
        [
            *"0123",
            "-1",
            "999999999",
            "1e999",
            "nan",
            "0.3",
            "",
            "XYCZT",
            "XYZCT",
            "XYCCC",
            "µm",
            "nm",
        ]
    ),
    st.text("0123456789-+.e XYZCTµm\u0660é&<", max_size=8),
)
_ATTRIBUTES = {
    "Pixels": (
        "DimensionOrder", "SizeX", "SizeY", "SizeC", "SizeZ", "SizeT", "PhysicalSizeX",
        "PhysicalSizeY", "PhysicalSizeXUnit", "PhysicalSizeYUnit", "Type",
    ),
    "Channel": ("Name", "Fluor", "EmissionWavelength", "EmissionWavelengthUnit", "Color",
                "SamplesPerPixel"),
    "TiffData": ("IFD", "FirstC", "FirstZ", "FirstT", "PlaneCount"),
}  # fmt: skip
_RIGHT = {
    "Pixels": {"DimensionOrder": "XYCZT", "SizeX": "50", "SizeY": "40", "SizeC": "1"}
    | {"SizeZ": "1", "SizeT": "2"},
    "Channel": {"Name": "FITC"},
    "TiffData": {},
}


@st.composite
def _element(draw: st.DrawFn, name: str, inside: str = "") -> str:
    """Draw an element with some attributes changed, and some left out."""
    drawn = draw(
        st.dictionaries(st.sampled_from(_ATTRIBUTES[name]), st.none() | _WORDS, max_size=3)
    )
    attributes = {key: value for key, value in (_RIGHT[name] | drawn).items() if value is not None}
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{inside}</{name}>"


@st.composite
def _ome(draw: st.DrawFn) -> bytes:
    images = ""
    for _ in range(draw(st.integers(0, 2))):
        names = draw(st.lists(st.sampled_from(["Channel", "TiffData"]), max_size=3))
        inside = "".join(draw(_element(name)) for name in names)
        images += f"<Image>{draw(_element('Pixels', inside))}</Image>"
    xml = f'<?xml version="1.0"?><OME xmlns="x">{images}</OME>'.encode()
    if draw(st.booleans()):
        xml = draw(changed(xml))
    return tiff(np.stack([GREY] * 2), description=xml.replace(b"\0", b" "), metadata=None)


_ROWS = zlib.compress(b"".join(b"\0" + bytes(row) for row in GREY))
_CHUNKS = st.sampled_from([b"PLTE", b"tRNS", b"pHYs", b"iCCP", b"zTXt", b"iTXt", b"acTL", b"IDAT"])


@st.composite
def _png(draw: st.DrawFn) -> bytes:
    """Draw a PNG file whose chunks have right sums."""
    height, width = GREY.shape
    chunks = [(b"IHDR", draw(_fields((width, height, 8, 0, 0, 0, 0), "IIBBBBB", ">")))]
    if draw(st.booleans()):
        chunks.append((draw(_CHUNKS), draw(st.binary(max_size=40))))
    packed = draw(changed(_ROWS)) if draw(_SELDOM) else _ROWS
    chunks += [(b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


@st.composite
def _bmp(draw: st.DrawFn) -> bytes:
    pixels = bytes(COLOUR[:, :48])
    file = draw(_fields((54 + len(pixels), 0, 0, 54), "IHHI", "<"))
    info = draw(_fields((40, 48, 40, 1, 24, 0, 0, 2835, 2835, 0, 0), "IiiHHIIiiII", "<"))
    return b"BM" + file + info + pixels


IMAGES: dict[str, Contents] = {
    "tags of TIFF": _tags(),
    "directories of TIFF": _directories(),
    "bytes of TIFF": st.sampled_from(_TIFFS).flatmap(changed),
    "heads of TIFF": st.sampled_from(_TIFFS).flatmap(lambda content: changed(content, 300)),
    "OME-XML": _ome(),
    "chunks of PNG": _png(),
    "bytes of PNG": changed(saved(GREY, "PNG")),
    "fields of BMP": _bmp(),
    "bytes of BMP": changed(saved(COLOUR, "BMP"), 60),
    "bytes of JPEG": changed(saved(COLOUR, "JPEG"), 700),
}
"""What is drawn, by what is changed."""
