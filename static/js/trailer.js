/* A link with data-trailer (address of a player) shows it in #trailer on a click, and only then is anything asked of
   the other site. Without this file the link leads there. A second click puts it away. */
const link = document.querySelector("a[data-trailer]");
const stage = document.getElementById("trailer");

function close() {
  stage.replaceChildren();
  stage.hidden = true;
  link.setAttribute("aria-expanded", "false");
}

function open() {
  const player = document.createElement("iframe");
  player.src = link.dataset.trailer;
  player.title = link.dataset.title ?? "";
  player.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  player.referrerPolicy = "strict-origin-when-cross-origin";
  stage.replaceChildren(player);
  stage.hidden = false;
  link.setAttribute("aria-expanded", "true");
  stage.scrollIntoView({ block: "nearest" });
  player.focus();
}

if (link && stage) {
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.setAttribute("aria-controls", "trailer");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    if (stage.hidden) open();
    else close();
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    link.click();
  });
}
