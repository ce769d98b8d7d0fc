"""Passwords are kept as Argon2id hashes that take their time."""

from __future__ import annotations

import subprocess
import sys

from anascope.desk.accounts._passwords import hashed, is_outdated, matches


def test_hashes_are_those_of_the_recommendation() -> None:
    """In a process of its own, as these tests hash more cheaply."""
    code = "from anascope.desk.accounts._passwords import hashed; print(hashed('a' * 12))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert is_outdated(done.stdout.strip())  # to these tests
    assert matches(done.stdout.strip(), "a" * 12)


def test_what_is_no_hash_matches_nothing() -> None:
    assert matches(hashed("a\ud800"), "a\ud800")
    for known in (None, "", "plain text", "$argon2id$v=19$m=65536"):
        assert not matches(known, "")
        assert not matches(known, "plain text")
