"""What is done in the measured Foyer without a request: rows in bulk, and what runs by itself, with the time it takes.

Like the load it says that it is ready; each further line is an order with its numbers, and is answered as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.utils import timezone

django.setup()

from core.audit.actions import seal
from core.flows.closing import complete_unfinished
from core.flows.verification import violations
from core.ledger.actions import snapshot_balances
from core.seating.actions import lapse
from e2e.bench import bulk


def verify() -> str:
    """The first violation, "" if everything adds up."""
    return next((str(violation) for violation in violations()), "")


def timed(name: str, times: int) -> dict[str, Any]:
    """Do it so often."""
    runs, outcomes = [], []
    for _ in range(times):
        began = time.perf_counter()
        outcomes.append(TIMED[name]())
        runs.append((time.perf_counter() - began) * 1000)
    return {"ms": runs, "outcomes": outcomes, "seconds": sum(runs) / 1000}


def quietly(act: Callable[..., object]) -> Callable[[], str]:
    """Called with the present time; all is well unless it raises."""

    def tick() -> str:
        act(now=timezone.now())
        return ""

    return tick


TIMED: dict[str, Callable[[], str]] = {
    "complete": quietly(complete_unfinished),
    "lapse": quietly(lapse),
    "seal": quietly(seal),
    "snapshot": quietly(snapshot_balances),
    "verify": verify,
}
MADE: dict[str, Callable[..., dict[str, Any]]] = {
    "customer": bulk.customer,
    "holds": bulk.holds,
    "showtimes": bulk.showtimes,
    "sold": bulk.sold,
}


def main() -> None:
    """One order after the other."""
    sys.stdin.readline()
    print("ready", flush=True)
    while order := sys.stdin.readline().split():
        name, *numbers = order
        told = timed(name, int(numbers[0])) if name in TIMED else MADE[name](*map(int, numbers))
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
