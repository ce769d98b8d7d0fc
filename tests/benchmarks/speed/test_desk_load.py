"""Readers who work at a desk at once: what they do is done, and what it took is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anascope.desk.audit import verify
from anascope.desk.review import view
from anascope.desk.store import open_database
from anascope.errors import InputError
from benchmarks.desk_server import served
from benchmarks.speed.desk_load import Reader, measure, prepare, specimens_of, summary


def test_a_summary() -> None:
    found = summary([0.2, 0.1, 0.3, 1.0, 0.4])
    assert found == {"count": 5, "p50": 0.3, "p95": pytest.approx(0.88), "longest": 1.0}


def test_two_readers_at_once(tmp_path: Path) -> None:
    desk = prepare(tmp_path, 2, 0, (192, 224))
    with open_database(desk) as database:
        own = specimens_of(database)
        assert len(own) == 2
    with served(desk) as address:
        found = measure(address, own, 2, rounds=3, pause=0.01)
        with pytest.raises(InputError, match="/log-in: status 401"):
            Reader(address, "nobody", own, 0.0, np.random.default_rng(0)).log_in()
    kinds = found["kinds"]
    counts = {kind: kinds[kind]["count"] for kind in ("log in", "worklist", "search", "sign")}
    assert counts == {"log in": 2, "worklist": 6, "search": 6, "sign": 6}
    assert kinds["correct"]["count"] == found["signatures"] == 6
    assert kinds["begin"]["count"] == 2  # of new specimens alone
    assert kinds["tile"]["count"] == 6
    assert kinds["picture"]["count"] > 12
    assert found["requests"] + 4 == sum(one["count"] for one in kinds.values())  # but for log-ins
    with open_database(desk) as database:
        results = [view(database, number).results for number in own]
        assert [len(versions) for versions in results] == [3, 3]  # one a round
        assert all(one[-1].signatures for one in results)
        assert verify(database).broken is None
