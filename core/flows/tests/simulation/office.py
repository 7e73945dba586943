"""What the organizer does while people buy, and what only happens to the money."""

from typing import TYPE_CHECKING

from core.catalog.models import PriceTier, Showtime
from core.flows import cancelling
from core.kernel.actor import Actor
from core.seating import actions as seating

if TYPE_CHECKING:
    from core.flows.tests.simulation.world import World

OLGA = Actor.system("olga")


class Office:
    """Olga at her desk, with a key to Stripe's desk too."""

    def __init__(self, world: "World") -> None:
        self.world, self.dice = world, world.dice

    def block(self) -> str:
        seats = self.world.some_seats(1, 2)
        seating.block(
            showtime=self.world.pick_showtime(), seat_ids=self.world.ids(seats), actor=OLGA, now=self.world.clock.now
        )
        return " ".join(seats)

    def unblock(self) -> str:
        seats = self.world.some_seats(4, 12)
        back = seating.unblock(
            showtime=self.world.pick_showtime(), seat_ids=self.world.ids(seats), actor=OLGA, now=self.world.clock.now
        )
        return str(len(back))

    def block_standing(self) -> str:
        count = self.dice.randint(0, 2)
        seating.block_standing(
            showtime=self.world.pick_showtime(), zone_id=self.world.floor, quantity=count, actor=OLGA,
            now=self.world.clock.now,
        )  # fmt: skip
        return str(count)

    def change_price(self) -> str:
        """Another price from now on, for whoever has not begun to pay."""
        amount = self.dice.choice((900, 1200, 1450))
        PriceTier.objects.filter(showtime=self.world.pick_showtime(), ticket_type="adult").update(amount=amount)
        return str(amount)

    def close_and_open(self) -> str:
        """Take a showtime out of the sale, or put it back."""
        showtime = self.world.pick_showtime()
        now = self.world.clock.now
        closes = None if showtime.sale_closes_at else now
        Showtime.objects.filter(pk=showtime.pk).update(sale_closes_at=closes)
        return "closed" if closes else "open"

    def schedule(self) -> str:
        """Another showtime, while there are few to choose from."""
        on_sale = Showtime.objects.upcoming(self.world.clock.now).filter(pk__in=self.world.showtimes[-3:]).count()
        if on_sale > 1:
            return "enough"
        self.world.schedule(self.dice.choice((3, 30, 80)))
        return f"showtime {len(self.world.showtimes)}"

    def cancel_showtime(self) -> str:
        showtime = self.world.pick_showtime()
        cancelling.cancel_showtime(showtime=showtime, actor=OLGA, now=self.world.clock.now)
        return f"showtime {self.world.number_of(showtime)}"

    def refund_at_stripe(self) -> str:
        """Money is sent back at Stripe's own desk, past Foyer."""
        known = [intent for intent in self.world.known_charges() if intent.amount > intent.refunded]
        if not known:
            return "nothing to refund"
        intent = self.dice.choice(known)
        self.world.stripe.refund_at_the_desk(intent)
        return intent.id

    def dispute(self) -> str:
        """A customer's bank takes money back, or gives it back again."""
        known = self.world.known_charges(disputed=True)
        lost = [intent for intent in known if intent.withdrawn]
        fresh = [intent for intent in known if not intent.disputed and intent.amount > intent.refunded]
        if lost and self.dice.random() < 0.5:
            self.world.stripe.win(lost[0])
            return f"won {lost[0].id}"
        if not fresh:
            return "nothing to dispute"
        intent = self.dice.choice(fresh)
        self.world.stripe.dispute(intent)
        return intent.id
