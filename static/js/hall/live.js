/* The socket of the showtime. Every message has (epoch, sequence); what is missed is fetched whole.
   A lost connection is shown quietly and tried again with growing waits. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const SILENCE = 25_000; // the server says something every 10 s
const NO_SUCH_SHOWTIME = 4404;
const TOO_MANY = 4429; // sockets from here: the state is fetched with every try instead

export class Live {
  constructor(root, server, { update, refresh }) {
    Object.assign(this, { root, server, update, refresh, tries: 0, fetching: false, waiting: [], again: false });
    this.epoch = root.dataset.epoch;
    this.sequence = Number(root.dataset.sequence);
    this.sign = root.querySelector("[data-live]");
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    addEventListener("pageshow", (event) => event.persisted && this.refetch());
  }

  show(state) {
    if (!this.sign || (this.sign.dataset.live === state && !this.sign.hidden)) return;
    this.sign.hidden = false;
    this.sign.dataset.live = state;
    const words = this.sign.querySelector("[data-live-words]");
    words.textContent = words.dataset[state];
    words.setAttribute("role", state === "lost" ? "status" : "presentation");
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = null;
    const url = new URL(this.root.dataset.socket, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.addEventListener("message", (event) => {
      this.listen();
      this.hear(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => {
      if (socket !== this.socket || event.code === NO_SUCH_SHOWTIME) return;
      clearTimeout(this.watchdog);
      this.show("lost");
      if (event.code === TOO_MANY) this.refetch();
      this.timer = setTimeout(() => this.connect(), this.wait());
    });
    this.listen();
  }

  wait() {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries);
    this.tries += 1;
    return wait * (0.5 + Math.random());
  }

  /* The network is back, or somebody looks at the page again: no reason to wait. */
  hurry() {
    if (this.timer) this.connect();
  }

  listen() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.socket.close(), SILENCE);
  }

  hear(message) {
    if (this.fetching) {
      this.waiting.push(message);
      return;
    }
    if (message.epoch === "") {
      // The server has lost its own line to the others: the state is fetched with every heartbeat instead.
      this.show("lost");
      this.refetch();
      return;
    }
    const { epoch, sequence, type } = message;
    if (type === "connection_confirmed" || type === "heartbeat") {
      this.tries = 0;
      if (epoch === this.epoch && sequence <= this.sequence) this.show("on");
      else if (type === "heartbeat" && epoch === this.epoch) this.checkSoon(sequence);
      else this.refetch();
      return;
    }
    if (epoch !== this.epoch || sequence > this.sequence + 1) {
      this.refetch();
      return;
    }
    if (sequence <= this.sequence) return;
    this.sequence = sequence;
    this.apply(message);
  }

  /* A message may be on its way just behind the heartbeat that knows its number. */
  checkSoon(sequence) {
    setTimeout(() => sequence > this.sequence && this.refetch(), 1000);
  }

  apply(message) {
    const updates = message.type === "seat_update" ? [message] : (message.updates ?? []);
    const changes = updates.map(({ seat_id: id, status, expires_at: until }) => ({
      id,
      status,
      until: until ? Date.parse(until) : 0,
    }));
    this.update(changes, message.zones ?? []);
  }

  /* Fetch the whole state; what arrives meanwhile is heard afterwards. */
  async refetch() {
    if (this.fetching) {
      this.again = true;
      return;
    }
    this.fetching = true;
    try {
      const state = await this.server.state();
      this.epoch = state.epoch;
      this.sequence = state.sequence;
      this.refresh(state);
      if (this.epoch && this.socket?.readyState === WebSocket.OPEN) this.show("on");
    } catch {
      this.show("lost");
      this.again = false;
      setTimeout(() => this.refetch(), 2000 + Math.random() * 3000);
    } finally {
      this.fetching = false;
    }
    const waiting = this.waiting.splice(0);
    for (const message of waiting) if (message.epoch !== "") this.hear(message);
    if (this.again) {
      this.again = false;
      setTimeout(() => this.refetch(), 400 + Math.random() * 400);
    }
  }
}
