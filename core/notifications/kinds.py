"""Everything that Foyer tells people: one table.

To tell something new, add a row here and call `actions.notify` with its name. `title`, `text` and `path` are filled
with the words of the call; `wording.py` adds what is reckoned from them (money, times). A kind without `template` is
mailed in the general words of the table; with one, `templates/emails/<template>.*` say more.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.notifications.models import Channel

MAIL, TEXT, PUSH = Channel.MAIL, Channel.TEXT, Channel.PUSH


class Group(models.TextChoices):
    """How the kinds stand together on the preferences page."""

    BOOKINGS = "bookings", _("Bookings and tickets")
    SECURITY = "security", _("Your account")
    TEAM = "team", _("Your work")


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that people are told.

    `always`: channels by which it goes whatever somebody prefers. `default`: by which it goes unless they say
    otherwise. `offered`: further ones that can be switched on. `kept` says that it stands in the list of somebody
    with a login. `label` names it on the preferences page; empty: it has no row of its own there.
    """

    name: str
    group: Group
    label: str | Promise
    title: str | Promise
    text: str | Promise = ""
    path: str = ""
    button: str | Promise = ""
    icon: str = "bell"
    always: tuple[Channel, ...] = ()
    default: tuple[Channel, ...] = ()
    offered: tuple[Channel, ...] = ()
    kept: bool = True
    template: str = "notice"
    queue: str = "documents"

    @property
    def optional(self) -> tuple[Channel, ...]:
        """The channels about which people decide."""
        return self.default + self.offered

    @property
    def channels(self) -> tuple[Channel, ...]:
        """All by which it may go."""
        return self.always + self.optional


BOOKING = "/bookings/%(booking)s/"
SECURITY = "/account/security/"
PROFILE = "/account/profile/"

_ROWS = [
    Kind(
        "booking_confirmed",
        Group.BOOKINGS,
        _("Your tickets"),
        _("Your tickets for %(event)s"),
        _("%(when)s, %(venue)s"),
        BOOKING,
        _("Show my tickets"),
        "ticket",
        always=(MAIL,),
        default=(PUSH,),
        template="booking_confirmed",
    ),
    Kind(
        "tickets_again",
        Group.BOOKINGS,
        "",
        _("Your tickets for %(event)s"),
        always=(MAIL,),
        kept=False,
        template="booking_confirmed",
    ),
    Kind(
        "tickets_cancelled",
        Group.BOOKINGS,
        _("Tickets you gave back"),
        _("Cancelled: %(event)s, %(when)s"),
        _("%(refund)s"),
        BOOKING,
        _("See the booking"),
        "ticket",
        default=(MAIL,),
        offered=(PUSH,),
        template="tickets_cancelled",
    ),
    Kind(
        "payment_refunded",
        Group.BOOKINGS,
        _("Money that goes back to you"),
        _("%(money)s go back to you"),
        _("Your seats for %(event)s were gone when the payment arrived."),
        BOOKING,
        _("See the booking"),
        "card",
        always=(MAIL,),
        default=(PUSH,),
        template="payment_refunded",
    ),
    Kind(
        "showtime_cancelled",
        Group.BOOKINGS,
        _("A show that does not take place"),
        _("%(event)s does not take place"),
        _("%(when)s, %(venue)s. %(refund)s"),
        BOOKING,
        _("See the booking"),
        "alert",
        always=(MAIL,),
        default=(PUSH,),
        offered=(TEXT,),
        template="showtime_cancelled",
    ),
    Kind(
        "code",
        Group.SECURITY,
        _("Codes that you asked for"),
        _("%(code)s is your Foyer code"),
        _("It is good for five minutes. Nobody of Foyer will ever ask you for it."),
        always=(MAIL, TEXT),
        kept=False,
        template="code",
        queue="default",
    ),
    Kind(
        "account_exists",
        Group.SECURITY,
        "",
        _("You have an account already"),
        _("Somebody, perhaps you, wanted to register here. Log in instead, or choose a new password."),
        "/login/",
        _("Log in"),
        always=(MAIL, TEXT),
        kept=False,
        queue="default",
    ),
    Kind(
        "address_waiting",
        Group.SECURITY,
        "",
        _("Confirm your address"),
        _("Somebody, perhaps you, registered here and named this address. If it was you, log in and confirm it."),
        "/account/email/",
        _("Confirm it"),
        always=(MAIL,),
        kept=False,
        queue="default",
    ),
    Kind(
        "no_account",
        Group.SECURITY,
        "",
        _("There is no account with this address"),
        _("Somebody, perhaps you, wanted a new password here. Perhaps you registered with another address."),
        "/account/signup/",
        _("Register"),
        always=(MAIL,),
        kept=False,
        queue="default",
    ),
    Kind(
        "locked_out",
        Group.SECURITY,
        _("A wrong password too often"),
        _("Somebody tried to log in to your account too often"),
        _("With wrong passwords, %(when)s. Nobody got in. If it was not you, your password is still safe."),
        SECURITY,
        _("See what happened"),
        "user",
        always=(MAIL,),
        default=(PUSH,),
    ),
    Kind(
        "new_login",
        Group.SECURITY,
        _("A login from a new device"),
        _("Somebody logged in to your account"),
        _("%(device)s, %(when)s. If it was not you, change your password and end the other sessions."),
        SECURITY,
        _("See what happened"),
        "user",
        default=(MAIL, PUSH),
    ),
    Kind(
        "password_changed",
        Group.SECURITY,
        _("Changes of your password"),
        _("Your password was changed"),
        _("%(when)s. If it was not you, choose a new one at once."),
        SECURITY,
        _("See what happened"),
        "user",
        always=(MAIL,),
        default=(PUSH,),
    ),
    Kind(
        "second_step_changed",
        Group.SECURITY,
        _("Changes of the second step at login"),
        _("The second step of your login was changed"),
        _("%(what)s %(when)s. If it was not you, change your password at once."),
        SECURITY,
        _("See what happened"),
        "user",
        always=(MAIL,),
        default=(PUSH,),
    ),
    Kind(
        "second_step_guessed",
        Group.SECURITY,
        _("Somebody guesses the codes of your login"),
        _("Somebody guesses the codes of your login"),
        _("%(when)s. Whoever it is has your password: change it now."),
        SECURITY,
        _("See what happened"),
        "user",
        always=(MAIL,),
        default=(PUSH,),
    ),
    Kind(
        "address_changed",
        Group.SECURITY,
        _("Changes of your address or mobile number"),
        _("Your address or number was changed"),
        _("%(what)s %(when)s. If it was not you, change your password at once."),
        SECURITY,
        _("See what happened"),
        "user",
        always=(MAIL,),
        default=(PUSH,),
    ),
    Kind(
        "picture_fetched",
        Group.SECURITY,
        "",
        _("Your picture is there"),
        "",
        PROFILE,
        _("See your profile"),
        "user",
    ),
    Kind(
        "picture_refused",
        Group.SECURITY,
        "",
        _("Your picture could not be fetched"),
        "%(refusal)s",
        PROFILE,
        _("See your profile"),
        "user",
    ),
    Kind(
        "account_deleted",
        Group.SECURITY,
        "",
        _("Your account is deleted"),
        _(
            "What we knew of you is gone; the books keep your bookings without your name. Tickets for shows to "
            "come stay good: the links in their mails open them."
        ),
        always=(MAIL, TEXT),
        kept=False,
    ),
    Kind(
        "team_invitation",
        Group.TEAM,
        _("Invitations to a team"),
        _("%(house)s asks you to join their team"),
        _("As %(role)s. The invitation is good for some days."),
        "",
        _("See the invitation"),
        "user",
        always=(MAIL,),
        default=(PUSH,),
    ),
    Kind(
        "team_joined",
        Group.TEAM,
        _("Somebody joins your team"),
        _("%(name)s has joined the team of %(house)s"),
        _("As %(role)s."),
        "",
        "",
        "user",
        default=(MAIL,),
        offered=(PUSH,),
    ),
]

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ROWS}
