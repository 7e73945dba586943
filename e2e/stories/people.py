"""People with a login, known to the running Foyer."""

from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone
from playwright.sync_api import BrowserContext

from core.accounts.models import Membership, Merchant, Organizer, User
from e2e.cast import log_in
from e2e.foyer import Foyer

PASSWORD = "opening-night"
REAL_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def somebody_known(name: str, email: str, **fields: object) -> User:
    """Somebody who has registered; their password is hashed as the running Foyer hashes it."""
    now = timezone.now()
    with override_settings(PASSWORD_HASHERS=REAL_HASHERS):
        return User.objects.create_user(
            email, PASSWORD, **{"name": name, "joined_at": now, "email_verified_at": now, **fields}
        )


def employee(name: str, email: str, employer: Organizer | Merchant, role: str) -> User:
    """Somebody known who works there."""
    user = somebody_known(name, email)
    house = {"merchant" if isinstance(employer, Merchant) else "organizer": employer}
    Membership.objects.create(user=user, role=role, joined_at=timezone.now(), **house)
    return user


def come_in(foyer: Foyer, context: BrowserContext, user: User) -> None:
    """This browser is logged in, second step and all, without the pages that lead there."""
    client = Client()
    with override_settings(SECRET_KEY=foyer.environment["SECRET_KEY"]):
        log_in(client, user)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": foyer.url}])
