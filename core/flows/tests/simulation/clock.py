"""The time. It passes only when the world says so."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from unittest import mock

DAWN = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)


class Clock:
    """What everybody in the world goes by; tasks, which read the clock themselves, read this one."""

    def __init__(self) -> None:
        self.now = DAWN

    def pass_by(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)

    @contextlib.contextmanager
    def rules(self) -> Iterator[None]:
        """Inside, the time of the tasks is ours."""
        with mock.patch("django.utils.timezone.now", lambda: self.now):
            yield
