"""``anascope desk users``: who may log in, and what each may do."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from anascope.cli._desk_place import Desk, opened, this_operator
from anascope.cli._options import Commands
from anascope.cli._output import AsJson, print_json, print_line, print_table
from anascope.errors import InputError

app = typer.Typer(
    cls=Commands,
    help="Manage the users of a desk. Whoever may write to its database may do so.",
    no_args_is_help=True,
)

_ROLES = "reader (corrects and signs), senior (also gives the second signature) or administrator"
Name = Annotated[str, typer.Argument(help="Name of the user.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@app.command("list")
def list_(desk: Desk, as_json: AsJson = False) -> None:
    """Show the users of DESK."""
    with opened(desk) as database:
        from anascope.desk.accounts import accounts

        found = accounts(database)
    if as_json:
        from dataclasses import asdict

        print_json([asdict(account) for account in found])
        return
    rows = [[a.name, a.role, "yes" if a.active else "no", a.created_at[:10]] for a in found]
    if rows:
        print_table("Users", ["name", "role", "may log in", "since"], rows)
    else:
        print_line("no users: whoever sits at this machine may do all")


@app.command("add")
def add(
    desk: Desk,
    name: Name,
    role: Annotated[str, typer.Option(help=f"{_ROLES}.")],
    password_stdin: FromInput = False,
    issuer: Annotated[
        str | None,
        typer.Option(help="OpenID Connect provider that vouches for NAME; needs --subject."),
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="What the provider calls NAME: the claim 'sub'.")
    ] = None,
) -> None:
    """Add the user NAME to DESK; asks for the password. The first must be an administrator.

    A user of an OpenID Connect provider (--issuer, --subject) has no password here.
    """
    with opened(desk) as database:
        from anascope.desk.accounts import Identity, Role, add_account

        meant = Role.named(role)
        if (issuer is None) != (subject is None):
            raise InputError("identity", "one of --issuer and --subject", "both, or none")
        known = None if issuer is None or subject is None else Identity(issuer, subject)
        password = _password(password_stdin) if known is None or password_stdin else None
        made = add_account(database, name, password, meant, by=this_operator(), identity=known)
    print_line(f"{made.name}: {made.role}")


@app.command("link")
def link(
    desk: Desk,
    name: Name,
    issuer: Annotated[str, typer.Option(help="Address of the OpenID Connect provider.")],
    subject: Annotated[str, typer.Option(help="What it calls NAME: the claim 'sub'.")],
) -> None:
    """Let the user NAME of DESK log in with an OpenID Connect provider."""
    with opened(desk) as database:
        from anascope.desk.accounts import Identity, link_identity

        link_identity(database, name, Identity(issuer, subject), by=this_operator())
    print_line(f"{name}: logs in as {subject} of {issuer}")


@app.command("password")
def password(desk: Desk, name: Name, password_stdin: FromInput = False) -> None:
    """Change the password of the user NAME of DESK; asks for it."""
    with opened(desk) as database:
        from anascope.desk.accounts import change_password

        change_password(database, name, _password(password_stdin), by=this_operator())
    print_line(f"{name}: another password; logged out everywhere")


@app.command("role")
def role_(desk: Desk, name: Name, role: Annotated[str, typer.Argument(help=f"{_ROLES}.")]) -> None:
    """Change the role of the user NAME of DESK to ROLE."""
    with opened(desk) as database:
        from anascope.desk.accounts import Role, change_role

        meant = Role.named(role)
        change_role(database, name, meant, by=this_operator())
    print_line(f"{name}: {meant}")


@app.command("off")
def off(desk: Desk, name: Name) -> None:
    """Block the user NAME of DESK. The name stays, because the trail refers to it."""
    _switch(desk, name, active=False)
    print_line(f"{name}: may not log in")


@app.command("on")
def on(desk: Desk, name: Name) -> None:
    """Allow the user NAME of DESK to log in again."""
    _switch(desk, name, active=True)
    print_line(f"{name}: may log in")


def _switch(desk: str, name: str, *, active: bool) -> None:
    with opened(desk) as database:
        from anascope.desk.accounts import switch_account

        switch_account(database, name, active=active, by=this_operator())


def _password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputError("password", "no terminal to ask on", "--password-stdin")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked
