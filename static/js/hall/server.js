/* Asks the server, and knows its clock. */
export class Server {
  constructor(root) {
    this.root = root;
    this.token = root.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    this.clock = new Clock(Number(root.dataset.now));
  }

  async text(url) {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  /* The whole state, as it is now. */
  async state() {
    const answer = await fetch(this.root.dataset.places, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const state = await answer.json();
    this.clock.heard(state.now);
    return state;
  }

  /* {ok, status, data}; data is null when the server could not be reached or said something else. */
  async post(url, fields) {
    const body = fields instanceof FormData ? fields : this.form(fields);
    try {
      const answer = await fetch(url, { method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" } });
      const data = await answer.json();
      this.clock.heard(data.now);
      return { ok: answer.ok, status: answer.status, data };
    } catch {
      return { ok: false, status: 0, data: null };
    }
  }

  form(fields) {
    const form = new FormData();
    form.append("csrfmiddlewaretoken", this.token);
    for (const [name, values] of Object.entries(fields)) for (const value of values) form.append(name, value);
    return form;
  }
}

/* The server's clock. What it says arrives late, so the greatest difference that was seen is the truest. */
class Clock {
  constructor(now) {
    this.ahead = now - Date.now();
  }

  heard(now) {
    if (now) this.ahead = Math.max(this.ahead, now - Date.now());
  }

  now() {
    return Date.now() + this.ahead;
  }
}
