from django.contrib import admin

from core.bookings.models import PromoCode
from core.kernel.admin import ReadOnlyAdmin


@admin.register(PromoCode)
class PromoCodeAdmin(ReadOnlyAdmin):
    list_display = ("word", "organizer", "percent", "amount", "used", "most_uses", "valid_until")
    list_filter = ("organizer",)
    list_select_related = ("organizer",)
    search_fields = ("word",)
    ordering = ("-id",)
