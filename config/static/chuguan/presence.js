// Tells the server every quarter of a minute that the case is open, and shows what it answers: who
// else is here, how long the claim lasts, and that the case has changed. Only while the page is
// seen; the claim is renewed only while the person does something.

const EVERY = 15000;
const SOON = 120; // seconds before the end of a claim at which it is said aloud
const FIELDS = "main textarea, main input:not([type=hidden], [type=checkbox], [type=radio], [type=search])";

const begun = new WeakSet();
let active = true;

const writing = () => [...document.querySelectorAll(FIELDS)].some((field) => field.value !== field.defaultValue);
const write = (place, text) => {
  if (place.textContent !== text) place.textContent = text; // unchanged words are not read out again
};

const show = (here, told) => {
  write(here.querySelector("[data-viewers]"), told.viewers);
  write(here.querySelector("[data-lease]"), told.lease);
  write(here.querySelector("[data-ending]"), told.left < SOON ? told.ending : "");
  if (!told.changed) return;
  const moved = here.querySelector("[data-moved]");
  write(moved, moved.dataset.words);
  here.querySelector("[data-show-news]").hidden = false;
};

const beat = async () => {
  const here = document.querySelector("[data-beat]");
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (!here || !token || document.hidden) return;
  const first = !begun.has(here);
  const said = { csrfmiddlewaretoken: token.value, seen: here.dataset.seen, run: here.dataset.run };
  if (first) said.first = 1;
  if (active || first) said.active = 1;
  if (writing()) said.writing = 1;
  if ("held" in here.dataset) said.held = 1;
  active = false;
  try {
    const answer = await fetch(here.dataset.beat, { method: "POST", body: new URLSearchParams(said), redirect: "error" });
    if (!answer.ok) return;
    begun.add(here);
    show(here, await answer.json());
  } catch { /* the network is away for a while: the next beat tells */ }
};

for (const sign of ["keydown", "pointermove", "pointerdown", "scroll"]) {
  document.addEventListener(sign, () => {
    const late = !active && document.querySelector("[data-ending]")?.textContent;
    active = true;
    if (late) beat(); // "any key keeps it" holds at once
  }, { capture: true, passive: true });
}
document.addEventListener("visibilitychange", beat);
document.addEventListener("chuguan:swapped", (event) => event.target === document && setTimeout(beat, 1000));
setInterval(beat, EVERY);
setTimeout(beat, 1000);
