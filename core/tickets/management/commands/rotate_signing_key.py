from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.kernel.actor import Actor
from core.tickets.actions import rotate_key


class Command(BaseCommand):
    help = "Sign tickets with a new key from now on. Tickets that are printed already stay good."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--leaked",
            action="store_true",
            help="The present key fell into wrong hands: codes signed with it are refused from now on.",
        )

    def handle(self, *args: Any, leaked: bool, **options: Any) -> None:
        key = rotate_key(actor=Actor.system("rotate_signing_key"), now=timezone.now(), leaked=leaked)
        self.stdout.write(f"Tickets are signed with key {key.pk} from now on.")
        if leaked:
            self.stdout.write("Tickets printed or mailed before are refused: have them opened or mailed again.")
