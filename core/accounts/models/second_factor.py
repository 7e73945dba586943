import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.crypto import salted_hmac
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from core.accounts.models.people import User
from core.kernel import sealing

SEALED_FOR = "accounts.totp"
# 1, 2, 4 ... seconds between tries, at most 34 minutes: who knows a password cannot lock its owner out for days.
MOST_FAILURES = 12


class AuthenticatorApp(ThrottlingMixin, Device):
    """The app on a person's phone that proves a login (TOTP), with the recovery codes for the day it is lost.

    Tables of our own on django-otp's base, since its plugins keep secret and recovery codes readable.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="app")
    sealed_key = models.TextField()
    last_step = models.BigIntegerField(default=-1, help_text="The newest time step taken: no code is good twice.")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["AuthenticatorApp"]] = models.Manager()

    def __str__(self) -> str:
        return f"app of {self.user_id}"

    def get_throttle_factor(self) -> int:
        """Seconds after the first wrong code."""
        return 1

    def throttle_increment(self, commit: bool = True) -> None:
        """One more wrong code."""
        super().throttle_increment(commit=False)
        self.throttling_failure_count: int = min(self.throttling_failure_count, MOST_FAILURES)
        if commit:
            self.save()

    @property
    def key(self) -> bytes:
        """The secret that the app on the phone has too."""
        return sealing.decrypt(self.sealed_key, purpose=SEALED_FOR)

    def step_of(self, digits: str, *, now: dt.datetime) -> int | None:
        """The time step for which the app shows these digits, give or take half a minute; None if they are wrong."""
        totp = TOTP(self.key)
        totp.time = now.timestamp()
        good: bool = totp.verify(int(digits), tolerance=1, min_t=self.last_step + 1)
        return int(totp.t()) if good else None

    def digest_of(self, recovery_code: str) -> str:
        """What is kept of a recovery code: keyed by the sealed secret, so that a copy of the tables says nothing."""
        bare = "".join(letter for letter in recovery_code.upper() if letter.isalnum())
        return salted_hmac("foyer.recovery", bare, secret=self.key, algorithm="sha256").hexdigest()


class RecoveryCode(models.Model):
    """Gets a person in once without the app. Kept as a keyed digest, and only until it is used."""

    app = models.ForeignKey(AuthenticatorApp, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"recovery code of {self.app_id}"
