/* The panel with my seats, the refusals beside what caused them, the counts, and what is spoken. */
const MOVING = 20; // more seats at once change without a movement

export class Parts {
  constructor(root, seats, server, words) {
    Object.assign(this, { root, seats, server, words, live: null, said: document.getElementById("hall-said") });
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(`showtime-${root.dataset.showtime}`) : null;
    this.channel?.addEventListener("message", () => this.live.refetch());
    root.addEventListener("submit", (event) => this.submit(event));
    root.addEventListener("countdown:over", () => setTimeout(() => this.live.refetch(), 300));
  }

  say(text) {
    this.said.textContent = "";
    setTimeout(() => {
      this.said.textContent = text;
    }, 30);
  }

  async submit(event) {
    const form = event.target;
    if (!form.matches("[data-ask]")) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    const before = this.seats.mine;
    const answer = await this.server.post(form.action, new FormData(form, button));
    delete form.dataset.busy;
    button?.removeAttribute("aria-busy");
    this.answered(answer);
    if (!answer.ok) return;
    const fresh = [...this.seats.mine].filter((id) => !before.has(id)).map((id) => this.seats.get(id)).filter(Boolean);
    for (const seat of fresh) this.seats.mark(seat, "changed");
    fresh[0]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (fresh.length) this.say(this.words.taken.replace("%", fresh.map((seat) => this.seats.name(seat)).join("; ")));
    else this.say(document.getElementById("selection-title").dataset.said ?? "");
  }

  /* What the server says to something that I did. */
  answered({ ok, data }) {
    if (!data) {
      this.slot("seats", "");
      document.dispatchEvent(new CustomEvent("toast", { detail: { text: this.words.failed, tone: "bad" } }));
      this.live.refetch();
      return;
    }
    this.selection(data.selection);
    this.seats.setMine(data.mine);
    for (const slot of this.root.querySelectorAll("[data-slot]")) slot.replaceChildren();
    if (ok) this.channel?.postMessage("changed");
    else this.refused(data);
  }

  refused({ slot, refusal, taken }) {
    for (const id of taken?.held ?? []) if (this.seats.get(id)) this.seats.set(this.seats.get(id), "h");
    for (const id of taken?.sold ?? []) if (this.seats.get(id)) this.seats.set(this.seats.get(id), "s");
    this.seats.changed();
    this.slot(slot, refusal);
    // Until when the others hold them is told by the whole state.
    if (taken?.held.length) this.live.refetch();
  }

  slot(name, html) {
    const slot = this.root.querySelector(`[data-slot="${name}"]`);
    if (!slot) return;
    slot.innerHTML = html;
  }

  selection(html) {
    const old = document.getElementById("selection");
    if (!old) return;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const again = focused?.name ? `[name="${focused.name}"][value="${focused.value}"]` : null;
    const kept = [...old.querySelectorAll("[data-slot]")].map((slot) => [slot.dataset.slot, slot.innerHTML]);
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    old.replaceWith(fresh);
    for (const [name, inner] of kept) if (inner.trim()) this.slot(name, inner);
    // countdown.js starts what is new on the page when it hears of it, as htmx would say it.
    fresh.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    this.room();
    if (focused) ((again && fresh.querySelector(again)) ?? fresh.querySelector("#selection-title")).focus({ preventScroll: true });
  }

  /* What happened elsewhere: [{id, status, until}] and [{zone_id, free}]. */
  others(changes, zones) {
    let own = false;
    for (const { id, status, until } of changes) {
      const seat = this.seats.get(id);
      if (!seat || this.seats.pending.has(id)) continue;
      if (this.seats.mine.has(id)) {
        // Held is what I know; anything else happened to me somewhere else.
        own ||= status !== "reserved";
        continue;
      }
      const state = { available: "a", reserved: "h", booked: "s" }[status];
      if (this.seats.set(seat, state, until) && changes.length <= MOVING) this.seats.mark(seat, "changed");
    }
    this.seats.changed();
    this.standing(Object.fromEntries(zones.map((zone) => [zone.zone_id, zone.free])));
    if (own) this.live.refetch();
  }

  standing(free) {
    for (const [zone, count] of Object.entries(free)) {
      for (const place of this.root.querySelectorAll(`[data-free="${zone}"]`)) place.textContent = count;
      const meter = this.root.querySelector(`[data-free-meter="${zone}"]`);
      if (meter) meter.value = count;
    }
    this.room();
  }

  /* Is anything free? What offers a choice is there only while there is one; while there is none the page says so. */
  room() {
    const zones = [...this.root.querySelectorAll("[data-free]")];
    const free = this.seats.free > 0 || zones.some((zone) => Number(zone.textContent) > 0);
    const mine = Number(document.getElementById("selection")?.dataset.count ?? 0) > 0;
    const held = this.seats.all.some((seat) => seat.dataset.s === "h");
    const show = (name, shown) => {
      for (const part of document.querySelectorAll(`[${name}]`)) part.hidden = !shown;
    };
    show("data-while-free", free);
    show("data-while-any", free || mine);
    show("data-nothing-free", !free && !mine);
    if (zones.length) return; // whether standing places are held or sold only the server knows
    show("data-sold-out", !held);
    show("data-all-held", held);
  }

  /* The whole state was fetched. */
  refresh(state) {
    const had = this.seats.mine.size || Number(document.getElementById("selection")?.dataset.count ?? 0);
    this.seats.setAll(state);
    this.standing(state.standing);
    this.selection(state.selection);
    const has = Number(document.getElementById("selection")?.dataset.count ?? 0);
    if (had && !has) this.say(document.querySelector("#selection .notice")?.textContent.trim().replace(/\s+/g, " ") ?? "");
  }
}
