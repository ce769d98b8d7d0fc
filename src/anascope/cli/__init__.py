"""The ``anascope`` command.

Every module here parses options, calls the library and prints. Nothing heavy is imported
before the command that needs it runs, so that ``anascope --help`` answers at once.
"""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> None:
    """Run the command line: see "Exit status" in the reference of the command line."""
    from anascope.cli._log import close_log
    from anascope.cli._signals import Interrupted, Stopped, hear_signals, stop_hearing
    from anascope.errors import AnascopeError, InputError
    from anascope.writing import in_words

    hear_signals()
    try:
        from anascope.cli._app import app

        app()
    except (AnascopeError, Stopped) as error:
        _end(str(error), error.status if isinstance(error, Stopped) else 1)
    except SystemExit as end:  # a command has done its work, or was used wrongly
        close_log(end.code if isinstance(end.code, int) else 0)
        raise
    except OSError as error:  # the system's own word on a file that nobody has looked at before
        where = "the system" if error.filename is None else str(error.filename)
        _end(str(InputError(where, *in_words(error))), 1)
    except Interrupted as interrupt:  # before a command has begun
        _end("interrupted", interrupt.status)
    finally:
        stop_hearing()


def _end(line: str, status: int) -> NoReturn:
    from anascope.cli._log import close_log

    close_log(status, line)
    print(f"anascope: {line}", file=sys.stderr)
    raise SystemExit(status)
