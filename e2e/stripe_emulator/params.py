"""Reads Stripe's bracketed parameters and checks them against the SDK's own parameter types.

What the installed SDK cannot send, Stripe's API of that version does not take: an unknown name, at any depth,
is refused with the name of the parameter, as the real API does.
"""

import functools
import re
import sys
import types
import typing
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

from stripe import RequestOptions

from e2e.stripe_emulator.errors import ParamError

Tree = dict[str, Any]
NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def decode(text: str) -> Tree:
    """line_items[0][quantity]=2 and its like, as nested dicts of strings."""
    tree: Tree = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        match = NAME.match(name)
        if match is None:
            raise ParamError(f"Invalid parameter name: {name}", param=name)
        steps = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        node = tree
        for step in steps[:-1]:
            child = node.setdefault(_key(step, node), {})
            if not isinstance(child, dict):
                raise ParamError(f"Invalid object: {name}", param=name)
            node = child
        node[_key(steps[-1], node)] = value
    return tree


def _key(step: str, node: Tree) -> str:
    return step or str(len(node))


@functools.cache
def fields(params: type) -> dict[str, Any]:
    """The parameters of one typed dict of the SDK and their types, without the SDK's request options."""
    options = getattr(RequestOptions, "__annotations__", {})
    own = {name: hint for name, hint in params.__annotations__.items() if name not in options}
    holder = types.SimpleNamespace(__annotations__=own)
    return typing.get_type_hints(holder, globalns=vars(sys.modules[params.__module__]))


def check(params: type, tree: Tree, path: str = "") -> Tree:
    """The tree with typed values, or the refusal that Stripe would give."""
    known = fields(params)
    for name in tree:
        if name not in known:
            where = _join(path, name)
            raise ParamError(f"Received unknown parameter: {where}", code="parameter_unknown", param=where)
    required: frozenset[str] = getattr(params, "__required_keys__", frozenset())
    for name in sorted(required & known.keys()):
        if tree.get(name, "") == "":
            raise missing(_join(path, name))
    return {name: _value(known[name], value, _join(path, name)) for name, value in tree.items()}


def missing(param: str) -> ParamError:
    """The refusal for a parameter that has to be there."""
    return ParamError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(hint: Any, value: Any, path: str) -> Any:
    members = _members(hint)
    if isinstance(value, dict):
        return _nested(members, value, path)
    enums = [option for member in members for option in _literals(member)]
    if value in enums:
        return value
    if bool in members and value in ("true", "false"):
        return value == "true"
    if int in members or Decimal in members:
        return _number(members, value, path)
    if bool in members and not enums:
        raise ParamError(f"Invalid boolean: {value}", param=path)
    choices = [option for option in enums if option != ""]
    if choices:
        raise ParamError(f"Invalid {path}: must be one of {_listed(choices)}", param=path)
    if str not in members:
        raise ParamError(f"Invalid {'array' if _item_type(members) else 'object'}", param=path)
    if value == "":
        raise ParamError(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a "
            f"parameter; however '{path}' cannot be unset.",
            code="parameter_invalid_empty",
            param=path,
        )
    return value


def _nested(members: list[Any], value: Tree, path: str) -> Any:
    for member in members:
        if typing.is_typeddict(member) or _is_typed_dict(member):
            return check(member, value, path)
        if typing.get_origin(member) is dict:
            return {key: _metadata_value(item, _join(path, key)) for key, item in value.items()}
    item_type = _item_type(members)
    if item_type is None:
        raise ParamError(f"Invalid string: {path}", param=path)
    return [_value(item_type, value[key], _join(path, key)) for key in sorted(value, key=_position)]


def _is_typed_dict(member: Any) -> bool:
    return isinstance(member, type) and issubclass(member, dict) and hasattr(member, "__required_keys__")


def _position(key: str) -> int:
    return int(key) if key.isdigit() else sys.maxsize


def _metadata_value(item: Any, path: str) -> str:
    if isinstance(item, dict):
        raise ParamError(f"Metadata values must be strings, but for {path} you passed in a value of type hash.",
                         param=path)  # fmt: skip
    return str(item)


def _members(hint: Any) -> list[Any]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return [member for part in typing.get_args(hint) for member in _members(part)]
    return [hint]


def _literals(member: Any) -> tuple[Any, ...]:
    return typing.get_args(member) if typing.get_origin(member) is typing.Literal else ()


def _item_type(members: list[Any]) -> Any:
    return next((typing.get_args(member)[0] for member in members if typing.get_origin(member) is list), None)


def _number(members: list[Any], value: str, path: str) -> Any:
    if int in members:
        if re.fullmatch(r"-?\d+", value):
            return int(value)
        raise ParamError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)
    try:
        return Decimal(value)
    except InvalidOperation:
        raise ParamError(f"Invalid decimal: {value}", param=path) from None


def _listed(choices: list[str]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])}, or {choices[-1]}"
