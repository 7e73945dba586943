"""The second factor: an app that shows codes (TOTP), and recovery codes for the day it is lost (AC3)."""

import base64
import datetime as dt
import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.accounts.models import AuthenticatorApp, RecoveryCode, User
from core.accounts.models.second_factor import SEALED_FOR
from core.audit import actions as audit
from core.kernel import sealing
from core.kernel.actor import Actor
from core.kernel.codes import readable_code
from core.kernel.errors import Conflict, Refusal, TooOften

ISSUER = "Foyer"
RECOVERY_CODES = 10
TOTP, RECOVERY = "totp", "recovery"


class WrongSecondStep(Refusal):
    """The code of the app, or the recovery code, is wrong or was used before; `failures` in a row so far."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        super().__init__(_("This code is wrong, or was used already. Wait for the next one in your app."))


class SecondStepTooOften(TooOften):
    """Wrong codes one after the other: each makes the wait twice as long."""

    def __init__(self, *, retry_after: int) -> None:
        told = ngettext(
            "Too many wrong codes. Try again in %(seconds)s second.",
            "Too many wrong codes. Try again in %(seconds)s seconds.",
            retry_after,
        )
        super().__init__(told % {"seconds": retry_after}, retry_after=retry_after)


class AppNeeded(Conflict):
    """The role asks for an app."""

    def __init__(self) -> None:
        super().__init__(_("Your role asks for an app. You can set up another one, but not go without."))


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret to be taken into an app: as text, as the address in the QR code, and sealed for the way back."""

    text: str
    address: str
    sealed: str


def app_of(user: User) -> AuthenticatorApp | None:
    """The person's app, if they have set one up."""
    return AuthenticatorApp.objects.filter(user=user).first()


def codes_left(app: AuthenticatorApp) -> int:
    """How many recovery codes are still good."""
    return RecoveryCode.objects.filter(app=app).count()


def needs_app(user: User) -> bool:
    """Owners, accountants and administrators do not get by with codes by text message."""
    return user.is_staff or any(one.powers.needs_totp for one in user.memberships.all())


def needs_second_step(user: User) -> bool:
    """Everybody who works for somebody, administrators, and whoever has switched it on."""
    return user.is_staff or user.memberships.exists() or AuthenticatorApp.objects.filter(user=user).exists()


def offer(user: User, *, sealed: str = "") -> Offer:
    """A new secret, or the one that was offered before; nothing is kept of it until a code confirms it.

    Raises WrongSecondStep if what came back was not offered to this person.
    """
    key = _opened(user, sealed) if sealed else secrets.token_bytes(20)
    text = base64.b32encode(key).decode()
    about = urlencode({"secret": text, "issuer": ISSUER, "algorithm": "SHA1", "digits": 6, "period": 30})
    address = f"otpauth://totp/{quote(f'{ISSUER}:{user.shown_email}')}?{about}"
    return Offer(text, address, sealed or sealing.encrypt(_named(user) + key, purpose=SEALED_FOR))


def is_recovery_code(user: User, typed: str) -> bool:
    """Whether it is one of this person's that is still good; it stays so."""
    app = app_of(user)
    return app is not None and RecoveryCode.objects.filter(app=app, digest=app.digest_of(typed)).exists()


@transaction.atomic
def set_up(user: User, *, sealed: str, typed: str, actor: Actor, now: dt.datetime) -> list[str]:
    """Take the app whose secret was offered, instead of one before, once it shows the right code.

    Answers with the recovery codes, which are never seen again. Raises WrongSecondStep.
    """
    key = _opened(user, sealed)
    app = AuthenticatorApp(user=user, name="app", created_at=now, last_used_at=now)
    app.sealed_key = sealing.encrypt(key, purpose=SEALED_FOR)
    step = app.step_of(typed, now=now) if _is_digits(typed) else None
    if step is None:
        raise WrongSecondStep
    app.last_step = step
    User.objects.select_for_update().get(pk=user.pk)
    before = app_of(user)
    if before is not None and constant_time_compare(before.key, key):
        raise WrongSecondStep  # the same form, sent a second time: what it showed is good no more
    replaced, _rows = AuthenticatorApp.objects.filter(user=user).delete()
    app.save(force_insert=True)
    audit.record("account.second_factor_on", user, actor=actor, now=now, replaced=replaced > 0)
    return _new_codes(app)


@transaction.atomic
def new_recovery_codes(user: User, *, actor: Actor, now: dt.datetime) -> list[str]:
    """Ten new recovery codes; the ones before are good no more."""
    app = AuthenticatorApp.objects.select_for_update().get(user=user)
    audit.record("account.recovery_codes_made", user, actor=actor, now=now)
    return _new_codes(app)


@transaction.atomic
def switch_off(user: User, *, actor: Actor, now: dt.datetime) -> None:
    """Go without the app. Raises AppNeeded where the role asks for it."""
    if needs_app(user):
        raise AppNeeded
    AuthenticatorApp.objects.filter(user=user).delete()
    audit.record("account.second_factor_off", user, actor=actor, now=now)


def take_off(user: User, *, actor: Actor, now: dt.datetime) -> None:
    """App and recovery codes are lost, and an administrator knows who asks: the next login is by a sent code."""
    AuthenticatorApp.objects.filter(user=user).delete()
    audit.record("account.second_factor_taken_off", user, actor=actor, now=now)


def seal_again() -> int:
    """Seal every secret under the present SECRET_KEY, so that the one before can be forgotten; how many."""
    count = 0
    for pk in AuthenticatorApp.objects.values_list("pk", flat=True):
        with transaction.atomic():
            app = AuthenticatorApp.objects.select_for_update().filter(pk=pk).first()
            if app is not None:
                app.sealed_key = sealing.encrypt(app.key, purpose=SEALED_FOR)
                app.save(update_fields=["sealed_key"])
                count += 1
    return count


def verify(user: User, typed: str, *, actor: Actor, now: dt.datetime) -> str:
    """Take the code of the app, or a recovery code: TOTP or RECOVERY says which it was.

    Raises SecondStepTooOften after wrong ones, and WrongSecondStep; the wrong ones are counted before.
    """
    with transaction.atomic(durable=True):
        app = AuthenticatorApp.objects.select_for_update().filter(user=user).first()
        if app is None:
            raise WrongSecondStep
        allowed, why = app.verify_is_allowed()
        if not allowed:
            raise SecondStepTooOften(retry_after=max(1, int((why["locked_until"] - now).total_seconds()) + 1))
        how = _try(app, typed, actor=actor, now=now)
    if not how:
        raise WrongSecondStep(app.throttling_failure_count)
    return how


def _try(app: AuthenticatorApp, typed: str, *, actor: Actor, now: dt.datetime) -> str:
    """How it was proved, "" if it was not; either way it is kept."""
    how = _proof(app, typed.replace(" ", ""), now=now)
    if how:
        app.throttle_reset(commit=False)
        app.last_used_at = now
        if how == RECOVERY:
            audit.record("account.recovery_code_used", app.user, actor=actor, now=now, left=codes_left(app))
    else:
        app.throttle_increment(commit=False)
        audit.record("account.second_step_failed", app.user, actor=actor, now=now)
    app.save()
    return how


def _proof(app: AuthenticatorApp, typed: str, *, now: dt.datetime) -> str:
    if _is_digits(typed):
        step = app.step_of(typed, now=now)
        if step is not None:
            app.last_step = step
        return TOTP if step is not None else ""
    taken, _rows = RecoveryCode.objects.filter(app=app, digest=app.digest_of(typed)).delete()
    return RECOVERY if taken else ""


def _new_codes(app: AuthenticatorApp) -> list[str]:
    plain = [f"{readable_code(5)}-{readable_code(5)}" for _number in range(RECOVERY_CODES)]
    app.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(app=app, digest=app.digest_of(code)) for code in plain)
    return plain


def _is_digits(typed: str) -> bool:
    return len(typed) == 6 and typed.isascii() and typed.isdecimal()


def _named(user: User) -> bytes:
    return f"{user.pk}:".encode()


def _opened(user: User, sealed: str) -> bytes:
    """The secret inside, if it was sealed for this person."""
    try:
        opened = sealing.decrypt(sealed, purpose=SEALED_FOR)
    except sealing.SealBroken as error:
        raise WrongSecondStep from error
    if not opened.startswith(_named(user)):
        raise WrongSecondStep
    return opened.removeprefix(_named(user))
