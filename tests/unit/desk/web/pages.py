"""A desk with results that lie in a folder, and people who look at its pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import tifffile
from fastapi.testclient import TestClient

from anascope.desk.accounts import operator
from anascope.desk.store import Database
from anascope.desk.web import Serving, make_app
from anascope.desk.worklist import import_results
from anascope.images import content_sha256
from anascope.reading import QualityFlag
from anascope.reading.results import Store
from tests.unit.reading.results.conftest import (
    BLURRED,
    made_up_decision,
    made_up_field,
    made_up_specimen,
)

HOSTILE = 'x"><script>alert(1)</script>'
TEXT = {"Accept": "text/plain"}


def results_in(folder: Path, *names: str, hostile: bool = False) -> Path:
    """Write results of specimens of two fields each, with their images; return their folder.

    The second field of the first is flagged; each one's decision is another pattern.
    """
    results, images = folder / "results", folder / "images"
    images.mkdir(parents=True)
    store = Store(results)
    store.begin()
    patterns = ("homogeneous", "golgi", "fine speckled", "numa-like")
    for place, name in enumerate((*names, HOSTILE) if hostile else names):
        others = ("coarse speckled",) if place == 0 else ()
        decision = made_up_decision(patterns[place % len(patterns)], others=others)
        own = store.specimen_folder(name)
        readings = []
        for number in (1, 2):
            quality: tuple[QualityFlag, ...] = (BLURRED,) if place == number - 1 == 1 else ()
            made = made_up_field(
                f"F-{place}-{number}",
                name,
                seed=10 * place + number,
                quality=quality,
                decision=decision,
            )
            image = images / f"{place}-{number}.tif"
            tifffile.imwrite(image, made.arrays.signal)
            provenance = made.reading.provenance
            assert provenance is not None
            provenance = replace(provenance, file=image.as_uri(), sha256=content_sha256(image))
            reading = replace(made.reading, provenance=provenance, source=str(image))
            own.write_field(reading, made.arrays)
            readings.append(reading)
        own.write_specimen(made_up_specimen(*readings), sheet=False)
    return results


def bring_in(database: Database, results: Path) -> None:
    """Bring results into a desk."""
    import_results(database, results, by=operator("root"))


@dataclass
class Browser:
    """Somebody at a browser, who keeps cookies and follows where forms lead."""

    client: TestClient

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(path, headers={"Accept": "text/html"} | headers)

    def send(self, path: str, on: str, **values: str | Sequence[str]) -> httpx2.Response:
        """Send a form as the page ``on`` gives it, with other values in it."""
        hidden = dict(
            re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.get(on).text)
        )
        return self.post(path, **({key: hidden[key] for key in _KEPT if key in hidden} | values))

    def post(self, path: str, **values: str | Sequence[str]) -> httpx2.Response:
        return self.client.post(path, data=values, headers={"Accept": "text/html"})

    def log_in(self, name: str, password: str | None = None) -> httpx2.Response:
        given = f"correct horse {name}" if password is None else password
        return self.send("/log-in", "/log-in", name=name, password=given)


_KEPT = ("form_token", "seen")


def browser(serving: Serving, address: str = "127.0.0.1", *, raise_errors: bool = True) -> Browser:
    """Return a browser of a desk, at which nobody is logged in."""
    base = "https" if serving.secure else "http"
    client = TestClient(
        make_app(serving),
        base_url=f"{base}://127.0.0.1",
        client=(address, 50000),
        raise_server_exceptions=raise_errors,
    )
    return Browser(client)
