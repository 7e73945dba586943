/* Short messages at the foot of the page.
   Other scripts say: document.dispatchEvent(new CustomEvent("toast", {detail: {text, tone}})), tone "good", "warn", "bad" or "".
   The server says the same with the header HX-Trigger: {"toast": {"text": "…", "tone": "good"}}. */
const LIFE = 6000;
const LIFE_OF_TROUBLE = 12000;
const region = document.getElementById("toasts");

function leave(toast) {
  toast.classList.add("leaving");
  setTimeout(() => toast.remove(), 180);
}

function watch(toast) {
  let left = toast.matches(".bad, .warn") ? LIFE_OF_TROUBLE : LIFE;
  let since = Date.now();
  let timer = setTimeout(() => leave(toast), left);
  const pause = () => {
    clearTimeout(timer);
    left -= Date.now() - since;
  };
  const go = () => {
    since = Date.now();
    clearTimeout(timer);
    timer = setTimeout(() => leave(toast), Math.max(left, 1500));
  };
  toast.addEventListener("pointerenter", pause);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusin", pause);
  toast.addEventListener("focusout", go);
  toast.querySelector("[data-toast-close]")?.addEventListener("click", () => leave(toast));
}

function show({ text, tone = "" }) {
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  if (tone) toast.classList.add(tone);
  toast.querySelector("span").textContent = text;
  region.append(toast);
  watch(toast);
}

if (region) {
  region.querySelectorAll("[data-toast]").forEach(watch);
  document.addEventListener("toast", (event) => show(event.detail));
}
