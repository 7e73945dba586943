"""The rules of the house that no linter knows."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from project.celery import app as celery_app
from project.checks import every_view_declares_who_may_enter, views
from project.tests import house
from project.tests.house import ROOT, where

VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "services", "service"}
TASKS = {"outbox_task", "shared_task", "task"}


def test_files_have_at_most_400_lines():
    long = [where(path) for path in house.python_files() if len(path.read_text().splitlines()) > 400]
    assert long == []


def test_functions_have_at_most_50_lines():
    long = [
        f"{where(path, function.lineno)} {function.name}: {house.length(function)}"
        for path in house.python_files()
        for function in house.functions(path)
        if house.length(function) > 50
    ]
    assert long == []


def test_views_have_at_most_30_lines():
    entrances = {inspect.unwrap(view) for _address, view in views()}
    long = [
        f"{where(path, function.lineno)} {function.name}: {house.length(function)}"
        for path in {Path(inspect.getsourcefile(view)) for view in entrances}
        for function in house.functions(path)
        if function.name in {view.__name__ for view in entrances} and house.length(function) > 30
    ]
    assert long == []


def test_tasks_have_at_most_10_lines():
    long = [
        f"{where(path, function.lineno)} {function.name}: {house.length(function)}"
        for path in house.python_files("core", "project")
        for function in house.functions(path)
        if house.decorators(function) & TASKS and house.length(function) > 10
    ]
    assert long == []


def test_files_are_named_after_what_is_in_them():
    vague = [where(path) for path in house.python_files() if VAGUE & {path.stem, *path.relative_to(ROOT).parts}]
    assert vague == []


def test_public_functions_of_core_and_portals_have_docstrings():
    silent = [
        f"{where(path, node.lineno)} {node.name}"
        for path in house.python_files("core", "portals")
        if not {"tests", "commands"} & set(path.parts) and path.parent != ROOT
        for node in house.tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_test_is_skipped_or_expected_to_fail():
    marks = re.compile(r"(?:mark|pytest)\.(?:skip|skipif|xfail|importorskip)\b")
    found = [
        where(path) for path in house.python_files() if path.name != "test_house.py" and marks.search(path.read_text())
    ]
    assert found == []


def test_portals_and_project_own_no_tables():
    owned = [model.__name__ for model in apps.get_models() if model.__module__.startswith(("portals.", "project."))]
    assert owned == []


def test_foreign_keys_point_down():
    storeys = house.storeys()
    upward = []
    for model in apps.get_models():
        for field in model._meta.get_fields(include_hidden=True):
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            here, there = (one.__module__.split(".") for one in (model, field.related_model))
            if here[0] != "core" or (there[0] == "core" and here[1] == there[1]):
                continue
            if there[0] == "core" and storeys[there[1]] >= storeys[here[1]]:
                upward.append(f"{here[1]}.{model.__name__}.{field.name} -> {there[1]}")
    assert upward == []


def test_every_view_declares_who_may_enter():
    assert every_view_declares_who_may_enter(None) == []


def test_every_name_posted_to_the_outbox_is_a_registered_task():
    celery_app.loader.import_default_modules()
    celery_app.finalize(auto=True)
    posted = {
        (
            call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ast.unparse(call),
            where(path, call.lineno),
        )
        for path in house.python_files("core", "portals", "project")
        if "tests" not in path.parts and path.parent != ROOT
        for call in ast.walk(house.tree(path))
        if isinstance(call, ast.Call) and _posts_to_the_outbox(call, path)
    }
    assert {(name, place) for name, place in posted if name not in celery_app.tasks} == set()
    assert {entry["task"] for entry in celery_app.conf.beat_schedule.values()} - set(celery_app.tasks) == set()


def _posts_to_the_outbox(call, path):
    if isinstance(call.func, ast.Attribute):
        return ast.unparse(call.func) in {"outbox.post", "outbox_actions.post"}
    return ast.unparse(call.func) == "post" and "from core.outbox.actions import" in path.read_text()


def test_page_templates_lie_at_portal_noun_page():
    parts_of_the_house = {"components", "emails", "documents", "account", "admin", "registration"}
    astray = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        first, *rest = path.relative_to(ROOT / "templates").parts
        is_layout = rest == ["base.html"]
        if rest and first not in parts_of_the_house and not is_layout and len(rest) != 2:
            astray.append(where(path))
    assert astray == []


def test_own_scripts_have_at_most_300_lines():
    scripts = [path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts]
    assert [where(path) for path in scripts if len(path.read_text().splitlines()) > 300] == []


def test_templates_carry_no_inline_script_style_or_handler():
    forbidden = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|<style|\sstyle=|\shx-on|\son[a-z]+=|js:"
    )
    found = [
        f"{where(path)}: {match[0]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if not {"emails", "email", "documents"}
        & set(path.parts)  # a mail and a printed page have no policy and no style sheet
        for match in forbidden.finditer(re.sub(r"{#.*?#}|{%.*?%}", "", path.read_text()))
    ]
    assert found == []


def test_the_repository_stands_alone():
    elsewhere = ["".join(parts) for parts in (("..", "/shared"), ("/wo", "rk/"), (".lib", "rary/"))]
    found = [(name, word) for name, content in house.tracked_texts() for word in elsewhere if word in content]
    assert found == []


def test_nothing_is_left_to_do():
    left = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    ours = (".py", ".html", ".js", ".css", ".sh", ".md", ".toml")
    found = [
        name
        for name, content in house.tracked_texts()
        if name.endswith(ours) and "vendor/" not in name and left.search(content)
    ]
    assert found == []


def test_the_example_environment_names_exactly_what_is_read():
    read = {
        name
        for path in house.python_files("project")
        if path.is_relative_to(ROOT / "project") and "tests" not in path.parts
        for name in re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", path.read_text())
    }
    named = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    assert sorted(named) == sorted(read)


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    assert capsys.readouterr().out.strip() == "No changes detected"
