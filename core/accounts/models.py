from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from core.accounts.addresses import normalise_email


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A person with a login. Without a password nobody can log in until one is set."""
        user: User = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """An administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalise_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Which portals are open to them is said by memberships, not here."""

    email = models.EmailField(_("email"), max_length=254, unique=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    mobile = PhoneNumberField(_("mobile"), null=True, blank=True, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("administrator"), default=False)
    joined_at = models.DateTimeField(null=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower")]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: object, **kwargs: object) -> None:
        self.email = normalise_email(self.email)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def holder(self) -> str:
        """Whom held seats belong to once this person is logged in."""
        return f"user:{self.pk}"


class Organizer(models.Model):
    """The organisation that sells, with its terms. Durations are minutes, fees minor units and basis points."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    legal_name = models.CharField(max_length=160, blank=True)
    address = models.TextField(blank=True)
    tax_id = models.CharField(max_length=40, blank=True)
    about = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    time_zone = models.CharField(max_length=60, default="Europe/Vienna")

    hold_minutes = models.PositiveSmallIntegerField(default=5)
    max_extensions = models.PositiveSmallIntegerField(default=2)
    max_places = models.PositiveSmallIntegerField(default=10)
    lease_minutes = models.PositiveSmallIntegerField(default=10)
    places_per_address = models.PositiveSmallIntegerField(
        default=20,
        help_text=_("Places of one showtime that visitors without proof may hold from one address."),
    )
    anonymous_share = models.PositiveSmallIntegerField(
        default=50, help_text=_("Percent of a showtime that visitors without proof may hold together.")
    )
    refuse_orphans = models.BooleanField(default=False)

    fee_fixed = models.PositiveIntegerField(default=0, help_text=_("Fee per paid ticket, in minor units."))
    fee_basis_points = models.PositiveIntegerField(default=0, help_text=_("Fee per paid ticket, 100 = 1 %."))
    cancel_until_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, default=24, help_text=_("Hours before the start; empty: no cancellation.")
    )
    keep_fee = models.BooleanField(default=True, help_text=_("Fees are kept when a booking is cancelled."))
    delayed_methods_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("Offer payment methods that settle later for showtimes at least this many days away."),
    )

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Who works for which organizer, and as what."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        CLERK = "clerk", _("Clerk")
        ACCOUNTANT = "accountant", _("Accountant")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organizer"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.organizer} · {self.role}"


class Code(models.Model):
    """A one-time code that was sent to somebody. Only its hash is kept."""

    class Purpose(models.TextChoices):
        PROOF = "proof", _("Prove an address")

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
