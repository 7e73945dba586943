from django.apps import AppConfig


class CustomerConfig(AppConfig):
    name = "portals.customer"
    label = "customer"
