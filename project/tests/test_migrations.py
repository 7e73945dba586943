"""Migrations after the first release run on a house that is open: they may not stop it, nor lose anything.

At a release the names of all migrations so far go into RELEASED ("catalog.0001_initial"); those that come later are
checked. While it is empty there has been no release, and no house to keep open. A migration that must be dangerous
all the same is named in ACCEPTED with the reason, and the release notes say so too.
"""

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations import AddField, AlterField, Migration, RemoveField, RenameField, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex, CreateModel, DeleteModel, RenameModel

RELEASED: frozenset[str] = frozenset()
ACCEPTED: dict[str, str] = {}
LOSES = (RemoveField, DeleteModel, RenameField, RenameModel)


def dangers(migration: Migration) -> list[str]:
    """What in a migration would break the release that still runs, lock a table for long, or not go back."""
    made_here = {operation.name_lower for operation in migration.operations if isinstance(operation, CreateModel)}
    found = []
    for operation in migration.operations:
        name = type(operation).__name__
        table = str(getattr(operation, "model_name", "") or getattr(operation, "name", "")).lower()
        if isinstance(operation, LOSES):
            found.append(
                f"{name} {table}: the release that runs still uses it; first release without it, then remove it"
            )
        elif isinstance(operation, AddField) and table not in made_here and _refuses_old_inserts(operation.field):
            found.append(f"{name} {table}.{operation.name}: give it null=True or db_default, for the release that runs")
        elif isinstance(operation, AlterField) and not operation.preserve_default:
            found.append(
                f"{name} {table}.{operation.name}: fill it in a migration of its own before it may not be empty"
            )
        elif isinstance(operation, AddIndex) and table not in made_here:
            found.append(f"{name} {table}: use AddIndexConcurrently in a migration with atomic = False")
        elif isinstance(operation, RunSQL | RunPython) and not operation.reversible:
            found.append(f"{name}: say how to go back")
    return found


def _refuses_old_inserts(field: models.Field) -> bool:
    return not field.null and not field.has_db_default() and not field.many_to_many


def unsafe(released: frozenset[str]) -> dict[str, list[str]]:
    """The dangers of every migration of ours that is not among the released ones."""
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("core.")}
    return {
        f"{app}.{name}": found
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in ours and f"{app}.{name}" not in released and (found := dangers(migration))
    }


def test_migrations_since_the_first_release_are_safe_while_foyer_is_open():
    found = unsafe(RELEASED) if RELEASED else {}
    assert {name: reasons for name, reasons in found.items() if name not in ACCEPTED} == {}


def test_migrations_that_are_released_are_not_checked_again():
    everything = frozenset(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)
    assert unsafe(everything) == {}


def _migration(*operations):
    migration = Migration("made_up", "catalog")
    migration.operations = list(operations)
    return migration


@pytest.mark.parametrize(
    ("operation", "dangerous"),
    [
        (RemoveField("event", "title"), True),
        (DeleteModel("Event"), True),
        (RenameField("event", "title", "name"), True),
        (AddField("event", "age", models.IntegerField(default=0)), True),
        (AddField("event", "age", models.IntegerField(null=True)), False),
        (AddField("event", "age", models.IntegerField(db_default=0)), False),
        (AddIndex("event", models.Index(fields=["title"], name="made_up")), True),
        (RunSQL("SELECT 1"), True),
        (RunSQL("SELECT 1", reverse_sql=RunSQL.noop), False),
        (RunPython(lambda apps, editor: None), True),
    ],
)
def test_dangerous_migrations_are_found(operation, dangerous):
    assert bool(dangers(_migration(operation))) == dangerous


def test_a_field_and_an_index_of_a_table_made_in_the_same_migration_are_no_danger():
    made = CreateModel("Usher", [("id", models.BigAutoField(primary_key=True))])
    field = AddField("usher", "name", models.CharField(max_length=9))
    index = AddIndex("usher", models.Index(fields=["name"], name="made_up"))
    assert dangers(_migration(made, field, index)) == []
