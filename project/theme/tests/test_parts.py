"""The parts keep to the policy and the tokens, and are all in the guide."""

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory

TEMPLATES = settings.BASE_DIR / "templates"
SOURCES = settings.BASE_DIR / "project" / "theme" / "static_src" / "src"
PRINTED = {"emails", "email", "documents"}
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if not PRINTED & set(path.parts))
FORBIDDEN = re.compile(
    r"""\sstyle=|\son[a-z]+=|\shx-on|["']js:|<style|<script(?![^>]*\ssrc=|[^>]*application/ld\+json)[^>]*>"""
)
RAW_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?!\s*\{)|\brgba?\(|\bhsla?\(|\boklch\(")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_has_nothing_that_the_policy_refuses(page: Path) -> None:
    """No inline style or script: the browser would ignore it. JSON-LD is data, which the policy lets pass."""
    assert FORBIDDEN.findall(page.read_text()) == []


@pytest.mark.parametrize("sheet", sorted(SOURCES.glob("*.css")), ids=lambda path: path.name)
def test_colours_are_written_in_the_tokens_only(sheet: Path) -> None:
    """Print is black on white and stands apart."""
    raw = [] if sheet.name in ("tokens.css", "print.css") else RAW_COLOUR.findall(sheet.read_text())
    assert raw == []


def test_every_part_is_in_the_guide() -> None:
    """A part that nobody can find is written twice."""
    guide = (settings.BASE_DIR / "docs" / "design.md").read_text()
    parts = {path.stem for path in (TEMPLATES / "components").glob("_*.html")}
    assert {part for part in parts if f"`{part}`" not in guide} == set()


def test_every_icon_that_a_template_names_is_drawn() -> None:
    """A misspelt name would draw nothing."""
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (settings.BASE_DIR / "static/img/icons.svg").read_text()))
    named = {
        name for page in PAGES for name in re.findall(r'(?:_icon\.html" with name=|icon=)"([\w-]+)"', page.read_text())
    }
    assert named - drawn == set()


class Sample(forms.Form):
    """One of each kind of field."""

    email = forms.EmailField(help_text="The tickets are sent here.")
    how = forms.ChoiceField(choices=[("guest", "As a guest"), ("login", "Log in")], widget=forms.RadioSelect)
    terms = forms.BooleanField(label="I accept the terms")
    note = forms.CharField(required=False)


def part(field: forms.BoundField) -> str:
    """The field as its part draws it, on one line."""
    return " ".join(render_to_string("components/_field.html", {"field": field}).split())


def test_field_ties_hint_and_error_to_the_control_when_it_is_wrong() -> None:
    """A screen reader hears both when the control is reached."""
    html = part(Sample({"email": "amina@"})["email"])
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_email_helptext"' in html and 'id="id_email_error"' in html


def test_field_draws_a_fieldset_when_it_has_several_controls() -> None:
    """Radio buttons are a group with a legend."""
    html = part(Sample()["how"])
    assert html.startswith('<fieldset class="field"') and "<legend>How</legend>" in html


def test_field_puts_the_label_round_a_single_check_box() -> None:
    """The words can be pressed too."""
    html = part(Sample()["terms"])
    assert html.count("<label") == 1 and "I accept the terms</span>" in html


def test_field_says_so_when_it_may_be_left_empty() -> None:
    """Only what may be left out is marked."""
    assert ("(optional)" in part(Sample()["note"]), "(optional)" in part(Sample()["email"])) == (True, False)


@pytest.mark.parametrize(("name", "context"), [("500.html", {}), ("503.html", {})])
def test_error_page_needs_no_context_when_everything_is_broken(name: str, context: dict[str, str]) -> None:
    """Django draws it without a request."""
    assert "<h1>" in render_to_string(name, context)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_parts_is_drawn_in_the_scheme_of_the_cookie(scheme: str) -> None:
    """The server knows the scheme, so the page never flashes in the other one."""
    request = RequestFactory().get("/_components/", headers={"cookie": f"scheme={scheme}"})
    html = render_to_string("components/index.html", request=request)
    assert re.findall(r'<html[^>]* data-scheme="(\w+)"', html) == [scheme]


def test_refusal_is_a_part_when_htmx_asks_and_a_page_otherwise() -> None:
    """The same words, without a second page inside the page."""
    plain = RequestFactory().get("/")
    plain.htmx = False  # type: ignore[attr-defined]
    asked = RequestFactory().get("/", headers={"HX-Request": "true"})
    asked.htmx = True  # type: ignore[attr-defined]
    told = {"message": "Seat C7 is taken.", "status": 409}
    pages = [render_to_string("refusal.html", told, request=request) for request in (plain, asked)]
    assert ["<html" in page for page in pages] == [True, False]
    assert ["Seat C7 is taken." in page for page in pages] == [True, True]
