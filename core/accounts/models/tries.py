from django.db import models


class LoginTry(models.Model):
    """A login that was tried and has not succeeded."""

    subject = models.CharField(max_length=60, help_text="The person, else a digest of what was typed.")
    network = models.CharField(max_length=45, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "at"], name="login_try_subject"),
            models.Index(fields=["network", "at"], name="login_try_network"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.at:%Y-%m-%d %H:%M}"
