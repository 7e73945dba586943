"""What the pages ask for: their forms with what stands in them, and every name that a view reads."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.http import HttpResponseBase, QueryDict
from django.urls import Resolver404, resolve

from project.tests.hostile.addresses import Address, by_view
from project.tests.hostile.asking import Ask, Asking
from project.tests.hostile.nasty import urlencoded
from project.tests.hostile.stage import ADA, EVERYBODY, of_the_desk, paths

Fields = tuple[tuple[str, str], ...]
FILLED = {"email": "nobody@foyer.example", "name": "Nobody"}
TOKEN = "csrfmiddlewaretoken"


@dataclass(frozen=True)
class Form:
    """A form as it stands on somebody's page."""

    address: Address
    who: str
    path: str
    method: str
    fields: Fields


@dataclass
class Found:
    """What reading all pages has shown."""

    forms: list[Form] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, form: Form) -> None:
        """One of each kind is enough: the same names of the same person at the same address."""
        kind = (form.address.name, form.who, form.method, {name for name, _ in form.fields})
        if kind not in [(one.address.name, one.who, one.method, {n for n, _ in one.fields}) for one in self.forms]:
            self.forms.append(form)
        self.names[form.address.name] |= {name for name, _ in form.fields}


class Page(HTMLParser):
    """The forms of a page (htmx' too), and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []
        self._open: dict[str, Any] | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = said.get("method", "get").upper()
            self._open = {"action": said.get("action", ""), "method": method, "fields": [], "names": set()}
            self.forms.append(self._open)
        elif tag in {"input", "button", "textarea", "select", "option"} and self._open is not None:
            self._control(tag, said)
        elif tag == "a":
            self.links.append(said.get("href", ""))
        for method in ("get", "post", "put", "patch", "delete"):
            if url := said.get(f"hx-{method}"):
                values = json.loads(said.get("hx-vals") or "{}")
                fields = [(name, str(value)) for name, value in values.items()]
                self.forms.append({"action": url, "method": method.upper(), "fields": fields, "names": set(values)})

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def _control(self, tag: str, said: dict[str, str]) -> None:
        assert self._open is not None
        if tag == "select":
            self._select = said.get("name", "")
        name = self._select if tag == "option" else said.get("name", "")
        unchecked = said.get("type") in {"checkbox", "radio"} and "checked" not in said
        fields = self._open["fields"]
        if not name or name == TOKEN or tag == "select":
            return
        self._open["names"].add(name)
        if not unchecked and (tag != "option" or name not in dict(fields)):
            fields.append((name, said.get("value", "on" if said.get("type") == "checkbox" else "")))


def read_all(asking: Asking, addresses: list[Address]) -> Found:
    """Open every page in everybody's name."""
    found = Found()
    for address in addresses:
        for who in (ADA,) if of_the_desk(address) else EVERYBODY:
            own = asking.stage.codes(who)
            tries = paths(asking.stage, address)
            if "code" in address.arguments:  # strangers' codes are tried elsewhere
                tries = [path for path in tries if any(code in path for code in own)]
            for path in tries:
                if _read(asking, found, address, who, path):
                    break
    for form in list(found.forms):
        with _names_read(found.names[form.address.name]):
            fields = [(name, value or FILLED.get(name, "")) for name, value in form.fields]
            how = {"query": urlencoded(fields)} if form.method == "GET" else {"body": urlencoded(fields).encode()}
            _take(found, form.address, form.who, form.path, asking.alone(Ask(form.who, form.method, form.path, **how)))
    return found


def _read(asking: Asking, found: Found, address: Address, who: str, path: str) -> bool:
    """Whether this person need not try there with other values."""
    with _names_read(found.names[address.name]):
        response = asking.alone(Ask(who, "GET", path))
    _take(found, address, who, path, response)
    return response.status_code in {200, 405} or _to_login(response)


def _take(found: Found, address: Address, who: str, path: str, response: HttpResponseBase) -> None:
    if response.status_code < 400 and not _to_login(response):
        found.opened.add(address.name)
    if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        page = Page(response.content.decode())
        for form in page.forms:
            _understand(found, who, path, form)
        for link in page.links:
            if "?" in link:
                _understand(found, who, path, {"action": link, "method": "GET", "fields": [], "names": set()})


def _to_login(response: HttpResponseBase) -> bool:
    return "/login/" in response.headers.get("Location", "")


def _understand(found: Found, who: str, path: str, form: dict[str, Any]) -> None:
    parts = urlsplit(urljoin(f"http://here{path}", form["action"]))
    try:
        address = by_view(resolve(parts.path))
    except Resolver404:
        return
    if parts.netloc == "here":
        fields = (*parse_qsl(parts.query, keep_blank_values=True), *form["fields"])
        found.add(Form(address, who, parts.path, form["method"], fields))
        found.names[address.name] |= form["names"]


@contextmanager
def _names_read(names: set[str]) -> Iterator[None]:
    """Whatever is looked up in the query or in what a form sent, meanwhile."""
    with mock.patch.multiple(QueryDict, **{name: _noting(name, names) for name in NOTED}):
        yield


NOTED = ("__getitem__", "__contains__", "get", "getlist", "pop")


def _noting(method: str, names: set[str]) -> Any:
    original = getattr(QueryDict, method)

    def note(self: QueryDict, name: str, *args: Any, **kwargs: Any) -> Any:
        if name != TOKEN:
            names.add(name)
        return original(self, name, *args, **kwargs)

    return note
