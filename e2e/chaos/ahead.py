"""A process whose clock is ahead: `python -m e2e.chaos.ahead 90 celery -A project.celery worker`.

As gunicorn's configuration (`--config python:e2e.chaos.ahead`) it puts every other web worker ahead instead. What
Python itself says of the time is shifted, in C too; what PostgreSQL and the other processes say is not.
"""

import datetime as dt
import os
import runpy
import sys
from typing import Any

import time_machine

SECONDS = float(os.environ.get("AHEAD_SECONDS", "90"))


def put_ahead(seconds: float) -> None:
    """From now on this process lives in the future; its clock goes on ticking."""
    time_machine.travel(dt.timedelta(seconds=seconds), tick=True).start()


def post_fork(server: Any, worker: Any) -> None:
    """Gunicorn has made a worker: one of two is ahead."""
    if worker.age % 2:
        put_ahead(SECONDS)


if __name__ == "__main__":
    ahead, module, *arguments = sys.argv[1:]
    put_ahead(float(ahead))
    sys.argv = [module, *arguments]
    sys.path.insert(0, os.getcwd())
    runpy.run_module(module, run_name="__main__", alter_sys=True)
