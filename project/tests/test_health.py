import datetime as dt

import pytest
import redis
from django.db import OperationalError
from django.utils import timezone

from core.accounts.models import User
from core.outbox.actions import post
from project import health
from project.middleware import client_addresses
from project.tasks import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    client.force_login(User.objects.create_user("ada@example.org", is_staff=True))


@pytest.fixture
def bruno(client):
    client.force_login(User.objects.create_user("bruno@example.org"))


def test_healthz_says_that_the_process_lives_even_without_any_server(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_readyz_says_ready_when_everything_is_there(client):
    heartbeat()
    answer = client.get("/readyz")
    everything = {"database": "ok", "valkey": "ok", "migrations": "ok", "worker": "ok", "relay": "ok"}
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": everything})


def test_readyz_says_no_when_no_worker_has_left_a_sign(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == "No worker has left a sign for 45 seconds"


def test_readyz_says_no_when_the_database_is_away(client, monkeypatch):
    def away(*args):
        raise OperationalError("nobody there")

    heartbeat()
    monkeypatch.setattr(health.connection, "cursor", away)
    monkeypatch.setattr(health, "MigrationExecutor", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "The database does not answer: OperationalError"


def test_readyz_says_no_when_valkey_is_away(client, monkeypatch):
    class Away:
        def get(self, key):
            raise redis.ConnectionError("nobody there")

        def set(self, key, value, timeout):
            raise redis.ConnectionError("nobody there")

    monkeypatch.setattr(health, "cache", Away())
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["valkey"] == "Valkey does not answer: ConnectionError"


def test_readyz_says_no_and_why_when_the_disk_of_valkey_is_full(client, monkeypatch):
    """It can still be read then, so the heartbeat is seen for a while; but it takes no work to hand on."""

    class Full:
        def get(self, key):
            return 1

        def set(self, key, value, timeout):
            raise redis.ResponseError("MISCONF Valkey is configured to save, but cannot")

    monkeypatch.setattr(health, "cache", Full())
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["valkey"] == "Valkey refuses: MISCONF Valkey is configured to save, but cannot"


def test_readyz_says_no_and_which_when_a_migration_waits(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *args: [("catalog.0099_soon", False)])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "Migrations wait: catalog.0099_soon"


def test_readyz_says_no_when_work_waits_for_the_relay(client):
    heartbeat()
    due = timezone.now() - dt.timedelta(seconds=61)
    post("tests.one", now=due)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["relay"] == f"Work has been waiting for the relay since {due:%Y-%m-%d %H:%M:%S} UTC"


def test_readyz_says_ready_when_work_is_young_put_off_or_handed_over(client):
    heartbeat()
    now = timezone.now()
    post("tests.young", now=now - dt.timedelta(seconds=30))
    post("tests.later", now=now - dt.timedelta(hours=1), not_before=now + dt.timedelta(hours=1))
    old = post("tests.handed", now=now - dt.timedelta(hours=1))
    old.handed_at = now
    old.save()
    assert client.get("/readyz").json()["status"] == "ready", client.get("/readyz").json()


def test_metrics_are_not_there_for_anybody(client):
    assert client.get("/metrics").status_code == 404


def test_metrics_are_not_there_for_a_customer(client, bruno):
    assert client.get("/metrics").status_code == 404


def test_metrics_are_shown_to_an_administrator(client, ada):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert b"django_http_requests_total_by_method_total" in answer.content


def test_metrics_are_shown_for_the_token_and_refused_for_another(client, settings):
    settings.METRICS_TOKEN = "the-token-of-prometheus"
    assert client.get("/metrics", headers={"Authorization": "Bearer the-token-of-prometheus"}).status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Bearer another-token"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer é"}).status_code == 404


def test_metrics_are_not_there_for_an_empty_token_when_none_is_set(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_an_answer_carries_the_request_id_that_the_proxy_gave(client):
    assert client.get("/healthz", headers={"X-Request-ID": "from-nginx-0001"})["X-Request-ID"] == "from-nginx-0001"


def test_an_answer_carries_a_new_request_id_when_none_or_nonsense_was_given(client):
    new = client.get("/healthz")["X-Request-ID"]
    instead = client.get("/healthz", headers={"X-Request-ID": "a b\tc" * 40})["X-Request-ID"]
    assert (len(new), len(instead)) == (36, 36)
    assert new != instead


def test_the_request_id_and_the_true_address_stand_in_the_log(client, caplog):
    caplog.set_level("INFO")
    client.get("/healthz", headers={"X-Request-ID": "from-nginx-0002", "X-Real-IP": "10.6.6.6"})
    lines = [record.msg for record in caplog.records if record.name.startswith("django_structlog")]
    assert [(line["event"], line["request_id"], line["ip"]) for line in lines] == [
        ("request_finished", "from-nginx-0002", "127.0.0.1")
    ]


def test_the_client_address_is_what_the_trusted_proxy_added_last(client, rf, settings):
    seen = []
    middleware = client_addresses(lambda request: seen.append(request.META["REMOTE_ADDR"]))
    forwarded = {"X-Forwarded-For": "10.6.6.6, 203.0.113.7"}
    settings.TRUST_PROXY = True
    middleware(rf.get("/", headers=forwarded))
    settings.TRUST_PROXY = False
    middleware(rf.get("/", headers=forwarded))
    assert seen == ["203.0.113.7", "127.0.0.1"]
