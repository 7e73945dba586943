from celery import shared_task
from django.utils import timezone

from core.flows import cancelling, closing, webhooks
from core.outbox.tasks import outbox_task


@outbox_task("flows.handle_stripe_event")
def handle_stripe_event(event: int) -> None:
    """Handle one event of the inbox."""
    webhooks.handle(event, now=timezone.now())


@outbox_task("flows.refund_holders", outside=True)
def refund_holders(showtime: int) -> None:
    """Give back the tickets of a cancelled showtime."""
    cancelling.refund_holders(showtime_id=showtime, now=timezone.now())


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
