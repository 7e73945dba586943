from celery import shared_task
from django.utils import timezone

from core.seating import actions


@shared_task(name="seating.tell_lapsed")
def tell_lapsed() -> None:
    """Tidy ended holds and tell the watchers."""
    actions.lapse(now=timezone.now())
