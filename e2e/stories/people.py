"""People with a login, known to the running Foyer."""

from allauth.account.models import EmailAddress
from django.test import override_settings
from django.utils import timezone

from core.accounts.models import User

PASSWORD = "opening-night"
REAL_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def somebody_known(name: str, email: str, *, verified: bool = True, **fields: bool) -> User:
    """Somebody who has registered; their password is hashed as the running Foyer hashes it."""
    with override_settings(PASSWORD_HASHERS=REAL_HASHERS):
        user = User.objects.create_user(email, PASSWORD, name=name, joined_at=timezone.now(), **fields)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user
