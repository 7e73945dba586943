from django.apps import AppConfig


class CheckinConfig(AppConfig):
    name = "portals.checkin"
    label = "checkin"
