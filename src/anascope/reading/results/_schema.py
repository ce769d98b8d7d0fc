"""The published form of ``reading.json``."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from anascope.reading.results._as_json import FORMAT


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that ``reading.json`` follows."""
    file = resources.files("anascope.reading.results") / "schema" / f"{FORMAT}.json"
    value: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return value
