// Values and their places on the page. A line with data-box="ID" lights the box with that id; its
// link brings the box into sight and keeps the focus. A click on a box leads to its line, or to the
// field the line stands in. The buttons go from one value to check to the next. Without scripts the
// links still lead there and back.

const WIDE = matchMedia("(min-width: 68.75rem)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const FIELDS = "input:not([type=hidden]), select, textarea";

const boxOf = (line) => document.getElementById(line.dataset.box);

const light = (event, lit) => {
  const line = event.target.closest?.("[data-box]");
  const box = line && boxOf(line);
  box?.classList.toggle("is-lit", lit);
  if (box && lit && event.type === "focusin") reveal(box);
};

// Scrolls the pages and nothing else: the line one is at stays where it is.
const reveal = (box) => {
  const pane = box.closest(".viewer-pages");
  const frame = pane.getBoundingClientRect();
  const place = box.getBoundingClientRect();
  const hidden = place.top < frame.top || place.bottom > frame.bottom ||
    place.left < frame.left || place.right > frame.right;
  if (!hidden) return;
  pane.scrollBy({
    top: (place.top + place.bottom) / 2 - (frame.top + frame.bottom) / 2,
    left: (place.left + place.right) / 2 - (frame.left + frame.right) / 2,
    behavior: calm.matches ? "auto" : "smooth",
  });
};

const mark = (element, name) => {
  for (const old of document.querySelectorAll(`.${name}`)) old.classList.remove(name);
  element.classList.add(name);
};

const show = (line) => {
  for (let fold = line.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  mark(line, "is-here");
};

const toBox = (event, link) => {
  const box = document.getElementById(link.hash.slice(1));
  if (!box || !WIDE.matches) return; // one column: the link leads there, and Back leads back
  event.preventDefault();
  mark(box, "is-shown");
  reveal(box);
};

const toLine = (event, link) => {
  const line = document.getElementById(link.getAttribute("href").slice(1));
  if (!line) return;
  event.preventDefault();
  show(line);
  const target = line.closest(".field")?.querySelector(FIELDS) ?? line.querySelector("a");
  target?.focus({ preventScroll: true });
  line.scrollIntoView({ block: "center" });
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.to-box, .boxes a");
  if (link) (link.matches(".to-box") ? toBox : toLine)(event, link);
});
document.addEventListener("focusin", (event) => light(event, true));
document.addEventListener("focusout", (event) => light(event, false));
document.addEventListener("mouseover", (event) => light(event, true));
document.addEventListener("mouseout", (event) => light(event, false));

let lines = [];
let here = -1;

const step = (by) => {
  if (lines.length === 0) return;
  here = (here + by + lines.length + (here < 0 && by < 0 ? 1 : 0)) % lines.length;
  show(lines[here]);
  lines[here].querySelector("a").focus({ preventScroll: true });
  lines[here].scrollIntoView({ block: "center" });
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-unsure]");
  if (button) step(Number(button.dataset.unsure));
});

const equip = () => {
  lines = [...document.querySelectorAll(".read.is-unsure")].filter((line) => line.querySelector("a"));
  here = -1;
  for (const button of document.querySelectorAll("[data-unsure]")) button.hidden = false;
};

document.addEventListener("chuguan:swapped", equip);
equip();
