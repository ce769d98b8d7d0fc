"""HTML from Jinja templates."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def rendered(package: str, template: str, **values: Any) -> str:
    """Return a template as text, with all values escaped for HTML.

    A template has two things beside its values: ``asset("a.css")`` is the text of a file beside
    it, as it stands, and the filter ``digest`` gives the name by which a content security policy
    allows a script.

    Args:
        package: The package in whose folder ``templates`` it lies, such as ``anascope.report``.
        template: Its file name.
        values: What it shows, by name.
    """
    return _environment(package).get_template(template).render(**values)


def data_uri(data: bytes, media_type: str) -> str:
    """Return the address of a picture that is in the page itself.

    Inside of ``<img>``, an SVG from such an address can neither run a script nor load anything.
    """
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


@cache
def _environment(package: str) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    loader = PackageLoader(package)
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["digest"] = _digest
    # These files are ours; CSS and JavaScript are not escaped as HTML is.
    environment.globals["asset"] = lambda name: Markup(loader.get_source(environment, name)[0])
    return environment


def _digest(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
