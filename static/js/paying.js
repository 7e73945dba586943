/* A form that leads to the payment: pressed once it is busy; when its time is over, or the browser shows it again
   from its memory, the server says how things stand. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-paying]") || event.submitter?.name) return;
  event.submitter?.setAttribute("aria-busy", "true");
});

document.addEventListener("countdown:over", () => window.location.reload());

window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
