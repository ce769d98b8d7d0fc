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
            hidden = any(name.startswith(".") for name in path.relative_to(root).parts)
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
        matches = self.find_all(name)
        if len(matches) != 1:
            several = ", ".join(path.relative_to(self._root).as_posix() for path in matches)
            raise InputError(
                where,
                f"'{name}', which is {several}" if matches else f"'{name}', which is no file",
                f"the name of one image file in {self._root}",
            )
        return matches[0]

    def find_all(self, name: str) -> list[Path]:
        """Return the files that ``name`` fits best."""
        requested = PurePosixPath(name.replace("\\", "/"))
        with_suffix = requested.suffix.lower() in IMAGE_SUFFIXES
        stem = requested.stem if with_suffix else requested.name
        matches = list(self._by_stem.get(stem.casefold(), []))
        if len(matches) > 1 and with_suffix:
            matches = [
                p for p in matches if p.suffix.lower() == requested.suffix.lower()
            ] or matches
        if len(matches) > 1:
            matches = [p for p in matches if _ends_with(p, requested.parent.parts)] or matches
        return matches


def _ends_with(path: Path, folders: tuple[str, ...]) -> bool:
    return not folders or path.parent.parts[-len(folders) :] == folders
