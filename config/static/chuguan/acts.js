// The decision bar opens the form of an act and puts the focus where one goes on: on what is ticked
// already, else on the choice without which nothing can be sent (data-start), else into the first
// field that is to be filled, else on the button, so that Enter confirms. Where the form is too
// long to be seen with its button, the focus stays at its head: nobody confirms what was not seen.

// Ctrl+Enter (on a Mac also Cmd+Enter) sends the form one is in, from any of its fields.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest?.("#acts form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".form-actions button"));
});

// Escape closes the form one is in and leads back to where one read; what was typed stays in it.
let left = null;
document.addEventListener("submit", () => { left = null; });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
  const form = event.target.closest?.("#acts details[open]");
  if (!form || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  form.open = false;
  const back = left ?? { focus: form.querySelector("summary") };
  left = null;
  if (back.top !== undefined) scrollTo({ top: back.top, behavior: "instant" });
  back.focus?.focus({ preventScroll: back.top !== undefined });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  if (!link) return;
  event.preventDefault(); // the jump to the fragment would take the focus away again
  const form = document.getElementById(link.dataset.open);
  const reading = document.activeElement;
  const heading = document.querySelector("h1");
  left = { top: scrollY, focus: reading === document.body || form.contains(reading) ? heading : reading };
  form.open = true;
  form.scrollIntoView({ block: "start", behavior: "instant" });
  const short = form.offsetHeight < innerHeight - 160;
  const first = short ? "[required], .form-actions button" : ":is(input, select, textarea):not([type=hidden])";
  const start = form.querySelector("input:checked") ?? form.querySelector("[data-start]") ?? form.querySelector(first);
  start?.focus({ preventScroll: true });
  start?.scrollIntoView({ block: "nearest", behavior: "instant" });
});
