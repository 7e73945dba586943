import datetime as dt
import secrets
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


def new_salt() -> str:
    """Salt of one record's digest: without it an erased payload could be guessed back from its digest."""
    return secrets.token_hex(8)


class Record(models.Model):
    """Something that somebody did. Append-only; what names a person can be blanked, the digest stays."""

    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    organizer_id = models.BigIntegerField(null=True)
    actor_user_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=160, blank=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    salt = models.CharField(max_length=16, default=new_salt, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["actor_user_id", "at"], name="audit_actor"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"

    def described(self) -> dict[str, Any]:
        """What the digest of a record covers: plain JSON values."""
        return {
            "at": self.at.astimezone(dt.UTC).isoformat(),
            "action": self.action,
            "object": [self.object_type, self.object_id],
            "organizer": self.organizer_id,
            "actor": [self.actor_user_id, self.actor_label, self.address, self.request_id],
            "data": self.data,
        }


class Seal(models.Model):
    """One link of the chain over the records: hash(previous hash, record id, record digest)."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, primary_key=True)
    number = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number}: {self.hash[:12]}"
