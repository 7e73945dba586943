"""Ending sessions: what a session is, the portals know; that none counts any more is said here."""

import secrets

from django.contrib.sessions.models import Session
from django.db import models

from core.accounts.models import User


def void_sessions(person: User) -> None:
    """Make every session of a person void at once, known to us or not."""
    person.sessions_salt = secrets.token_hex(12)
    person.save(update_fields=["sessions_salt"])


def drop_sessions(person: User) -> None:
    """Delete the sessions of a person that are listed in any app, and the lists."""
    for relation in User._meta.related_objects:
        listed = "session_key" in {field.name for field in relation.related_model._meta.fields}
        if relation.on_delete is models.CASCADE and listed:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: person})
            Session.objects.filter(session_key__in=rows.values("session_key")).delete()
            rows.delete()
