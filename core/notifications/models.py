from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import User


class Channel(models.TextChoices):
    """The ways out of the house."""

    MAIL = "mail", _("Mail")
    TEXT = "text", _("Text message")
    PUSH = "push", _("On my devices")


class Delivery(models.Model):
    """One thing said to one person by one channel: what it is about, and whether it went out."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Given up")
        LATE = "late", _("Too old to be sent")

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel.choices, db_default=Channel.MAIL, default=Channel.MAIL)
    words = models.JSONField(
        default=dict, blank=True, help_text=_("What fills the text, beside the row; codes sealed.")
    )
    about = models.CharField(max_length=60, help_text=_("The row it speaks of: booking:12."))
    once_key = models.CharField(max_length=160, unique=True, help_text=_("The same thing is said once only."))
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries")
    to = models.CharField(max_length=254, help_text=_("A mail address, a mobile number, or device:12."))
    language = models.CharField(max_length=10, default="en")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    created_at = models.DateTimeField()
    good_until = models.DateTimeField(null=True, blank=True, help_text=_("Not sent any more after that."))
    next_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["about", "kind"], name="delivery_about"),
            models.Index(fields=["created_at"], name="delivery_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: User) -> Self:
        """What this person was told."""
        return self.filter(user=user)

    def unread(self) -> Self:
        """What nobody has looked at yet."""
        return self.filter(read_at=None)


class Notification(models.Model):
    """Something a person with a login finds in their list. Its words are put together when it is read."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    words = models.JSONField(default=dict, blank=True)
    about = models.CharField(max_length=60, blank=True)
    once_key = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "once_key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notification_newest"),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at=None)),
            models.Index(fields=["created_at"], name="notification_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class Preference(models.Model):
    """A wish that differs from what a kind does by itself: of a person, or of an address without a login."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="preferences")
    address = models.CharField(max_length=254, blank=True)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_once"),
            models.UniqueConstraint(
                fields=["address", "kind", "channel"], condition=Q(user=None), name="preference_of_address_once"
            ),
            models.CheckConstraint(
                condition=Q(user=None) & ~Q(address="") | Q(user__isnull=False, address=""),
                name="preference_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}: {self.wanted}"


class PushDevice(models.Model):
    """A browser that shows notifications though no page of ours is open (Web Push)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_devices")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.user_agent[:60] or f"device {self.pk}"


class VapidKey(models.Model):
    """The key by which push services know us (P-256): made once, where the environment names none."""

    public_key = models.CharField(max_length=100, help_text=_("The uncompressed point, base64url."))
    sealed_private_key = models.TextField(help_text=_("Encrypted under SECRET_KEY."))
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"key {self.pk}"
