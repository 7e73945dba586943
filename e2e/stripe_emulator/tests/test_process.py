"""The emulator as a process: its command line, and what outlives a restart."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
import stripe

from e2e.stripe_emulator.store import Store
from e2e.stripe_emulator.tests.conftest import KEY, SECRET, SHOP, Endpoint, line, refused

ROOT = Path(__file__).resolve().parents[3]


def command(port: int, *more: str) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "e2e.stripe_emulator", "--port", str(port), "--api-key", KEY, *more]


@contextmanager
def process(*more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A running emulator on a free port, and its address."""
    running = subprocess.Popen(command(0, *more), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        yield running.stdout.readline().split()[1], running
    finally:
        running.kill()
        running.wait(timeout=10)


def client(url: str) -> stripe.StripeClient:
    """The SDK, pointed there."""
    return stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0)


def create(url: str, key: str) -> stripe.checkout.Session:
    """A session under this key."""
    params = {"mode": "payment", "success_url": f"{SHOP}/", "line_items": [line("Seat", 1450)]}
    return client(url).v1.checkout.sessions.create(params, options={"idempotency_key": key})  # type: ignore[arg-type]


def test_state_outlives_a_killed_process(tmp_path: Path) -> None:
    """docs.stripe.com: Stripe remembers. Sessions, charges, keys and undelivered events are there after a restart."""
    state = ("--state", str(tmp_path / "var" / "stripe.json"))
    with process(*state) as (url, _):
        paid, open_one = create(url, "a"), create(url, "b")
        requests.post(f"{url}/_control/sessions/{paid.id}/pay", json={}, timeout=10)
        intent = client(url).v1.checkout.sessions.retrieve(paid.id).payment_intent
        client(url).v1.refunds.create({"payment_intent": intent, "amount": 450})
    with process(*state) as (url, _):
        sessions = client(url).v1.checkout.sessions
        assert sessions.retrieve(paid.id).payment_status == "paid"
        assert create(url, "b").id == open_one.id
        assert sessions.expire(open_one.id).status == "expired"
        money = requests.get(f"{url}/_control/money", timeout=10).json()["totals"]
        assert money == {"charged": 1450, "refunded": 450, "disputed": 0}


def test_undelivered_events_are_delivered_after_a_restart(tmp_path: Path) -> None:
    """docs.stripe.com/webhooks#automatic-retries: delivery goes on until the endpoint takes the event."""
    endpoint = Endpoint()
    endpoint.answers = [500]
    more = ("--state", str(tmp_path / "s.json"), "--webhook-url", endpoint.url, "--webhook-secret", SECRET,
            "--retry-base", "30", "--events", "checkout.session.expired")  # fmt: skip
    with process(*more) as (url, _):
        session = create(url, "a")
        client(url).v1.checkout.sessions.expire(session.id)
        wait_for(endpoint, 1)
        time.sleep(0.3)
    with process(*more):
        wait_for(endpoint, 2)
    assert endpoint.types() == ["checkout.session.expired"] * 2
    endpoint.server.shutdown()


def wait_for(endpoint: Endpoint, count: int) -> None:
    """Waits until so many deliveries came."""
    end = time.monotonic() + 10
    while len(endpoint.deliveries) < count:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_process_ends_at_once_when_told_to() -> None:
    """Ours: Ctrl-C in the demo leaves nothing behind."""
    for told in (signal.SIGTERM, signal.SIGINT):
        with process() as (_, running):
            os.kill(running.pid, told)
            assert running.wait(timeout=30) == 0


def test_port_in_use_is_said_so() -> None:
    """Ours: a clear message and exit code 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(command(port), cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert f"Port {port} on 127.0.0.1 is in use." in ended.stderr


def test_half_written_line_of_the_state_is_passed_over(tmp_path: Path) -> None:
    """Ours: a process that died while it wrote."""
    path = tmp_path / "s.json"
    store = Store(path)
    store.put({"object": "customer", "id": "cus_1"})
    store.put({"object": "customer", "id": "cus_2"})
    store.drop("customer", "cus_1")
    store.close()
    path.write_text(path.read_text() + '{"put": {"object": "cust')
    again = Store(path)
    assert [record["id"] for record in again.newest_first("customer")] == ["cus_2"]
    again.close()


def test_payments_made_before_are_refunded_once_and_outlive_a_restart(tmp_path: Path) -> None:
    """What a file tells of is a charge like any other: it can be given back, but no more than it was, and is "No such
    payment_intent" to nobody."""
    told = {"payment_intent": "pi_demo_1", "amount": 2400, "currency": "eur", "created": 1_700_000_000}
    (tmp_path / "told.jsonl").write_text(json.dumps(told) + "\n")
    given = ("--state", str(tmp_path / "stripe.json"), "--earlier", str(tmp_path / "told.jsonl"))
    with process(*given) as (url, _):
        intent = client(url).v1.payment_intents.retrieve("pi_demo_1")
        assert (intent.status, intent.amount_received, intent.created) == ("succeeded", 2400, 1_700_000_000)
        refund = client(url).v1.refunds.create({"payment_intent": "pi_demo_1", "amount": 1000})
        assert (refund.status, refund.charge) == ("succeeded", intent.latest_charge)
        assert [event.type for event in client(url).v1.events.list().data] == ["charge.refunded", "refund.created"]
    with process(*given) as (url, _):
        assert client(url).v1.charges.retrieve(str(intent.latest_charge)).amount_refunded == 1000
        assert refused(lambda: client(url).v1.refunds.create({"payment_intent": "pi_demo_1", "amount": 1401})).param
        assert client(url).v1.refunds.create({"payment_intent": "pi_demo_1"}).amount == 1400


def test_a_file_of_earlier_payments_may_be_missing(tmp_path: Path) -> None:
    """A demo without a crowd."""
    with process("--earlier", str(tmp_path / "none.jsonl")) as (url, _):
        error = refused(lambda: client(url).v1.refunds.create({"payment_intent": "pi_demo_1"}))
        assert error.code == "resource_missing"
