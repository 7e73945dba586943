from django.contrib import admin

from core.kernel.admin import ReadOnlyAdmin
from core.outbox.models import Message


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("task", "queue", "posted_at", "attempts", "done_at", "last_error")
    list_filter = (("done_at", admin.EmptyFieldListFilter), "task", "queue")
    exclude = ("arguments",)
