import datetime as dt

from celery import shared_task
from django.utils import timezone

from core.flows import cancelling, closing, codes, logins, portraits, registering, webhooks
from core.outbox.tasks import outbox_task


@outbox_task("flows.handle_stripe_event")
def handle_stripe_event(event: int) -> None:
    """Handle one event of the inbox."""
    webhooks.handle(event, now=timezone.now())


@outbox_task("flows.refund_holders", outside=True)
def refund_holders(showtime: int) -> None:
    """Give back the tickets of a cancelled showtime."""
    cancelling.refund_holders(showtime_id=showtime, now=timezone.now())


@outbox_task("flows.answer_code")
def answer_code(code: int, sealed: str, language: str) -> None:
    """Send a code, or what there is to say instead."""
    codes.answer_code(code, sealed=sealed, language=language, now=timezone.now())


@outbox_task("flows.greet_address")
def greet_address(person: int) -> None:
    """Write to an address that somebody registered with and has not proved."""
    registering.greet_address(person, now=timezone.now())


@outbox_task("flows.tell_locked_out")
def tell_locked_out(person: int, since: str) -> None:
    """Tell somebody of a lock-out."""
    logins.tell_locked_out(person, since=dt.datetime.fromisoformat(since), now=timezone.now())


@outbox_task("flows.fetch_picture", outside=True)
def fetch_picture(errand: int) -> None:
    """Fetch a person's picture from an address."""
    portraits.fetch(errand, now=timezone.now())


@shared_task(name="flows.complete_unfinished")
def complete_unfinished() -> None:
    """End the payments whose lease is over."""
    closing.complete_unfinished(now=timezone.now())


@shared_task(name="flows.ask_again")
def ask_again() -> None:
    """Look for money of which the telling was lost."""
    closing.ask_again(now=timezone.now())


@shared_task(name="flows.forget_old")
def forget_old() -> None:
    """Delete what is kept for a while only."""
    closing.forget_old(now=timezone.now())
