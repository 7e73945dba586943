"""What the house does by itself."""

import json
import time

from celery import shared_task
from django.core.cache import caches

from core.kernel import sealing
from core.notifications.gateway import Mail, send
from core.outbox.tasks import outbox_task
from project.health import HEARTBEAT, HEARTBEAT_LASTS

MAIL_PURPOSE = "project.account-mail"


@shared_task(name="project.heartbeat")
def heartbeat() -> None:
    """Leave a sign that beat, broker and a worker run; the readiness page looks for it."""
    caches["strict"].set(HEARTBEAT, time.time(), timeout=HEARTBEAT_LASTS)


@outbox_task("project.send_account_mail", outside=True)
def send_account_mail(sealed: str) -> None:
    """Send a mail about somebody's login."""
    send(Mail(**json.loads(sealing.decrypt(sealed, purpose=MAIL_PURPOSE))))
