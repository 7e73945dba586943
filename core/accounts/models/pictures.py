from django.db import models

from core.accounts.models.people import User


class PictureErrand(models.Model):
    """A picture of a person that is to be fetched from an address; kept for a day, to be shown and counted."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="picture_errands")
    url = models.URLField(max_length=2000)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "asked_at"], name="picture_errand_user")]

    def __str__(self) -> str:
        return f"picture of {self.user_id} from {self.url}"
