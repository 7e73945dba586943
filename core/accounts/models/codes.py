from django.db import models
from django.utils.translation import gettext_lazy as _


class Code(models.Model):
    """A one-time code that was sent to somebody. Only its hash is kept."""

    class Purpose(models.TextChoices):
        PROOF = "proof", _("Prove an address")
        REGISTER = "register", _("Register")
        LOGIN = "login", _("Second step of a login")
        RESET = "reset", _("Choose a new password")
        CHANGE = "change", _("Change an address or number")
        CONFIRM = "confirm", _("Confirm something that cannot be undone")

    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    destination = models.CharField(max_length=254)
    bound_to = models.CharField(max_length=80, help_text=_("Whose screen asked for it."))
    address = models.CharField(max_length=45, blank=True)
    hash = models.CharField(max_length=128)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["destination", "sent_at"], name="code_destination"),
            models.Index(fields=["address", "sent_at"], name="code_address"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.sent_at:%Y-%m-%d %H:%M}"
