// The decision bar opens the form of an act and puts the focus where one goes on: into the first
// field that is to be filled, else on the button, so that Enter confirms. Where the form is too
// long to be seen with its button, the focus stays at its head: nobody confirms what was not seen.

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  if (!link) return;
  event.preventDefault(); // the jump to the fragment would take the focus away again
  const form = document.getElementById(link.dataset.open);
  form.open = true;
  form.scrollIntoView({ block: "start" });
  const short = form.offsetHeight < innerHeight - 160;
  const next = short ? "[required], .form-actions button" : ":is(input, select, textarea):not([type=hidden])";
  form.querySelector(next)?.focus({ preventScroll: true });
});
