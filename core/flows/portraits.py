"""Fetching a person's picture from the address that they gave, and telling them how it went (AC7)."""

import datetime as dt

from django.db import transaction
from django.utils import translation

from core.accounts import actions as accounts
from core.accounts.models import PictureErrand
from core.accounts.pictures import MOST_BYTES
from core.kernel.actor import Actor
from core.kernel.downloads import download
from core.kernel.errors import Refusal
from core.notifications import actions as notifications


def fetch(errand_id: int, *, now: dt.datetime) -> None:
    """Do an errand that is still wanted. No transaction is open while somebody else's server is asked."""
    errand = PictureErrand.objects.select_related("user").filter(pk=errand_id, ended_at=None).first()
    if errand is None:
        return
    user = errand.user
    actor = Actor(holder=user.holder, user_id=user.pk, label=str(user))
    with translation.override(user.language):
        try:
            accounts.set_picture(user=user, data=download(errand.url, most_bytes=MOST_BYTES), actor=actor, now=now)
        except Refusal as refusal:
            _end(errand, now=now, refusal=str(refusal))
        else:
            _end(errand, now=now)


@transaction.atomic
def _end(errand: PictureErrand, *, now: dt.datetime, refusal: str = "") -> None:
    accounts.end_errand(errand, now=now, refusal=refusal)
    kind = "picture_refused" if refusal else "picture_fetched"
    notifications.notify(kind, user=errand.user, once_key=f"picture:{errand.pk}", now=now, refusal=refusal)
