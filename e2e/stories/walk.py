"""Every page that a person can open, and how to get there. A new address belongs into one of the two tables."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from e2e.stories.stage import (
    ADMINISTRATOR,
    CLERK,
    GUEST,
    MEMBER,
    NOBODY,
    OWNER,
    SHOPKEEPER,
    USHER,
    Stage,
)


@dataclass(frozen=True)
class Stop:
    """A page: the name of its address, what is special about it, who looks, and where it is on a given stage."""

    name: str
    what: str
    who: str
    path: Callable[[Stage], str]
    status: int = 200

    def __str__(self) -> str:
        return f"{self.name} ({self.what}, {self.who})" if self.what else f"{self.name} ({self.who})"


def _at(name: str, *, who: str = NOBODY, what: str = "", query: str = "", status: int = 200) -> Stop:
    return Stop(name, what, who, lambda stage: reverse(name) + query, status)


def _showtime(what: str, *, who: str = NOBODY, name: str = "customer:showtime") -> Stop:
    return Stop(name, what, who, lambda stage: reverse(name, args=[stage.showtimes[what].pk]))


def _booking(name: str, what: str) -> Stop:
    return Stop(name, what, GUEST, lambda stage: reverse(name, args=[stage.bookings[what].code]))


STOPS = [
    _at("customer:home"),
    _at("customer:home", what="searched", query="?q=lantern"),
    _at("customer:home", what="nothing found", query="?q=xyzzy"),
    Stop("customer:event", "film", NOBODY, lambda stage: reverse("customer:event", args=[stage.house.event.slug])),
    Stop("customer:event", "concert", NOBODY, lambda stage: reverse("customer:event", args=[stage.club.event.slug])),
    _at("customer:venues"),
    Stop("customer:venue", "", NOBODY, lambda stage: reverse("customer:venue", args=[stage.house.venue.slug])),
    *(_showtime(what) for what in ("open", "not open", "past", "cancelled", "sold out", "saal", "club")),
    _showtime("open", who=GUEST),
    _showtime("open", who=GUEST, name="customer:checkout"),
    _at("customer:proof"),
    _at("customer:bookings", who=GUEST),
    _at("customer:bookings", who=MEMBER, what="empty"),
    *(_booking("customer:booking", what) for what in ("confirmed", "returned", "given up", "waiting")),
    *(_booking("customer:payment", what) for what in ("confirmed", "given up", "waiting")),
    _booking("customer:payment_left", "waiting"),
    _booking("customer:cancellation", "confirmed"),
    _at("customer:tickets", who=GUEST),
    _at("customer:tickets", who=GUEST, what="past", query="?when=past"),
    _at("customer:tickets", who=MEMBER, what="empty"),
    Stop("customer:ticket", "", GUEST, lambda stage: reverse("customer:ticket", args=[stage.ticket("confirmed").code])),
    Stop(
        "customer:ticket",
        "cancelled",
        GUEST,
        lambda stage: reverse("customer:ticket", args=[stage.ticket("returned", status="cancelled").code]),
    ),
    Stop("customer:showtime", "unknown", NOBODY, lambda stage: "/showtimes/999999/", 404),
    _at("outbox", who=ADMINISTRATOR),
    _at("account_login"),
    _at("account_signup"),
    _at("account_logout", who=MEMBER),
    _at("account_email", who=MEMBER),
    _at("account_change_password", who=MEMBER),
    _at("account_reset_password"),
    _at("account_inactive"),
    _at("account_mobile", who=MEMBER),
    _at("account_mobile_removal", who=MEMBER),
    _at("notifications", who=MEMBER),
    _at("notifications", who=OWNER, what="few"),
    _at("notification_preferences", who=MEMBER),
    Stop("notifications_stop", "", NOBODY, lambda stage: stage.links["stop"]),
    _at("account_profile", who=MEMBER),
    _at("account_dependents", who=MEMBER, what="empty"),
    _at("account_dependent_new", who=MEMBER),
    _at("account_data", who=MEMBER),
    _at("account_deletion", who=MEMBER),
    _at("account_deletion_proof", who=MEMBER),
    _at("account_deleted"),
    _at("account_security", who=MEMBER),
    _at("account_app", who=MEMBER),
    _at("account_security", who=OWNER),
    _at("account_app", who=OWNER),
    Stop("account_invitation", "", NOBODY, lambda stage: stage.links["invitation"]),
    Stop("account_invitation", "somebody else's", MEMBER, lambda stage: stage.links["invitation"], 403),
    Stop("account_invitation", "one's own", MEMBER, lambda stage: stage.links["invitation to the member"]),
    Stop("account_invitation", "over", NOBODY, lambda stage: reverse("account_invitation", args=["x" * 32]), 404),
    *(_at(f"{door}_login") for door in ("organizer", "merchant", "checkin")),
    *(_at(f"{door}_reset") for door in ("organizer", "merchant", "checkin")),
    _at("organizer:home", who=OWNER),
    _at("organizer:team", who=OWNER),
    Stop("organizer:member", "", OWNER, lambda stage: stage.links["member"]),
    Stop("organizer:member_removal", "", OWNER, lambda stage: stage.links["removal"]),
    _at("organizer:houses", who=CLERK),
    _at("organizer:home", who=MEMBER, what="wrong door", status=403),
    _at("organizer:team", who=USHER, what="wrong door", status=403),
    _at("merchant:home", who=SHOPKEEPER),
    _at("merchant:team", who=SHOPKEEPER),
    _at("checkin:home", who=USHER),
]

# These have no page of their own.
NO_PAGE = {
    "customer:robots": "for crawlers",
    "customer:sitemap": "for crawlers",
    "customer:map_styles": "a style sheet",
    "customer:places": "data for the plan",
    "customer:watchers": "data for administrators",
    "customer:by_key": "leads to the booking's pages",
    "customer:payment_end": "answers a form, then leads on",
    "customer:resending": "answers a form, then leads on",
    "customer:proof_code": "answers a form; walked in the story of the proof",
    "customer:holds": "answers a form with the showtime's page",
    "customer:hold_release": "answers a form with the showtime's page",
    "customer:hold_again": "answers a form with the showtime's page",
    "customer:hold_extension": "answers a form with the showtime's page",
    "customer:best": "answers a form with the showtime's page",
    "customer:standing": "answers a form with the showtime's page",
    "customer:tickets_file": "a PDF",
    "customer:ticket_file": "a PDF",
    "customer:ticket_image": "a picture",
    "customer:calendar": "a calendar file",
    "account_signup_code": "for people who have begun; walked in the story of registering",
    "account_reset_code": "for people who have begun; walked in the story of registering",
    "account_new_password": "for people who have begun; walked in the story of registering",
    "account_email_code": "the same page as the registration's",
    "account_mobile_code": "the same page as the registration's",
    "account_password_strength": "a part of a page",
    "bell": "a part of every page",
    "notification": "answers a form, then leads on",
    "notifications_reading": "answers a form, then leads on",
    "push_devices": "answers a script; walked in the story of the device",
    "push_device_removal": "answers a form, then leads on",
    "account_second_step": "for people in the middle of a login; walked in the story of the doors",
    "account_second_step_code": "answers a form, then leads on",
    "account_app_removal": "for people with an app; walked in the story of the doors",
    "account_recovery_codes": "for people with an app; walked in the story of the doors",
    "account_recovery_codes_file": "a text file",
    "account_recovery_codes_kept": "answers a form, then leads on",
    "account_picture": "answers a form with the profile",
    "account_picture_address": "answers a form with the profile",
    "account_picture_removal": "answers a form, then leads on",
    "account_dependent": "for people with dependents; walked in the story of the profile",
    "account_dependent_removal": "for people with dependents; walked in the story of the profile",
    "account_deletion_code": "answers a form, then leads on",
    "customer:ticket_dependent": "answers a form, then leads on",
    "account_session_end": "answers a form, then leads on",
    "account_sessions_end": "answers a form, then leads on",
    "merchant:houses": "the same page as the organizers'",
    "checkin:houses": "the same page as the organizers'",
    "merchant:member": "the same page as the organizers'",
    "merchant:member_removal": "the same page as the organizers'",
    "organizer:invitation_resending": "answers a form, then leads on",
    "organizer:invitation_withdrawal": "answers a form, then leads on",
    "merchant:invitation_resending": "answers a form, then leads on",
    "merchant:invitation_withdrawal": "answers a form, then leads on",
}
