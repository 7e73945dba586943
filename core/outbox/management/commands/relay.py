import signal
import sys
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.outbox import relay

PATIENCE_SECONDS = 5


class Command(BaseCommand):
    """`manage.py relay` runs until it is told to stop; several may run at once and share the work."""

    help = "Hand messages of the outbox to the workers as soon as they are committed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Hand over what is due now, and end.")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            self.stdout.write(f"{relay.hand_over(now=timezone.now())} handed over")
            return
        signal.signal(signal.SIGTERM, _end)
        try:
            relay.run(clock=timezone.now)
        except KeyboardInterrupt:
            return


def _end(number: int, frame: FrameType | None) -> None:
    # Where the database goes at the same moment, cleaning up may fail and put its own error in this exit's place.
    signal.alarm(PATIENCE_SECONDS)
    sys.exit(0)
