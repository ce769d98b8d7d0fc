"""Images that were moved since they were read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import takewhile

from anascope.files import path_of_uri
from anascope.reading import InputFile, NotRead
from anascope.reading.batch._hashes import hashes_of
from anascope.reading.results import Store, StoredField


def find_moved(
    stored: Mapping[str, Collection[StoredField]], given: Mapping[str, InputFile]
) -> dict[str, InputFile]:
    """Return which new files are files that were read elsewhere and are no longer there.

    New files are hashed only if there is one that is gone.

    Args:
        stored: What was read, by the URI of the file.
        given: The files that are given now, by URI.

    Returns:
        Where each is now, by the URI under which it was read.
    """
    gone = [uri for uri in stored if uri not in given and not path_of_uri(uri).exists()]
    if not gone:
        return {}
    new = hashes_of([file for uri, file in given.items() if uri not in stored])
    by_hash: dict[str | NotRead, list[str]] = {}
    for uri, content in new.items():
        by_hash.setdefault(content, []).append(uri)
    moved = {}
    for uri in gone:
        hashes = {field.provenance.sha256 for field in stored[uri] if field.provenance}
        alike = by_hash.get(hashes.pop(), []) if len(hashes) == 1 else []
        if alike:  # of copies the one whose name, and folders above it, stayed
            likest = max(alike, key=lambda new_uri: _shared_end(uri, new_uri))
            alike.remove(likest)
            moved[uri] = given[likest]
    return moved


def _shared_end(uri: str, other: str) -> int:
    """Return how many parts two paths share, counted from their ends."""
    pairs = zip(reversed(uri.split("/")), reversed(other.split("/")), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def follow(store: Store, moved: Mapping[str, InputFile]) -> None:
    """Write down where images are now; a specimen that moved as a whole stays that specimen.

    Args:
        store: The folder of results.
        moved: As :func:`find_moved` returns it.
    """
    by_specimen: dict[str, list[tuple[StoredField, InputFile | None]]] = {}
    keys = set()
    for field in store.fields():
        file = None if field.provenance is None else moved.get(field.provenance.file)
        by_specimen.setdefault(field.specimen, []).append((field, file))
        keys.add(field.provenance and field.provenance.specimen)
    for fields in by_specimen.values():
        new_keys = {file.specimen_key if file else None for _, file in fields}
        key = new_keys.pop() if len(new_keys) == 1 and not new_keys & keys else None
        for field, file in fields:
            if file is not None and field.provenance is not None:
                specimen = key or field.provenance.specimen
                provenance = replace(field.provenance, file=file.uri, specimen=specimen)
                store.change_provenance(field, provenance, str(file.path))
