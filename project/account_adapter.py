"""How allauth's log-in and registration rest on Foyer's own people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from core.accounts import actions as accounts
from core.flows import guests
from core.kernel.codes import access_key
from core.notifications.actions import notify
from core.notifications.messages import seal_words
from portals.account import known_browsers, sessions
from portals.customer.mine import keep_open
from portals.doors import entrance_of
from portals.leading import is_ours
from portals.people import actor_of, address_of, forget_visitor

# What a mail may lead to, and what its button says.
LINKS = {
    "activate_url": gettext_lazy("Confirm the address"),
    "password_reset_url": gettext_lazy("Choose a new password"),
    "signup_url": gettext_lazy("Register"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Held seats follow the person who logs in; bookings made as a guest follow a verified address."""

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Hand what the visitor holds to the person; registration comes this way too."""
        visitor = forget_visitor(request)
        keep_open(request, visitor)
        actor, now = actor_of(request), timezone.now()
        is_first = known_browsers.first_login_ever(user)
        accounts.note_login(user, door=entrance_of(request).key, actor=actor, now=now)
        guests.follow(visitor=visitor, actor=actor, now=now)
        sessions.begin(request)
        response = super().post_login(request, user, **kwargs)
        known_browsers.remember(request, response, user, is_first=is_first)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Note that the person left."""
        accounts.note_logout(request.user, actor=actor_of(request), now=timezone.now())
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Tries are counted where the password is looked at (`core.flows.logins`), and not in the cache."""

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether it is this person's password; tries count as at the login. Raises LockedOut."""
        return self.authenticate(context.request, login=user.email, password=password) == user

    def get_login_stages(self) -> list[str]:
        """What stands between the password and being in."""
        return ["portals.account.second_step.SecondStepStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody comes who did not say where to."""
        return entrance_of(request).home_url

    def is_safe_url(self, url: str) -> bool:
        """Only this site."""
        return is_ours(context.request, url)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Nobody gets a user name who did not choose one."""

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """A verified address brings the bookings that were made with it as a guest."""
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            guests.claim(
                user=email_address.user,
                email=email_address.email,
                actor=actor_of(request),
                now=timezone.now(),
            )
        return confirmed

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Note when the person joined."""
        user.joined_at = timezone.now()
        return super().save_user(request, user, form, commit)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that everything else here counts by."""
        return address_of(request)

    def send_mail(self, template_prefix: str, email: str, words: dict[str, Any]) -> None:
        """Write the mail now, in the language of the page, and have it sent by the queue: no page waits for it.

        It waits sealed, since its link lets somebody in.
        """
        told = {"request": context.request, "email": email, "home": f"{settings.SITE_URL}/", "language": get_language()}
        written = self.render_mail(template_prefix, email, told | words)
        text = str(written.body)
        url, label = next(((str(words[name]), str(said)) for name, said in LINKS.items() if name in words), ("", ""))
        before, _url, after = text.partition(url) if url else (text, "", "")
        told |= {"subject": written.subject, "url": url, "label": label}
        told |= {"before": before.strip().split("\n\n"), "after": after.strip().split("\n\n")}
        rich = render_to_string("emails/account.html", told)
        with transaction.atomic():
            notify(
                "account",
                to=email,
                once_key=f"account:{access_key()}",
                language=get_language() or "en",
                now=timezone.now(),
                sealed=seal_words(subject=str(written.subject), text=text, html=rich),
            )

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """On the site's own address, whatever host the request named."""
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On the site's own address, whatever host the request named."""
        uid, _, token = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
