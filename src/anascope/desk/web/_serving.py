"""What all pages share: the database, the pictures in memory, and how the desk is served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from anascope.desk.openid import Provider
from anascope.desk.review import References
from anascope.desk.store import Database
from anascope.desk.web._images import Images


@dataclass(frozen=True, slots=True)
class Watched:
    """A folder whose new images another process reads.

    Attributes:
        folder: The folder.
        runs: Tells whether the process runs at this moment.
    """

    folder: Path
    runs: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Serving:
    """How a desk is served.

    Attributes:
        database: The desk's.
        loopback: Whether only this machine can reach the pages. Only then is there a local user.
        secure: Whether the pages come over TLS, so that cookies are sent over nothing else.
        watched: The folder whose new images are read beside it, or None.
        provider: Who vouches for users; None if they log in with passwords alone.
        images: Fields that were decoded for the viewer.
        references: Finds signed specimens to compare others with.
    """

    database: Database
    loopback: bool = True
    secure: bool = False
    watched: Watched | None = None
    provider: Provider | None = None
    images: Images = field(default_factory=Images)
    references: References = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "references", References(self.database))

    @property
    def passwords(self) -> bool:
        """Whether people may log in with passwords of the desk."""
        return self.provider is None or self.provider.settings.passwords


def serving(request: Request) -> Serving:
    """Return how the desk is served that a request is for."""
    found: Serving = request.app.state.serving
    return found
