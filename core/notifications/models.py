from django.db import models
from django.utils.translation import gettext_lazy as _


class Delivery(models.Model):
    """One mail to one person: what it is about, and whether it went out."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Given up")

    kind = models.CharField(max_length=40)
    words = models.JSONField(
        default=dict, blank=True, help_text=_("What fills the text, beside the row; codes sealed.")
    )
    about = models.CharField(max_length=60, help_text=_("The row it speaks of: booking:12."))
    once_key = models.CharField(max_length=160, unique=True, help_text=_("The same thing is said once only."))
    to = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["about", "kind"], name="delivery_about")]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
