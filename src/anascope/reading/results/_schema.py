"""The published form of ``reading.json``."""

from __future__ import annotations

import inspect
import re
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from anascope.reading.results._as_json import FORMAT, ReadingFile
from anascope.settings import adapter

_ATTRIBUTE = re.compile(r"^    (\w+(?:, \w+)*): (.+(?:\n     +.+)*)", re.MULTILINE)
"""Names and description in the section "Attributes" of a docstring."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that ``reading.json`` follows.

    It is made from the records; their docstrings are its descriptions.
    """
    made = adapter(ReadingFile).json_schema(mode="serialization", schema_generator=_Generator)
    head = {"$schema": _Generator.schema_dialect, "title": f"anascope {FORMAT}"}
    return head | {key: value for key, value in made.items() if key != "title"}


class _Generator(GenerateJsonSchema):
    """Describes records by their docstrings, and says that all keys are there and no others."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles, which would only be the names again."""
        return False

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> dict[str, Any]:
        """Return the schema of a record."""
        made = super().dataclass_schema(schema)
        docs = [inspect.cleandoc(kind.__doc__ or "") for kind in reversed(schema["cls"].__mro__)]
        made["description"] = docs[-1].partition("\n\n")[0]
        made["required"] = list(made["properties"])
        made["additionalProperties"] = False
        for names, text in (pair for doc in docs for pair in _ATTRIBUTE.findall(doc)):
            for name in names.split(", "):
                if name in made["properties"]:
                    description = " ".join(text.split()).replace("None", "null")
                    made["properties"][name]["description"] = description.replace("``", "`")
        return made
