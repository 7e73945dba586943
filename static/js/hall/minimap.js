/* The whole hall, small, while only a part of it is to be seen: which part, and where the free seats are. */
const LEAST_SEATS = 200;
const COLOURS = { a: "--seat", m: "--accent", h: "--seat-hatch", s: "--seat-sold" };

export class Minimap {
  constructor(map, plan, seats, zoom) {
    Object.assign(this, { map, plan, seats, zoom, view: map.querySelector("[data-view]"), queued: false, spots: null });
    if (seats.all.length < LEAST_SEATS) return;
    this.box = document.createElement("div");
    this.box.className = "minimap";
    this.box.hidden = true;
    this.box.setAttribute("aria-hidden", "true");
    this.canvas = document.createElement("canvas");
    this.frame = document.createElement("div");
    this.frame.className = "frame";
    this.box.append(this.canvas, this.frame);
    map.append(this.box);
    this.view.addEventListener("scroll", () => this.place(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.view);
    zoom.onchange = () => this.draw();
    for (const type of ["pointerdown", "pointermove"]) this.box.addEventListener(type, (event) => this.go(event));
  }

  draw() {
    if (!this.box || this.queued) return;
    this.queued = true;
    requestAnimationFrame(() => {
      this.queued = false;
      const { view, box } = this;
      box.hidden = view.scrollWidth <= view.clientWidth + 2 && view.scrollHeight <= view.clientHeight + 2;
      if (box.hidden) return;
      this.paint();
      this.place();
    });
  }

  measure() {
    const { offsetWidth: width, offsetHeight: height } = this.plan;
    this.spots ??= this.seats.all.map((seat) => [seat.offsetLeft / width, seat.offsetTop / height]);
    return width / height;
  }

  paint() {
    const ratio = this.measure();
    const wide = Math.round(this.box.clientWidth * devicePixelRatio);
    const high = Math.round(wide / ratio);
    const { canvas } = this;
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, wide, high);
    const dot = Math.max(1.2, (wide * this.zoom.unit * 0.75) / this.plan.offsetWidth);
    const style = getComputedStyle(this.map);
    for (const [state, token] of Object.entries(COLOURS)) {
      pen.fillStyle = resolved(style, token);
      this.seats.all.forEach((seat, at) => {
        if (seat.dataset.s !== state) return;
        const size = state === "m" ? dot * 2 : dot;
        pen.fillRect(this.spots[at][0] * wide - size / 2, this.spots[at][1] * high - size / 2, size, size);
      });
    }
  }

  place() {
    if (!this.box || this.box.hidden) return;
    const { view, plan, frame, box } = this;
    const [inner, outer] = [plan.getBoundingClientRect(), view.getBoundingClientRect()];
    const scale = box.clientWidth / inner.width;
    const high = inner.height * scale;
    const left = Math.max(0, (outer.left - inner.left) * scale);
    const top = Math.max(0, (outer.top - inner.top) * scale);
    frame.style.left = `${left}px`;
    frame.style.top = `${top}px`;
    frame.style.width = `${Math.min(outer.width * scale, box.clientWidth - left)}px`;
    frame.style.height = `${Math.min(outer.height * scale, high - top)}px`;
  }

  go(event) {
    if (event.type === "pointermove" && !(event.buttons & 1)) return;
    event.preventDefault();
    const box = this.canvas.getBoundingClientRect();
    const { view, plan } = this;
    view.scrollLeft = ((event.clientX - box.left) / box.width) * plan.offsetWidth - view.clientWidth / 2;
    view.scrollTop = ((event.clientY - box.top) / box.height) * plan.offsetHeight - view.clientHeight / 2;
  }
}

/* A token as a colour that a canvas understands: light-dark() is resolved by the element that bears it. */
function resolved(style, token) {
  const probe = document.createElement("i");
  probe.className = "said";
  probe.style.color = `var(${token})`;
  document.querySelector(".minimap").append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour || style.color;
}
