from django.contrib import admin
from django.db.models import QuerySet
from django.http.request import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import actions as audit
from core.kernel.admin import ReadOnlyAdmin, actor_of, period, titled
from core.notifications.actions import try_again
from core.notifications.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What was said to people, and what did not arrive: with the error and the next try."""

    list_display = ("created_at", "kind", "channel", "to", "status", "attempts", "next_try_at", "sent_at", "error")
    list_filter = (
        "status", "channel",
        ("error", titled(_("Error"), filled=_("With an error"), empty=_("Without"))),
        period("created_at"),
    )  # fmt: skip
    search_fields = ("to", "about", "kind")
    search_help_text = _("Mail address or number, booking:12, or a kind")
    ordering = ("-id",)
    exclude = ("words",)  # a code is in them
    raw_id_fields = ("user",)
    actions = ("send_again",)

    @admin.action(description=_("Try again"))
    def send_again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> TemplateResponse | None:
        """What was given up or waits is sent as soon as can be; what was sent stays sent."""
        now, actor = timezone.now(), actor_of(request)

        def act(delivery: Delivery) -> None:
            try_again(delivery, now=now)
            audit.record("delivery.tried_again", delivery, actor=actor, now=now)

        return self.ask_first(
            request,
            deliveries.filter(status__in=[Delivery.Status.WAITING, Delivery.Status.DROPPED]),
            title=_("Try again"),
            explanation=_("These have not arrived. They are sent again now, to the same address."),
            act=act,
        )
