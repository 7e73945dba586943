from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from core.accounts.models.people import User
from core.accounts.roles import NOTHING, Powers, Role, roles_for


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


class Merchant(models.Model):
    """A shop or counter that hands cards to customers and reloads them."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    email = models.EmailField(blank=True)
    mobile = PhoneNumberField(blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    time_zone = models.CharField(max_length=60, default="Europe/Vienna")

    def __str__(self) -> str:
        return self.name


class MerchantLocation(models.Model):
    """One counter of a merchant."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="locations")
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "name"], name="merchant_location_once")]

    def __str__(self) -> str:
        return f"{self.merchant} · {self.name}"


_FOR_ONE = Q(organizer=None, merchant__isnull=False) | Q(organizer__isnull=False, merchant=None)


class Membership(models.Model):
    """Who works for whom, an organizer or a merchant, and as what. `core.accounts.roles` says what each may."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organizer = models.ForeignKey(
        Organizer, on_delete=models.CASCADE, related_name="memberships", null=True, blank=True
    )
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="memberships", null=True, blank=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organizer"], name="membership_once"),
            models.UniqueConstraint(fields=["user", "merchant"], name="merchant_membership_once"),
            models.CheckConstraint(condition=_FOR_ONE, name="membership_for_one"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.house} · {self.role}"

    @property
    def house(self) -> "Organizer | Merchant":
        """Whom the person works for."""
        found = self.organizer or self.merchant
        if found is None:
            raise AssertionError("the database lets no membership be for nobody")
        return found

    @property
    def powers(self) -> Powers:
        """What the role opens; nothing where the house knows no such role."""
        return roles_for(merchant=self.merchant_id is not None).get(self.role, NOTHING)


class Invitation(models.Model):
    """Somebody is asked by mail to join a team. The key in the mail is kept as a digest only."""

    organizer = models.ForeignKey(
        Organizer, on_delete=models.CASCADE, related_name="invitations", null=True, blank=True
    )
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="invitations", null=True, blank=True)
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role.choices)
    key_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=_FOR_ONE, name="invitation_for_one")]

    def __str__(self) -> str:
        return f"{self.email} · {self.role}"

    @property
    def house(self) -> "Organizer | Merchant":
        """Whom the person would work for."""
        found = self.organizer or self.merchant
        if found is None:
            raise AssertionError("the database lets no invitation be for nobody")
        return found
