/* Larger and smaller: buttons, keys + - 0, the wheel with Ctrl, two fingers; a mouse drags what is larger than its frame.
   A tap on a seat that is too small to be hit brings it closer first. */
const STEPS = [30, 42, 56, 76]; // pixels from seat to seat
const TOO_SMALL = { touch: 20, pen: 14, mouse: 9 };
const LARGEST = 96;

export class Zoom {
  constructor(map, plan) {
    this.map = map;
    this.plan = plan;
    this.view = map.querySelector("[data-view]");
    this.onchange = null;
    const tools = map.querySelector("[data-zoom-tools]");
    tools.hidden = false;
    tools.querySelector("[data-zoom-in]").addEventListener("click", () => this.step(1));
    tools.querySelector("[data-zoom-out]").addEventListener("click", () => this.step(-1));
    tools.querySelector("[data-zoom-fit]").addEventListener("click", () => this.fit());
    this.view.addEventListener("keydown", (event) => this.press(event));
    this.view.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.view.addEventListener("touchstart", (event) => this.pinch(event), { passive: true });
    this.view.addEventListener("touchmove", (event) => this.pinch(event), { passive: false });
    this.view.addEventListener("pointerdown", (event) => this.grab(event));
    this.dragged = false;
  }

  /* Pixels from one seat to the next. */
  get unit() {
    return this.plan.offsetWidth / Number(getComputedStyle(this.plan).getPropertyValue("--w"));
  }

  get isWhole() {
    return !this.plan.style.getPropertyValue("--u") && this.map.dataset.zoom === "0";
  }

  set(unit, x, y) {
    const box = this.view.getBoundingClientRect();
    const at = [x ?? box.left + box.width / 2, y ?? box.top + box.height / 2];
    const before = this.plan.getBoundingClientRect();
    const share = [(at[0] - before.left) / before.width, (at[1] - before.top) / before.height];
    this.map.dataset.zoom = "free";
    this.plan.style.setProperty("--u", `${Math.min(unit, LARGEST).toFixed(2)}px`);
    const after = this.plan.getBoundingClientRect();
    this.view.scrollLeft += after.left + share[0] * after.width - at[0];
    this.view.scrollTop += after.top + share[1] * after.height - at[1];
    this.onchange?.();
  }

  fit() {
    this.plan.style.removeProperty("--u");
    this.map.dataset.zoom = "0";
    this.onchange?.();
  }

  step(direction) {
    const unit = this.unit;
    const at = this.middle();
    const next = direction > 0 ? STEPS.find((size) => size > unit * 1.08) : STEPS.findLast((size) => size < unit * 0.92);
    if (next) this.set(next, ...at);
    if (direction < 0 && (!next || this.fitsAlready())) this.fit();
  }

  /* What is looked at: the seat with the focus, else what I hold, as far as it is to be seen. */
  middle() {
    const focused = this.plan.contains(document.activeElement) ? document.activeElement : null;
    const box = (focused ?? this.plan.querySelector(".seat[data-s=m]"))?.getBoundingClientRect();
    const view = this.view.getBoundingClientRect();
    const seen = box && box.left < view.right && box.right > view.left && box.top < view.bottom && box.bottom > view.top;
    return seen ? [box.left + box.width / 2, box.top + box.height / 2] : [];
  }

  fitsAlready() {
    return this.view.scrollWidth <= this.view.clientWidth && this.view.scrollHeight <= this.view.clientHeight;
  }

  press(event) {
    if (event.ctrlKey || event.metaKey) return;
    const todo = { "+": () => this.step(1), "=": () => this.step(1), "-": () => this.step(-1), 0: () => this.fit() }[event.key];
    if (!todo) return;
    event.preventDefault();
    todo();
  }

  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.wanted = Math.max((this.wanted ?? this.unit) * Math.exp(-event.deltaY * 0.004), 4);
    this.soon(() => {
      this.set(this.wanted, event.clientX, event.clientY);
      this.wanted = null;
      if (event.deltaY > 0 && this.fitsAlready()) this.fit();
    });
  }

  pinch(event) {
    if (event.touches.length !== 2) {
      this.apart = null;
      return;
    }
    const [a, b] = event.touches;
    const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    const middle = [(a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2];
    if (event.type === "touchstart" || !this.apart) {
      this.apart = { apart, unit: this.unit, middle };
      return;
    }
    event.preventDefault();
    const start = this.apart;
    this.soon(() => {
      this.view.scrollLeft -= middle[0] - start.middle[0];
      this.view.scrollTop -= middle[1] - start.middle[1];
      start.middle = middle;
      this.set((start.unit * apart) / start.apart, ...middle);
      if (apart < start.apart && this.fitsAlready()) this.fit();
    });
  }

  /* At most one change in each picture. */
  soon(change) {
    this.change = change;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.change();
    });
  }

  grab(event) {
    this.dragged = false;
    if (event.pointerType !== "mouse" || event.button !== 0 || this.fitsAlready()) return;
    const start = { x: event.clientX, y: event.clientY, left: this.view.scrollLeft, top: this.view.scrollTop };
    const move = (moved) => {
      const [dx, dy] = [moved.clientX - start.x, moved.clientY - start.y];
      if (!this.dragged && Math.hypot(dx, dy) < 6) return;
      this.dragged = true;
      this.view.scrollLeft = start.left - dx;
      this.view.scrollTop = start.top - dy;
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", () => removeEventListener("pointermove", move), { once: true });
  }

  /* True if a click was the end of a drag, or brought a small seat closer instead. */
  takesClick(event) {
    if (this.dragged) {
      this.dragged = false;
      return true;
    }
    const small = TOO_SMALL[event.pointerType];
    if (!event.pointerType || !small || event.target.offsetWidth >= small) return false;
    this.set(STEPS.find((size) => size * 0.86 >= Math.max(small, 24)), event.clientX, event.clientY);
    return true;
  }
}
