// Parts of a page that are fetched when they are wanted. A <details data-fragment="URL"> fills its
// [data-into] when it is opened; a link with data-fragment="ID" fills the element of that id. Both
// lead to a page of its own where there are no scripts, or when the fetch fails.

const fetched = async (url) => {
  const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" }, redirect: "error" });
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html").body.children;
};

const fill = async (place, url) => {
  place.setAttribute("aria-busy", "true");
  try {
    const [part, ...more] = await fetched(url);
    // A part that is fetched again may come with the very element it fills.
    place.replaceChildren(...(part?.id && part.id === place.id ? part.childNodes : [part, ...more]));
    place.dispatchEvent(new CustomEvent("chuguan:swapped", { bubbles: true }));
  } finally {
    place.removeAttribute("aria-busy");
  }
};

// "toggle" does not bubble, but it can be caught on its way down.
document.addEventListener("toggle", async (event) => {
  const details = event.target;
  if (!details.open || !details.dataset?.fragment || details.hasAttribute("data-filled")) return;
  details.setAttribute("data-filled", "");
  try {
    await fill(details.querySelector("[data-into]"), details.dataset.fragment);
  } catch {
    details.removeAttribute("data-filled"); // the plain link is still there
  }
}, true);

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-fragment]");
  const place = link && document.getElementById(link.dataset.fragment);
  if (!place || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { href, textContent: name } = link;
  try {
    await fill(place, href);
  } catch {
    location.assign(href);
    return;
  }
  // What was clicked may be gone; its namesake, else the part itself, takes the focus.
  const heir = [...place.querySelectorAll("a")].find((each) => each.textContent === name);
  const next = document.contains(link) ? link : heir ?? place;
  if (next === place) place.tabIndex = -1;
  next.focus({ preventScroll: true });
});
