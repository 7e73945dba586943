"""An emulator behind a real server, a merchant's endpoint that remembers what it was sent, and the real SDK."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from e2e.stripe_emulator.emulator import Settings
from e2e.stripe_emulator.server import Running

KEY, SECRET = "sk_test_emulator", "whsec_emulator"
SHOP = "https://foyer.example"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


class Endpoint:
    """The merchant's webhook endpoint. `answers` are the next statuses; then 200."""

    def __init__(self) -> None:
        self.deliveries: list[dict[str, Any]] = []
        self.answers: list[int] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.deliveries.append(
                    {"body": body, "signature": self.headers["Stripe-Signature"], "at": time.monotonic()}
                )
                self.send_response(endpoint.answers.pop(0) if endpoint.answers else 200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/stripe/webhook/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self, *types: str) -> list[dict[str, Any]]:
        """What arrived, in order, of these types."""
        events = [json.loads(delivery["body"]) for delivery in list(self.deliveries)]
        return [event for event in events if not types or event["type"] in types]

    def types(self) -> list[str]:
        """The types of what arrived, in order."""
        return [event["type"] for event in self.events()]


class World:
    """What a test has in its hands."""

    def __init__(self, running: Running, endpoint: Endpoint) -> None:
        self.running, self.endpoint, self.url = running, endpoint, running.url
        self.client = stripe.StripeClient(KEY, base_addresses={"api": running.url}, max_network_retries=0)
        self.checkout = self.client.v1.checkout.sessions

    def control(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        """One call of the control endpoint."""
        return requests.request(method, f"{self.url}/_control/{path}", json=body or {}, timeout=10).json()

    def ask(self, path: str) -> Any:
        """Reads from the control endpoint."""
        return self.control(path, method="GET")

    def session(self, **params: Any) -> Any:
        """A Checkout Session over 29.00 EUR, with these parameters instead or besides; None leaves one out."""
        wanted = {
            "mode": "payment",
            "success_url": f"{SHOP}/done/{{CHECKOUT_SESSION_ID}}/",
            "cancel_url": f"{SHOP}/back/",
            "line_items": [line("Row C, seat 7", 1450), line("Row C, seat 8", 1450)],
            **params,
        }
        return self.checkout.create({name: value for name, value in wanted.items() if value is not None})

    def paid(self, card: str = "4242424242424242", **params: Any) -> Any:
        """A session that was paid with this card."""
        session = self.session(**params)
        answer = self.control(f"sessions/{session.id}/pay", {"card": card})
        assert answer["outcome"] == "done", answer
        return self.checkout.retrieve(session.id, params={"expand": ["payment_intent.latest_charge"]})

    def until(self, true: Callable[[], Any], seconds: float = 5.0) -> Any:
        """Waits until it holds, and gives what it gave."""
        end = time.monotonic() + seconds
        while not (found := true()):
            assert time.monotonic() < end, f"not within {seconds} s; arrived: {self.endpoint.types()}"
            time.sleep(0.02)
        return found

    def settled(self) -> None:
        """Waits until every webhook that is due was delivered."""
        self.until(lambda: self.ask("webhooks")["idle"])


def line(name: str, amount: int, quantity: int = 1, currency: str = "eur") -> dict[str, Any]:
    """A line of a session."""
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": name}}
    return {"price_data": price, "quantity": quantity}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium where there is one, else Playwright's."""
    own = {"executable_path": str(CHROMIUM)} if CHROMIUM.exists() else {}
    return {**browser_type_launch_args, **own, "args": FLAGS}


@pytest.fixture(scope="session")
def running_world() -> Iterator[World]:
    """One emulator for the whole run."""
    endpoint = Endpoint()
    settings = Settings(api_key=KEY, webhook_url=endpoint.url, webhook_secret=SECRET, retry_base=0.1)
    running = Running(settings).start()
    yield World(running, endpoint)
    running.close()
    endpoint.server.shutdown()


@pytest.fixture
def world(running_world: World) -> Iterator[World]:
    """The emulator, empty again after each test."""
    yield running_world
    running_world.control("faults", {"api_delay_s": 0, "webhooks": "normal"})
    running_world.settled()
    running_world.control("reset")
    running_world.endpoint.deliveries.clear()
    running_world.endpoint.answers.clear()


def refused(call: Callable[[], Any], kind: type[stripe.StripeError] = stripe.InvalidRequestError) -> Any:
    """The error with which a call is refused."""
    with pytest.raises(kind) as caught:
        call()
    return caught.value
