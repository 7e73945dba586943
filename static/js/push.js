/* Registers this browser for notifications; permission is asked for only when somebody presses the button. */
const root = document.getElementById("push");
const button = root?.querySelector("[data-push]");
const words = root?.querySelector("[data-push-words]");

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function subscribe() {
  const worker = await navigator.serviceWorker.register(root.dataset.worker, { scope: "/" });
  await navigator.serviceWorker.ready;
  const key = bytes(root.dataset.key);
  const old = await worker.pushManager.getSubscription();
  // One that was made for another key of ours would be refused by the push service.
  if (old) await old.unsubscribe();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function register() {
  if ((await Notification.requestPermission()) !== "granted") {
    words.textContent = root.dataset.off;
    return;
  }
  const { endpoint, keys } = (await subscribe()).toJSON();
  const answer = await fetch(root.dataset.action, {
    method: "POST",
    headers: { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] },
    body: new URLSearchParams({ endpoint, ...keys }),
  });
  if (answer.ok) location.reload();
  else words.textContent = answer.status === 422 ? await answer.text() : root.dataset.failed;
}

if (button && "serviceWorker" in navigator && "PushManager" in window) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    words.textContent = "";
    try {
      await register();
    } catch {
      words.textContent = root.dataset.failed;
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}
