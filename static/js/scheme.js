/* The switch between paper and house lights down, without reloading the page. The form works without this file. */
const form = document.querySelector("[data-scheme-switch]");

form?.addEventListener("submit", async (event) => {
  const scheme = event.submitter?.value;
  if (!scheme) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  const root = document.documentElement;
  const before = root.dataset.scheme;
  root.dataset.scheme = scheme;
  document.querySelector('meta[name="color-scheme"]')?.setAttribute("content", scheme);
  form.querySelector(scheme === "dark" ? ".to-light" : ".to-dark")?.focus();
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.status >= 400) throw new Error(String(answer.status));
  } catch {
    if (before) root.dataset.scheme = before;
    else delete root.dataset.scheme;
  }
});
