"""``anascope desk``: make one, bring results in, serve it, prove its trail; users: another file."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anascope.cli import _desk_users, _desk_watch
from anascope.cli._desk_place import Desk, needs_extra, opened, this_operator
from anascope.cli._options import Commands
from anascope.cli._output import AsJson, print_json, print_line, progress, warn
from anascope.errors import InputError

if TYPE_CHECKING:
    from anascope.desk.worklist import Imported

app = typer.Typer(
    cls=Commands,
    help="Review, correct and sign results in a browser, with users and an audit trail.",
    no_args_is_help=True,
)
app.add_typer(_desk_users.app, name="users")
app.command("watch")(_desk_watch.watch)

_SHOWN = 10  # lines of one sort that a person reads; --json gives all


@app.command("init")
def init(
    desk: Desk,
    signatures: Annotated[
        int | None,
        typer.Option(help="Signatures that a result needs, 1 or 2 [default: unchanged, or 1]."),
    ] = None,
) -> None:
    """Create the database DESK, or upgrade an existing one to this version.

    DESK is a folder, which gets an SQLite file, or a URL such as postgresql://NAME@HOST/DATABASE.
    """
    needs_extra()
    from anascope.desk.review import require_signatures, signatures_required
    from anascope.desk.store import create_database

    with create_database(desk) as database:
        if signatures is not None:
            require_signatures(database, signatures, by=this_operator())
        with database.reading() as session:
            needed = signatures_required(session)
        signed = "one signature" if needed == 1 else f"{needed} signatures"
        print_line(f"{database.shown}: ready; a result needs {signed}")


@app.command("import")
def import_(
    desk: Desk,
    results: Annotated[
        list[Path], typer.Argument(help="Folders of results that anascope read has written.")
    ],
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait while another process writes a folder.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add the specimens of RESULTS to the worklist of DESK. Unchanged specimens stay as they are.

    Exit status 1 if anything in RESULTS is damaged; everything else is added all the same.
    """
    done: dict[str, Imported] = {}
    with opened(desk) as database:
        from anascope.desk.worklist import import_results

        for folder in results:
            with progress(f"bringing in {folder.name}", None, unit="specimens") as bar:

                def advance(number: int, of: int) -> None:
                    bar.update(bar.task_ids[0], completed=number, total=of)

                by = this_operator()
                found = import_results(database, folder, by=by, wait=wait, advance=advance)
            done[str(folder)] = found
            if not as_json:
                _print_imported(folder, found)
    if as_json:
        from dataclasses import asdict

        print_json([{"folder": folder} | asdict(found) for folder, found in done.items()])
    if any(found.damaged for found in done.values()):
        raise typer.Exit(1)


def _print_imported(folder: Path, found: Imported) -> None:
    print_line(
        f"{folder}: {found.new} new, {found.changed} read anew, {found.moved} moved, "
        f"{found.unchanged} as they were"
    )
    for title, lines in (
        ("damaged", [entry.reason for entry in found.damaged]),
        ("not read", [f"{entry.source}: {entry.reason}" for entry in found.not_read]),
        ("not decided yet", found.undecided_yet),
        ("not in the folder any more, and kept on the worklist", found.gone),
    ):
        for line in lines[:_SHOWN]:
            warn(f"{title}: {line}")
        if len(lines) > _SHOWN:
            warn(f"{title}: {len(lines) - _SHOWN} more; --json lists them all")


@app.command("serve")
def serve(
    desk: Desk,
    host: Annotated[
        str, typer.Option(help="Address to listen on; one that other machines reach needs users.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = (8350),
    certificate: Annotated[
        Path | None, typer.Option(help="TLS certificate (PEM file), together with --key.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="Private key of the certificate (PEM file).")
    ] = None,
    watch: Annotated[
        Path | None,
        typer.Option(
            help="Folder in which images arrive: they are read, and join the worklist, meanwhile."
        ),
    ] = None,
    results: _desk_watch.Results = None,
    model: _desk_watch.Model = None,
    pixel_size_um: _desk_watch.PixelSize = None,
    channel: _desk_watch.Channel = None,
    specimen: _desk_watch.Specimen = None,
    settle: _desk_watch.Settle = _desk_watch.SETTLE,
    proxy: Annotated[
        list[str] | None,
        typer.Option(help="Address or network of a TLS proxy in front of the desk; repeatable."),
    ] = None,
    openid: Annotated[
        Path | None,
        typer.Option(help="YAML file of an OpenID Connect provider that users log in with."),
    ] = None,
) -> None:
    """Serve the pages of DESK to a browser until Ctrl-C.

    A desk without users serves one local reader, on this machine alone. With users, everybody
    logs in. With --watch, new images are read by another process, as anascope desk watch does.
    """
    asked = (results, model, pixel_size_um, channel, specimen)
    if watch is None and any(value is not None for value in asked):
        raise InputError("watch", "none, beside options for new images", "--watch FOLDER")
    with opened(desk) as database, ExitStack() as beside:
        from anascope.desk.web import Watched
        from anascope.desk.web import serve as served

        def ready(address: str) -> None:
            print_line(f"{database.shown}: {address} (Ctrl-C ends it)")

        watched = None
        if watch is not None:
            settings = _desk_watch.watch_settings(desk, watch, *asked, settle)
            process = beside.enter_context(_desk_watch.watched_beside(desk, settings))
            watched = Watched(watch.absolute(), lambda: process.runs)
        provider = None
        if openid is not None:
            from anascope.desk.openid import Provider, read_openid, secret_of

            openid_settings = read_openid(openid)
            provider = Provider(openid_settings, secret_of(openid_settings), clock=database.clock)
        served(
            database,
            host=host,
            port=port,
            certificate=certificate,
            key=key,
            watched=watched,
            proxies=proxy or (),
            provider=provider,
            ready=ready,
        )


@app.command("verify")
def verify(
    desk: Desk,
    noted: Annotated[
        str | None,
        typer.Option(help="NUMBER:HASH: an end of the trail that you noted down earlier."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify the audit trail of DESK, and that readings, results and signatures agree with it.

    Exit status 1, and the first break, if it is not. Note the end that is printed where nobody who
    can write to the database can change it: only --noted finds a trail that was made anew.
    """
    with opened(desk) as database:
        from anascope.desk.audit import Noted
        from anascope.desk.audit import verify as proved

        check = proved(database, noted=None if noted is None else Noted.from_text(noted))
        shown = database.shown
    if as_json:
        values = {"entries": check.entries, "end": str(check.end), "broken": check.broken}
        print_json({"desk": shown, **values})
    elif check.broken is None:
        print_line(f"{shown}: whole, {check.entries} entries; end {check.end}")
    else:
        print_line(f"{shown}: broken: {check.broken}")
    if check.broken is not None:
        raise typer.Exit(1)
