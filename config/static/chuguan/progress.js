// Follows deferred work: asks data-poll for the same fragment, puts its content in place and
// stops at data-done. The element itself stays, so a screen reader hears the change.

const FIRST = 800;
const LONGEST = 15000;

const swap = (element, html) => {
  const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  if (!fresh) throw new Error("empty fragment");
  // What has not changed is left alone, so that it is not read out again and again.
  if (fresh.innerHTML !== element.innerHTML) element.replaceChildren(...fresh.childNodes);
  element.toggleAttribute("data-done", fresh.hasAttribute("data-done"));
  element.dispatchEvent(new CustomEvent("chuguan:swapped", { bubbles: true }));
};

const ask = async (element) => {
  const answer = await fetch(element.dataset.poll, {
    headers: { Accept: "text/html", "X-Requested-With": "fetch" },
    redirect: "error",
  });
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  swap(element, await answer.text());
};

const follow = (element, wait) => {
  setTimeout(async () => {
    if (!element.isConnected) return;
    if (document.hidden) return follow(element, wait);
    let next = Math.min(wait * 1.2, LONGEST);
    try {
      await ask(element);
    } catch {
      next = Math.min(wait * 2, LONGEST);
    }
    if (!element.hasAttribute("data-done")) return follow(element, next);
    if (element.hasAttribute("data-reload")) location.reload();
  }, wait);
};

const start = (root) => {
  for (const element of root.querySelectorAll("[data-poll]:not([data-done])")) follow(element, FIRST);
};

document.addEventListener("chuguan:swapped", (event) => start(event.target));
start(document);
