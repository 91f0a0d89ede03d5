// The queue by keys: j and k move from row to row, x selects. Enter opens, as on any link. The
// buttons do the same for keys.js, which lists them under "?" and honours its switch.

const rows = [...document.querySelectorAll("[data-row]")];
let here = -1;

const go = (step) => {
  here = Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[here]?.querySelector("th a").focus();
};
const does = {
  down: () => go(1),
  up: () => go(-1),
  select: () => rows[here]?.querySelector("input[type=checkbox]").click(),
};

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row) here = rows.indexOf(row);
});
for (const button of document.querySelectorAll("[data-queue]")) {
  button.hidden = false;
  button.addEventListener("click", () => does[button.dataset.queue]());
}
