"""A person's picture: kept, fetched, taken away. Its file is deleted by a task, after the commit and surely."""

import datetime as dt

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from core.accounts.actions.living import lock_living
from core.accounts.models import PictureErrand, User
from core.accounts.pictures import portrait
from core.audit import actions as audit
from core.kernel.actor import Actor
from core.kernel.errors import TooOften
from core.outbox import actions as outbox

ERRANDS_PER_HOUR = 5
HOUR = dt.timedelta(hours=1)


def set_picture(*, user: User, data: bytes, actor: Actor, now: dt.datetime) -> User:
    """Keep a picture of the person, redrawn. Raises PictureRefused."""
    drawn = ContentFile(portrait(data))
    name = default_storage.save(User._meta.get_field("picture").generate_filename(user, ""), drawn)
    try:
        return _point_at(name, user, actor=actor, now=now)
    except BaseException:
        default_storage.delete(name)
        raise


@transaction.atomic
def remove_picture(*, user: User, actor: Actor, now: dt.datetime) -> User:
    """Take the picture away; without one nothing happens."""
    locked = lock_living(user)
    if drop_picture(locked, now=now):
        locked.save(update_fields=["picture"])
        audit.record("account.picture_removed", locked, actor=actor, now=now)
    return locked


def drop_picture(user: User, *, now: dt.datetime) -> bool:
    """Have the file deleted once this transaction is committed; the caller saves the row. False if there is none."""
    if not user.picture:
        return False
    outbox.post("accounts.delete_picture", now=now, name=str(user.picture.name))
    user.picture = ""
    return True


def delete_file(name: str) -> None:
    """Delete the file of a picture that nobody points at; gone already is as good."""
    if not User.objects.filter(picture=name).exists():
        default_storage.delete(name)


@transaction.atomic
def ask_for_picture(*, user: User, url: str, actor: Actor, now: dt.datetime) -> PictureErrand:
    """Have the picture fetched from an address by a task. At most five times an hour: raises TooOften."""
    locked = lock_living(user)
    recent = sorted(locked.picture_errands.filter(asked_at__gt=now - HOUR).values_list("asked_at", flat=True))
    if len(recent) >= ERRANDS_PER_HOUR:
        wait = int((recent[-ERRANDS_PER_HOUR] + HOUR - now).total_seconds()) + 1
        words = _(
            "We have fetched five pictures for you within the hour. Send a file instead, or wait %(minutes)s min."
        )
        raise TooOften(words % {"minutes": -(-wait // 60)}, retry_after=wait)
    locked.picture_errands.filter(ended_at=None).update(ended_at=now)
    errand = PictureErrand.objects.create(user=locked, url=url, asked_at=now)
    outbox.post("flows.fetch_picture", now=now, queue="documents", errand=errand.pk)
    audit.record("account.picture_asked_for", locked, actor=actor, now=now, url=url)
    return errand


def end_errand(errand: PictureErrand, *, now: dt.datetime, refusal: str = "") -> None:
    """The picture is there, or `refusal` says why not."""
    PictureErrand.objects.filter(pk=errand.pk, ended_at=None).update(ended_at=now, refusal=refusal[:300])


def forget_errands(*, before: dt.datetime) -> int:
    """Delete errands that were asked for before that instant; how many."""
    count, _each = PictureErrand.objects.filter(asked_at__lt=before).delete()
    return count


@transaction.atomic
def _point_at(name: str, user: User, *, actor: Actor, now: dt.datetime) -> User:
    locked = lock_living(user)
    drop_picture(locked, now=now)
    locked.picture = name
    locked.save(update_fields=["picture"])
    audit.record("account.picture_changed", locked, actor=actor, now=now)
    return locked
