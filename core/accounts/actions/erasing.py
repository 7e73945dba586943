"""What is left of a person whose account is deleted: a pseudonym that the books can point at."""

import datetime as dt
import secrets

from django.db import models

from core.accounts.actions.pictures import drop_picture
from core.accounts.actions.sessions import drop_sessions
from core.accounts.addresses import PSEUDONYM_HOST
from core.accounts.models import Code, Invitation, User


def erase(user: User, *, now: dt.datetime) -> User:
    """Make the row, which the caller has locked, a pseudonym, and delete all that hangs on it.

    Whatever would be deleted with the row, in any app, is deleted; what would outlive it keeps pointing at it.
    """
    destinations = [user.email, *([str(user.mobile)] if user.mobile else [])]
    Code.objects.filter(destination__in=destinations).delete()
    Invitation.objects.filter(email=user.email).delete()
    Invitation.objects.filter(invited_by=user, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    drop_sessions(user)
    for relation in User._meta.related_objects:
        if relation.on_delete is models.CASCADE:
            relation.related_model._base_manager.filter(**{relation.field.name: user}).delete()
    drop_picture(user, now=now)
    user.groups.clear()
    user.user_permissions.clear()
    for field in User._meta.concrete_fields:
        if field.name not in {"id", "joined_at"}:
            setattr(user, field.attname, None if field.null else field.get_default())
    user.email = f"deleted-{secrets.token_hex(8)}@{PSEUDONYM_HOST}"
    user.is_active = False
    user.erased_at = now
    user.set_unusable_password()
    user.save()
    return user
