"""What happens by itself as time passes."""

from e2e.stripe_emulator import idempotency, refunds, sessions
from e2e.stripe_emulator.emulator import Emulator


def run(emulator: Emulator) -> None:
    """Expires sessions, moves refunds on. Run once a second and before every request."""
    with emulator.store.lock:
        sessions.close_overdue(emulator)
        for refund in list(emulator.store.newest_first("refund")):
            if refund["_settles_at"] is not None and refund["_settles_at"] <= emulator.now():
                refunds.finish(emulator, refund, refund["_becomes"])


def tick(emulator: Emulator) -> None:
    """The once-a-second round."""
    run(emulator)
    idempotency.tidy(emulator)
