"""Whether Foyer is alive, whether it is ready, and what it measures."""

import datetime as dt
import secrets
from collections.abc import Callable

import redis
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.connection import ConnectionProxy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from core.outbox.queries import waits_since
from portals.access import by_key, open_to_all

cache = ConnectionProxy(caches, "strict")
HEARTBEAT = "worker-heartbeat"
HEARTBEAT_LASTS = 45
PROBE, PROBE_LASTS = "readiness", 5
RELAY_PATIENCE = dt.timedelta(seconds=60)


def database_answers() -> str:
    """ "" when PostgreSQL answers, else why not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"The database does not answer: {type(error).__name__}"
    return ""


def tables_are_up_to_date() -> str:
    """ "" when no migration waits, else which ones do."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return f"The database does not answer: {type(error).__name__}"
    return f"Migrations wait: {', '.join(str(migration) for migration, _ in plan)}" if plan else ""


def valkey_answers() -> str:
    """ "" when Valkey answers and takes what it is given, else why not: with its disk full it can still be read."""
    try:
        cache.set(PROBE, "", timeout=PROBE_LASTS)
    except redis.ResponseError as error:
        return f"Valkey refuses: {error}"
    except (redis.RedisError, OSError) as error:
        return f"Valkey does not answer: {type(error).__name__}"
    return ""


def a_worker_lives() -> str:
    """ "" when a worker has left its sign lately, else since when not."""
    try:
        seen = cache.get(HEARTBEAT)
    except (redis.RedisError, OSError):
        return "Valkey does not answer, so no worker is seen"
    return "" if seen else f"No worker has left a sign for {HEARTBEAT_LASTS} seconds"


def nothing_waits_for_the_relay() -> str:
    """ "" when posted work is handed over in time, else since when it waits."""
    try:
        since = waits_since(now=timezone.now(), patience=RELAY_PATIENCE)
    except DatabaseError as error:
        return f"The database does not answer: {type(error).__name__}"
    return f"Work has been waiting for the relay since {since:%Y-%m-%d %H:%M:%S} UTC" if since else ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": database_answers,
    "valkey": valkey_answers,
    "migrations": tables_are_up_to_date,
    "worker": a_worker_lives,
    "relay": nothing_waits_for_the_relay,
}


@open_to_all
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive and answers."""
    return JsonResponse({"status": "alive"})


@open_to_all
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Everything that a customer needs is there; 503 with the reason where it is not."""
    found = {name: check() for name, check in CHECKS.items()}
    ready = not any(found.values())
    answer = {"status": "ready" if ready else "not ready", "checks": {name: why or "ok" for name, why in found.items()}}
    return JsonResponse(answer, status=200 if ready else 503)


@by_key
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' figures, for whoever has METRICS_TOKEN as bearer token, and for administrators."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    has_token = bool(settings.METRICS_TOKEN) and secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    if not has_token and not (request.user.is_authenticated and request.user.is_staff):
        raise Http404
    return ExportToDjangoView(request)
