"""One PostgreSQL server for one checkout, on a unix socket."""

import os
import signal
import subprocess
import time
from urllib.parse import quote

import psycopg
from psycopg import sql

from project.embedded import processes
from project.embedded.home import CannotStart, Home

NAME = "foyer"

# For a machine of two cores and two gigabytes. What differs from PostgreSQL's own defaults, and why:
TUNING = {
    "max_connections": "240",  # pages, sockets, workers, and tests that race with two hundred threads
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "512MB",
    "random_page_cost": "1.1",  # disks have no arms any more
    "max_wal_size": "512MB",
    "jit": "off",  # compiling costs more than our short queries take
    "max_parallel_workers_per_gather": "0",  # two cores: leave them to other requests
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "60s",  # a forgotten transaction must not keep rows locked
    "timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
}
# For tests only: what is lost with the machine may be lost.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class Postgres:
    """Makes the cluster once, starts and stops the server. A running one is never started twice."""

    def __init__(self, home: Home, *, durable: bool) -> None:
        self.home = home
        self.durable = durable
        self.data = home.path / "postgres"
        self.socket = home.socket_folder()
        self.log = home.path / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of our database, as DATABASE_URL."""
        return f"postgres://{NAME}@{quote(str(self.socket), safe='')}/{NAME}"

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The server's process while we run it."""
        return self._process

    @property
    def has_ended(self) -> bool:
        """True when we started it and it has ended without being told to."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Start the server and wait until it answers; make cluster and database if they are not there."""
        self.data = self.home.folder("postgres")
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        for _attempt in range(40):
            self._process = self._launch()
            if processes.wait_until(self._answers, process=self._process, patience=60):
                break
            if "lock file" not in self._last_words():
                raise CannotStart(f"PostgreSQL did not start. {self.log} ends with:\n{self._last_words()}")
            time.sleep(0.25)  # the server of a run that was killed is still going down
        else:
            raise CannotStart(f"Another PostgreSQL keeps the data in {self.data}. {self._last_words()}")
        self._make_database()

    def stop(self) -> None:
        """Stop the server without waiting for its clients ("fast")."""
        if self._process is not None:
            processes.stop(self._process, by=signal.SIGINT, patience=30)
            self._process = None

    def _make_cluster(self) -> None:
        command = [
            self.home.postgres_root / "bin" / "initdb",
            *("-D", self.data, "-U", NAME, "--auth=trust", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        ]
        if not self.durable:
            command.append("--no-sync")
        with self.log.open("ab") as log:
            made = processes.start(command, log=log, owner=self.home.owner, environment=_environment()).wait()
        if made != 0:
            raise CannotStart(f"PostgreSQL could not make its folders. {self.log} ends with:\n{self._last_words()}")

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = TUNING | ({} if self.durable else FORGETFUL)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [
            self.home.postgres_root / "bin" / "postgres",
            *("-D", self.data, "-k", self.socket, "-h", "", "-p", "5432", *options),
        ]
        with self.log.open("ab") as log:
            return processes.start(
                command, log=log, owner=self.home.owner, environment=_environment(), death_signal=signal.SIGINT
            )

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(host=str(self.socket), port=5432, user=NAME, dbname=database, autocommit=True)

    def _answers(self) -> bool:
        if not (self.socket / ".s.PGSQL.5432").exists():
            return False
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_database(self) -> None:
        with self._connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:]) if self.log.exists() else ""


def _environment() -> dict[str, str]:
    """Ours without PostgreSQL's own variables, which would point its programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
