"""Chromium for every test, and Playwright's event loop kept away from the tests that know no browser.

Between its calls Playwright leaves its loop marked as running in the main thread. Django and asgiref would refuse to
work in any later test of the same process, so the mark is taken off after each test and put back before the next
browser test.
"""

import asyncio
from asyncio import events
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

_asleep: list[asyncio.AbstractEventLoop] = []


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium where there is one, else Playwright's."""
    own = {"executable_path": str(CHROMIUM)} if CHROMIUM.exists() else {}
    return {**browser_type_launch_args, **own, "args": FLAGS}


def _wake() -> None:
    if _asleep and events._get_running_loop() is None:
        events._set_running_loop(_asleep[-1])


def _lay_asleep() -> None:
    loop = events._get_running_loop()
    if loop is not None:
        _asleep[:] = [loop]
        events._set_running_loop(None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Awake for browser tests, and for the last test, after which the browser is closed."""
    if "playwright" in getattr(item, "fixturenames", ()):
        _wake()
    try:
        return (yield)
    finally:
        _lay_asleep()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """The last teardown closes the browser, whatever test it belongs to; that one may have rows to clear away too."""
    with pytest.MonkeyPatch.context() as patch:
        if nextitem is None:
            _wake()
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish() -> Generator[None, object, object]:
    """A run that was stopped closes the browser here."""
    _wake()
    return (yield)
