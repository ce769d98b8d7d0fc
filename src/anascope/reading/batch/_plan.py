"""What is kept of earlier readings into the same folder, and what is to be done.

A result is kept if the image is in the same place, or was moved from there, with the same content,
channel, pixel size and model, and belongs to the same specimen. Anything else is read anew, and
why is counted. What was read for another coverage is decided anew from what was read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute

from anascope.errors import InputError
from anascope.images import values_ask_for
from anascope.reading import InputFile, NotRead
from anascope.reading.batch._hashes import hashes_of
from anascope.reading.batch._kept import Asked, WhyAnew, is_read_by, why_anew
from anascope.reading.batch._moved import find_moved, follow
from anascope.reading.batch._naming import Names
from anascope.reading.results import SpecimenFolder, Store, StoredField


@dataclass(frozen=True)
class SpecimenWork:
    """What is to be done on a specimen.

    Attributes:
        specimen: Its name.
        folder: Where its results are, with those that are kept.
        files: Its image files that are to be read, at least in part.
        pages_kept: Which pages are kept: URI, and page from 1.
        files_kept: The given files of which something is kept.
    """

    specimen: str
    folder: SpecimenFolder
    files: tuple[InputFile, ...]
    pages_kept: frozenset[tuple[str, int]]
    files_kept: tuple[InputFile, ...] = ()


@dataclass
class Plan:
    """What is to be done.

    Attributes:
        work: On which specimens, in the order of their names.
        files_done: How many of the given files were read before, as a whole.
        fields_kept: How many fields of the given files are kept.
        decided_anew: How many fields are decided anew, for another coverage.
        anew: How many of the given files are read anew, by why.
        renamed: What specimens are called whose names, as they were given, the folder of results
            has for others.
        not_read: Files that were read before and cannot be opened now; what was read stays.
    """

    work: list[SpecimenWork] = attribute(default_factory=list)
    files_done: int = 0
    fields_kept: int = 0
    decided_anew: int = 0
    anew: Counter[WhyAnew] = attribute(default_factory=Counter)
    renamed: dict[str, str] = attribute(default_factory=dict)
    not_read: list[NotRead] = attribute(default_factory=list)


def make_plan(store: Store, files: Sequence[InputFile], asked: Asked) -> Plan:
    """Return what is to be done, and remove from the folder of results what no longer holds.

    Args:
        store: The folder of results.
        files: What is to be read.
        asked: How.

    Raises:
        InputError: if results of other images would stay in the folder that another model has
            read. Nothing is removed then.
    """
    given = {file.uri: file for file in files}
    stored = _by_file(store)
    moved = find_moved(stored, given)
    others = stored.keys() - given.keys() - moved.keys()
    _refuse_mixture(store, (field for uri in others for field in stored[uri]), asked)
    follow(store, moved)
    stored = _by_file(store)
    names = Names(store.fields())
    hashes = hashes_of([file for file in files if file.uri in stored])
    plan = Plan()
    to_read: dict[str, list[InputFile]] = {}  # by specimen
    stale: list[StoredField] = []
    named = {uri: names.named(file) for uri, file in given.items()}
    for uri, file in named.items():
        to_read.setdefault(file.specimen, [])
        fields, content = stored.get(uri, []), hashes.get(uri)
        if isinstance(content, NotRead):
            plan.not_read.append(content)
            plan.fields_kept += len(fields)
            continue
        why = None if content is None else why_anew(file, content, fields, asked)
        if why is not None:
            plan.anew[why] += 1
            stale += fields
            fields = []
        plan.fields_kept += len(fields)
        if _has_all_pages(fields):
            plan.files_done += 1
        else:
            to_read[file.specimen].append(file)
        given_name = given[uri].specimen
        if file.specimen != given_name and file.specimen_key == f"name:{given_name}":
            plan.renamed[given_name] = file.specimen
    for outdated in stale:
        store.remove(outdated)
    store.forget_not_read({file.uri: specimen for specimen, own in to_read.items() for file in own})
    others_covered = [
        field
        for field in store.fields()
        if field.provenance is not None and field.coverage not in (asked.coverage, None)
    ]
    plan.decided_anew = len(others_covered)
    touched = store.half_decided | {field.specimen for field in (*stale, *others_covered)}
    touched |= _of_unlike_scale(store)
    for specimen in sorted(touched | to_read.keys()):
        own = to_read.get(specimen)
        work = _work_on(store, specimen, own, named, asked, specimen in touched)
        if work is not None:
            plan.work.append(work)
    return plan


def _work_on(
    store: Store,
    specimen: str,
    files: Sequence[InputFile] | None,
    named: Mapping[str, InputFile],
    asked: Asked,
    touched: bool,
) -> SpecimenWork | None:
    """Return what is to be done on a specimen.

    Args:
        store: The folder of results.
        specimen: Its name.
        files: Its files that are to be read, or None if no file of it is given.
        named: All given files, by URI.
        asked: How they are to be read.
        touched: Whether its decision no longer fits its fields.
    """
    with_sheet = asked.sheets and files is not None
    if not files and not touched and store.is_whole(specimen, sheet=with_sheet):
        return None
    files = list(files or ())
    for damaged in store.set_damaged_aside(specimen):
        file = None if damaged.provenance is None else named.get(damaged.provenance.file)
        if file is not None and file not in files:
            files.append(file)
    fields = store.fields_of(specimen)
    if not files and not fields:
        store.remove_specimen(specimen)
        return None
    kept = (field.provenance for field in fields.values() if field.provenance is not None)
    pages = frozenset((provenance.file, provenance.page) for provenance in kept)
    kept_uris = {uri for uri, _ in pages}
    files_kept = tuple(named[uri] for uri in sorted(kept_uris) if uri in named)
    folder = store.specimen_folder(specimen)
    return SpecimenWork(specimen, folder, tuple(files), pages, files_kept)


def _of_unlike_scale(store: Store) -> set[str]:
    """Return the specimens of which a field was read at a full scale that others contradict."""
    by_specimen: dict[str, list[tuple[int, float]]] = {}
    for field in store.fields():
        own = field.provenance
        if own is not None and own.brightest is not None:
            by_specimen.setdefault(field.specimen, []).append((own.full_scale, own.brightest))
    return {
        specimen
        for specimen, fields in by_specimen.items()
        if not all(
            values_ask_for(full, max(brightest for _, brightest in fields)) for full, _ in fields
        )
    }


def _by_file(store: Store) -> dict[str, list[StoredField]]:
    """Return the fields that are there by the URI of their file; without those of arrays."""
    by_file: dict[str, list[StoredField]] = {}
    for stored in store.fields():
        if stored.provenance is not None:
            by_file.setdefault(stored.provenance.file, []).append(stored)
    return by_file


def _has_all_pages(fields: Sequence[StoredField]) -> bool:
    provenances = [stored.provenance for stored in fields if stored.provenance is not None]
    return bool(provenances) and len(provenances) == provenances[0].pages


def _refuse_mixture(store: Store, others: Iterable[StoredField], asked: Asked) -> None:
    mixed = sum(not is_read_by(stored, asked.model) for stored in others)
    if mixed:
        found = f"{mixed} fields read by another model"
        expected = "their images among those to read, or another folder for the results"
        raise InputError(store.path, found, expected)
