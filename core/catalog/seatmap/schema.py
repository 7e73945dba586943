"""Holds a document against a JSON schema and says in words what does not fit."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from core.catalog.seatmap.refusal import WHOLE_DOCUMENT, Findings, place_of

SCHEMA_PATH = Path(__file__).with_name("schema.json")
MOST_BYTES = 24_000_000

_VALIDATOR = Draft202012Validator(json.loads(SCHEMA_PATH.read_text(encoding="utf-8")))


def read_json(document: dict[str, Any] | str | bytes) -> Any:
    """Parse text or bytes strictly: UTF-8, no repeated keys, no NaN. A mapping must be as plain."""
    findings = Findings()
    value: Any = None
    if isinstance(document, dict):
        document = _as_text(document, findings)
    if len(document) > MOST_BYTES:
        findings.add(WHOLE_DOCUMENT, _("The file is larger than %(limit)d bytes.") % {"limit": MOST_BYTES})
    else:
        value = _parse(document, findings)
    findings.refuse_if_any()
    return value


def check_against_schema(document: Any, validator: Any = _VALIDATOR) -> None:
    """Raise SeatMapRefused naming every place that does not fit the schema."""
    findings = Findings()
    for error in validator.iter_errors(document):
        for place, reason in _in_words(error):
            findings.add(place, reason)
    findings.refuse_if_any()


def _as_text(document: dict[str, Any], findings: Findings) -> str:
    try:
        return json.dumps(document, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        findings.add(WHOLE_DOCUMENT, _("This is not plain JSON."))
        return "null"


def _parse(document: str | bytes, findings: Findings) -> Any:
    try:
        text = document.decode("utf-8-sig") if isinstance(document, bytes) else document
        return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except UnicodeDecodeError:
        findings.add(WHOLE_DOCUMENT, _("The file is not text in UTF-8."))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        findings.add(place, _("This is not JSON: %(fault)s.") % {"fault": error.msg})
    except RecursionError:
        findings.add(WHOLE_DOCUMENT, _("The file is nested too deeply."))
    except _UnfitValue as error:
        findings.add(WHOLE_DOCUMENT, str(error))
    except ValueError:
        findings.add(WHOLE_DOCUMENT, _("A number in the file is too long."))
    return None


class _UnfitValue(Exception):
    """JSON that parses and yet says nothing certain."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _UnfitValue(_("The key “%(key)s” stands twice in one object.") % {"key": key})
        result[key] = value
    return result


def _no_constant(name: str) -> Any:
    raise _UnfitValue(_("%(name)s is not a number.") % {"name": name})


def _in_words(error: ValidationError) -> Iterable[tuple[str, str]]:
    path = list(error.absolute_path)
    instance: Any = error.instance
    rule = str(error.validator)
    if rule == "additionalProperties":
        known = error.schema["properties"] if isinstance(error.schema, dict) else {}
        return [(place_of([*path, key]), _("This field is unknown.")) for key in instance if key not in known]
    if rule == "required":
        return [(place_of(path), _missing(error))]
    # propertyNames reports the key itself as the instance, without its place.
    if "propertyNames" in error.absolute_schema_path:
        path = [*path, str(error.instance)]
    return [(place_of(path), _reason(rule, error.validator_value, error.instance))]


def _missing(error: ValidationError) -> str:
    """jsonschema reports each missing key by itself; its message begins with the quoted key."""
    return _("The field “%(key)s” is missing.") % {"key": error.message.split("'")[1]}


def _reason(rule: str, limit: Any, value: Any) -> str:
    shown = {"value": _shown(value), "limit": _shown(limit)}
    reasons = {
        "type": _("%(value)s is not of the expected kind (%(limit)s)."),
        "enum": _("%(value)s is unknown. Known are: %(limit)s."),
        "const": _("%(value)s is not supported. Expected is %(limit)s."),
        "minimum": _("%(value)s is too small. The least is %(limit)s."),
        "maximum": _("%(value)s is too large. The most is %(limit)s."),
        "minLength": _("This may not be empty."),
        "maxLength": _("This is too long. The most is %(limit)s characters."),
        "minItems": _("Too few entries. The least is %(limit)s."),
        "maxItems": _("Too many entries. The most is %(limit)s."),
        "maxProperties": _("Too many entries. The most is %(limit)s."),
        "minProperties": _("This changes nothing."),
        "pattern": _("%(value)s is not written as expected."),
    }
    return reasons.get(rule, _("%(value)s does not fit here.")) % shown


def _shown(value: Any) -> str:
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= 60 else text[:57] + "…"
    return f"“{text}”" if isinstance(value, str) else text
