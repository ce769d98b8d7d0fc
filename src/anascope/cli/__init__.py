"""The ``anascope`` command.

Every module here parses options, calls the library and prints. Nothing heavy is imported
before the command that needs it runs, so that ``anascope --help`` answers at once.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line: exit status 0, 1 (refused, with one line why) or 2 (usage)."""
    from anascope.cli._app import app
    from anascope.errors import AnascopeError

    try:
        app()
    except AnascopeError as error:
        print(f"anascope: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("anascope: interrupted", file=sys.stderr)
        raise SystemExit(130) from None
