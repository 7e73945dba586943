from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.bookings.models import PromoCode
from core.kernel.admin import ReadOnlyAdmin, money

OFF = money("amount", _("off"), currency="organizer.currency")


@admin.register(PromoCode)
class PromoCodeAdmin(ReadOnlyAdmin):
    list_display = ("word", "organizer", "percent", OFF, "used", "most_uses", "valid_until")
    list_filter = ("organizer",)
    list_select_related = ("organizer",)
    search_fields = ("word",)
    ordering = ("-id",)
    readonly_fields = (OFF,)
    exclude = ("amount",)
