// Single-letter keys: a link, button or field with data-key="x" answers to x. Nothing happens in
// fields, with Ctrl, Alt or Meta, on repeat, or while an input method composes (WCAG 2.1.4: the
// person can turn them off). "?" lists the keys that are valid on this page.

const STORE = "chuguan.keys";
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const dialog = document.getElementById("keys");

const read = () => {
  try { return localStorage.getItem(STORE); } catch { return null; }
};
const write = (value) => {
  try { localStorage.setItem(STORE, value); } catch { /* private window: kept for this page only */ }
};
let on = read() !== "off";

const visible = (element) => element.getClientRects().length > 0 && !element.disabled;
const keyed = () => [...document.querySelectorAll("[data-key]")].filter(visible);
const name = (element) => {
  const bare = element.cloneNode(true);
  bare.querySelector("kbd")?.remove();
  const text = element.ariaLabel || element.placeholder || element.title || bare.textContent;
  return text.replace(/\s+/g, " ").trim();
};
const pressed = (event) => (event.shiftKey ? event.key : event.key.toLowerCase());

const ignored = (event) =>
  event.defaultPrevented || event.repeat || event.isComposing || event.keyCode === 229 ||
  event.ctrlKey || event.altKey || event.metaKey ||
  event.target.closest?.(FIELDS) || document.querySelector("dialog[open]");

const list = () => {
  const rows = keyed().flatMap((element) => {
    const term = document.createElement("dt");
    const key = document.createElement("kbd");
    const what = document.createElement("dd");
    key.className = "key";
    key.textContent = element.dataset.key;
    term.append(key);
    what.textContent = name(element);
    return [term, what];
  });
  dialog.querySelector("dl").replaceChildren(...rows);
  dialog.querySelector("#keys-on").checked = on;
  dialog.showModal();
};

const act = (element) => {
  if (element.matches(FIELDS)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
};

document.addEventListener("keydown", (event) => {
  if (ignored(event)) return;
  const key = pressed(event);
  if (key === "?" && dialog) {
    event.preventDefault();
    list();
    return;
  }
  const element = on && keyed().find((candidate) => pressed(event) === candidate.dataset.key);
  if (!element) return;
  event.preventDefault();
  act(element);
});

dialog?.querySelector("#keys-on").addEventListener("change", (event) => {
  on = event.target.checked;
  write(on ? "on" : "off");
});
const opener = document.querySelector("[data-keys-open]");
if (opener) opener.hidden = false;
opener?.addEventListener("click", list);
