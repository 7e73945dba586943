/* One seat is in the tab order; arrow keys go on to the next seat that can be had, as it lies on the plan. */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Keys {
  constructor(plan, seats) {
    this.plan = plan;
    this.seats = seats;
    this.spots = null;
    this.current = null;
    for (const seat of seats.all) seat.tabIndex = -1;
    this.offer(seats.all.find((seat) => seat.dataset.s === "m") ?? seats.all.find((seat) => seats.isFree(seat)));
    plan.addEventListener("keydown", (event) => this.press(event));
    plan.addEventListener("focusin", (event) => event.target.matches("input.seat") && this.offer(event.target));
    plan.closest("[data-view]").addEventListener("focus", () => this.repair());
  }

  offer(seat) {
    if (!seat) return;
    if (this.current) this.current.tabIndex = -1;
    this.current = seat;
    seat.tabIndex = 0;
  }

  /* The seat in the tab order may have been taken meanwhile. */
  repair() {
    if (this.current && !this.current.disabled) return;
    this.offer(this.seats.all.find((seat) => this.seats.isOpen(seat)));
  }

  press(event) {
    if (!event.target.matches("input.seat") || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = STEPS[event.key];
    const next = step ? this.next(event.target, step) : this.end(event);
    if (!step && !next) return;
    event.preventDefault();
    next?.focus();
  }

  end({ key, target }) {
    if (key !== "Home" && key !== "End") return null;
    const row = this.seats.name(target).split(", ")[0];
    const same = this.seats.all.filter((seat) => this.seats.isOpen(seat) && this.seats.name(seat).startsWith(`${row}, `));
    return key === "Home" ? same[0] : same.at(-1);
  }

  /* Where everything is, in shares of the plan, which zooming does not change; measured once. */
  places() {
    if (!this.spots) {
      const unit = this.seats.all[0].offsetWidth || 1;
      this.spots = new Map(this.seats.all.map((seat) => [seat, [seat.offsetLeft / unit, seat.offsetTop / unit]]));
    }
    return this.spots;
  }

  next(from, [right, down]) {
    const spots = this.places();
    const [x, y] = spots.get(from);
    let best = null;
    let least = Infinity;
    for (const seat of this.seats.all) {
      if (seat === from || !this.seats.isOpen(seat)) continue;
      const [sx, sy] = spots.get(seat);
      const along = right ? (sx - x) * right : (sy - y) * down;
      const aside = Math.abs(right ? sy - y : sx - x);
      if (along < 0.3 || (right && aside > along * 0.7)) continue;
      const cost = along + aside * (right ? 3 : 1.1);
      if (cost < least) [best, least] = [seat, cost];
    }
    return best;
  }
}
