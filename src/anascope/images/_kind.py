"""What kind of file it is, from its first bytes: names of files are often wrong."""

from __future__ import annotations

IMAGE_SUFFIXES = frozenset({".tif", ".tiff", ".png", ".bmp", ".jpg", ".jpeg"})
"""Endings under which images are looked for in a folder."""

KINDS_READ = ("PNG", "JPEG", "BMP", "TIFF", "DICOM")
"""What is decoded from memory, once it was read and hashed."""

HEAD = 512
"""How many bytes :func:`kind_of` wants to see."""

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),  # of more than 4 GB
    (b"MM\x00+", "TIFF"),
    (b"ZISRAWFILE", "CZI"),
    (b"\xda\xce\xbe\x0a", "ND2"),
    (b"p\x00\x00\x00", "LIF"),
    (b"GIF8", "GIF"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\x93NUMPY", "NumPy"),
)
_PRINTED = bytes([9, 10, 12, 13, *range(32, 127)])


def kind_of(head: bytes) -> str:
    """Return the kind of a file: ``PNG``, ``TIFF``, ``HTML``, ...; ``unknown`` if none fits.

    Args:
        head: Its first bytes, :data:`HEAD` of them if it has so many.
    """
    if head[128:132] == b"DICM":  # what stands before that is free, and may be the start of a TIFF
        return "DICOM"
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:12] in (b"ftypavif", b"ftypheic", b"ftypmif1"):
        return "HEIF"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "HTML"
    if text.startswith(b"<?xml"):
        return "XML"
    return "text" if head and not head.translate(None, _PRINTED) else "unknown"
