from django.db import models
from django.db.models import Q


class Message(models.Model):
    """A task that must run because of something that was committed with it."""

    task = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=20, default="default")
    posted_at = models.DateTimeField()
    not_before = models.DateTimeField()
    handed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], name="outbox_waiting", condition=Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.arguments}"
