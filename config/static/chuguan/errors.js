// Takes the reader to what went wrong: the error summary gets the focus when the page opens,
// and its links put the focus into the field, not only the view.

const summary = document.querySelector("[data-errors]");

if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    const control = target.matches("input, select, textarea") ? target : target.querySelector("input");
    if (!control) return;
    event.preventDefault();
    control.focus({ preventScroll: true });
    control.closest(".field")?.scrollIntoView({ block: "start" });
  });
}
