from django.utils import timezone

from core.outbox.tasks import outbox_task
from core.payments import actions
from core.payments.models import Refund


@outbox_task("payments.send_refund", outside=True)
def send_refund(refund: int) -> None:
    """Ask Stripe for one prepared refund."""
    actions.send_refund(Refund.objects.select_related("payment").get(pk=refund), now=timezone.now())
