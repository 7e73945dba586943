from celery import shared_task
from django.utils import timezone

from core.audit import actions


@shared_task(name="audit.seal")
def seal() -> None:
    """Chain the records that have settled."""
    actions.seal(now=timezone.now())
