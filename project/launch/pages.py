"""The pages' workers: gunicorn's own, which forgets who is at the other end of a connection."""

from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):
    """The line of the PROXY protocol comes once for a connection, but gunicorn heeds it for the first request only.

    Without this all later requests on a connection that is kept alive seem to come from this machine, and all
    visitors share one limit per client address.
    """

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Serve a request; it comes from where the connection's first one came from."""
        if req.proxy_protocol_info is None:
            req.proxy_protocol_info = getattr(conn, "origin", None)
        conn.origin = req.proxy_protocol_info
        return bool(super().handle_request(req, conn))
