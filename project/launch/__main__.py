"""The command line of the launcher, and the two stories that it tells: demo and serve."""

import argparse
import os
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import environ

from project.embedded import Addresses, Servers
from project.embedded.home import CHECKOUT, CannotStart, folder_apart
from project.embedded.postgres import NAME
from project.embedded.processes import start, stop
from project.embedded.valkey import free_port
from project.launch import parts
from project.launch.identity import identity
from project.launch.parts import Tls
from project.launch.place import Place, Refused, certificate, names_of_this_machine
from project.launch.supervisor import Part, Supervisor

VAR = Path(os.environ.get("VAR_DIR", CHECKOUT / "var"))


def say(line: str) -> None:
    """Tell the person at the terminal."""
    print(line, flush=True)


def our_servers() -> Servers:
    """PostgreSQL and Valkey of this checkout, or those that the environment names."""
    VAR.mkdir(parents=True, exist_ok=True)
    given = {"database_url": os.environ.get("DATABASE_URL", ""), "redis_url": os.environ.get("REDIS_URL", "")}
    return Servers(VAR / "embedded", **given)


def common_environment(addresses: Addresses) -> dict[str, str]:
    """What every process of ours gets to know; what the environment says already is kept."""
    secrets = identity(VAR)
    ours = {
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "PYTHONUNBUFFERED": "1",
        "HSTS_SECONDS": "0",  # a browser must not remember that this machine's name means https
        "SECRET_KEY": secrets["SECRET_KEY"],
        "METRICS_TOKEN": secrets["METRICS_TOKEN"],
        "ALLOWED_HOSTS": ",".join(names_of_this_machine()),
    }
    given = {name: value for name, value in os.environ.items() if value}
    return ours | given | addresses.environment()


def stripe_environment(place: Place, environment: dict[str, str], tls: Tls | None) -> tuple[dict[str, str], list[Part]]:
    """Real Stripe where a key is set; else the emulator, and the environment that points there."""
    if environment.get("STRIPE_API_KEY"):
        return environment, []
    secrets = identity(VAR)
    port, front = int(secrets["emulator_port"]), free_port()
    try:
        Place("127.0.0.1", port, False).refuse_if_taken()
    except Refused:
        port = free_port()
    local = f"http://127.0.0.1:{port}"
    origin = local if tls is None else f"{place.site_url.rpartition(':')[0]}:{front}"
    environment = environment | {
        "STRIPE_API_KEY": secrets["STRIPE_API_KEY"],
        "STRIPE_WEBHOOK_SECRET": secrets["STRIPE_WEBHOOK_SECRET"],
        "STRIPE_API_BASE": local,
        "STRIPE_CHECKOUT_ORIGIN": origin,
    }
    trusting = environment if tls is None else environment | {"SSL_CERT_FILE": str(tls.authority)}
    needed = [parts.emulator(trusting, port=port, place=place, var=VAR)]
    if tls is not None:
        needed.append(parts.emulator_front(environment, port=front, behind=port, place=place, tls=tls))
    return environment, needed


def prepare(supervisor: Supervisor, environment: dict[str, str], *options: str) -> str:
    """Run the preparations; what they say on standard output (the demo logins)."""
    process = start(
        [sys.executable, "-m", "project.launch.prepare", *options],
        environment=environment,
        log=subprocess.PIPE,
        errors=None,
    )
    while True:
        try:
            said, _ = process.communicate(timeout=0.3)
            break
        except subprocess.TimeoutExpired:
            if supervisor.stopping:
                stop(process)
    if process.returncode != 0 and not supervisor.stopping:
        raise Refused("The preparations failed; the reason stands above.")
    return said.decode()


def answers(place: Place, tls: Tls | None) -> bool:
    """Whether the first page would come."""
    context = ssl.create_default_context(cafile=str(tls.authority)) if tls else None
    try:
        with urllib.request.urlopen(f"{place.local_url}/healthz", timeout=5, context=context) as page:  # noqa: S310
            return bool(page.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def run(kind: str, place: Place, *, empty: bool) -> None:
    """Start everything, say where it is, stay until told to stop, and leave nothing behind."""
    place.refuse_if_taken()
    servers = our_servers()
    supervisor = Supervisor(logs=VAR / "log", servers=servers, say=say)
    supervisor.obey_signals()
    try:
        say("Starting Foyer")
        addresses = servers.start()
        if not servers.owned:
            raise Refused("Foyer runs in this checkout already. Stop it first, or make another checkout.")
        tls = Tls(*certificate(VAR / "tls")) if place.https else None
        environment = common_environment(addresses)
        if kind == "demo":
            environment.setdefault("OUTBOX_OPEN", "1")
        environment.setdefault("SITE_URL", place.site_url)
        environment, stripe_parts = stripe_environment(place, environment, tls)
        seed = ["--seed"] if not empty and (kind == "demo" or servers.postgres is not None) else []
        earlier = ["--payments", str(VAR / parts.EARLIER)] if stripe_parts else []
        logins = prepare(supervisor, environment, "--static", *seed, *earlier)
        for part in [*stripe_parts, *_parts(kind, environment, place, tls)]:
            if not supervisor.stopping:
                supervisor.start(part)
        if supervisor.wait_for(lambda: answers(place, tls)):
            _tell(kind, place, tls, environment, logins)
            supervisor.watch()
    finally:
        supervisor.stop()
    say("Foyer has stopped.")


def _parts(kind: str, environment: dict[str, str], place: Place, tls: Tls | None) -> list[Part]:
    if kind == "demo":
        return [
            parts.daphne_alone(environment, place=place, tls=tls),
            parts.worker(environment, name="worker", queues="default,documents", threads=3, beat=VAR / "beat"),
            parts.relay(environment),
        ]
    metrics = VAR / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir()
    return [
        *parts.pages_and_sockets(environment, place=place, tls=tls, metrics=metrics),
        parts.worker(environment, name="worker", queues="default", threads=4),
        parts.worker(environment, name="documents", queues="documents", threads=1, yielding=True),
        parts.beat(environment, schedule=VAR / "beat"),
        parts.relay(environment),
    ]


def _tell(kind: str, place: Place, tls: Tls | None, environment: dict[str, str], logins: str) -> None:
    say("\nFoyer is open:  " + "   ".join(place.urls))
    if not environment.get("EMAIL_URL"):
        say(f"Mails and text messages:  {place.local_url}/_outbox/")
    if environment.get("STRIPE_API_BASE"):
        say(f"Payments go to the Stripe emulator at {environment['STRIPE_CHECKOUT_ORIGIN']}; no money moves.")
    if tls is not None:
        say(f"A phone trusts the certificate once {tls.authority} is installed on it.")
    if kind == "serve":
        say(f"Metrics: {place.local_url}/metrics with the token in {VAR / 'identity.json'}")
    if logins:
        say("\n" + logins.rstrip())
    say(f"\nLogs are in {VAR / 'log'}. Ctrl-C stops everything.")


def manage(command: list[str]) -> int:
    """A command of Django's on this checkout's data, whether Foyer runs or not."""
    servers = our_servers()
    with servers as addresses:
        environment = {"DEBUG": "1"} | common_environment(addresses)
        return subprocess.run([sys.executable, "manage.py", *command], env=environment).returncode


def tool(command: list[str]) -> int:
    """One of PostgreSQL's own programs (psql, pg_dump, pg_restore) on this checkout's data."""
    servers = our_servers()
    with servers:
        if servers.postgres is None:
            raise Refused("DATABASE_URL is set: use the programs of that server.")
        program = servers.home.postgres_root / "bin" / command[0]
        where = {"PGHOST": str(servers.postgres.socket), "PGUSER": NAME, "PGDATABASE": NAME}
        return subprocess.run([program, *command[1:]], env=os.environ | where).returncode


def clean() -> None:
    """Remove the embedded servers' data, wherever it is."""
    servers = our_servers()
    if not servers.claim():
        raise Refused("Foyer runs in this checkout. Stop it first.")
    servers.remove()
    shutil.rmtree(folder_apart(), ignore_errors=True)


def main() -> int:
    """The command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m project.launch", description="Run Foyer on this machine.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind in ("demo", "serve"):
        options = kinds.add_parser(kind)
        options.add_argument("--port", type=int, default=8000)
        options.add_argument("--host", default="")
        options.add_argument("--https", action="store_true")
        options.add_argument("--empty", action="store_true", help="without demo data")
    for kind in ("manage", "tool"):
        kinds.add_parser(kind).add_argument("command", nargs=argparse.REMAINDER)
    kinds.add_parser("clean")
    given = parser.parse_args()
    os.chdir(CHECKOUT)
    environ.Env.read_env(os.environ.get("ENV_FILE", str(CHECKOUT / ".env")))
    try:
        if given.kind == "manage":
            return manage(given.command[given.command[:1] == ["--"] :])
        if given.kind == "tool":
            return tool(given.command[given.command[:1] == ["--"] :])
        if given.kind == "clean":
            clean()
        else:
            host = given.host or ("0.0.0.0" if given.https else "127.0.0.1")  # noqa: S104  (a phone must reach it)
            run(given.kind, Place(host, given.port, given.https), empty=given.empty)
    except (Refused, CannotStart) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"{error}. Was Foyer started by another user here? Remove {VAR}, or start it as that user.", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
