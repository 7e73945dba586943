from django.utils import timezone

from core.notifications import actions
from core.outbox.tasks import outbox_task


@outbox_task("notifications.deliver", outside=True)
def deliver(delivery: int) -> None:
    """Write and send one mail, text message or push message."""
    actions.deliver(delivery, now=timezone.now())
