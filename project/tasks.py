"""What the house does by itself."""

import time

from celery import shared_task
from django.core.cache import caches

from project.health import HEARTBEAT, HEARTBEAT_LASTS


@shared_task(name="project.heartbeat")
def heartbeat() -> None:
    """Leave a sign that beat, broker and a worker run; the readiness page looks for it."""
    caches["strict"].set(HEARTBEAT, time.time(), timeout=HEARTBEAT_LASTS)
