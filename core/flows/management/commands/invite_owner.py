from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.accounts.models import Merchant, Organizer
from core.flows import teams
from core.kernel.actor import Actor
from core.kernel.errors import Refusal


class Command(BaseCommand):
    help = "Ask somebody by mail to own an organizer or a merchant: how a new house gets its first owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("house", help="The slug of the organizer or merchant.")
        parser.add_argument("email", help="Where the invitation goes.")

    def handle(self, *args: Any, house: str, email: str, **options: Any) -> None:
        found = Organizer.objects.filter(slug=house).first() or Merchant.objects.filter(slug=house).first()
        if found is None:
            raise CommandError(f"There is no organizer and no merchant {house}.")
        try:
            teams.invite_owner(found, email=email, actor=Actor.system("invite_owner"), now=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{email} is asked to own {found}.")
