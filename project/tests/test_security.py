"""What the browser is told to guard: cookies, headers, and settings that Django itself finds safe."""

import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from project.tests.hostile.addresses import ADDRESSES
from project.tests.house import ROOT
from project.tests.test_settings import GOOD

pytestmark = pytest.mark.django_db
PRODUCTION = {
    "SECRET_KEY": GOOD["secret_key"] + "0123456789",
    "ALLOWED_HOSTS": "tickets.example.org",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "STRIPE_API_KEY": "sk_live_1",
    "DATABASE_URL": "postgres://foyer@db/foyer",
    "REDIS_URL": "redis://cache:6379/0",
    "SITE_URL": "https://tickets.example.org",
}


def _in_production(*command: str) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DJANGO_SETTINGS_MODULE": "project.settings"}
    return subprocess.run(
        [sys.executable, *command], env=bare | PRODUCTION, cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_djangos_own_check_of_a_deployment_finds_nothing():
    answer = _in_production("manage.py", "check", "--deploy", "--fail-level", "DEBUG")
    assert (answer.returncode, answer.stdout) == (0, "System check identified no issues (0 silenced).\n"), answer.stderr


def test_cookies_in_production_go_over_https_only_and_no_script_reads_the_session():
    names = (
        "SESSION_COOKIE_SECURE",
        "SESSION_COOKIE_HTTPONLY",
        "SESSION_COOKIE_SAMESITE",
        "CSRF_COOKIE_SECURE",
        "CSRF_COOKIE_SAMESITE",
        "LANGUAGE_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_SSL_REDIRECT",
    )
    script = "from django.conf import settings\nfor name in " + repr(names) + ": print(getattr(settings, name))"
    answer = _in_production("-c", script)
    assert answer.stdout.split() == ["True", "True", "Lax", "True", "Lax", "True", "31536000", "True"], answer.stderr


@pytest.fixture
def logged_in(client: Client) -> Client:
    amina = User.objects.create_user("amina@foyer.example", "opening-night", name="Amina Yilmaz")
    client.force_login(amina)
    return client


def test_cookies_are_for_this_site_and_the_session_is_not_for_scripts(client):
    client.post(reverse("scheme"), {"scheme": "dark", "next": "/"})
    client.get("/account/signup/")
    flags = {name: (bool(cookie["httponly"]), cookie["samesite"]) for name, cookie in client.cookies.items()}
    assert flags
    assert {name: one for name, one in flags.items() if one[1] not in {"Lax", "Strict"}} == {}
    assert {name for name, one in flags.items() if not one[0]} <= {"csrftoken"}


@pytest.mark.parametrize("who", ["a visitor", "Amina"])
def test_every_page_carries_the_headers_that_guard_it(client, logged_in, who):
    asking = logged_in if who == "Amina" else Client()
    wrong = {}
    for address in ADDRESSES:
        if address.arguments or address.name in {"metrics", "mail_html"}:
            continue
        headers = asking.get(address.path()).headers
        policy = headers.get("Content-Security-Policy", "")
        told = {
            "frame": headers.get("X-Frame-Options"),
            "sniffing": headers.get("X-Content-Type-Options"),
            "referrer": headers.get("Referrer-Policy"),
            "opener": headers.get("Cross-Origin-Opener-Policy"),
            "features": "geolocation=()" in headers.get("Permissions-Policy", ""),
            "policy": "default-src 'none'" in policy and "frame-ancestors 'none'" in policy,
            "unsafe": "unsafe-inline" in policy or "unsafe-eval" in policy,
        }
        expected = {
            "frame": "DENY", "sniffing": "nosniff", "referrer": "same-origin", "opener": "same-origin",
            "features": True, "policy": True, "unsafe": False,
        }  # fmt: skip
        if told != expected:
            wrong[address.name] = {name: value for name, value in told.items() if value != expected[name]}
    assert wrong == {}
