/* The checkout asks its own view whether it is still true: when another tab of this browser has changed what is held,
   and when the page is looked at again. What has changed replaces the middle of the page; what was typed stays. */
const eye = () => document.querySelector("[data-look]");

function look() {
  if (!document.hidden) window.htmx.trigger(eye(), "look");
}

if ("BroadcastChannel" in window) new BroadcastChannel(eye().dataset.look).addEventListener("message", look);
document.addEventListener("visibilitychange", look);
window.addEventListener("online", look);
// Who is on the way to the payment is not called back by an answer that was asked for before.
document.addEventListener("submit", () => window.htmx.trigger(eye(), "htmx:abort"));
