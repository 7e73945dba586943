from celery import shared_task
from django.utils import timezone

from core.ledger import actions


@shared_task(name="ledger.snapshot_balances")
def snapshot_balances() -> None:
    """Keep settled balances, so that reading one stays quick."""
    actions.snapshot_balances(now=timezone.now())
