/* A button with data-reveal shows what is typed into the password field beside it, and hides it again. */
for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = button.parentElement.querySelector("input");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shows = input.type === "password";
    input.type = shows ? "text" : "password";
    button.textContent = shows ? button.dataset.hide : button.dataset.reveal;
    input.focus();
  });
  // A password is never kept by the browser as something that was typed into a text field.
  input.form?.addEventListener("submit", () => {
    input.type = "password";
  });
}
