// A sheet of the clean lane: pictures are fetched as they come near, the time each case is on screen
// is counted while the tab is visible, and goes along with the signature. One looks at one case at a
// time: what has the focus gets the time, else all that can be seen share it.

const TICK = 100; // milliseconds
const LONGEST = 500; // a late tick, after the machine slept, counts no more than this
const ENOUGH = 0.6;
const BEAT = 60_000;

const sheet = document.querySelector("[data-lane-sheet]");
const form = document.querySelector("[data-lane-sign]");
const button = form?.querySelector("button");
const words = sheet?.dataset ?? {};
const put = (name, text) => { document.querySelector(`[data-lane-${name}]`).textContent = text; };

const tileOf = (element) => ({
  element,
  id: element.dataset.tile,
  least: Number(element.dataset.least),
  pictures: [...element.querySelectorAll("image[data-href]")],
  missing: element.querySelectorAll("image[data-href]").length,
  shown: 0,
  ms: 0,
  gone: false,
});
const tiles = [...(sheet?.querySelectorAll("[data-tile]") ?? [])].map(tileOf);
const byElement = new Map(tiles.map((tile) => [tile.element, tile]));
const left = () => tiles.filter((tile) => !tile.gone);
const seen = (tile) => tile.ms >= tile.least;
const focused = () => byElement.get(document.activeElement?.closest?.("[data-tile]"));

const label = (tile, text, tone) => {
  const tag = tile.element.querySelector("[data-lane-state]");
  if (tag.textContent === text) return;
  tag.textContent = text;
  tag.className = `tag tag-${tone}`;
  tag.hidden = false;
};
const draw = () => {
  const here = left();
  const ready = here.filter(seen);
  for (const tile of here) {
    if (seen(tile)) label(tile, words.seen, "good");
    else if (!tile.broken) label(tile, words.unseen, "neutral");
  }
  put("count", ready.length);
  put("total", words.total.replace("{seen}", ready.length).replace("{all}", here.length));
  button.disabled = ready.length === 0 || form.dataset.over !== undefined;
};

const load = (tile) => {
  for (const picture of tile.pictures.splice(0)) {
    picture.addEventListener("load", () => { tile.missing -= 1; });
    picture.addEventListener("error", () => {
      tile.broken = true;
      label(tile, words.broken, "bad");
    });
    picture.setAttribute("href", picture.dataset.href);
  }
};

const looked = () => {
  const visible = left().filter((tile) => tile.shown >= ENOUGH && tile.missing === 0);
  const one = focused();
  return one && visible.includes(one) ? [one] : visible;
};
let last = performance.now();
const tick = () => {
  const now = performance.now();
  const passed = Math.min(now - last, LONGEST);
  last = now;
  if (document.visibilityState !== "visible") return;
  const at = looked();
  for (const tile of at) tile.ms += passed / at.length;
  draw();
};

let at = -1;
const go = (step) => {
  const one = focused();
  if (one) at = tiles.indexOf(one);
  let next = at + step;
  while (tiles[next]?.gone) next += step;
  if (!tiles[next]) return;
  at = next;
  tiles[at].element.focus({ preventScroll: true });
  tiles[at].element.scrollIntoView({ block: "center" });
};

const ask = (address, body) => fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
const pull = async (tile) => {
  const asking = tile.element.querySelector("[data-lane-pull]");
  try {
    const answer = await ask(asking.action, new FormData(asking));
    put("said", (await answer.json()).text);
    if (!answer.ok) return;
  } catch {
    asking.submit();
    return;
  }
  tile.gone = true;
  tile.element.classList.add("is-gone");
  asking.remove();
  label(tile, words.pulled, "warn");
  draw();
  go(1);
};
const renew = async () => {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await ask(words.renew, new FormData(form));
    const { until, text } = await answer.json();
    put("until", answer.ok ? words.until.replace("{time}", until) : text);
    if (!answer.ok) form.dataset.over = "";
  } catch { /* the next beat tries again */ }
};

const does = {
  down: () => go(1),
  up: () => go(-1),
  pull: () => { const tile = focused() ?? tiles[at]; if (tile && !tile.gone) pull(tile); },
};

if (sheet && form) {
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) load(byElement.get(entry.target));
  }, { rootMargin: "25% 0px" });
  const steps = Array.from({ length: 21 }, (_, step) => step / 20);
  const onScreen = new IntersectionObserver((entries) => {
    for (const { target, intersectionRatio, intersectionRect, rootBounds } of entries) {
      // A tile higher than a small screen counts once it fills most of the screen.
      byElement.get(target).shown = Math.max(intersectionRatio, intersectionRect.height / rootBounds.height);
    }
  }, { threshold: steps, rootMargin: "0px 0px -72px 0px" });
  for (const { element } of tiles) {
    near.observe(element);
    onScreen.observe(element);
  }
  for (const control of document.querySelectorAll("[data-lane]")) {
    control.hidden = false;
    control.addEventListener("click", () => does[control.dataset.lane]());
  }
  for (const tile of tiles) {
    tile.element.querySelector("[data-lane-pull]").addEventListener("submit", (event) => {
      event.preventDefault();
      pull(tile);
    });
  }
  form.addEventListener("submit", () => {
    form.elements.dwell.value = JSON.stringify(Object.fromEntries(left().map((tile) => [tile.id, Math.floor(tile.ms)])));
  });
  setInterval(tick, TICK);
  setInterval(renew, BEAT);
  draw();
}
