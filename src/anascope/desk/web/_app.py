"""The application: its pages, put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from anascope.desk.web import (
    _export,
    _log_in,
    _openid,
    _pictures,
    _references,
    _review,
    _specimen,
    _trail,
    _unread,
    _worklist,
)
from anascope.desk.web._errors import add_error_pages
from anascope.desk.web._guard import STATIC, Guard
from anascope.desk.web._serving import Serving
from anascope.desk.web._visitor import cookie_names

# Exports come before pages of specimens, whose address would take theirs for a number.
ROOMS = (
    _log_in.router,
    _openid.router,
    _worklist.router,
    _export.router,
    _specimen.router,
    _review.router,
    _pictures.router,
    _references.router,
    _trail.router,
    _unread.router,
)
"""All that the desk answers to, but for its static files."""


def make_app(serving: Serving) -> Guard:
    """Return the desk as an ASGI application, with its guard before it.

    Args:
        serving: The database, and how it is served.
    """
    app = FastAPI(title="anascope desk", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.serving = serving
    for room in ROOMS:
        app.include_router(room)
    static = StaticFiles(directory=Path(__file__).parent / "static")
    app.mount(STATIC.rstrip("/"), static, name="static")
    add_error_pages(app)
    # Around all of it, so that what is said of a defect has the headers, too.
    return Guard(
        app,
        loopback=serving.loopback,
        secure=serving.secure,
        cookie=cookie_names(serving.secure)[1],
    )
