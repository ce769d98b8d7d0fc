"""What arrives in a folder: specimens whose images have all been written."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from anascope.errors import InputError
from anascope.files import sha256_of
from anascope.images import spelled
from anascope.reading import InputFile, Inputs, NotRead, find_images


@dataclass(frozen=True, slots=True)
class Arrival:
    """A specimen in a watched folder.

    Attributes:
        key: What makes it that specimen (:attr:`anascope.reading.InputFile.specimen_key`).
        files: Its images, in natural order.
        signature: Changes if an image is added or removed, or somebody writes to one.
    """

    key: str
    files: tuple[InputFile, ...]
    signature: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a watched folder has found.

    Attributes:
        arrivals: Specimens that have not changed for long enough to be read, by their keys.
        waiting: How many specimens have not.
        not_read: Files that belong to no specimen, and why.
        keys: All specimens that there are.
    """

    arrivals: dict[str, Arrival]
    waiting: int
    not_read: tuple[NotRead, ...]
    keys: frozenset[str]


class Arrivals:
    """Looks at a folder, again and again, and tells which specimens can be read.

    A specimen can be read once none of its images was added, removed or written to for a while:
    their number, sizes and times of writing stayed the same. That is seen by looking, on the clock
    of this machine, so that it holds on a network disk, too, which tells nobody of changes.

    Args:
        folder: The folder; all below it is looked at, but for hidden files and for folders that
            anascope has written.
        specimen: Which images form a specimen, as :func:`anascope.reading.find_images` takes it.
            None for a rule that does not depend on what else is there: an image in ``folder``
            itself is a specimen, and so is a folder below it.
        settle: Seconds for which nothing of a specimen may change before it is read.
        clock: Seconds that pass.
    """

    def __init__(
        self,
        folder: Path,
        *,
        specimen: str | None = None,
        settle: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder.absolute()
        self._rule = specimen
        self._settle = settle
        self._clock = clock
        self._since: dict[str, tuple[str, float]] = {}

    def look(self) -> Look:
        """Look at the folder.

        Raises:
            InputError: if it is not there, or the rule makes no sense.
        """
        if not self.folder.is_dir():
            raise InputError(self.folder, "no such folder", "the folder that is watched")
        inputs = self._found()
        now = self._clock()
        specimens: dict[str, list[InputFile]] = {}
        for file in inputs.files:
            specimens.setdefault(file.specimen_key, []).append(file)
        arrivals, since = {}, {}
        for key, files in specimens.items():
            signature = _signature(files)
            before = self._since.get(key)
            first = before[1] if before is not None and before[0] == signature else now
            since[key] = (signature, first)
            if now - first >= self._settle:
                arrivals[key] = Arrival(key, tuple(files), signature)
        refused = []
        for entry in inputs.not_read:
            if entry.source == spelled(self.folder):
                continue  # nothing has arrived yet
            key = f"not read:{entry.source}"
            before = self._since.get(key)
            first = before[1] if before is not None and before[0] == entry.reason else now
            since[key] = (entry.reason, first)
            if now - first >= self._settle:
                refused.append(entry)
        self._since = since
        waiting = len(specimens) - len(arrivals)
        return Look(arrivals, waiting, tuple(refused), frozenset(specimens))

    def _found(self) -> Inputs:
        if self._rule is not None:
            return find_images([self.folder], specimen=self._rule)
        alone = find_images([self.folder], specimen="file")
        together = {file.path: file for file in find_images([self.folder], specimen="folder").files}
        files = tuple(
            file if file.path.parent == self.folder else together[file.path]
            for file in alone.files
            if file.path in together  # or it came, or went, between the two
        )
        return Inputs(files, alone.not_read)


def _signature(files: list[InputFile]) -> str:
    """Return what changes with the files, their sizes and the times of their writing."""
    parts = []
    for file in files:
        try:
            status = file.path.stat()
            parts.append(f"{file.uri} {status.st_size} {status.st_mtime_ns}")
        except OSError as error:  # it is gone again, or may not be looked at
            parts.append(f"{file.uri} {error.errno}")
    return sha256_of("\n".join(sorted(parts)).encode("utf-8", "surrogatepass"))
