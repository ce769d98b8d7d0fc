"""Image files of a folder, found by the names that tables give them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from anascope.errors import InputError
from anascope.images import IMAGE_SUFFIXES


class ImageFiles:
    """The image files under a folder, by name without suffix and without case.

    Args:
        root: The folder to look through; what starts with a dot is passed over.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._by_stem: dict[str, list[Path]] = defaultdict(list)
        for path in sorted(root.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
            if not hidden and path.suffix.lower() in IMAGE_SUFFIXES:
                self._by_stem[path.stem.casefold()].append(path)

    def __iter__(self) -> Iterator[Path]:
        """Yield all files, in a fixed order."""
        return iter(sorted(path for paths in self._by_stem.values() for path in paths))

    def find(self, name: str, where: str) -> Path:
        """Return the file that a table calls ``name``, with or without suffix and folders.

        Args:
            name: What the table says.
            where: The row that says it, for messages.

        Raises:
            InputError: if there is no such file, or more than one.
        """
        found = self.find_all(name)
        if len(found) != 1:
            several = ", ".join(path.relative_to(self._root).as_posix() for path in found)
            raise InputError(
                where,
                f"'{name}', which is {several}" if found else f"'{name}', which is no file",
                f"the name of one image file in {self._root}",
            )
        return found[0]

    def find_all(self, name: str) -> list[Path]:
        """Return the files that ``name`` fits best."""
        asked = PurePosixPath(name.replace("\\", "/"))
        with_suffix = asked.suffix.lower() in IMAGE_SUFFIXES
        stem = asked.stem if with_suffix else asked.name
        found = list(self._by_stem.get(stem.casefold(), []))
        if len(found) > 1 and with_suffix:
            found = [p for p in found if p.suffix.lower() == asked.suffix.lower()] or found
        if len(found) > 1:
            found = [p for p in found if _ends_with(p, asked.parent.parts)] or found
        return found


def _ends_with(path: Path, folders: tuple[str, ...]) -> bool:
    return not folders or path.parent.parts[-len(folders) :] == folders
