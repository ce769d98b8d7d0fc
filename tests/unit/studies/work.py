"""What workers of other processes do in these tests; imports little, for each imports it anew."""

from __future__ import annotations

import os
import signal

from anascope.files import write_json
from anascope.studies import Job, Outcome


def mark_done(job: Job) -> Outcome:
    write_json(job.layout.run(job.run.name) / "metrics.json", {})
    return Outcome(job.run.name)


def is_marked(job: Job) -> bool:
    return "alpha6-A" in job.run.name


def kill_first_time(job: Job) -> Outcome:
    mark = job.layout.path / f"{job.run.name}.begun"
    if is_marked(job) and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return mark_done(job)


def kill_always(job: Job) -> Outcome:
    if is_marked(job):
        os.kill(os.getpid(), signal.SIGKILL)
    return mark_done(job)


def let_out(job: Job) -> Outcome:
    if is_marked(job):
        raise OSError("no space left")
    return mark_done(job)


def say_threads(job: Job) -> Outcome:
    import torch

    metrics = {"threads": torch.get_num_threads(), "process": os.getpid()}
    write_json(job.layout.run(job.run.name) / "metrics.json", metrics)
    return Outcome(job.run.name)
