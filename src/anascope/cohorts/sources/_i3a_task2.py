"""The I3A Task 2 set: whole fields, or fields cut into 15 patches, and one table.

TIFF images whose names start with the number of the specimen, masks with the suffix ``_Mask``
and a table with the columns Image, Mask, Label and Intensity. In this set a specimen is a
patient: there are 252, with 4 fields each. Where the files are patches of 384×384, the last
number of a name is the patch's, and the table has a row for each patch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice, product
from pathlib import Path

from PIL import Image

from anascope.cohorts.sources._base import Source, SourceField, read_plain_mask
from anascope.cohorts.sources._cut_field import SIDE
from anascope.cohorts.sources._files import ImageFiles
from anascope.cohorts.sources._patch_rows import ListedImage, join_patches
from anascope.cohorts.sources._rows import entries_of
from anascope.errors import InputError
from anascope.images import SameCamera, read_signal
from anascope.tables import (
    TEXT_SUFFIXES,
    WORKBOOK_SUFFIXES,
    TableRow,
    read_table,
    refuse_second,
)

_MASK_ENDING = "_mask"
_NO_FIELD = (_MASK_ENDING, "_instances")  # the latter lie beside drawn sets
_COLUMNS = ("image", "mask", "label", "intensity")
_LOOKED_AT = 30  # images whose sizes tell patches from whole fields


class I3aTask2Source(Source):
    """The folder with the images and their table, or that table.

    Args:
        path: The folder, which holds one table, or the table itself.

    Raises:
        InputError: if there is no table, more than one, or one with other columns.
    """

    name = "I3A Task 2"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        table = path if path.is_file() else _only_table(path)
        self._files = ImageFiles(table.parent)
        listed = self._listed(table)
        images = [item.image for item in listed if isinstance(item, ListedImage)]
        self.camera = SameCamera([(image, None) for image in images])
        if _is_cut(self._files):
            self._fields = list(join_patches(listed, self.relative, self.camera))
        else:
            self._fields = [
                item if isinstance(item, InputError) else self._whole(item) for item in listed
            ]

    def __len__(self) -> int:
        return len(self._fields)

    def fields(self) -> Iterator[SourceField | InputError]:
        """Yield the fields in the table's order, then images that the table lacks, as errors."""
        return iter(self._fields)

    def _listed(self, table: Path) -> list[ListedImage | InputError]:
        """Return what the rows of the table list, then the images that no row lists."""
        first_rows: dict[Path, str] = {}
        read = partial(self._listed_in, first_rows=first_rows)
        unlisted = (
            image
            for image in self._files
            if image not in first_rows and not image.stem.casefold().endswith(_NO_FIELD)
        )
        rows = read_table(table, _COLUMNS, other_columns=True)
        return list(entries_of(rows, read, table=table, unlisted=unlisted))

    def _listed_in(self, row: TableRow, first_rows: dict[Path, str]) -> ListedImage:
        """Return what a row lists, and note which image it is."""
        if row["image"] is None:
            raise InputError(row.where, "no image", "the name of an image file")
        image = self._files.find(row["image"], row.where)
        refuse_second(first_rows, image, row.where, f"image '{image.name}'", "one row an image")
        specimen = re.match(r"\d+", image.stem)
        if specimen is None:
            found = f"image name '{image.name}'"
            raise InputError(row.where, found, "a name that starts with the specimen's number")
        return ListedImage(
            where=row.where,
            image=image,
            mask=self._mask_of(row, image),
            specimen=str(int(specimen[0])),
            pattern=row["label"],
            intensity=row["intensity"],
        )

    def _mask_of(self, row: TableRow, image: Path) -> Path | None:
        """Return the mask's file: the one that the row names, else the one named as the image."""
        if row["mask"] is not None:
            return self._files.find(row["mask"], row.where)
        beside = self._files.find_all(image.stem + _MASK_ENDING)
        return beside[0] if len(beside) == 1 else None

    def _whole(self, item: ListedImage) -> SourceField:
        return SourceField(
            field=item.image.stem,
            where=item.where,
            source_image=self.relative(item.image),
            read_image=partial(read_signal, item.image, camera=self.camera),
            source_mask=None if item.mask is None else self.relative(item.mask),
            read_mask=None if item.mask is None else partial(read_plain_mask, item.mask),
            patient=item.specimen,
            specimen=item.specimen,
            pattern=item.pattern,
            intensity=item.intensity,
        )


def _only_table(folder: Path) -> Path:
    """Return the one table of a folder, or if there is none at the top, of what is under it.

    A workbook counts only where there is no CSV: often the CSV was made from it.
    """
    levels = (sorted(folder.iterdir()), sorted(folder.rglob("*")))
    for suffixes, files in product((TEXT_SUFFIXES, WORKBOOK_SUFFIXES), levels):
        # "~$" begins what Excel leaves beside a workbook that is open.
        visible = [file for file in files if not file.name.startswith((".", "~$"))]
        tables = [file for file in visible if file.suffix.lower() in suffixes]
        if len(tables) > 1:
            names = ", ".join(table.relative_to(folder).as_posix() for table in tables)
            raise InputError(folder, f"{len(tables)} tables ({names})", "one, or its own path")
        if tables:
            return tables[0]
    columns = ", ".join(name.title() for name in _COLUMNS)
    raise InputError(folder, "no table", f"a CSV or Excel table with columns {columns}")


def _is_cut(files: ImageFiles) -> bool:
    """Tell whether images are patches, by the commonest size of the first ones."""
    images = (path for path in files if not path.stem.casefold().endswith(_NO_FIELD))
    sizes = Counter(size for size in map(_size, islice(images, _LOOKED_AT)) if size is not None)
    return bool(sizes) and sizes.most_common(1)[0][0] == (SIDE, SIDE)


def _size(path: Path) -> tuple[int, int] | None:
    try:
        with Image.open(path) as image:
            return image.size
    except (OSError, ValueError, Image.DecompressionBombError):  # reading the image will say it
        return None
