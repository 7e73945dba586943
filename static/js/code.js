/* A button with data-again-at (ISO time) waits until then, and says for how long; data-wait holds the words, with %s.
   Server time: data-now (ISO) at rendering keeps a wrong clock from lying. */
for (const button of document.querySelectorAll("[data-again-at]")) {
  const skew = Date.parse(button.dataset.now) - Date.now();
  const ready = button.textContent;
  const tick = () => {
    const left = Math.ceil((Date.parse(button.dataset.againAt) - Date.now() - skew) / 1000);
    button.disabled = left > 0;
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    button.textContent = left > 0 ? button.dataset.wait.replace("%s", clock) : ready;
    if (left > 0) setTimeout(tick, 500);
  };
  tick();
}

/* What is pasted into the field of a code loses what stands between the digits. */
for (const input of document.querySelectorAll(".code-input")) {
  input.addEventListener("paste", (event) => {
    const digits = (event.clipboardData?.getData("text") ?? "").replace(/\D/g, "");
    if (digits.length !== 6) return;
    event.preventDefault();
    input.value = digits;
  });
}
