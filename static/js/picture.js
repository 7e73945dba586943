// Says that a file is too large before it is sent; the server looks again.

function judge(form) {
  const input = form.querySelector("input[type=file]");
  const most = Number(input.dataset.most);
  const file = input.files[0];
  const heavy = Boolean(file && file.size > most);
  form.querySelector(".errorlist")?.remove();
  input.toggleAttribute("aria-invalid", heavy);
  if (heavy) {
    const said = document.createElement("ul");
    said.className = "errorlist";
    said.setAttribute("role", "alert");
    const line = document.createElement("li");
    line.textContent = form.dataset.tooHeavy;
    said.append(line);
    input.closest(".field").append(said);
  }
  return !heavy;
}

for (const form of document.querySelectorAll("form[data-picture]")) {
  form.addEventListener("change", () => judge(form));
  form.addEventListener("submit", (event) => {
    if (!judge(form)) event.preventDefault();
  });
}
