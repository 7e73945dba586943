"""Three things that do not kill anybody: a disk that is full, a database that refuses, a clock that is wrong."""

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import redis
from psycopg import sql

from e2e.foyer import until
from e2e.topology import Topology
from project.embedded.postgres import NAME
from project.launch.supervisor import Part

LET = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


@contextlib.contextmanager
def full_disk(foyer: Topology) -> Iterator[None]:
    """Valkey is told to save and cannot: it answers every write with MISCONF, as it does when its disk is full."""
    server = foyer.servers.valkey
    assert server is not None
    folder = server.home.folder("valkey")
    with redis.Redis.from_url(server.url) as client:
        client.config_set("save", "3600 1")
        folder.chmod(0o500)
        try:
            until(lambda: _saves(client) == "err", "Valkey cannot save", every=0.2)
            yield
        finally:
            folder.chmod(0o700)
            until(lambda: _saves(client) == "ok", "Valkey saves again", every=0.2)
            client.config_set("save", "")


def _saves(client: redis.Redis) -> str:
    with contextlib.suppress(redis.ResponseError):  # it is saving just now
        client.bgsave()
    time.sleep(0.2)
    return str(client.info("persistence")["rdb_last_bgsave_status"])


@contextlib.contextmanager
def no_memory(foyer: Topology) -> Iterator[None]:
    """Valkey has no memory left: it refuses whatever would need more, with OOM."""
    server = foyer.servers.valkey
    assert server is not None
    with redis.Redis.from_url(server.url) as client:
        before = client.config_get("maxmemory")["maxmemory"]
        client.config_set("maxmemory", "1mb")
        try:
            yield
        finally:
            client.config_set("maxmemory", before)


@contextlib.contextmanager
def refusing_database(foyer: Topology) -> Iterator[None]:
    """PostgreSQL runs, cuts every session and lets nobody in."""
    _let(foyer, "false")
    try:
        yield
    finally:
        _let(foyer, "true")


def _let(foyer: Topology, whether: str) -> None:
    server = foyer.servers.postgres
    assert server is not None
    with psycopg.connect(host=str(server.socket), user=NAME, dbname="postgres", autocommit=True) as connection:
        connection.execute(LET.format(sql.Identifier(NAME), sql.SQL(whether)))
        connection.execute(CUT, [NAME])


@contextlib.contextmanager
def clock_ahead(foyer: Topology, name: str, *, seconds: int = 90) -> Iterator[None]:
    """That process is started again with a clock that is ahead; of two web workers, one is."""
    part = foyer.parts[name]
    if name == "pages":
        config = {"GUNICORN_CMD_ARGS": "--config python:e2e.chaos.ahead", "AHEAD_SECONDS": str(seconds)}
        wrong = replace(part, environment=part.environment | config)
    else:
        assert part.command[1] == "-m"
        wrong = replace(part, command=[sys.executable, "-m", "e2e.chaos.ahead", str(seconds), *part.command[2:]])
    _replace(foyer, wrong)
    try:
        yield
    finally:
        _replace(foyer, part)


def _replace(foyer: Topology, part: Part) -> None:
    foyer.kill(part.name)
    foyer.parts[part.name] = part
    foyer.run(part.name)
    until(lambda: foyer.answers("/healthz"), "pages again", seconds=60, every=0.2)
