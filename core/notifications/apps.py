from django.apps import AppConfig
from django.conf import settings

from core.notifications import text_gateway


class NotificationsConfig(AppConfig):
    name = "core.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Notice at the start, and not at the first code, that the provider of text messages is named wrongly."""
        if settings.SMS_URL:
            text_gateway.provider(settings.SMS_URL)
