"""The administrators' desk: who is let in, its start page, and what is done by hand beside looking at rows."""

import functools
import time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import actions as audit
from core.kernel.admin import DeskAdmin, actor_of
from core.seating import actions as seating
from portals.access import administrators
from project import desk_figures

# Logging in and out and the password belong to the account, behind every door.
ELSEWHERE = {"login", "logout", "password_change", "password_change_done"}
# The sections of the desk, in the order in which they are listed.
SECTIONS = {
    "accounts": _("People"),
    "catalog": _("Programme"),
    "bookings": _("Bookings"),
    "tickets": _("Tickets"),
    "seating": _("Seats"),
    "payments": _("Payments"),
    "ledger": _("Books"),
    "notifications": _("Messages"),
    "outbox": _("Work under way"),
    "audit": _("Activity"),
}
# What the lists are called, and in which order they stand in their section.
LISTS = {
    "User": _("Users"),
    "Organizer": _("Organizers"),
    "Merchant": _("Merchants"),
    "Membership": _("Memberships"),
    "Invitation": _("Invitations"),
    "LoginTry": _("Failed logins"),
    "Code": _("Codes that were sent"),
    "Event": _("Events"),
    "Showtime": _("Showtimes"),
    "Venue": _("Venues"),
    "Room": _("Rooms"),
    "SeatMap": _("Seat maps"),
    "Category": _("Categories"),
    "Booking": _("Bookings"),
    "PromoCode": _("Promo codes"),
    "Ticket": _("Tickets"),
    "SigningKey": _("Signing keys"),
    "Hold": _("Holds"),
    "Payment": _("Payments"),
    "Refund": _("Refunds"),
    "MoneyIncident": _("Money incidents"),
    "StripeEvent": _("What Stripe told us"),
    "JournalEntry": _("Journal"),
    "Account": _("Accounts of the books"),
    "Delivery": _("Messages to people"),
    "Message": _("Tasks"),
    "Record": _("Activity log"),
}


def zone_of(request: HttpRequest) -> ZoneInfo:
    """On whose clock the desk tells the time: the administrator's."""
    return ZoneInfo(getattr(request.user, "time_zone", "") or settings.TIME_ZONE_OF_PEOPLE)


class Desk(admin.AdminSite):
    """Django's administration with one way in, one log, and the figures of the house on its start page."""

    site_title = site_header = _("Desk")
    index_title = _("The house today")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only pages of ours: those that packages bring would write without the log, or show secrets."""
        if admin_class is not None and issubclass(admin_class, DeskAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whom the door of the desk has let in: see `admin_view`."""
        return bool(request.user.is_active and request.user.is_staff)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Like Django's, behind our own door: visitors may log in, for those who are no administrators it is not there.

        An empty `_to_field` names no field at all; Django would look it up.
        """
        inner = administrators(super().admin_view(view, cacheable))

        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
                raise BadRequest("An empty field was named.")
            with timezone.override(zone_of(request)):
                response = inner(request, *args, **kwargs)
                return response.render() if isinstance(response, TemplateResponse) else response

        return guarded

    def get_urls(self) -> list[Any]:
        """The pages of all lists, and our own."""
        ours = [path("lapsed-holds/", self.admin_view(self.lapsed_holds), name="lapsed_holds")]
        return [*ours, *(one for one in super().get_urls() if getattr(one, "name", None) not in ELSEWHERE)]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The lists by section, in an order that does not hang on the alphabet."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["name"] = SECTIONS[app["app_label"]]
            app["models"].sort(key=lambda one: list(LISTS).index(one["object_name"]))
            for one in app["models"]:
                one["name"] = LISTS[one["object_name"]]
        return sorted(apps, key=lambda app: list(SECTIONS).index(app["app_label"]))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What there is, what was sold, and how today goes (AD1)."""
        figures = desk_figures.context(request.GET.get("period", ""), now=timezone.now(), zone=zone_of(request))
        return super().index(request, figures | (extra_context or {}))

    def lapsed_holds(self, request: HttpRequest) -> HttpResponse:
        """Run the clean-up of lapsed holds by hand; says how many and how long it took (SE11)."""
        context = self.each_context(request) | {"title": _("Lapsed holds")}
        if request.method == "POST":
            now, started = timezone.now(), time.perf_counter()
            count = seating.lapse(now=now)
            context |= {"count": count, "seconds": time.perf_counter() - started, "ran_at": now}
            audit.record_errand("holds.tidied", actor=actor_of(request), now=now, count=count)
        return TemplateResponse(request, "desk/holds/lapsed.html", context)
