"""The switches with which tests make Stripe slow, broken, forgetful or repetitive."""

import re
from dataclasses import asdict, dataclass, fields
from typing import Any

from e2e.stripe_emulator.errors import ParamError

WEBHOOKS = re.compile(r"^(normal|twice|lost|hold|out_of_order|late:\d+(\.\d+)?)$")
REFUND_STATUSES = ("succeeded", "pending", "failed", "requires_action")


@dataclass
class Faults:
    """What is broken at the moment. `only` narrows the API faults to a "METHOD /path" beginning."""

    webhooks: str = "normal"
    api_delay_s: float = 0.0
    api_errors: int = 0
    api_errors_kept: bool = False
    rate_limits: int = 0
    drop: int = 0
    only: str = ""
    refund_status: str = "succeeded"

    def change(self, wanted: dict[str, Any]) -> None:
        """Sets the switches that are named; refuses unknown names and values."""
        known = {field.name: field.type for field in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ParamError(f"No such switch: {name}", param=name)
            self._check(name, value)
        for name, value in wanted.items():
            setattr(self, name, value)

    def reset(self) -> None:
        """Everything works again."""
        self.__init__()  # type: ignore[misc]

    def as_dict(self) -> dict[str, Any]:
        """The switches and their state."""
        return asdict(self)

    def strikes(self, name: str, method: str, path: str) -> bool:
        """Whether this request is one of the next N to be hit; counts it."""
        if getattr(self, name) <= 0 or not self.concerns(method, path):
            return False
        setattr(self, name, getattr(self, name) - 1)
        return True

    def concerns(self, method: str, path: str) -> bool:
        """Whether the API faults are meant for this request."""
        return f"{method} {path}".startswith(self.only) or path.startswith(self.only)

    @staticmethod
    def _check(name: str, value: Any) -> None:
        if name == "webhooks":
            valid = isinstance(value, str) and WEBHOOKS.match(value) is not None
        elif name == "refund_status":
            valid = value in REFUND_STATUSES
        elif name == "api_delay_s":
            valid = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        elif name == "api_errors_kept":
            valid = isinstance(value, bool)
        elif name == "only":
            valid = isinstance(value, str)
        else:
            valid = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        if not valid:
            raise ParamError(f"Invalid value for {name}: {value!r}", param=name)
