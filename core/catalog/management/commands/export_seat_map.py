import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core.catalog.management.commands.import_seat_map import find_room
from core.catalog.queries import export_seat_map


class Command(BaseCommand):
    help = "Write a room's seat map as JSON (docs/seat-map.md) to standard output."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--room", required=True, help="venue-slug/room-slug")
        parser.add_argument("--map-version", type=int, help="an older version; without it the newest")
        parser.add_argument("--explicit", action="store_true", help="spell out every seat instead of whole rows")

    def handle(self, *args: Any, **options: Any) -> None:
        room = find_room(options["room"])
        maps = room.seat_maps.order_by("-version")
        if options["map_version"] is not None:
            maps = maps.filter(version=options["map_version"])
        seat_map = maps.first()
        if seat_map is None:
            raise CommandError(_("%(room)s has no such seat map.") % {"room": room})
        document = export_seat_map(seat_map, explicit=options["explicit"])
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
