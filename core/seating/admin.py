from django.contrib import admin

from core.kernel.admin import ReadOnlyAdmin, period
from core.seating.models import Hold


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ("held_at", "showtime", "place", "status", "holder", "address", "expires_at", "ended_at")
    list_filter = ("status", period("held_at"))
    list_select_related = ("showtime__event", "showtime__room__venue", "place")
    search_fields = ("holder", "address")
    ordering = ("-id",)
    raw_id_fields = ("place",)
