/* What a seat is and costs, beside the pointer or the focus. Screen readers have it from the seat's own name. */
export function showTips(map, plan) {
  const tip = document.createElement("div");
  tip.className = "seatmap-tip";
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  map.append(tip);

  const show = (seat) => {
    const [row, number, ...more] = seat.getAttribute("aria-label").split(", ");
    const title = document.createElement("strong");
    title.textContent = `${row[0].toUpperCase()}${row.slice(1)}, ${number}`;
    tip.replaceChildren(title, document.createTextNode(more.join(", ")));
    tip.hidden = false;
    const [box, at] = [map.getBoundingClientRect(), seat.getBoundingClientRect()];
    const left = Math.min(Math.max(at.left - box.left + at.width / 2 - tip.offsetWidth / 2, 4), box.width - tip.offsetWidth - 4);
    const above = at.top - box.top - tip.offsetHeight - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 4 ? above : at.bottom - box.top + 8}px`;
  };
  const hide = () => {
    tip.hidden = true;
  };

  plan.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse" && event.target.matches(".seat")) show(event.target);
  });
  plan.addEventListener("pointerout", hide);
  plan.addEventListener("focusin", (event) => event.target.matches(".seat:focus-visible") && show(event.target));
  plan.addEventListener("focusout", hide);
  map.querySelector("[data-view]").addEventListener("scroll", hide, { passive: true });
  map.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}
