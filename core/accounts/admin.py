from typing import Any

from django.contrib import admin
from django.http.request import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Code, Invitation, LoginTry, Membership, Merchant, MerchantLocation, Organizer
from core.audit.admin import RecordedAdmin
from core.kernel.admin import ReadOnlyAdmin, ReadOnlyInline, period, titled


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("user", "organizer", "merchant", "role", "joined_at")


class LocationInline(ReadOnlyInline):
    model = MerchantLocation


@admin.register(Organizer)
class OrganizerAdmin(RecordedAdmin):
    list_display = ("name", "slug", "email", "currency", "fee_fixed", "fee_basis_points")
    search_fields = ("name", "slug", "legal_name", "email")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (MembershipInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """An organizer begins here."""
        return bool(request.user.is_staff)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Money that was taken stays in its currency, links stay good."""
        return ("currency", "slug") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only for a new one."""
        return {} if obj else self.prepopulated_fields

    def organizer_of(self, row: Any) -> int | None:
        """Itself."""
        return int(row.pk)


@admin.register(Merchant)
class MerchantAdmin(RecordedAdmin):
    list_display = ("name", "slug", "email", "mobile", "currency")
    search_fields = ("name", "slug", "email")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (LocationInline, MembershipInline)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A merchant begins here."""
        return bool(request.user.is_staff)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Money that was taken stays in its currency, links stay good."""
        return ("currency", "slug") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only for a new one."""
        return {} if obj else self.prepopulated_fields


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "organizer", "merchant", "role", "joined_at")
    list_filter = ("role", "organizer", "merchant")
    list_select_related = ("user", "organizer", "merchant")
    search_fields = ("user__email", "user__name")
    ordering = ("-id",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "organizer", "merchant", "role", "created_at", "expires_at", "accepted_at", "withdrawn_at")
    list_filter = ("role", ("accepted_at", titled(_("Answer"), filled=_("Accepted"), empty=_("Not yet"))))
    list_select_related = ("organizer", "merchant")
    search_fields = ("email",)
    ordering = ("-id",)
    exclude = ("key_digest",)


@admin.register(Code)
class CodeAdmin(ReadOnlyAdmin):
    """That a code was sent, never which."""

    list_display = ("sent_at", "purpose", "destination", "address", "attempts", "used_at", "expires_at")
    list_filter = ("purpose", ("used_at", titled(_("Use"), filled=_("Used"), empty=_("Not used"))), period("sent_at"))
    search_fields = ("destination", "address")
    ordering = ("-id",)
    exclude = ("hash",)


@admin.register(LoginTry)
class LoginTryAdmin(ReadOnlyAdmin):
    """Logins that were tried in vain; after too many the log says account.locked_out."""

    list_display = ("at", "subject", "network")
    list_filter = (period("at"),)
    search_fields = ("subject", "network")
    ordering = ("-id",)
