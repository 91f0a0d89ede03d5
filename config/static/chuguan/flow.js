// From one case to the next without a page load. The next case is fetched, and claimed, while this
// one is read; a decision paints it at once and is sent behind its back. If the server refuses,
// the case comes back with the reason and with everything that was typed.

const HEADERS = { "X-Flow": "1" };
let ahead = null;

const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
const isCase = (page) => page.querySelector(".case-head") !== null;

const look = async (form) => {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: HEADERS });
  return { url: answer.url, page: await parse(answer) };
};

// Images of a parsed page do not load by themselves; the first page of the paper is what one sees.
// The picture is kept with the page, so that it stays unpacked until it is painted.
const warm = async (found) => {
  const first = found.page.querySelector(".viewer-page img");
  if (!first) return;
  found.picture = new Image();
  found.picture.src = first.getAttribute("src");
  await found.picture.decode().catch(() => {});
};

// Once what was decided before (*sent*) has reached the server.
const prefetch = async (sent) => {
  await sent;
  const form = document.getElementById("next-case");
  const found = form && (await look(form).catch(() => null));
  if (found) await warm(found);
  document.body.dataset.ahead = "ready";
  return found;
};
const lookAhead = (sent) => {
  delete document.body.dataset.ahead;
  ahead = prefetch(sent);
};

const paint = ({ url, page }) => {
  document.title = page.title;
  for (const part of ["#main", ".decision-bar"]) {
    document.querySelector(part)?.replaceWith(document.adoptNode(page.querySelector(part)));
  }
  history.pushState({}, "", url);
  scrollTo(0, 0);
  const head = document.querySelector("#main [data-errors]") ?? document.querySelector("#main h1");
  head.tabIndex = -1;
  head.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("chuguan:swapped"));
};

const offerUndo = (text, bar) => {
  const place = document.getElementById("undo");
  if (!place) return;
  place.outerHTML = bar;
  const said = document.createElement("span");
  said.className = "saved";
  said.textContent = text;
  const fresh = document.getElementById("undo");
  fresh.hidden = false;
  fresh.prepend(said); // what was just done may be no decision, and the bar name an earlier one
};

const send = async (action, body) => {
  const answer = await fetch(action, { method: "POST", body, headers: HEADERS });
  if (answer.ok && answer.headers.get("content-type").includes("json")) {
    const { done, undo } = await answer.json();
    offerUndo(done, undo);
  } else {
    paint({ url: action.replace(/[^/]+\/(\?.*)?$/, "$1"), page: await parse(answer) });
  }
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-flow]") || !ahead || !form.reportValidity()) return;
  event.preventDefault();
  const { action } = form;
  const body = new FormData(form, event.submitter);
  const found = await ahead;
  if (!form.isConnected) return; // an earlier decision was refused meanwhile and came back
  if (found === null || !isCase(found.page)) {
    form.removeAttribute("data-flow");
    // Not at once: a form whose submission is still being announced takes no second one.
    setTimeout(() => form.requestSubmit(event.submitter));
    return;
  }
  paint(found);
  // Without the network, what the server knows is what counts.
  lookAhead(send(action, body).catch(() => location.reload()));
});

addEventListener("popstate", () => location.reload());
setInterval(() => {
  const bar = document.getElementById("undo");
  if (bar?.dataset.until && new Date(bar.dataset.until) < new Date()) bar.hidden = true;
}, 1000);
lookAhead();
