"""The errors that Stripe answers with, in the shape in which it sends them."""

from typing import Any


class ApiError(Exception):
    """A refusal with its HTTP status; becomes the JSON body {"error": {...}}."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.fields: dict[str, Any] = {"type": kind, "message": message}
        if code:
            self.fields["code"] = code
            self.fields["doc_url"] = f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}"
        if param:
            self.fields["param"] = param
        self.fields.update(more or {})

    def body(self, request_id: str) -> dict[str, Any]:
        """What goes over the wire."""
        return {"error": {**self.fields, "request_log_url": f"/_control/log?request={request_id}"}}


class ParamError(ApiError):
    """The parameters themselves are wrong: nothing ran, so no idempotent answer is kept."""


class ResourceMissing(ApiError):
    """No such object; 404 where it was in the path, 400 where it was a parameter."""

    def __init__(self, kind: str, id: str, *, param: str = "id") -> None:
        super().__init__(
            f"No such {kind}: '{id}'",
            status=404 if param == "id" else 400,
            code="resource_missing",
            param=param,
        )


class NotEmulated(ParamError):
    """Stripe knows this, the emulator does not act on it: better a loud refusal than a quiet difference."""

    def __init__(self, param: str) -> None:
        super().__init__(f"The emulator does not act on `{param}`; it cannot be tested here.", param=param)
