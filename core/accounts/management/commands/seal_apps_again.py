from typing import Any

from django.core.management.base import BaseCommand

from core.accounts.actions import second_factor


class Command(BaseCommand):
    help = "Seal the secrets of authenticator apps under the present SECRET_KEY, before the old one is taken out."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{second_factor.seal_again()} sealed.")
