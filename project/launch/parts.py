"""The processes that Foyer consists of, as commands."""

import sys
from dataclasses import dataclass
from pathlib import Path

from project.embedded.valkey import free_port
from project.launch.place import Place
from project.launch.supervisor import Part

PYTHON = sys.executable
CELERY = [PYTHON, "-m", "celery", "-A", "project.celery"]
CALM = ["--without-gossip", "--without-mingle"]
# What the endpoint is subscribed to, as docs/operations.md says it for Stripe's dashboard.
STRIPE_EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "refund.created",
    "refund.updated",
    "refund.failed",
)


@dataclass(frozen=True)
class Tls:
    """The files of a certificate."""

    authority: Path
    certificate: Path
    key: Path


def relay(environment: dict[str, str]) -> Part:
    """Hands messages of the outbox to the workers."""
    return Part("relay", [PYTHON, "manage.py", "relay"], environment)


def worker(
    environment: dict[str, str],
    *,
    name: str,
    queues: str,
    threads: int,
    beat: Path | None = None,
    yielding: bool = False,
) -> Part:
    """Runs tasks; with `beat` it keeps the clock of the periodic ones too. A `yielding` one lets buyers go first.

    A pool of threads knows no time limits, neither soft nor hard: nothing can end a thread from outside. So whatever a
    task waits for ends by itself: each call to the outside has a deadline of its own.
    """
    command = [
        *(["nice", "-n", "10"] if yielding else []),
        *CELERY,
        "worker",
        *CALM,
        "-Q",
        queues,
        "-P",
        "threads",
        "-c",
        str(threads),
        "-n",
        f"{name}@%h",
        "-l",
        "WARNING",
    ]
    if beat is not None:
        command += ["-B", "-s", str(beat)]
    return Part(name, command, environment)


def beat(environment: dict[str, str], *, schedule: Path) -> Part:
    """Keeps the clock of the periodic tasks."""
    return Part("beat", [*CELERY, "beat", "-s", str(schedule), "--pidfile=", "-l", "WARNING"], environment)


def daphne_alone(environment: dict[str, str], *, place: Place, tls: Tls | None) -> Part:
    """Pages and sockets in one process."""
    if tls is None:
        listen = ["-b", place.host, "-p", str(place.port)]
    else:
        key, certificate = (str(path).replace(":", r"\:") for path in (tls.key, tls.certificate))
        interface = place.host.replace(":", r"\:")
        listen = ["-e", f"ssl:{place.port}:interface={interface}:privateKey={key}:certKey={certificate}"]
    return Part("pages", [PYTHON, "-m", "daphne", "-v", "0", *listen, "project.asgi:application"], environment)


def pages_and_sockets(environment: dict[str, str], *, place: Place, tls: Tls | None, metrics: Path) -> list[Part]:
    """Pages on WSGI workers, `/ws` on daphne, and the splitter that makes one address of them.

    The workers for pages keep their figures in the folder `metrics`, so that each of them answers for all.
    """
    pages, sockets = free_port(), free_port()
    gunicorn = [PYTHON, "-m", "gunicorn", "project.wsgi", "--bind", f"127.0.0.1:{pages}", "--proxy-protocol", "v1"]
    gunicorn += ["--worker-class", "project.launch.pages.Worker", "--workers", "2", "--threads", "8"]
    gunicorn += ["--log-level", "warning"]
    splitter = [PYTHON, "-m", "project.launch.splitter", "--host", place.host, "--port", str(place.port)]
    splitter += ["--pages", str(pages), "--sockets", str(sockets)]
    if tls is not None:
        files = ["--certfile", str(tls.certificate), "--keyfile", str(tls.key)]
        gunicorn += files
        splitter += files
    daphne = [PYTHON, "-m", "daphne", "-v", "0", "--proxy-headers", "-b", "127.0.0.1", "-p", str(sockets)]
    return [
        Part("pages", gunicorn, environment | {"PROMETHEUS_MULTIPROC_DIR": str(metrics)}),
        Part("sockets", [*daphne, "project.asgi:application"], environment),
        Part("splitter", splitter, environment),
    ]


EARLIER = "demo-payments.jsonl"


def emulator(environment: dict[str, str], *, port: int, place: Place, var: Path) -> Part:
    """Stripe's stand-in, when no key is set."""
    command = [PYTHON, "-m", "e2e.stripe_emulator", "--port", str(port), "--state", str(var / "emulator.json")]
    command += ["--webhook-url", f"{place.local_url}/stripe/webhook/"]
    command += ["--webhook-secret", environment["STRIPE_WEBHOOK_SECRET"], "--api-key", environment["STRIPE_API_KEY"]]
    command += ["--public-url", environment["STRIPE_CHECKOUT_ORIGIN"], "--earlier", str(var / EARLIER)]
    command += ["--events", ",".join(STRIPE_EVENTS)]
    return Part("emulator", command, environment)


def emulator_front(environment: dict[str, str], *, port: int, behind: int, place: Place, tls: Tls) -> Part:
    """The emulator's payment page for a phone: it must be HTTPS as the page is that leads there."""
    command = [PYTHON, "-m", "project.launch.splitter", "--bare", "--host", place.host, "--port", str(port)]
    command += ["--pages", str(behind), "--sockets", str(behind)]
    command += ["--certfile", str(tls.certificate), "--keyfile", str(tls.key)]
    return Part("emulator-front", command, environment)
