/* The bell in the header follows what is told to the person, by a socket that says "changed" and not what.
   A change makes the bell fetch itself; a list of notifications that is open fetches itself as well. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;
const SILENCE = 75_000; // the server says something every 30 s
const NOBODY = 4401; // the session has ended

let tries = 0;
let known = "";
let leaving = false;
let socket, timer, watchdog;

const bell = () => document.getElementById("bell");

function changed() {
  for (const one of [bell(), document.getElementById("notices")]) if (one) window.htmx.trigger(one, "changed");
}

function hear({ type, epoch, sequence, unread }) {
  tries = 0;
  const position = `${epoch} ${sequence}`;
  if (type === "connected") {
    if (unread !== Number(bell()?.dataset.unread)) changed();
  } else if (position !== known) changed();
  known = position;
}

function listen() {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => socket.close(), SILENCE);
}

function connect() {
  clearTimeout(timer);
  timer = null;
  if (!bell()) return;
  const url = new URL(bell().dataset.socket, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(url);
  socket = mine;
  mine.addEventListener("message", (event) => {
    listen();
    hear(JSON.parse(event.data));
  });
  mine.addEventListener("close", (event) => {
    if (mine !== socket) return;
    clearTimeout(watchdog);
    if (event.code === NOBODY) {
      // It was somebody's page until now. Who is leaving it, by the form that ends the session, is led on by its answer.
      if (known && !leaving) location.reload();
      return;
    }
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries);
    tries += 1;
    timer = setTimeout(connect, wait * (0.5 + Math.random()));
  });
  listen();
}

/* The network is back, or somebody looks at the page again: no reason to wait. */
function hurry() {
  if (timer) connect();
}

addEventListener("beforeunload", () => (leaving = true));
addEventListener("online", hurry);
document.addEventListener("visibilitychange", () => document.hidden || hurry());
addEventListener("pageshow", (event) => {
  leaving = false;
  if (event.persisted) changed();
});
connect();
