"""What a page asks for: a report must show itself without a network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

_ADDRESSES = ("src", "srcset", "href", "data", "action", "poster", "xlink:href")
_IN_STYLE = re.compile(r"""url\(\s*["']?([^)"']*)|(@import[^;]*)""")
_IN_SCRIPT = re.compile(r"(fetch\(|XMLHttpRequest|\bimport\s*\()")


class _Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in _ADDRESSES and value is not None]


def links(html: str) -> list[str]:
    """Return every address in a page, and every way in which style or script ask for one."""
    asked = (word for found in _IN_STYLE.findall(html) for word in found if word)
    return [*_Links(html).found, *asked, *_IN_SCRIPT.findall(html)]


def asked_from_outside(linked: Sequence[str]) -> list[str]:
    """Return those that are neither places in the page nor pictures in the file."""
    return [link for link in linked if not link.startswith(("#", "data:"))]
