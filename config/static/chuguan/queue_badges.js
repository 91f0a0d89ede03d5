// What moves while one reads the queue: the tabs' counts, who looks at which row, how many cases
// are new. Rows never move by themselves; "." shows what is new. Asked every 15 s while the page
// is seen; on an error the old figures stay, a line says since when they are old and offers to try
// again, and the next round tries by itself.

const EVERY = 15_000;
const place = document.querySelector("[data-badges]");
const rows = [...document.querySelectorAll("[data-row]")];
const fresh = document.querySelector("[data-fresh]");
const behind = document.querySelector("[data-behind]");
let tag = "";
let upToDate = new Date();

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
const twoDigits = (number) => String(number).padStart(2, "0");
const tellAge = (isBehind) => {
  if (!isBehind) upToDate = new Date();
  if (!behind) return;
  const since = `${twoDigits(upToDate.getHours())}:${twoDigits(upToDate.getMinutes())}`;
  if (isBehind && behind.hidden) behind.querySelector("[data-behind-since]").textContent = since;
  behind.hidden = !isBehind;
};
// Whether the server answered in time, as this page or as "nothing new".
const heard = async () => {
  const options = { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store", signal: AbortSignal.timeout(EVERY) };
  const answer = await fetch(address(), options);
  if (answer.status === 304) return true;
  if (!answer.ok || answer.redirected) return false;
  const told = await answer.json();
  tag = answer.headers.get("ETag") ?? "";
  show(told);
  return true;
};
const ask = async () => {
  if (document.hidden) return;
  tellAge(!(await heard().catch(() => false)));
};
if (place) {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
  behind?.querySelector("[data-behind-retry]").addEventListener("click", ask);
}
