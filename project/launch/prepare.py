"""Before the first page: tables, demo data, static files; each only where it is not there yet.

Progress goes to standard error; on standard output stand the demo logins, for the launcher to show at the end.
"""

import argparse
import json
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

DEMO = "pi_demo_"  # how the ids begin of payments that no Stripe has seen


def migrate() -> None:
    """Bring the tables up to date."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database", file=sys.stderr, flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def seed() -> None:
    """Fill an empty house with the demo's data, where that command is there; add showtimes to one that runs out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM catalog_event)")
        (filled,) = cursor.fetchone()
    if "seed_demo" not in get_commands():
        return
    if not filled:
        print("Filling the house with demo data", file=sys.stderr, flush=True)
    call_command("seed_demo", top_up=filled, verbosity=0, stdout=sys.stderr)


def tell_payments(file: Path) -> None:
    """Write down what the demo's crowd has paid, so that the stand-in for Stripe can give it back."""
    paid = apps.get_model("payments", "Payment").objects.filter(intent_id__startswith=DEMO, status="succeeded")
    rows = paid.order_by("id").values_list("intent_id", "amount", "currency", "succeeded_at")
    lines = [
        json.dumps(
            {"payment_intent": intent, "amount": amount, "currency": currency.lower(), "created": int(at.timestamp())}
        )
        for intent, amount, currency, at in rows
    ]
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def collect_static() -> None:
    """Gather static files under their hashed names, where one of them is newer than the last time."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    gathered = manifest.stat().st_mtime if manifest.exists() else 0.0
    for finder in get_finders():
        for path, storage in finder.list([]):
            if Path(storage.path(path)).stat().st_mtime > gathered:
                print("Gathering static files", file=sys.stderr, flush=True)
                call_command("collectstatic", interactive=False, verbosity=0)
                return


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Prepare this checkout's database and files.")
    parser.add_argument("--seed", action="store_true")
    parser.add_argument("--static", action="store_true")
    parser.add_argument("--payments", type=Path, help="a file for what the demo's crowd has paid")
    given = parser.parse_args()
    try:
        django.setup()
    except ImproperlyConfigured as missing:
        sys.exit(str(missing))
    migrate()
    if given.static:
        collect_static()
    if given.seed:
        seed()
        if given.payments:
            tell_payments(given.payments)
        if "demo_logins" in get_commands():
            call_command("demo_logins")


if __name__ == "__main__":
    main()
