/* Counts down to data-expires-at (ISO time) in [data-countdown].
   Server time: data-now (ISO) at rendering keeps a wrong clock from lying.
   At 60 seconds the words in data-soon are spoken once; at zero data-state becomes "over" and "countdown:over" is fired.
   When data-expires-at changes (an extension), it counts on from there. */
const SOON = 60;
const tickers = new WeakMap();

function start(box) {
  const skew = box.dataset.now ? Date.parse(box.dataset.now) - Date.now() : 0;
  const out = box.querySelector("[data-left]") ?? box;
  const voice = box.querySelector("[data-voice]");
  let spoken = false;
  const tick = () => {
    if (!box.isConnected) return stop(box);
    const left = Math.max(0, Math.ceil((Date.parse(box.dataset.expiresAt) - Date.now() - skew) / 1000));
    out.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left > SOON) {
      spoken = false;
      box.dataset.state = "";
      return undefined;
    }
    if (left > 0) {
      box.dataset.state = "soon";
      if (!spoken && voice) voice.textContent = box.dataset.soon ?? "";
      spoken = true;
      return undefined;
    }
    if (box.dataset.state === "over") return undefined;
    box.dataset.state = "over";
    if (voice) voice.textContent = box.dataset.over ?? "";
    box.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }));
    return undefined;
  };
  tickers.set(box, setInterval(tick, 250));
  tick();
}

function stop(box) {
  clearInterval(tickers.get(box));
  tickers.delete(box);
}

function startAll(root) {
  for (const box of root.querySelectorAll("[data-countdown]")) if (!tickers.has(box)) start(box);
}

startAll(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target.matches?.("[data-countdown]") && !tickers.has(event.target)) start(event.target);
  startAll(event.target);
});
