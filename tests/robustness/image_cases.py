"""Image files that are broken or odd."""

from __future__ import annotations

import imagecodecs
import numpy as np
from PIL import Image

from tests.refusals import Refusal
from tests.robustness.case import (
    FIELD,
    GOOD,
    IMAGE,
    READ,
    SOME_NOT_READ,
    VALUES,
    WHOLE,
    WHOLE_TIFF,
    Case,
    write,
)
from tests.robustness.files import (
    COLOUR,
    GREY,
    WIDE,
    animated,
    bmp_header,
    cut,
    damaged,
    hand_made_tiff,
    packed,
    png_chunk,
    png_header,
    saved,
    tiff,
    without_adobe,
)

Reasons = tuple[str, str]


def _file(name: str, content: bytes, reasons: Reasons | None, title: str = "") -> Case:
    """Return the case of one file, given beside the good one; ``reasons``: found and expected."""
    return Case(
        name=title or name,
        build=lambda folder: write(folder / name, content),
        refusal=None if reasons is None else Refusal(f"{{folder}}/{name}", *reasons),
        exit_code=READ if reasons is None else SOME_NOT_READ,
        arguments=(f"{{folder}}/{name}", f"{{folder}}/{GOOD}"),
    )


def _broken(kind: str) -> Reasons:
    return (f"a damaged or truncated {kind} file", WHOLE)


def _tags(name: str, changes: dict[int, tuple[int, int, int]], reasons: Reasons) -> Case:
    return _file(f"{name}.tif", hand_made_tiff(changes), reasons)


_COLOURS = Image.fromarray(COLOUR)
_INKS = np.asarray(_COLOURS.convert("CMYK"))


def _few_bits(bits: int) -> bytes:
    """Return a TIFF file whose values have so many bits each."""
    height, width = GREY.shape
    size = {256: (3, 1, width), 257: (3, 1, height), 278: (3, 1, height)}
    values = WIDE >> (16 - bits)
    return hand_made_tiff({**size, 258: (3, 1, bits)}, pixels=packed(values, bits))


_NO_PIXELS = png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")
_TRUNCATED = ("a truncated file", WHOLE_TIFF)
_MOST = "at most 89478485 pixels"
_LARGER = ("a header that claims a larger image", _MOST)
_MINUS = 0xFFFFFFF0  # of a number that a careless reader takes for signed: -16

_ENTITIES = ("OME-XML that declares entities of its own", "plain OME-XML")
_LAUGHS = (
    "<?xml version='1.0'?><!DOCTYPE OME [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]><OME xmlns='x'><Image Name='&a9;'/></OME>"
)
_OUTSIDE = (
    "<?xml version='1.0'?><!DOCTYPE OME [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>"
    "<OME xmlns='x'><Image>&a;</Image></OME>"
)
_OME_UNREAD = ("OME-XML that cannot be read", "OME-XML that describes the pages of the file")


def _ome(c: int, z: int, t: int, inside: str = "") -> bytes:
    """Return a TIFF of one page whose OME metadata promises so many channels, depths, times."""
    xml = (
        "<?xml version='1.0'?><OME xmlns='x'><Image><Pixels DimensionOrder='XYCZT' SizeX='50'"
        f" SizeY='40' SizeC='{c}' SizeZ='{z}' SizeT='{t}'>{inside}</Pixels></Image></OME>"
    )
    return tiff(GREY, description=xml)


TRUNCATED = [
    _file("half.png", cut(saved(GREY, "PNG"), 0.5), _broken("PNG")),
    _file("end.png", cut(saved(GREY, "PNG"), 0.98), _broken("PNG")),
    _file("header.png", saved(GREY, "PNG")[:20], _broken("PNG")),
    _file("signature.png", saved(GREY, "PNG")[:8], _broken("PNG")),
    _file("half.jpg", cut(saved(GREY, "JPEG"), 0.5), _broken("JPEG")),
    _file("marker.jpg", b"\xff\xd8\xff", _broken("JPEG")),
    _file("half.bmp", cut(saved(GREY, "BMP"), 0.5), _broken("BMP")),
    _file("letters.bmp", b"BM", _broken("BMP")),
    _file("half.tif", cut(tiff(GREY), 0.5), _TRUNCATED),
    _file("lzw.tif", cut(tiff(GREY, compression="lzw"), 0.6), _TRUNCATED),
    _file("header.tif", tiff(GREY)[:6], _broken("TIFF")),
    _file("directory.tif", tiff(GREY)[:30], _broken("TIFF")),
    _file("last-page.tif", cut(tiff(np.stack([GREY] * 3)), 0.9), _broken("TIFF")),
    _file("empty.png", b"", ("an empty file", IMAGE)),
    _file("empty.tif", b"", ("an empty file", IMAGE)),
]

DAMAGED = [
    _file("data.png", damaged(saved(GREY, "PNG"), 0.5), _broken("PNG")),
    _file("size.png", damaged(saved(GREY, "PNG"), 0.01, 8), _broken("PNG")),
    _file("deflate.tif", damaged(tiff(GREY, compression="deflate"), 0.5, 30), _broken("TIFF")),
    _file(
        "jpeg-in.tif",
        hand_made_tiff({259: (3, 1, 7)}, pixels=damaged(saved(GREY[:16, :16], "JPEG"), 0, 30)),
        _broken("TIFF"),
    ),
    _file(
        "short-strip.tif",
        hand_made_tiff({259: (3, 1, 5)}, pixels=bytes(imagecodecs.lzw_encode(bytes(100)))),
        _broken("TIFF"),
    ),
    _file(
        "ome.tif",
        tiff(GREY, description="<?xml version='1.0'?><OME xmlns='x'><Image></OME>"),
        ("OME-XML that cannot be read", "OME-XML that describes the pages of the file"),
    ),
    _file("entities.ome.tif", tiff(GREY, description=_LAUGHS), _ENTITIES),
    _file("outside.ome.tif", tiff(GREY, description=_OUTSIDE), _ENTITIES),
    _file("depths.ome.tif", _ome(1, 2_000_000_000, 1), _OME_UNREAD),
    _file("channels.ome.tif", _ome(2_000_000_000, 0, 1), _OME_UNREAD),
    _file("minus.ome.tif", _ome(1, 1, 1, "<TiffData IFD='-1'/>"), _OME_UNREAD),
    _file("count.ome.tif", _ome(1, 1, 1, "<TiffData PlaneCount='2000000000'/>"), None),
    _file("many.ome.tif", _ome(1, 1, 1, "<TiffData IFD='0'/>" * 20_000), _OME_UNREAD),
    _file("deep.ome.tif", _ome(1, 1, 1, "<a>" * 100_000 + "</a>" * 100_000), None),
]

SIZES = [
    _file(
        "one.png",
        saved(GREY[:1, :1], "PNG"),
        ("an image of 1×1 pixels", "at least 16 on each side"),
    ),
    _file("one.tif", tiff(GREY[:1, :1]), ("an image of 1×1 pixels", "at least 16 on each side")),
    _file(
        "line.bmp",
        saved(GREY[:1], "BMP"),
        ("an image of 50×1 pixels", "at least 16 on each side"),
    ),
    _file("none.png", png_header(0, 5, _NO_PIXELS), _broken("PNG")),
    _file("none.bmp", bmp_header(0, 0), _broken("BMP")),
    _tags("none", {256: (4, 1, 0)}, ("an image without pixels", WHOLE_TIFF)),
    _file("giga.png", png_header(100_000, 100_000, _NO_PIXELS), _LARGER),
    _file("mega.png", png_header(10_000, 10_000, _NO_PIXELS), _LARGER),
    _file("giga.bmp", bmp_header(100_000, 100_000), _LARGER),
    _file("minus.bmp", bmp_header(-5, 5), _LARGER),
    _tags(
        "giga",
        {256: (4, 1, 100_000), 257: (4, 1, 100_000)},
        ("a header that claims 10000000000 values", "at most 400000000"),
    ),
]

MOVING = [
    _file("moving.gif", animated("GIF"), ("a GIF file", IMAGE)),
    _file("still.gif", saved(GREY, "GIF"), ("a GIF file", IMAGE)),
    _file("moving.png", animated("PNG"), ("2 frames", "a still image")),
    _file("moving.webp", animated("WEBP"), ("a WebP file", IMAGE)),
]

COLOURS = [
    _file("cmyk.jpg", saved(_COLOURS.convert("CMYK"), "JPEG"), None),
    _file(
        "inks.jpg",
        without_adobe(saved(_COLOURS.convert("CMYK"), "JPEG")),
        ("inks (CMYK) that may be inverted or not", VALUES),
    ),
    _file(
        "cmyk-jpeg.tif",
        tiff(_INKS, photometric="separated", compression="jpeg"),
        ("colours of kind SEPARATED", VALUES),
    ),
    _file(
        "wide-cmyk.tif",
        tiff(_INKS.astype(np.uint16), photometric="separated"),
        ("colours of kind SEPARATED", VALUES),
    ),
    _file(
        "cmyk.tif", saved(_COLOURS.convert("CMYK"), "TIFF"), ("colours of kind SEPARATED", VALUES)
    ),
    _file("lab.tif", saved(_COLOURS.convert("LAB"), "TIFF"), ("colours of kind CIELAB", VALUES)),
    _file("ycbcr.tif", saved(_COLOURS.convert("YCbCr"), "TIFF"), ("colours of kind YCBCR", VALUES)),
    _file("alpha.png", saved(_COLOURS.convert("RGBA"), "PNG"), None),
    _file("palette.png", saved(_COLOURS.convert("P"), "PNG"), None),
    _file(
        "wide-colour.png",
        bytes(imagecodecs.png_encode(np.stack([WIDE] * 3, axis=-1))),
        ("16-bit colour", "16-bit grey, 8-bit colour, or a TIFF file"),
    ),
    _file("wide-colour.tif", tiff(np.stack([WIDE] * 3, axis=-1), photometric="rgb"), None),
]

_NO_NUMBERS = "values that are no numbers (NaN or infinity)"
_TWO_SAMPLES = (
    "2 channels (without a name, without a name)",
    "a channel called FITC, fluorescein, GFP, Cy2, green or after a dye of 488 nm, or one that is "
    "displayed in green; or name it as channel",
)

VALUES_OF_OTHER_KINDS = [
    _file("nan.tif", tiff(np.full((40, 50), np.nan, np.float32)), (_NO_NUMBERS, VALUES)),
    _file("infinite.tif", tiff(np.full((40, 50), np.inf)), (_NO_NUMBERS, VALUES)),
    _file("minus-infinite.tif", tiff(np.full((40, 50), -np.inf)), (_NO_NUMBERS, VALUES)),
    _file("floats.tif", tiff(GREY.astype(np.float32)), None),
    _file("half-floats.tif", tiff(GREY.astype(np.float16)), None),
    _file(
        "floats-too-large.tif",
        tiff(GREY * np.float32(1e30)),
        ("floating point up to 2.55e+32", "at most 65535"),
    ),
    _file(
        "floats-around-zero.tif",
        tiff(GREY / np.float32(255) - np.float32(0.5)),
        ("floating point from -0.5 to 0.5", "brightness that is hardly under zero"),
    ),
    _file(
        "two-samples.tif", tiff(np.stack([GREY] * 2, axis=-1), planarconfig="contig"), _TWO_SAMPLES
    ),
    _file("grey-and-alpha.tif", tiff(np.stack([GREY] * 2, axis=-1), extrasamples=[2]), None),
    _file(
        "complex.tif", tiff(np.zeros((40, 50), np.complex64)), ("pixels of type complex64", VALUES)
    ),
    _file("negative.tif", tiff(np.full((40, 50), -3, np.int16)), ("pixels of type int16", VALUES)),
    _file("wide.tif", tiff(np.zeros((40, 50), np.uint32)), ("pixels of type uint32", VALUES)),
    _file("bit.tif", tiff(GREY > 99), ("an image of one bit", FIELD)),
    _file("bit.png", saved(GREY > 99, "PNG"), ("an image of one bit", FIELD)),
    _file("bit.bmp", saved(GREY > 99, "BMP"), ("an image of one bit", FIELD)),
    _tags("bits-77", {258: (3, 1, 77)}, ("pixels of 77 bits", VALUES)),
    _file("bits-4.tif", _few_bits(4), None),
    _file("bits-12.tif", _few_bits(12), None),
    _file("bits-4-short.tif", _few_bits(4)[:-1], _TRUNCATED),
]

HOSTILE = [
    _file("no-page.tif", hand_made_tiff(first=0), ("0 pages", "1 to 10000 pages")),
    _file("lost-page.tif", hand_made_tiff(first=99_999), ("0 pages", "1 to 10000 pages")),
    _file("loop.tif", hand_made_tiff(following=8), _broken("TIFF")),
    _file("next.tif", hand_made_tiff(following=77_777), _broken("TIFF")),
    _tags("many-offsets", {273: (4, _MINUS, 200)}, _broken("TIFF")),
    _tags("many-counts", {279: (4, 0x7FFFFFFF, 200)}, _broken("TIFF")),
    _tags("long-text", {270: (2, 0x7FFFFFFF, 200)}, _broken("TIFF")),
    _tags("negative-offset", {273: (4, 1, _MINUS)}, _TRUNCATED),
    _tags("negative-count", {279: (4, 1, _MINUS)}, _TRUNCATED),
    _tags("no-data", {279: (4, 1, 0)}, _TRUNCATED),
    _tags("little-data", {279: (4, 1, 128)}, _TRUNCATED),
    _tags("few-rows", {278: (3, 1, 2)}, _broken("TIFF")),
    _tags("many-samples", {277: (3, 1, 60_000)}, _TRUNCATED),
    _tags("tiny-tiles", {322: (3, 1, 1), 323: (3, 1, 1)}, _broken("TIFF")),
    _tags("compression", {259: (3, 1, 12_345)}, _broken("TIFF")),
    _tags("predictor", {317: (3, 1, 9)}, _broken("TIFF")),
    _tags("type", {256: (99, 1, 16)}, ("an image without pixels", WHOLE_TIFF)),
]

OTHER_KINDS = [
    _file("text.tif", b"Dear colleague,\n", ("a text file", IMAGE)),
    _file("page.png", b"<!DOCTYPE html><html>404</html>", ("an HTML file", IMAGE)),
    _file("archive.png", b"PK\x03\x04" + bytes(40), ("a zip file", IMAGE)),
    _file("zeros.tif", bytes(100), ("an unknown kind of file", IMAGE)),
    _file("report.pdf", b"%PDF-1.7\n", ("a PDF file", IMAGE)),
    _file("really-png.tif", saved(GREY, "PNG"), None),
    _file("really-tiff.png", tiff(GREY), None),
]

IMAGES = [
    *TRUNCATED,
    *DAMAGED,
    *SIZES,
    *MOVING,
    *COLOURS,
    *VALUES_OF_OTHER_KINDS,
    *HOSTILE,
    *OTHER_KINDS,
]
