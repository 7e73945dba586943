from django.contrib import admin

from core.audit.models import Record
from core.kernel.admin import ReadOnlyAdmin


@admin.register(Record)
class RecordAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", "object_type", "object_id", "actor_label", "address")
    list_filter = ("action", "object_type")
    search_fields = ("object_id", "actor_label", "address", "request_id")
    date_hierarchy = "at"
    exclude = ("salt",)
