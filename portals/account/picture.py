"""A person's picture: seen by themselves, sent, taken away."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portals.access import logged_in


@logged_in
@require_safe
def person_picture(request: HttpRequest, key: str) -> HttpResponse:
    """The picture itself, for the person who is on it; for everybody else there is none."""
    found = request.user.picture
    if not found or request.user.picture_key != key or not found.storage.exists(found.name):
        raise Http404
    response = FileResponse(found.open("rb"), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=86400"
    return response
