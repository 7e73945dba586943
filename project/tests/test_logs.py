"""What a log line does not say."""

import pytest

from project.logs import without_keys

KEY = "7vOkYpO5Gtn95A_tc3wqqdaPYfoq3eEn"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"GET /account/invitations/{KEY}/", "GET /account/invitations/7vOk…/"),
        (f"GET /b/{KEY}/tickets.pdf", "GET /b/7vOk…/tickets.pdf"),
        (f"Not Found: /b/{KEY}", "Not Found: /b/7vOk…"),
        ("GET /account/notifications/stop/7:booked:1vOkYp-O5Gtn95A_tc3w/", "GET /account/notifications/stop/7:bo…/"),
        (f"GET /login/?next=%2Fb%2F{KEY}%2F", "GET /login/?next=%2Fb%2F7vOk…%2F"),
        ("GET /account/notifications/", "GET /account/notifications/"),
        ("POST /account/second-step/", "POST /account/second-step/"),
        ("request_finished", "request_finished"),
    ],
)
def test_a_key_in_a_path_is_shortened_in_the_log(said, kept):
    line = without_keys(None, "info", {"request": said, "event": said, "path": said, "code": 200})
    assert line == {"request": kept, "event": kept, "path": kept, "code": 200}
