"""What workers of Ray do in these tests; imports little, for each worker imports it anew."""

from __future__ import annotations

import importlib
import os
import signal
import time
from pathlib import Path
from typing import Any

from anascope.files import write_json, write_text
from anascope.studies import Job, Outcome, carry_out


def write_once(job: Job) -> Outcome:
    """Write a result; the second who tries fails."""
    path = job.layout.run(job.run.name)
    path.mkdir(parents=True)
    write_json(path / "metrics.json", {"run": job.run.name})
    return Outcome(job.run.name)


def count_company(job: Job) -> Outcome:
    """Note how many jobs are at work together with this one.

    The first ones wait for each other, however long a busy machine takes to start their processes.
    """
    here = job.layout.path / "here" / job.run.name
    met = job.layout.path / "met"
    write_text(here, "")
    most = looks = 0
    end = time.monotonic() + 60
    while looks < 20 or (not met.exists() and time.monotonic() < end):
        most = max(most, sum(not p.name.startswith(".") for p in here.parent.iterdir()))
        if most > 1:
            met.touch()
        looks += 1
        time.sleep(0.05)
    write_json(job.layout.path / "most" / job.run.name, most)
    here.unlink()
    return Outcome(job.run.name)


def die(job: Job) -> Outcome:
    """Kill its own process if it is r0, in the middle of its first attempt if it is r1."""
    attempts = job.layout.path / "attempts" / job.run.name
    attempts.parent.mkdir(exist_ok=True)
    with attempts.open("a") as file:
        file.write("x")
    if job.run.name == "r0" or (job.run.name == "r1" and attempts.stat().st_size == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    return write_once(job)


def refuse(job: Job) -> Outcome:
    """Raise, as no work should."""
    raise ValueError(f"nothing\nbut {job.run.name}")


def stay(job: Job) -> Outcome:
    """Say which process this is, and go on for longer than any test."""
    write_text(job.layout.path / "pids" / str(os.getpid()), "")
    time.sleep(600)
    return Outcome(job.run.name)


def see_threads(job: Job) -> Outcome:
    """Note the threads of PyTorch and the GPUs that are to be seen."""
    import torch

    seen = [torch.get_num_threads(), os.environ["CUDA_VISIBLE_DEVICES"]]
    write_json(job.layout.path / "seen.json", seen)
    return Outcome(job.run.name)


def train_where(job: Job) -> Outcome:
    """Do a run, noting on which node; on the node that is going to die, slowly."""
    files: Any = importlib.import_module("anascope.studies._progress_file")
    ray: Any = importlib.import_module("ray")  # which is not installed everywhere
    node = ray.get_runtime_context().get_node_id()
    at = job.layout.path / "at" / job.run.name
    at.parent.mkdir(exist_ok=True)
    with at.open("a") as file:
        file.write(f"{node}\n")
    if node == (job.layout.path / "doomed").read_text():
        write, files._EVERY = files.write_file, 0.0

        def written_slowly(path: Path, value: Any) -> None:
            write(path, value)
            time.sleep(0.5)

        files.write_file = written_slowly
    return carry_out(job)
