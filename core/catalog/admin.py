from django.contrib import admin
from django.http.request import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.audit.admin import RecordedAdmin
from core.catalog.models import CastMember, Category, Event, FilmDetails, PriceTier, Room, SeatMap, Venue, Zone
from core.kernel.admin import ReadOnlyAdmin, ReadOnlyInline, money


class FilmInline(ReadOnlyInline):
    model = FilmDetails


class CastInline(ReadOnlyInline):
    model = CastMember


class RoomInline(ReadOnlyInline):
    model = Room
    show_change_link = True


class ZoneInline(ReadOnlyInline):
    model = Zone


class PriceTierInline(ReadOnlyInline):
    model = PriceTier
    readonly_fields = (money("amount", _("price"), currency="showtime.event.organizer.currency"),)
    fields = ("zone", "seat_type", "ticket_type", *readonly_fields)


@admin.register(Category)
class CategoryAdmin(RecordedAdmin):
    list_display = ("name", "slug", "rank")
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A category is made here."""
        return bool(request.user.is_staff)


@admin.register(Event)
class EventAdmin(RecordedAdmin):
    """What the organizers write is theirs; the house decides what it puts in front and where it is filed."""

    list_display = ("title", "organizer", "category", "status", "featured")
    list_filter = ("status", "featured", "category", "organizer")
    list_select_related = ("organizer", "category")
    search_fields = ("title", "slug")
    ordering = ("-id",)
    readonly_fields = (
        "organizer", "title", "slug", "tagline", "description", "status", "poster", "trailer_url", "runtime_minutes",
        "age_rating",
    )  # fmt: skip
    inlines = (FilmInline, CastInline)


@admin.register(Venue)
class VenueAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "city", "country", "organizer", "time_zone")
    list_filter = ("kind", "organizer")
    list_select_related = ("organizer",)
    search_fields = ("name", "slug", "city", "street")
    ordering = ("name",)
    inlines = (RoomInline,)


@admin.register(Room)
class RoomAdmin(ReadOnlyAdmin):
    list_display = ("name", "venue", "slug")
    list_select_related = ("venue",)
    search_fields = ("name", "venue__name")
    ordering = ("venue__name", "name")


@admin.register(SeatMap)
class SeatMapAdmin(ReadOnlyAdmin):
    list_display = ("room", "version", "seat_count", "created_at")
    list_select_related = ("room__venue",)
    search_fields = ("room__name", "room__venue__name")
    ordering = ("-id",)
    exclude = ("document",)
    inlines = (ZoneInline,)
