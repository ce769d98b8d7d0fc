"""What all pages share: the database, the pictures in memory, and how the desk is served."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request

from anascope.desk.openid import Provider
from anascope.desk.store import Database
from anascope.desk.web._images import Images


@dataclass(frozen=True, slots=True)
class Serving:
    """How a desk is served.

    Attributes:
        database: The desk's.
        loopback: Whether only this machine can reach the pages. Only then is there a local user.
        secure: Whether the pages come over TLS, so that cookies are sent over nothing else.
        provider: Who vouches for users; None if they log in with passwords alone.
        images: Fields that were decoded for the viewer.
    """

    database: Database
    loopback: bool = True
    secure: bool = False
    provider: Provider | None = None
    images: Images = field(default_factory=Images)

    @property
    def passwords(self) -> bool:
        """Whether people may log in with passwords of the desk."""
        return self.provider is None or self.provider.settings.passwords


def serving(request: Request) -> Serving:
    """Return how the desk is served that a request is for."""
    found: Serving = request.app.state.serving
    return found
