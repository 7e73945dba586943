import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from project.startup_checks import refuse_insecure
from project.tests.house import ROOT

GOOD = {
    "secret_key": "q8dX-2mVfK0s1Lr7Zt5Yw9Bn3Hc6Jg4PaUeIoTk_xyz",
    "allowed_hosts": ["tickets.example.org"],
    "webhook_secret": "whsec_1",
    "api_key": "sk_live_1",
    "database_url": "postgres://foyer@db/foyer",
    "redis_url": "redis://cache:6379/0",
}


def test_settings_start_when_everything_is_set():
    assert refuse_insecure(**GOOD) is None


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("secret_key", "", "SECRET_KEY"),
        ("secret_key", "short", "SECRET_KEY"),
        ("secret_key", "a" * 60, "SECRET_KEY"),
        ("secret_key", "insecure-first-look-0123456789-0123456789-abc", "SECRET_KEY"),
        ("allowed_hosts", [], "ALLOWED_HOSTS"),
        ("allowed_hosts", ["*"], "ALLOWED_HOSTS"),
        ("webhook_secret", "", "STRIPE_WEBHOOK_SECRET"),
        ("api_key", "", "STRIPE_API_KEY"),
        ("database_url", "", "DATABASE_URL"),
        ("redis_url", "", "REDIS_URL"),
    ],
)
def test_settings_refuse_to_start_and_name_what_is_missing(name, value, named):
    with pytest.raises(ImproperlyConfigured) as refusal:
        refuse_insecure(**GOOD | {name: value})
    text = str(refusal.value)
    assert [known for known in map(str.upper, _names()) if f"{known} (" in text] == [named]


def _names():
    return ["secret_key", "allowed_hosts", "stripe_webhook_secret", "stripe_api_key", "database_url", "redis_url"]


def _import_settings(**environment):
    bare = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, **environment}
    command = [sys.executable, "-c", "import project.settings as s; print(s.DATABASES['default']['HOST'])"]
    return subprocess.run(command, env=bare, cwd=ROOT, capture_output=True, text=True)


def test_settings_without_an_environment_refuse_to_start_naming_everything():
    answer = _import_settings()
    assert answer.returncode == 1
    assert "DEBUG is off and Foyer does not start without: SECRET_KEY" in answer.stderr
    assert "REDIS_URL (redis://...). See .env.example." in answer.stderr


def test_settings_start_with_debug_alone():
    assert _import_settings(DEBUG="1").returncode == 0


def test_settings_read_a_socket_folder_from_the_database_url():
    answer = _import_settings(DEBUG="1", DATABASE_URL="postgres://foyer@%2Fvar%2Frun%2Fpostgresql/foyer")
    assert answer.stdout.strip() == "/var/run/postgresql"
