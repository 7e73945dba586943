"""Proving that the activity log is whole."""

from collections.abc import Iterator

from django.db.models import F

from core.audit.digest import GENESIS, link, payload_digest
from core.audit.models import Record, Seal
from core.kernel.violations import Violation


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
    for row in Record.objects.exclude(salt="").iterator():
        if payload_digest(row.salt, row.described()) != row.digest:
            yield Violation("activity log chain", f"audit.record {row.pk}", "the words do not fit the digest")
