from pathlib import PurePosixPath
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from core.accounts.addresses import is_placeholder, normalise_email
from core.kernel.codes import access_key

# Letters first, so that it is never taken for a mobile number, and no @, so that it is never taken for an address.
USER_NAME = RegexValidator(
    r"^[a-z][a-z0-9._-]{2,39}$", _("Three to forty letters, digits, dots, - or _, a letter first.")
)


def picture_path(_user: "User", _name: str) -> str:
    """Where a picture is kept: unguessable, and nothing of what the uploader named it."""
    return f"people/{access_key()}.webp"


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
    unproved_email = models.EmailField(
        max_length=254, blank=True, default="", db_default="", help_text=_("As typed, perhaps another's: no login.")
    )
    mobile = PhoneNumberField(_("mobile"), null=True, blank=True, unique=True)
    mobile_verified_at = models.DateTimeField(null=True, blank=True)
    username = models.CharField(
        _("user name"), max_length=40, null=True, blank=True, unique=True, validators=[USER_NAME],
        help_text=_("Another way to log in; empty for most people."),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=120, blank=True)
    known_as = models.CharField(_("called"), max_length=60, blank=True)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=60, blank=True, help_text=_("Empty: times as at the venue."))
    home_city = models.CharField(max_length=80, blank=True, help_text=_("What's on is shown for this city first."))
    picture = models.ImageField(upload_to=picture_path, blank=True)
    emergency_name = models.CharField(max_length=120, blank=True)
    emergency_mobile = PhoneNumberField(blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("administrator"), default=False)
    joined_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text=_("The account was deleted: what is left is a pseudonym for the books.")
    )

    sessions_salt = models.CharField(
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text=_("A new one ends every session of this person."),
    )

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),
            models.CheckConstraint(condition=Q(username=Lower("username")), name="user_username_lower"),
        ]

    def __str__(self) -> str:
        return self.name or self.shown_email

    def save(self, *args: object, **kwargs: object) -> None:
        self.email = normalise_email(self.email)
        self.username = (self.username or "").strip().lower() or None
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry to count: a new password or salt makes all earlier ones void."""
        if not self.sessions_salt:
            return str(super()._get_session_auth_hash(secret))  # type: ignore[misc]
        about = f"{self.password}\n{self.sessions_salt}"
        return salted_hmac("foyer.session", about, secret=secret, algorithm="sha256").hexdigest()

    @property
    def holder(self) -> str:
        """Whom held seats belong to once this person is logged in."""
        return f"user:{self.pk}"

    @property
    def shown_email(self) -> str:
        """The mail address, or the one that is to be confirmed: to be shown, and never to prove anything by."""
        return self.unproved_email if is_placeholder(self.email) else self.email

    @property
    def login_name(self) -> str:
        """What the person types to log in: the address, or the number as long as no address is proved."""
        return str(self.mobile or "") if is_placeholder(self.email) else self.email

    @property
    def called(self) -> str:
        """What we call this person."""
        return self.known_as or self.name or self.shown_email

    @property
    def picture_key(self) -> str:
        """What the picture is asked for by; "" without one."""
        return PurePosixPath(self.picture.name or "").stem

    @property
    def initials(self) -> str:
        """What stands where there is no picture: AH."""
        words = (self.name or self.known_as or self.shown_email).split()
        return "".join(word[0] for word in dict.fromkeys([words[0], words[-1]])).upper() if words else ""


class Dependent(models.Model):
    """A child or other person whom somebody buys for. Nobody but that somebody sees them, and the door."""

    class Relation(models.TextChoices):
        CHILD = "child", _("Child")
        PARTNER = "partner", _("Partner")
        PARENT = "parent", _("Parent")
        IN_CARE = "in_care", _("In my care")
        OTHER = "other", _("Other")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="dependents")
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=10, choices=Relation.choices)
    born_on = models.DateField(null=True, blank=True)
    door_notes = models.CharField(max_length=300, blank=True, help_text=_("What the door should know."))
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
