/* The showtime page: wires the plan, the panel beside it and the socket together. Without it every form still works. */
import { Keys } from "./keys.js";
import { Live } from "./live.js";
import { Minimap } from "./minimap.js";
import { Parts } from "./parts.js";
import { Picking } from "./picking.js";
import { Seats } from "./seats.js";
import { Server } from "./server.js";
import { showTips } from "./tips.js";
import { Zoom } from "./zoom.js";

const root = document.querySelector("[data-hall]");
if (root) start(root).catch((error) => console.error(error));

async function start(root) {
  const words = JSON.parse(document.getElementById("hall-words").textContent);
  const server = new Server(root);
  const plan = document.getElementById("seats");
  if (root.dataset.whole) {
    plan.innerHTML = await server.text(root.dataset.whole);
    root.querySelector("[data-zones]").hidden = true;
  }
  const seats = new Seats(plan, words, server.clock);
  const parts = new Parts(root, seats, server, words);
  seats.onchange = () => parts.room();
  const map = root.querySelector("[data-hall-map]");
  if (seats.all.length) {
    const zoom = new Zoom(map, plan);
    const minimap = new Minimap(map, plan, seats, zoom);
    seats.onchange = () => {
      minimap.draw();
      parts.room();
    };
    new Keys(plan, seats);
    showTips(map, plan);
    parts.picking = new Picking(root, seats, server, parts, zoom, words);
  }
  const live = new Live(root, server, {
    update: (changes, zones) => parts.others(changes, zones),
    refresh: (state) => parts.refresh(state),
  });
  parts.live = live;
  live.connect();
  openWhenDue();
}

/* A sale that opens while the page is open. */
function openWhenDue() {
  const box = document.querySelector("[data-opens-at]");
  const wait = box ? Date.parse(box.dataset.opensAt) - Date.now() : 0;
  if (wait > 0 && wait < 86_400_000) setTimeout(() => location.reload(), wait + 500 + Math.random() * 1500);
}
