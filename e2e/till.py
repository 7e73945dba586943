"""The stand-in for Stripe from outside: its levers, and what it has seen."""

from typing import Any

import requests


class Till:
    """The side door of the emulator's process on `port`."""

    key = "sk_test_story"
    webhook_secret = "whsec_story"

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def control(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        """One call of the side door."""
        answer = requests.request(method, f"{self.url}/_control/{path}", json=body or {}, timeout=15)
        assert answer.ok, answer.text
        return answer.json()

    def ask(self, path: str) -> Any:
        """Read at the side door."""
        return self.control(path, method="GET")

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            return requests.get(f"{self.url}/_control/health", timeout=5).ok
        except requests.RequestException:
            return False

    def set(self, **switches: Any) -> None:
        """Make it slow, broken, forgetful or repetitive."""
        self.control("faults", switches)

    def heal(self) -> None:
        """Everything works again; what was held back stays held back."""
        self.set(webhooks="normal", api_delay_s=0, api_errors=0, api_errors_kept=False, rate_limits=0, drop=0, only="")
        self.set(refund_status="succeeded")

    def money_of(self, intent: str) -> dict[str, Any]:
        """What was charged and refunded for one payment intent."""
        found: dict[str, Any] = self.ask("money")["payment_intents"][intent]
        return found

    def deliveries(self, kind: str, about: str) -> list[dict[str, Any]]:
        """How often, and with what answer, the events of that type about that object were delivered."""
        events = [event for event in self.ask(f"webhooks?type={kind}")["events"] if event["object"] == about]
        return [delivery for event in events for delivery in event["deliveries"]]
