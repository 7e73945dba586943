import threading

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Count, Q, QuerySet

from core.kernel.compiled import AnyOf, compiled, compiled_update, insert, insert_all

built: list[object] = []


@compiled
def _named(app: str, models: list[str]) -> QuerySet[ContentType]:
    """Content types of an app."""
    built.append(app)
    return ContentType.objects.filter(AnyOf("model", models), app_label=app).order_by("model")


@compiled
def _permissions(app: str, first: str) -> QuerySet[Permission]:
    permissions = Permission.objects.select_related("content_type").filter(content_type__app_label=app)
    return permissions.filter(Q(codename=first) | Q(codename__startswith="view_")).order_by("codename")


@compiled
def _counts(app: str) -> QuerySet[Permission, tuple[str, int]]:
    counted = Permission.objects.filter(content_type__app_label=app).values("content_type__model")
    return counted.annotate(n=Count("id")).values_list("content_type__model", "n").order_by("content_type__model")


@compiled_update
def _rename(app: str, models: list[str], name: str) -> tuple[QuerySet[ContentType], dict[str, object]]:
    return ContentType.objects.filter(AnyOf("model", models), app_label=app), {"app_label": name}


@pytest.mark.django_db
def test_compiled_query_returns_the_rows_of_each_call_and_is_built_once():
    built.clear()
    assert [kind.model for kind in _named("auth", ["group", "user", "permission"])] == ["group", "permission"]
    assert [kind.model for kind in _named(models=["session"], app="sessions")] == ["session"]
    assert _named("auth", []) == []
    assert (_named.__doc__, len(built)) == ("Content types of an app.", 1)


@pytest.mark.django_db
def test_compiled_query_fills_related_rows_without_asking_again(django_assert_num_queries):
    _permissions("auth", "add_group")
    with django_assert_num_queries(1):
        found = [(row.codename, row.content_type.model) for row in _permissions("auth", "add_group")]
    assert found == [("add_group", "group"), ("view_group", "group"), ("view_permission", "permission")]


@pytest.mark.django_db
def test_compiled_query_counts_and_gives_plain_values():
    assert _counts("auth") == [("group", 4), ("permission", 4)]


@pytest.mark.django_db(transaction=True)
def test_compiled_query_uses_the_connection_of_its_own_thread():
    _counts("auth")
    seen: list[object] = []

    def ask() -> None:
        with connection.execute_wrapper(
            lambda run, *asked: seen.append(threading.current_thread().name) or run(*asked)
        ):
            _counts("auth")
        connection.close()

    thread = threading.Thread(target=ask, name="another")
    thread.start()
    thread.join()
    assert seen == ["another"]


@pytest.mark.django_db
def test_compiled_update_changes_the_rows_of_each_call_and_says_how_many():
    assert _rename("auth", ["group", "permission", "nothing"], "renamed") == 2
    assert _rename("auth", ["user"], "renamed") == 0
    assert _rename(app="sessions", models=["session"], name="elsewhere") == 1
    named = ContentType.objects.filter(app_label__in=["renamed", "elsewhere"]).order_by("app_label", "model")
    assert list(named.values_list("app_label", "model")) == [
        ("elsewhere", "session"),
        ("renamed", "group"),
        ("renamed", "permission"),
    ]


@pytest.mark.django_db
def test_insert_writes_what_save_would_and_gives_the_row_its_id(django_assert_num_queries):
    kind = ContentType.objects.get(model="group")
    with django_assert_num_queries(1):
        row = insert(Permission(name="May sing", content_type=kind, codename="sing"))
    assert (row.pk is not None, row._state.adding) == (True, False)
    found = Permission.objects.get(pk=row.pk)
    assert (found.name, found.content_type, found.codename) == ("May sing", kind, "sing")
    with django_assert_num_queries(1):
        row.name = "May hum"
        row.save()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 3])
def test_insert_all_writes_all_rows_in_one_statement(count, django_assert_num_queries):
    with django_assert_num_queries(min(count, 1)):
        rows = insert_all(ContentType(app_label="songs", model=f"song{n}") for n in range(count))
    assert [row.model for row in rows] == [f"song{n}" for n in range(count)]
    assert set(ContentType.objects.filter(app_label="songs")) == set(rows)
