from django.apps import AppConfig


class AccountPagesConfig(AppConfig):
    name = "portals.account"
    label = "account_pages"
