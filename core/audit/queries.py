"""Asking the activity log, and proving that it is whole."""

from collections.abc import Iterable, Iterator

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from core.audit.digest import GENESIS, link, payload_digest
from core.audit.models import Record, Seal
from core.kernel.violations import Violation

# How many ids back from the newest sealed record a straggler is still looked for: minutes of the busiest house. Without
# a bound sealing would go through the whole log each time.
LOOK_BACK = 10_000
# How records name a person they are about.
USER = "accounts.user"


def about_rows(rows: Iterable[tuple[str, str]]) -> QuerySet[Record]:
    """Records about any of these rows, each named by type and id."""
    wanted = Q(pk__in=[])
    for object_type, object_id in rows:
        wanted |= Q(object_type=object_type, object_id=object_id)
    return Record.objects.filter(wanted)


def security_events(user_id: int) -> QuerySet[Record]:
    """What happened to a person's account, by themselves or by others, newest first."""
    theirs = Q(actor_user_id=user_id) | Q(object_type=USER, object_id=str(user_id))
    return Record.objects.filter(theirs, action__startswith="account.").order_by("-at", "-id")


def has_logged_in(user_id: int) -> bool:
    """Whether this person has ever logged in before."""
    return Record.objects.filter(actor_user_id=user_id, action="account.logged_in").exists()


def unsealed() -> QuerySet[Record]:
    """Records that are still to be chained."""
    above = _look_from()
    sealed = Seal.objects.filter(record_id=OuterRef("pk"), record_id__gt=above)
    return Record.objects.filter(~Exists(sealed), id__gt=above)


def _look_from() -> int:
    newest: int = Seal.objects.aggregate(id=Max("record_id"))["id"] or 0
    return newest - LOOK_BACK


def violations() -> Iterator[Violation]:
    """Every broken link of the chain, and every record whose words no longer fit its digest.

    A record whose personal data was erased (no salt left) is proved by its digest alone.
    """
    previous, expected = GENESIS, 0
    seals = Seal.objects.order_by("number").annotate(digest=F("record__digest"))
    for number, record_id, digest, found in seals.values_list("number", "record_id", "digest", "hash").iterator():
        expected += 1
        if number != expected:
            yield Violation("activity log chain", f"audit.seal {number}", f"link {expected} is missing")
            expected = number
        elif link(previous, record_id, digest) != found:
            yield Violation("activity log chain", f"audit.record {record_id}", "the link does not fit the record")
        previous = found
    left = Record.objects.filter(seal=None, id__lte=_look_from())
    for record_id in left.order_by("id").values_list("id", flat=True):
        yield Violation("activity log chain", f"audit.record {record_id}", "was never sealed")
    for row in Record.objects.exclude(salt="").iterator():
        if payload_digest(row.salt, row.described()) != row.digest:
            yield Violation("activity log chain", f"audit.record {row.pk}", "the words do not fit the digest")
