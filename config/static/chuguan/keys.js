// Single-letter keys: a link, button or field with data-key="x" answers to x, or to what the person
// chose in its place (data-keymap of the dialog). Nothing happens in fields, with Ctrl, Alt or Meta,
// on repeat, or while an input method composes. "?" lists the keys that are valid on this page; who
// turned the keys off opens the list by its button (WCAG 2.1.4).

const STORE = "chuguan.keys";
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const dialog = document.getElementById("keys");
const own = JSON.parse(dialog?.dataset.keymap || "{}");

const read = () => {
  try { return localStorage.getItem(STORE); } catch { return null; }
};
const write = (value) => {
  try { localStorage.setItem(STORE, value); } catch { /* private window: kept for this page only */ }
};
let on = (dialog?.dataset.keys || read()) !== "off";

const visible = (element) => element.getClientRects().length > 0;
const keyed = () => [...document.querySelectorAll("[data-key]")].filter((element) => visible(element) && !element.disabled);
// What waits for something first is listed with what it waits for (data-key-when), and what another
// script answers to as well (data-key-shown).
const listed = () => [...document.querySelectorAll("[data-key], [data-key-shown]")].filter(
  (element) => visible(element) && (!element.disabled || element.dataset.keyWhen),
);
const keyOf = (element) => own[element.dataset.key] || element.dataset.key || element.dataset.keyShown;
const spelled = (key) => (/^[a-z]$/.test(key) ? key.toUpperCase() : /^[A-Z]$/.test(key) ? `Shift+${key}` : key);
const name = (element) => {
  const bare = element.cloneNode(true);
  bare.querySelectorAll("kbd").forEach((key) => key.remove());
  const text = element.ariaLabel || element.placeholder || element.title || bare.textContent;
  return text.replace(/\s+/g, " ").trim();
};
const pressed = (event) => (event.shiftKey ? event.key : event.key.toLowerCase());

const ignored = (event) =>
  event.defaultPrevented || event.repeat || event.isComposing || event.keyCode === 229 ||
  event.ctrlKey || event.altKey || event.metaKey ||
  event.target.closest?.(FIELDS) || document.querySelector("dialog[open]");

const list = () => {
  const shown = new Map();
  for (const element of listed()) if (!shown.has(keyOf(element))) shown.set(keyOf(element), element);
  const rows = [...shown].flatMap(([key, element]) => {
    const term = document.createElement("dt");
    const face = document.createElement("kbd");
    const what = document.createElement("dd");
    face.className = "key";
    face.textContent = spelled(key);
    term.append(face);
    what.textContent = element.disabled ? `${name(element)} (${element.dataset.keyWhen})` : name(element);
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

// The page shows keys as they ship; what was painted later is put right as it comes.
const relabel = () => {
  for (const element of document.querySelectorAll("[data-key]")) {
    const face = own[element.dataset.key] && element.querySelector("kbd");
    const text = face && spelled(keyOf(element));
    if (face && face.textContent !== text) face.textContent = text;
  }
};
if (Object.keys(own).length) {
  relabel();
  new MutationObserver(relabel).observe(document.body, { childList: true, subtree: true });
}

document.addEventListener("keydown", (event) => {
  if (!on || ignored(event)) return;
  const key = pressed(event);
  if (key === "?" && dialog) {
    event.preventDefault();
    list();
    return;
  }
  const element = keyed().find((candidate) => keyOf(candidate) === key);
  if (!element) return;
  event.preventDefault();
  act(element);
});

const keep = (form) => {
  if (form) fetch(form.action, { method: "POST", body: new FormData(form) });
  else write(on ? "on" : "off");
};
dialog?.querySelector("#keys-on").addEventListener("change", (event) => {
  on = event.target.checked;
  keep(event.target.form?.matches("[data-keys-switch]") && event.target.form);
});
for (const opener of dialog ? document.querySelectorAll("[data-keys-open]") : []) {
  opener.hidden = false;
  opener.addEventListener("click", list);
}
