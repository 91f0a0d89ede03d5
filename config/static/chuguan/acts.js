// The decision bar opens the form of an act and puts the focus where one goes on: into the first
// field that is to be filled, else on the button, so that Enter confirms.

for (const link of document.querySelectorAll("[data-open]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault(); // the jump to the fragment would take the focus away again
    const form = document.getElementById(link.dataset.open);
    form.open = true;
    form.scrollIntoView({ block: "nearest" });
    form.querySelector("[required], .form-actions button")?.focus();
  });
}
