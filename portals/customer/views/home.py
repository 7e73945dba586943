"""What's on."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from core.catalog.models import Category
from core.catalog.queries import categories_with_counts, cities, days_with_counts
from portals.access import open_to_all
from portals.customer.days import SHOWN, day_strip, day_title
from portals.customer.filters import ProgrammeFilter, category_chips
from portals.customer.programme import whats_on
from portals.parts import draw, keep_address

PARTS = ["programme"]


@open_to_all
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is on, soon and featured, by day, city, category and words (DI1, DI2)."""
    now = timezone.now()
    places = cities(now=now)
    home_city = request.user.home_city if request.user.is_authenticated else ""
    form = ProgrammeFilter(request.GET, cities=places, categories=Category.objects.all(), now=now, home_city=home_city)
    wanted = form.wanted
    counted = days_with_counts(wanted, first=form.today, days=SHOWN, now=now)
    context = {
        "form": form,
        "wanted": wanted,
        "cities": places,
        "chips": category_chips(categories_with_counts(wanted, now=now), form),
        "title_of_day": day_title(wanted.day, today=form.today) if wanted.day else "",
        "days": day_strip(counted, first=form.today, chosen=wanted.day, url_of=lambda day: form.url_with(day=day)),
        "found": whats_on(wanted, page_number=request.GET.get("page"), now=now),
        "query": urlencode(form.query),
    }
    response = draw(request, "customer/home/home.html", context, parts=PARTS)
    return keep_address(request, response, query=form.query)
