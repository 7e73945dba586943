/* A button with data-copy="text" copies it and says data-copied for two seconds. Hidden where copying is impossible. */
const timers = new WeakMap();

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) button.hidden = true;
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!button) return;
  const words = button.querySelector("[data-copy-label]") ?? button;
  button.dataset.label ??= words.textContent;
  await navigator.clipboard.writeText(button.dataset.copy);
  words.textContent = button.dataset.copied;
  clearTimeout(timers.get(button));
  timers.set(button, setTimeout(() => {
    words.textContent = button.dataset.label;
  }, 2000));
});
