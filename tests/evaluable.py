"""What takes every field for evaluable: networks that learned nothing find no cells in any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def all_evaluable() -> Iterator[None]:
    """Take every field for evaluable, in this process."""
    from anascope.reading import Evaluability

    answer = Evaluability(evaluable=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("anascope.reading._reader.check_evaluability", lambda *_: answer)
        yield
