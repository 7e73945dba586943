/* A click on a seat: shown at once, sent, and confirmed or taken back. One request is on its way at a time, so that
   the answers come in the order of the clicks. */
export class Picking {
  constructor(root, seats, server, parts, zoom, words) {
    Object.assign(this, { seats, server, parts, words, url: root.dataset.holds, queue: [], sending: false });
    const form = root.querySelector("[data-plan]");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("click", (event) => {
      if (!event.target.matches?.("input.seat")) return;
      if (event.target.getAttribute("aria-disabled") === "true" || zoom.takesClick(event)) event.preventDefault();
    });
    form.addEventListener("change", (event) => {
      if (event.target.matches("input.seat")) this.toggle(event.target);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input.seat")) return;
      event.preventDefault();
      event.target.click();
    });
    // Clicked before this ran: asked for all the same.
    for (const seat of seats.all.filter((one) => one.checked !== one.defaultChecked)) this.toggle(seat);
  }

  toggle(seat) {
    const what = seat.checked ? "add" : "drop";
    const unit = this.seats.unit(seat);
    const ids = unit.map((one) => Number(one.value));
    for (const one of unit) {
      this.seats.set(one, what === "add" ? "m" : "a");
      one.setAttribute("aria-busy", "true");
    }
    for (const id of ids) this.seats.pending.add(id);
    this.seats.changed();
    this.queue.push({ what, ids, unit });
    this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.queue.length) await this.sendOne(this.queue.shift());
    } finally {
      this.sending = false;
    }
  }

  async sendOne({ what, ids, unit }) {
    const answer = await this.server.post(this.url, { [what]: ids });
    for (const seat of unit) seat.removeAttribute("aria-busy");
    const again = new Set(this.queue.flatMap((waiting) => waiting.ids));
    for (const id of ids) if (!again.has(id)) this.seats.pending.delete(id);
    if (answer.ok) {
      this.parts.answered(answer);
      const said = what === "add" ? this.words.taken : this.words.released;
      this.parts.say(said.replace("%", unit.map((seat) => this.seats.name(seat)).join(", ")));
      return;
    }
    for (const seat of unit) {
      if (!this.seats.pending.has(Number(seat.value))) this.seats.set(seat, what === "add" ? "a" : "m");
      this.seats.mark(seat, "shake");
    }
    this.parts.answered(answer);
  }
}
