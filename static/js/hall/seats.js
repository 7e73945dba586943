/* The seats on the plan and their states: a available, m mine, h held by others, p in my payment, s sold, b blocked.
   A seat that somebody else holds becomes free by itself when its time is over. */
export class Seats {
  constructor(plan, words, clock) {
    this.plan = plan;
    this.words = words;
    this.clock = clock;
    this.all = [...plan.querySelectorAll("input.seat")];
    this.byId = new Map(this.all.map((seat) => [Number(seat.value), seat]));
    this.mine = new Set(this.all.filter((seat) => seat.dataset.s === "m").map((seat) => Number(seat.value)));
    this.pending = new Set();
    this.free = this.all.reduce((count, seat) => count + this.isFree(seat), 0);
    this.ends = new Map();
    this.counter = document.querySelector("[data-free-count]");
    this.onchange = null;
    for (const seat of this.all) if (seat.dataset.x) this.ends.set(seat, Number(seat.dataset.x));
    plan.addEventListener("focusout", (event) => this.settle(event.target));
    setInterval(() => this.lapse(), 500);
    this.changed();
  }

  get(id) {
    return this.byId.get(Number(id));
  }

  isFree(seat) {
    return seat.dataset.s === "a";
  }

  /* Can it be clicked: is it free or mine? */
  isOpen(seat) {
    return seat.dataset.s === "a" || seat.dataset.s === "m";
  }

  /* "row C, seat 7" */
  name(seat) {
    return seat.getAttribute("aria-label").split(", ").slice(0, 2).join(", ");
  }

  /* The seat itself, and the other half of its sofa. */
  unit(seat) {
    const half = seat.dataset.p;
    if (!half) return [seat];
    const other = half === "l" ? seat.nextElementSibling : seat.previousElementSibling;
    return other?.dataset.p && other.dataset.p !== half ? [seat, other] : [seat];
  }

  set(seat, state, until = 0) {
    const shown = state === "p" ? "h" : state;
    const word = this.words[state];
    const label = seat.getAttribute("aria-label");
    const at = label.lastIndexOf(", ") + 2;
    if (until) this.ends.set(seat, until);
    else this.ends.delete(seat);
    if (seat.dataset.s === shown && label.slice(at) === word) {
      seat.checked = state === "m";
      return false;
    }
    this.free += (shown === "a") - this.isFree(seat);
    seat.dataset.s = shown;
    seat.checked = state === "m";
    seat.setAttribute("aria-label", label.slice(0, at) + word);
    const shut = shown !== "a" && shown !== "m";
    // A disabled control loses the focus: the one that has it is shut only in words until it is left.
    if (shut && seat === document.activeElement) seat.setAttribute("aria-disabled", "true");
    else {
      seat.disabled = shut;
      seat.removeAttribute("aria-disabled");
    }
    return true;
  }

  /* After the focus has gone: what was shut in words only becomes disabled. */
  settle(seat) {
    if (seat.getAttribute?.("aria-disabled") !== "true") return;
    seat.disabled = true;
    seat.removeAttribute("aria-disabled");
  }

  /* Exactly these are mine; what is on its way to the server stays as it is shown. */
  setMine(ids) {
    const before = this.mine;
    this.mine = new Set(ids);
    for (const id of before) {
      if (!this.mine.has(id) && !this.pending.has(id) && this.get(id)?.dataset.s === "m") this.set(this.get(id), "a");
    }
    for (const id of this.mine) if (!this.pending.has(id) && this.get(id)) this.set(this.get(id), "m");
    this.changed();
  }

  /* Everything as the server says it is. */
  setAll({ sold, blocked, held, paying, mine }) {
    const wanted = new Map();
    for (const id of sold) wanted.set(id, ["s"]);
    for (const id of blocked) wanted.set(id, ["b"]);
    for (const [id, until] of Object.entries(held)) wanted.set(Number(id), ["h", until]);
    for (const id of paying) wanted.set(id, ["p"]);
    for (const id of mine) wanted.set(id, ["m"]);
    this.mine = new Set(mine);
    for (const [id, seat] of this.byId) {
      if (this.pending.has(id)) continue;
      const [state, until] = wanted.get(id) ?? ["a"];
      this.set(seat, state, until ?? 0);
    }
    this.changed();
  }

  /* A short movement: "shake" or "changed". */
  mark(seat, cls) {
    for (const movement of seat.getAnimations()) movement.cancel();
    seat.classList.add(cls);
    setTimeout(() => seat.classList.remove(cls), 400);
  }

  /* Seats of others whose time is over are free, whatever the server has said so far. */
  lapse() {
    const now = this.clock.now();
    let any = false;
    for (const [seat, until] of this.ends) if (until <= now) any = this.set(seat, "a") || any;
    if (any) this.changed();
  }

  changed() {
    if (this.counter && this.all.length) {
      const { one, many } = this.counter.dataset;
      this.counter.textContent = this.free === 1 ? one : many.replace("%", String(this.free));
    }
    this.onchange?.();
  }
}
