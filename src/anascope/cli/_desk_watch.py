"""``anascope desk watch``, and the same beside ``anascope desk serve``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anascope.cli._desk_place import Desk, opened, this_operator
from anascope.cli._output import print_line, warn
from anascope.errors import InputError

if TYPE_CHECKING:
    from anascope.desk.watch import Beside, WatchSettings

Results = Annotated[
    Path | None,
    typer.Option(
        help="Where the folders of results are made, one for each day [default: DESK/results]."
    ),
]
Model = Annotated[
    str | None,
    typer.Option(help="Folder of a model, or name of a bundled one, that reads new images."),
]
PixelSize = Annotated[
    float | None,
    typer.Option(help="Pixel size in micrometres of new images that do not state it."),
]
Channel = Annotated[
    str | None, typer.Option(help="Channel to read of new images, as for anascope read.")
]
Specimen = Annotated[
    str | None,
    typer.Option(
        help="Which new images form a specimen: those of a folder, each file, or pattern:REGEX "
        "[default: each file of the watched folder, and each folder in it]."
    ),
]
Settle = Annotated[
    float,
    typer.Option(help="Seconds for which nothing of a specimen may change before it is read."),
]

SETTLE, EVERY = 10.0, 5.0


def watch(
    desk: Desk,
    folder: Annotated[Path, typer.Argument(help="Folder in which images arrive.")],
    results: Results = None,
    model: Model = None,
    pixel_size_um: PixelSize = None,
    channel: Channel = None,
    specimen: Specimen = None,
    settle: Settle = SETTLE,
    every: Annotated[float, typer.Option(help="Seconds between two looks at FOLDER.")] = EVERY,
    beside: Annotated[bool, typer.Option("--beside", hidden=True)] = False,
) -> None:
    """Read new images of FOLDER as they arrive, and add them to the worklist of DESK, until Ctrl-C.

    Results of anascope read that DESK has already are brought in again as they grow. An image that
    cannot be read is listed on the worklist with the reason. Start it again to go on.
    """
    with opened(desk) as database:
        from anascope.desk.watch import end_with_input, give_way, watching

        settings = watch_settings(
            desk, folder, results, model, pixel_size_um, channel, specimen, settle, every
        )
        if beside:
            give_way()
            end_with_input()

        def began() -> None:
            if not beside:
                print_line(f"{folder}: watched (Ctrl-C ends it)")

        try:
            watching(database, settings, by=this_operator(), say=warn, began=began)
        except KeyboardInterrupt:
            if not beside:
                raise
            raise typer.Exit(143) from None  # the desk has told it to end, and tells of that


def watch_settings(
    desk: str,
    folder: Path,
    results: Path | None,
    model: str | None,
    pixel_size_um: float | None,
    channel: str | None,
    specimen: str | None,
    settle: float,
    every: float = EVERY,
) -> WatchSettings:
    """Return options as settings.

    Raises:
        InputError: if there is no place for the results.
    """
    from anascope.desk.watch import WatchSettings
    from anascope.images import AskedChannel
    from anascope.reading.batch import ReaderSettings

    if results is None:
        if "://" in desk:
            raise InputError("results", "none", "--results FOLDER, as the desk is on a server")
        results = Path(desk) / "results"
    reader = ReaderSettings(
        model=model,
        pixel_size_um=pixel_size_um,
        channel=None if channel is None else AskedChannel.of(channel, "--channel").text,
        sheets=False,
    )
    return WatchSettings(folder, results, specimen, reader, every, settle)


@contextmanager
def watched_beside(desk: str, settings: WatchSettings) -> Iterator[Beside]:
    """Watch a folder in another process for as long as the context lasts.

    Raises:
        InputError: if it cannot be watched as it is asked for.
    """
    from anascope.desk.watch import Beside, check_settings

    check_settings(settings)
    reader = settings.reader
    asked = {
        "--results": settings.results,
        "--model": reader.model,
        "--pixel-size-um": reader.pixel_size_um,
        "--channel": reader.channel,
        "--specimen": settings.specimen,
        "--settle": settings.settle,
        "--every": settings.every,
    }
    options = [f"{name}={value}" for name, value in asked.items() if value is not None]
    command = [sys.executable, "-m", "anascope", "desk", "watch", "--beside", *options]
    with Beside([*command, "--", desk, str(settings.folder)], say=warn) as beside:
        yield beside
