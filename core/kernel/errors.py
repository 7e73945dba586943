"""What a person is told when something is refused.

A refusal is an answer, not a fault: it is worded for the person, leaves nothing behind, and the portal repeats it
with the status that fits its kind. Anything else that is raised is a bug and is never shown as a refusal.
"""

from django.utils.functional import Promise


class Refusal(Exception):
    """Base of every refusal; subclasses stand beside the action that raises them.

    `message` is one or two translated sentences: what happened, why, and what to do.
    """

    kind = "invalid"

    def __init__(self, message: "str | Promise") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Conflict(Refusal):
    """Somebody else was faster, or the thing has moved on."""

    kind = "conflict"


class Missing(Refusal):
    """There is no such thing, or not for this person; the two are not told apart."""

    kind = "missing"


class TooOften(Refusal):
    """A limit on sending or guessing. `retry_after` says in how many seconds it is allowed again."""

    kind = "too_often"

    def __init__(self, message: "str | Promise", *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
