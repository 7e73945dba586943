from typing import Any

from django.contrib import admin
from django.http.request import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Code, Invitation, Membership, Merchant, MerchantLocation, Organizer, User
from core.audit.admin import RecordedAdmin
from core.kernel.admin import ReadOnlyAdmin, ReadOnlyInline, period


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("user", "organizer", "merchant", "role", "joined_at")


class LocationInline(ReadOnlyInline):
    model = MerchantLocation


@admin.register(User)
class UserAdmin(RecordedAdmin):
    """People. What they say of themselves they change; here a login is closed, or becomes an administrator's."""

    noun = "account"
    list_display = ("email", "name", "mobile", "is_active", "is_staff", "joined_at", "last_login")
    list_filter = ("is_active", "is_staff", period("joined_at"))
    search_fields = ("email", "name", "mobile", "username")
    ordering = ("-id",)
    fields = (
        "email", "email_verified_at", "mobile", "mobile_verified_at", "username", "name", "language", "is_active",
        "is_staff", "joined_at", "last_login", "erased_at", "what_they_did",
    )  # fmt: skip
    readonly_fields = (
        "email", "email_verified_at", "mobile", "mobile_verified_at", "username", "joined_at", "last_login",
        "erased_at", "what_they_did",
    )  # fmt: skip
    inlines = (MembershipInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody shuts themselves out, and who was erased stays so."""
        fixed = super().get_readonly_fields(request, obj)
        if obj is not None and obj.erased_at:
            return self.fields
        return (*fixed, "is_active", "is_staff") if obj is not None and obj.pk == request.user.pk else fixed

    @admin.display(description=_("what they did"))
    def what_they_did(self, user: User) -> str:
        """Their records in the activity log."""
        log = reverse("admin:audit_record_changelist")
        return format_html('<a href="{}?who={}">{}</a>', log, user.pk, _("Activity log"))


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
    list_filter = ("role", ("accepted_at", admin.EmptyFieldListFilter))
    list_select_related = ("organizer", "merchant")
    search_fields = ("email",)
    ordering = ("-id",)
    exclude = ("key_digest",)


@admin.register(Code)
class CodeAdmin(ReadOnlyAdmin):
    """That a code was sent, never which."""

    list_display = ("sent_at", "purpose", "destination", "address", "attempts", "used_at", "expires_at")
    list_filter = ("purpose", ("used_at", admin.EmptyFieldListFilter), period("sent_at"))
    search_fields = ("destination", "address")
    ordering = ("-id",)
    exclude = ("hash",)
