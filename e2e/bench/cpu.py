"""What processes have cost: the CPU time that the operating system has accounted to them, children included."""

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# Linux makes a clock of every process: all its threads, living and ended, to the nanosecond.
PROCESS_CLOCK = 2


def spent(root: int) -> float:
    """Seconds of CPU of a process, its living descendants, and those that it has outlived."""
    seconds = 0.0
    for pid in tree(root):
        with contextlib.suppress(OSError, IndexError):  # it ended just now: its parent has it on its account
            seconds += time.clock_gettime((~pid << 3) | PROCESS_CLOCK) + _outlived(pid)
    return seconds


def tree(root: int) -> Iterable[int]:
    """A process and its living descendants."""
    yield root
    for task in _tasks(root):
        with contextlib.suppress(OSError):
            for child in (task / "children").read_text().split():
                yield from tree(int(child))


def _tasks(pid: int) -> list[Path]:
    with contextlib.suppress(OSError):
        return list(Path(f"/proc/{pid}/task").iterdir())
    return []


def _outlived(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / TICKS
