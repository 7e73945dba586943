"""The activity log on the desk, and the base of every form there that changes a row (AC10, AD4)."""

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpResponseNotAllowed, StreamingHttpResponse
from django.http.request import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from core.audit import actions
from core.audit.changes import snapshot
from core.audit.models import Record
from core.kernel.admin import DeskAdmin, FilterForm, ReadOnlyAdmin, actor_of
from core.kernel.spreadsheets import csv_lines

EXPORTED = (
    "at", "action", "object_type", "object_id", "organizer_id", "actor_user_id", "actor_label", "address",
    "request_id", "data",
)  # fmt: skip


class RecordedAdmin(DeskAdmin):
    """Forms that change a row; each change is in the activity log, in the same transaction, with before and after."""

    noun = ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from actions, unless a page says otherwise."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators change what the form offers."""
        return bool(request.user.is_staff)

    def organizer_of(self, row: Any) -> int | None:
        """Whose row it is."""
        return getattr(row, "organizer_id", None)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save it, and keep what it was."""
        form.before = {}
        if change:
            before = self.model._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
            form.before = snapshot(before, form.fields)
        super().save_model(request, obj, form, change)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Not words for Django's log, but what our own needs."""
        return {"before": form.before, "after": snapshot(form.instance, form.fields)}

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record what was made."""
        self._record("made", request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record what was changed, if anything was."""
        if message["before"] != message["after"]:
            self._record("changed", request, obj, message)

    def _record(self, verb: str, request: HttpRequest, obj: Any, message: Any) -> None:
        actions.record(
            f"{self.noun or self.opts.model_name}.{verb}",
            obj,
            actor=actor_of(request),
            now=timezone.now(),
            organizer_id=self.organizer_of(obj),
            **message,
        )


def object_types() -> list[tuple[str, str]]:
    """Everything that a record can be about, in words."""
    ours = (model for model in apps.get_models() if model.__module__.startswith("core."))
    return sorted(((model._meta.label_lower, str(model._meta.verbose_name)) for model in ours), key=lambda one: one[1])


class RecordForm(forms.Form):
    """What the log is narrowed by."""

    who = forms.CharField(label=_("Who"), required=False, help_text=_("A name, or the number of a user."))
    action = forms.CharField(label=_("Action"), required=False, help_text=_("Its beginning: account."))
    object_type = forms.ChoiceField(
        label=_("Object"), required=False, choices=lambda: [("", _("Anything")), *object_types()]
    )
    object_id = forms.CharField(label=_("Object’s number"), required=False)
    since = forms.DateTimeField(
        label=_("From"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    until = forms.DateTimeField(
        label=_("To"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )


class RecordFilter(FilterForm):
    """Who, what, about which object, when."""

    form_class = RecordForm
    LOOKUPS = {
        "action": "action__startswith",
        "object_type": "object_type",
        "object_id": "object_id",
        "since": "at__gte",
        "until": "at__lt",
    }

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """The records that fit everything that is said."""
        who = chosen.pop("who", "")
        if who.isdecimal() and len(who) < 19:
            rows = rows.filter(actor_user_id=int(who))
        elif who:
            rows = rows.filter(actor_label__icontains=who)
        return rows.filter(**{self.LOOKUPS[name]: value for name, value in chosen.items()})


@admin.register(Record)
class RecordAdmin(ReadOnlyAdmin):
    """The log. It is read, filtered and exported here, and changed nowhere."""

    list_display = ("at", "action", "about", "who", "address", "changed")
    list_filter = (RecordFilter,)
    search_fields = ("object_id", "actor_label", "address", "request_id")
    search_help_text = _("Number of an object, name, address, or id of a request")
    ordering = ("-id",)
    fields = (
        "at", "action", "about", "who", "address", "request_id", "organizer_id", "changed",
        "details", "digest",
    )  # fmt: skip
    readonly_fields = ("about", "who", "changed", "details")
    change_list_template = "admin/audit/record/change_list.html"

    def get_urls(self) -> list[Any]:
        """Beside the pages of every list, the export."""
        export = self.admin_site.admin_view(self.export)
        return [path("export/", export, name="audit_record_export"), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows with the same filter, as CSV. That it was taken away is in the log as well."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            records = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters as error:
            raise BadRequest from error
        now = timezone.now()
        actions.record_errand(
            "log.exported", actor=actor_of(request), now=now, filter=request.GET.dict(), count=records.count()
        )
        response = StreamingHttpResponse(csv_lines(_table(records)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="activity-{now:%Y-%m-%d-%H%M}.csv"'
        return response

    @admin.display(description=_("object"))
    def about(self, record: Record) -> str:
        """The object, with a link to its page where the desk has one."""
        if not record.object_type:
            return "–"
        words = f"{record.object_type.rpartition('.')[2]} {record.object_id}"
        try:
            page = reverse(f"admin:{record.object_type.replace('.', '_')}_change", args=[record.object_id])
        except NoReverseMatch:
            return words
        return format_html('<a href="{}">{}</a>', page, words)

    @admin.display(description=_("who"), ordering="actor_user_id")
    def who(self, record: Record) -> str:
        """The actor, with a link to their page where they have a login."""
        words = record.actor_label or (record.actor_user_id and f"user {record.actor_user_id}") or "–"
        if record.actor_user_id is None:
            return words
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:accounts_user_change", args=[record.actor_user_id]), words
        )

    @admin.display(description=_("changed"))
    def changed(self, record: Record) -> str:
        """Before and after of the fields that matter."""
        fields = (record.data or {}).get("changes", {})
        # A private field is kept as two nulls: that it was changed, not what it said.
        lines = ((name, _said(one[0]), "…" if one == [None, None] else _said(one[1])) for name, one in fields.items())
        return format_html_join(" ", '<span class="change">{}: <del>{}</del> <ins>{}</ins></span>', lines) or "–"

    @admin.display(description=_("details"))
    def details(self, record: Record) -> str:
        """What else was kept."""
        others = {name: value for name, value in (record.data or {}).items() if name != "changes"}
        return _as_json(others) if others else "–"


def _said(value: Any) -> str:
    return "–" if value in (None, "") else str(value)


def _as_json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _table(records: QuerySet[Record]) -> Iterator[list[Any]]:
    yield list(EXPORTED)
    for *words, data in records.values_list(*EXPORTED).iterator(chunk_size=2_000):
        at = words[0].isoformat(timespec="seconds")
        yield [at, *words[1:], "" if data is None else _as_json(data)]
