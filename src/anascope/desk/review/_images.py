"""Whether images are still those that were read."""

from __future__ import annotations

from pathlib import Path

from anascope.desk.worklist import ReadSpecimen
from anascope.errors import InputError
from anascope.images import content_sha256
from anascope.regular_files import regular_size
from anascope.writing import in_words

_AS_READ = "the image as it was read"


class ImageChanged(InputError):
    """An image is gone, or is not the one that was read."""


def check_images(read: ReadSpecimen) -> None:
    """Check that every image of a specimen is where it was, with the same content.

    Raises:
        ImageChanged: for the first one that is not.
    """
    hashes: dict[Path, str] = {}  # several fields may be pages of one file
    for field in read.fields:
        path = field.image
        if path is None:
            continue
        where = f"specimen '{read.specimen.specimen}', image {path}"
        moved = f"{_AS_READ}; if it was moved, read it where it is now and bring the results in"
        try:
            if path not in hashes:
                regular_size(path, where, moved)
                hashes[path] = content_sha256(path)
        except InputError as error:
            raise ImageChanged(error.where, error.found, error.expected) from None
        except OSError as error:
            raise ImageChanged(where, in_words(error)[0], moved) from None
        if hashes[path] != field.sha256:
            anew = f"{_AS_READ}; if it was meant to change, read it again and bring the results in"
            raise ImageChanged(where, "was changed since it was read (its SHA-256 differs)", anew)
