"""The table of what an installation takes."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, measured


@measured("install", "install.sizes")
def installation(result: dict[str, Any]) -> Written:
    """Return sizes and times of the base, and of what each extra adds."""
    wheel, source = result["wheel"], result["source"]
    rows = [
        _row("nothing but anascope, from the wheel", wheel),
        _row("the same, from the source distribution", source),
        *(_row(f"`{name}` adds", added) for name, added in wheel["extras"].items()),
    ]
    note = (
        "Measured with pip, without its cache. Seconds are wall time including the download; CPU "
        "seconds are the computing time of pip itself. Each extra was added to everything above "
        "it. Reading the first field took "
        f"{wheel['seconds_to_read']:.0f} s from the start of the command."
    )
    if "train" in wheel["extras"]:
        note += " `train` brought the CPU build of PyTorch."
    columns = ["installation", "packages", "files, MB", "byte code, MB", "seconds", "CPU seconds"]
    return columns, rows, note


def _row(name: str, found: dict[str, Any]) -> list[str]:
    sizes = (f"{found[key] / 1e6:.0f}" for key in ("bytes", "byte_code"))
    times = (f"{found[key]:.0f}" for key in ("seconds", "cpu_seconds"))
    return [name, str(found["packages"]), *sizes, *times]
