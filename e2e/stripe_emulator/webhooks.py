"""Delivers events to the merchant's endpoint: signed, in the background, again with growing waits until it says 2xx."""

import hashlib
import heapq
import hmac
import itertools
import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from typing import Any

from e2e.stripe_emulator.store import Record, Store

log = logging.getLogger(__name__)
MOST_TRIES = 12
LONGEST_WAIT = 300.0
PATIENCE = 10.0
GATHERING = 0.5


def sign(payload: bytes, secret: str, timestamp: int) -> str:
    """The Stripe-Signature header: an HMAC-SHA256 over the time, a dot and the raw body."""
    signed = str(timestamp).encode() + b"." + payload
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Deliverer:
    """One thread that sends what is due, one event at a time, so that in normal running the order holds."""

    def __init__(self, store: Store, url: str, secret: str, retry_base: float) -> None:
        self.url = url
        self._store = store
        self._secret = secret
        self._retry_base = retry_base
        self._due: list[tuple[float, int, str, int]] = []
        self._numbers = itertools.count()
        self._wake = threading.Condition()
        self._stopping = False
        self._busy = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins, taking up what an earlier run left undelivered."""
        for event in reversed(self._store.newest_first("event")):
            if event["_state"] == "pending":
                self.send(event["id"])
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the delivery under way."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=PATIENCE + 1)

    def forget(self) -> None:
        """Drops what is still to be sent."""
        with self._wake:
            self._due.clear()

    def send(self, event_id: str, *, after: float = 0.0, attempt: int = 1) -> None:
        """Queues one delivery."""
        with self._wake:
            heapq.heappush(self._due, (time.monotonic() + after, next(self._numbers), event_id, attempt))
            self._wake.notify()

    def idle(self) -> bool:
        """Whether nothing is due now and nothing is under way."""
        with self._wake:
            return not self._busy and (not self._due or self._due[0][0] > time.monotonic())

    def dispatch(self, event: Record, mode: str) -> None:
        """Starts the event on its way, as the switch says."""
        if mode in ("lost", "hold"):
            self._mark(event, "lost" if mode == "lost" else "held")
            return
        if mode == "out_of_order":
            self._mark(event, "gathered")
            if len([1 for _ in self._store.where("event", _state="gathered")]) == 1:
                threading.Timer(GATHERING, self.release, ("gathered", True)).start()
            return
        self._mark(event, "pending")
        wait = float(mode.removeprefix("late:")) if mode.startswith("late:") else 0.0
        self.send(event["id"], after=wait)
        if mode == "twice":
            self.send(event["id"], after=wait + 0.2)

    def release(self, state: str, backwards: bool = False, only: Iterable[str] = ()) -> list[str]:
        """Sends what was held back; newest first if told so. Returns the ids."""
        wanted = set(only)
        with self._store.lock:
            events = list(self._store.where("event", _state=state))
            events = [event for event in events if not wanted or event["id"] in wanted or event["type"] in wanted]
            if not backwards:
                events.reverse()
            for event in events:
                self._mark(event, "pending")
                self.send(event["id"])
        return [event["id"] for event in events]

    def _mark(self, event: Record, state: str) -> None:
        event["_state"] = state
        self._store.put(event)

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._stopping and (not self._due or self._due[0][0] > time.monotonic()):
                    self._wake.wait(self._due[0][0] - time.monotonic() if self._due else None)
                if self._stopping:
                    return
                _, _, event_id, attempt = heapq.heappop(self._due)
                self._busy = True
            try:
                self._deliver(event_id, attempt)
            except Exception:
                log.exception("delivering %s", event_id)
            finally:
                self._busy = False

    def _deliver(self, event_id: str, attempt: int) -> None:
        event = self._store.get("event", event_id)
        if event is None or not self.url:
            return
        payload = json.dumps({k: v for k, v in event.items() if not k.startswith("_")}, indent=2).encode()
        status, error = self._post(payload)
        with self._store.lock:
            record: dict[str, Any] = {"at": time.time(), "attempt": attempt, "status": status, "error": error}
            event["_deliveries"].append(record)
            if 200 <= status < 300:
                event["pending_webhooks"] = 0
                self._mark(event, "delivered")
            elif attempt >= MOST_TRIES:
                self._mark(event, "given_up")
            else:
                self._store.put(event)
                self.send(event_id, after=self.wait_before(attempt + 1), attempt=attempt + 1)

    def wait_before(self, attempt: int) -> float:
        """How long to wait before the second, third ... try."""
        return float(min(self._retry_base * 2 ** (attempt - 2), LONGEST_WAIT))

    def _post(self, payload: bytes) -> tuple[int, str]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": sign(payload, self._secret, int(time.time())),
        }
        request = urllib.request.Request(self.url, data=payload, headers=headers, method="POST")  # noqa: S310
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as problem:
            problem.close()
            return problem.code, str(problem)
        except OSError as problem:
            return 0, str(problem)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Stripe does not follow redirects; they count as failures."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
