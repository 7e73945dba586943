from django.apps import AppConfig


class MerchantConfig(AppConfig):
    name = "portals.merchant"
    label = "merchant"
