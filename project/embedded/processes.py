"""Child processes that end with us, whatever ends us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Owner:
    """The user whom a process runs as. None in its place means: whoever we are."""

    uid: int
    gid: int


def _die_with(parent: int, signal_number: int) -> Callable[[], None]:
    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def start(
    command: Sequence[str | Path],
    *,
    log: IO[bytes] | int | None = None,
    errors: IO[bytes] | int | None = subprocess.STDOUT,
    environment: Mapping[str, str] | None = None,
    owner: Owner | None = None,
    death_signal: int = signal.SIGTERM,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own; the kernel sends it `death_signal` when we end, even by kill -9.

    Call it from the main thread: the kernel watches the thread that started the child.
    """
    drop = {} if owner is None else {"user": owner.uid, "group": owner.gid, "extra_groups": []}
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [str(part) for part in command],
        stdin=stdin,
        stdout=log,
        stderr=errors if log is not None else None,
        env=environment,
        start_new_session=True,
        preexec_fn=_die_with(os.getpid(), death_signal),
        **drop,
    )


def stop(process: subprocess.Popen[bytes], *, by: int = signal.SIGTERM, patience: float = 10.0) -> None:
    """Ask a process to end, wait, and insist; nothing of its session stays behind."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(by)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def is_alive(pid: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def wait_until(ready: Callable[[], bool], *, process: subprocess.Popen[bytes], patience: float = 30.0) -> bool:
    """Wait until `ready` says so: True. False when the process has ended or patience has."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if ready():
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.03)
    return False
