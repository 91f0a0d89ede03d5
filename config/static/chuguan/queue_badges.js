// What moves while one reads the queue: the tabs' counts, who looks at which row, how many cases
// are new. Rows never move by themselves; "." shows what is new. Asked every 15 s while the page
// is seen; on an error the old figures stay and the next round tries again.

const EVERY = 15_000;
const place = document.querySelector("[data-badges]");
const rows = [...document.querySelectorAll("[data-row]")];
const fresh = document.querySelector("[data-fresh]");
let tag = "";

const address = () => {
  const asked = new URLSearchParams(place.dataset.list);
  asked.set("since", place.dataset.since);
  asked.set("ids", rows.map((row) => row.dataset.row).join(","));
  return `${place.dataset.badges}?${asked}`;
};
const show = (told) => {
  for (const tally of document.querySelectorAll("[data-tally]")) {
    tally.textContent = told.tabs[tally.dataset.tally] ?? tally.textContent;
  }
  for (const row of rows) {
    const badge = row.querySelector(".viewers");
    if (badge) badge.textContent = (told.viewers[row.dataset.row] ?? []).join(" · ");
  }
  if (!fresh || !told.fresh) return;
  fresh.textContent = `${told.fresh} ${fresh.dataset.words} `;
  const key = document.createElement("kbd");
  key.className = "key";
  key.textContent = fresh.dataset.key;
  fresh.append(key);
  fresh.hidden = false;
};
const ask = async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(address(), { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (!answer.ok) return;
    tag = answer.headers.get("ETag") ?? "";
    show(await answer.json());
  } catch { /* the net is away: what is shown stays */ }
};
if (place) {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
