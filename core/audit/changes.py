"""What a change did to the fields that matter: plain values in, plain JSON values out."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import models

PLAIN = (str, int, float, bool, type(None), dt.date, dt.time)


def snapshot(row: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """The present values of the fields, as the log keeps them: another row by its id, several by a list of ids."""
    return {name: _plain(row, name) for name in fields}


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], *, private: Collection[str] = ()
) -> dict[str, list[Any]]:
    """What differs, each as [before, after]; null where there was, or is, nothing.

    Of a `private` field it is told that it differs, as [null, null], and never what it said.
    """
    names = [*before, *(name for name in after if name not in before)]
    differ = [name for name in names if before.get(name) != after.get(name)]
    return {name: [None, None] if name in private else [before.get(name), after.get(name)] for name in differ}


def _plain(row: models.Model, name: str) -> Any:
    field = row._meta.get_field(name)
    if isinstance(field, models.ManyToManyField):
        return sorted(getattr(row, name).values_list("pk", flat=True)) if row.pk else []
    value = getattr(row, field.attname if isinstance(field, models.ForeignKey) else name)
    return value if isinstance(value, PLAIN) else str(value)
