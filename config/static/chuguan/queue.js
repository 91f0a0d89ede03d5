// The queue by keys: j and k move from row to row, x selects, Shift+x selects up to here, * the
// page; Enter opens the row one stands on, or starts the next case where one stands on none. The
// buttons do the same for keys.js, which lists them under "?" and honours its switch. Opening a
// row claims it, if it is free; without this script the link only shows it.

const form = document.getElementById("rows");
const rows = [...document.querySelectorAll("[data-row]")];
// Lists of closed cases have no boxes: nothing can be done to those.
const box = (row) => row.querySelector("input[type=checkbox]") ?? { checked: false };
const whole = document.querySelector("[data-select-all]");
const note = document.querySelector("[data-selected]");
const words = note?.textContent;
let here = -1;
let last = 0;

const go = (step) => {
  here = Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[here]?.querySelector("th a").focus();
};
const count = () => {
  const chosen = rows.filter((row) => box(row).checked).length;
  if (note) note.textContent = chosen ? `${words} ${chosen}` : words;
  if (whole) whole.checked = chosen > 0 && chosen === rows.length;
  for (const row of rows) row.classList.toggle("is-selected", box(row).checked);
};
const mark = (first, end, checked) => {
  for (const row of rows.slice(first, end + 1)) box(row).checked = checked;
  count();
};
const does = {
  down: () => go(1),
  up: () => go(-1),
  select: () => {
    if (here < 0) return;
    last = here;
    mark(here, here, !box(rows[here]).checked);
  },
  range: () => here >= 0 && mark(Math.min(last, here), Math.max(last, here), true),
};

const open = (link) => {
  const way = document.createElement("form");
  way.method = "post";
  way.action = form.dataset.open.replace("REFERENCE", link.textContent.trim());
  way.append(form.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
  const list = document.createElement("input");
  Object.assign(list, { type: "hidden", name: "list", value: form.dataset.list });
  way.append(list);
  document.body.append(way);
  way.submit();
};

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row) here = rows.indexOf(row);
});
form?.addEventListener("click", (event) => {
  const link = event.target.closest?.("th[scope=row] a");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button);
  if (!link || !plain) return;
  event.preventDefault();
  open(link);
});
form?.addEventListener("change", count);
whole?.addEventListener("change", () => mark(0, rows.length - 1, whole.checked));
if (whole) whole.hidden = false;
for (const button of document.querySelectorAll("[data-queue]")) {
  button.hidden = false;
  button.addEventListener("click", () => does[button.dataset.queue]());
}
document.addEventListener("keydown", (event) => {
  const bare = event.key === "Enter" && !event.isComposing && !event.repeat && event.target === document.body;
  if (!bare || event.ctrlKey || event.metaKey || event.altKey) return;
  document.querySelector("[data-start]")?.click();
});
count();
