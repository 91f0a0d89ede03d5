// Text that was typed and not sent outlives a change of page: a form with data-keep keeps its text
// areas in this tab until it is sent. Nothing leaves the browser.

const PREFIX = "chuguan.draft:";
const name = (field) => PREFIX + new URL(field.form.action).pathname + "#" + field.name;
const areas = (root) => root.querySelectorAll("form[data-keep] textarea");

const restore = (root) => {
  for (const field of areas(root)) {
    const kept = sessionStorage.getItem(name(field));
    if (!kept || field.value) continue;
    field.value = kept;
    field.closest("details")?.setAttribute("open", "");
  }
};

document.addEventListener("input", ({ target }) => {
  if (!target.matches("form[data-keep] textarea")) return;
  if (target.value) sessionStorage.setItem(name(target), target.value);
  else sessionStorage.removeItem(name(target));
});
document.addEventListener("submit", ({ target }) => {
  for (const field of target.matches("[data-keep]") ? target.querySelectorAll("textarea") : []) {
    sessionStorage.removeItem(name(field));
  }
});
document.addEventListener("chuguan:swapped", () => restore(document));
restore(document);
