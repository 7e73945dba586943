"""How administrators look at rows: lists for everything, forms only where an action is not needed.

Whoever is let into the desk may do there what the desk offers; there are no finer rights. Django's own log of the
administration is not written: Foyer has one log (see docs/decisions).
"""

import datetime as dt
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponseRedirect
from django.http.request import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from core.kernel.actor import Actor
from core.kernel.errors import Refusal
from core.kernel.money import format_money

Words = str | Promise
CONFIRMED = "confirmed"
MOST_AT_ONCE = 100


def actor_of(request: HttpRequest) -> Actor:
    """The administrator at this desk."""
    return Actor(
        holder=f"user:{request.user.pk}",
        user_id=request.user.pk,
        label=str(request.user),
        address=request.META.get("REMOTE_ADDR", ""),
        request_id=request.META.get("HTTP_X_REQUEST_ID", "")[:64],
        is_staff=True,
    )


def money(field: str, words: Any, *, currency: str = "currency") -> Any:
    """A column with an amount as people write it; `currency` leads from the row to the currency: "payment.currency"."""
    currency_of = operator.attrgetter(currency)

    @admin.display(description=words, ordering=field)
    def column(row: Any) -> str:
        amount = getattr(row, field)
        if amount is None:
            return "–"
        return format_money(amount, currency_of(row), get_language() or "en").replace(" ", "\N{NO-BREAK SPACE}")

    return column


class DeskAdmin(admin.ModelAdmin):
    """What all pages of the desk have in common. Rows are never deleted here."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list; a NUL in a filter is no filter, as anything else is that cannot be looked up."""
        if any("\0" in value for _, values in request.GET.lists() for value in values):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list and what is done to the chosen rows; what cannot be the id of any is not chosen."""
        if request.method == "POST" and ACTION_CHECKBOX_NAME in request.POST:
            sent = request.POST.copy()
            sent.setlist(ACTION_CHECKBOX_NAME, [one for one in sent.getlist(ACTION_CHECKBOX_NAME) if self._is_id(one)])
            request.POST = sent  # type: ignore[assignment]
        return super().changelist_view(request, extra_context)

    def _is_id(self, text: str) -> bool:
        try:
            self.opts.pk.clean(text, None)
        except ValidationError:
            return False
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Administrators see everything; the desk itself decides who is one."""
        return bool(request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators see everything."""
        return bool(request.user.is_staff)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing that happened is made undone here."""
        return False

    def ask_first(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        *,
        title: Words,
        explanation: Words,
        act: Callable[[Any], object],
        danger: bool = False,
    ) -> TemplateResponse | None:
        """Do `act` to each chosen row once the administrator has confirmed it; a refusal is told by its row."""
        chosen = list(rows[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            text = _("At most %(most)s at once. Choose fewer, nothing was done.") % {"most": MOST_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return None
        if CONFIRMED not in request.POST:
            context = self.admin_site.each_context(request) | {
                "opts": self.opts,
                "title": title,
                "explanation": explanation,
                "danger": danger,
                "rows": chosen,
                "action": request.POST.get("action", ""),
                "checkbox_name": ACTION_CHECKBOX_NAME,
                "confirmed_name": CONFIRMED,
            }
            return TemplateResponse(request, "admin/confirm.html", context)
        done = sum(self._tried(request, row, act) for row in chosen)
        if done:
            text = ngettext("Done.", "Done for %(count)s.", done)
            self.message_user(request, text % {"count": done} if done > 1 else text, messages.SUCCESS)
        return None

    def _tried(self, request: HttpRequest, row: Model, act: Callable[[Any], object]) -> bool:
        try:
            with transaction.atomic():
                act(row)
        except Refusal as refusal:
            self.message_user(request, f"{row}: {refusal.message}", messages.ERROR)
            return False
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponseRedirect:
        """What happened to a row is told by the activity log."""
        about = urlencode({"object_type": self.opts.label_lower, "object_id": object_id})
        return HttpResponseRedirect(f"{reverse('admin:audit_record_changelist')}?{about}")

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Django's own log is not kept."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Django's own log is not kept."""


class ReadOnlyAdmin(DeskAdmin):
    """Lists, searches and shows rows that only actions may write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from actions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are changed by actions."""
        return False


class ReadOnlyInline(admin.TabularInline):
    """Rows that belong to the one that is shown; nothing of them can be changed."""

    extra = 0
    can_delete = False
    template = "admin/readonly_inline.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the row sees what belongs to it."""
        return bool(request.user.is_staff)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from actions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are changed by actions."""
        return False


class FilterForm(ABC, admin.ListFilter):
    """A filter of several fields that are sent together. Subclasses name the form and narrow the rows."""

    title = _("Filter")
    template = "admin/filter_form.html"
    form_class: type[forms.Form] = forms.Form

    def __init__(self, request: HttpRequest, params: dict[str, list[str]], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        names = list(self.form_class.base_fields)
        self.form = self.form_class({name: params.pop(name)[-1] for name in names if name in params}, label_suffix="")

    def has_output(self) -> bool:
        """It is always there."""
        return True

    def expected_parameters(self) -> list[str | None]:
        """The names of its fields."""
        return list(self.form_class.base_fields)

    def choices(self, changelist: Any) -> Any:
        """What else stands in the address, to be kept when the form is sent; `q` is the search."""
        names = self.expected_parameters()
        return [
            {
                "others": [(name, value) for name, value in changelist.params.items() if name not in names],
                "without": changelist.get_query_string(remove=names),
            }
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that fit what was filled in; none where that cannot be read, the form says why."""
        if not self.form.is_valid():
            return queryset.none()
        return self.narrow(queryset, {name: value for name, value in self.form.cleaned_data.items() if value})

    @abstractmethod
    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """The rows that fit."""


def titled(words: Words, *, filled: Words = "", empty: Words = "") -> Any:
    """The filter of a field, under words of ours; with `filled` and `empty` it asks only whether there is anything."""

    class Titled(admin.FieldListFilter):
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            made = Whether(*args, **kwargs) if filled else admin.FieldListFilter.create(*args, **kwargs)
            made.title = cast("Any", words)
            return made

    class Whether(admin.EmptyFieldListFilter):
        def choices(self, changelist: Any) -> Any:
            said = (_("All"), empty, filled)
            return [
                choice | {"display": words} for choice, words in zip(super().choices(changelist), said, strict=True)
            ]

    return Titled


class PeriodForm(forms.Form):
    """From a day to a day, both included."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))


def period(field: str) -> type[FilterForm]:
    """A filter of rows whose `field`, an instant, lies in a period."""

    class Period(FilterForm):
        title = _("Time")
        form_class = PeriodForm

        def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
            if since := chosen.get("since"):
                rows = rows.filter(**{f"{field}__gte": day_begins(since)})
            until = chosen.get("until")
            if until and until < dt.date.max:  # after the last day that there is comes none
                rows = rows.filter(**{f"{field}__lt": day_begins(until + dt.timedelta(days=1))})
            return rows

    return Period


def day_begins(day: dt.date) -> dt.datetime:
    """When a day begins on the desk's clock."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
