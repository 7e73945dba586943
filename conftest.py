"""A test run brings its own PostgreSQL and Valkey, below `var/test-<pid>`, and takes them away again.

They are started here, at import, since the settings need their addresses. With xdist the first process starts them
once; its workers inherit the addresses, and each has its own test database, Valkey database and channel prefix.
DATABASE_URL and REDIS_URL in the environment are used instead where they are set.
"""

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import pytest
import redis

from project.embedded import Servers
from project.embedded.home import folder_apart
from project.embedded.processes import is_alive

VAR_DIR = Path(__file__).resolve().parent / "var"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "project.settings",
    "ENV_FILE": os.devnull,
    "DEBUG": "0",
    "SECRET_KEY": "only-for-the-tests-0123456789-abcdefghijklmnop",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "SITE_URL": "http://testserver",
    "STRIPE_API_KEY": "sk_test_only_for_the_tests",
    "STRIPE_WEBHOOK_SECRET": "whsec_only_for_the_tests",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
    "DATABASE_POOL": "24",
    "METRICS_TOKEN": "",
    "EMAIL_URL": "",
}


def _remove_leftovers() -> None:
    """Delete what test runs have left that were killed."""
    for parent in (VAR_DIR, folder_apart()):
        for folder in parent.glob("test-*"):
            pid = folder.name.removeprefix("test-").partition("-")[0]
            if pid.isdecimal() and not is_alive(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def _start_servers() -> Servers | None:
    """In the first process: start them and write their addresses into the environment for everybody below."""
    if WORKER:
        return None
    _remove_leftovers()
    given = {"database_url": os.environ.get("DATABASE_URL", ""), "redis_url": os.environ.get("REDIS_URL", "")}
    started = Servers(VAR_DIR / f"test-{os.getpid()}", durable=False, **given)
    addresses = started.start()
    os.environ |= SETTINGS | addresses.environment()
    os.environ["TEST_VALKEY"] = "" if given["redis_url"] else "ours"
    return started


def _prepare_settings() -> None:
    """Load the settings; what tests need otherwise than production is changed here, and only here."""
    if WORKER:
        os.environ["REDIS_URL"] = _with_path(os.environ["REDIS_URL"], f"/{1 + int(WORKER.removeprefix('gw')) % 14}")
    os.environ["MEDIA_ROOT"] = str(VAR_DIR / f"test-{os.getppid() if WORKER else os.getpid()}" / "media")
    django.setup()
    from django.conf import settings

    if WORKER:
        # pytest-django has read the settings before us here, when the environment was still the first process's.
        settings.REDIS_URL = settings.CELERY_BROKER_URL = os.environ["REDIS_URL"]
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"] = [settings.REDIS_URL]
        settings.MEDIA_ROOT = os.environ["MEDIA_ROOT"]
        for cache in settings.CACHES.values():
            cache["LOCATION"] = settings.REDIS_URL
    settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"foyer-{WORKER or 'test'}"
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.OUTBOX_DIR = Path(os.environ["MEDIA_ROOT"]).with_name("outbox")


def _with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path))


servers = _start_servers()
_prepare_settings()
pytest_plugins = ["e2e.browser", "e2e.cast", "e2e.figures"]

from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from core.outbox.actions import take_waiting
from project.celery import app

app.autodiscover_tasks(force=True)


def pytest_unconfigure() -> None:
    """Take the servers away."""
    if servers is not None:
        servers.remove()


@pytest.fixture(autouse=True)
def _forget_what_is_cached() -> Iterator[None]:
    """Every test starts with an empty cache; a server that is not ours is left alone."""
    yield
    if os.environ.get("TEST_VALKEY") == "ours":
        with redis.Redis.from_url(django_settings.REDIS_URL) as client:
            client.flushdb()


@pytest.fixture
def run_outbox(db: None) -> Callable[..., list[str]]:
    """Run what was posted to the outbox, task by task, in this process, until nothing is due any more.

    `run_outbox()` or `run_outbox(now=...)`; answers with the names of the tasks in the order in which they ran. An
    exception in a task is raised. Tasks that are put off until after `now` stay waiting.
    """

    def run(*, now: dt.datetime | None = None) -> list[str]:
        names: list[str] = []
        while messages := take_waiting(now=now or timezone.now()):
            for message in messages:
                names.append(message.task)
                app.tasks[message.task](message_id=message.id, **message.arguments)
            assert len(names) < 1000, f"The outbox never empties: {names[-10:]}"
        return names

    return run


@pytest.fixture(scope="session")
def server_environment(django_db_setup: None) -> dict[str, str]:
    """The environment for processes that a test starts itself: this worker's own test database and Valkey."""
    name = connection.settings_dict["NAME"]
    return dict(os.environ) | {"DATABASE_URL": _with_path(os.environ["DATABASE_URL"], f"/{name}")}
