// The document viewer: next and previous page, zoom and fit. Without scripts the pages simply
// stand below each other. The pictures are light ones until somebody looks closer than they are
// sharp; then the full ones take their place.

const STEPS = [0.5, 0.75, 1, 1.5, 2, 3];

const equip = (viewer) => {
  const pane = viewer.querySelector(".viewer-pages");
  const pages = [...viewer.querySelectorAll(".viewer-page")];
  let step = STEPS.indexOf(1);

  const current = () => {
    const top = pane.getBoundingClientRect().top;
    const passed = pages.filter((page) => page.getBoundingClientRect().top - top < 60);
    return Math.max(passed.length - 1, 0);
  };
  const show = (index) => {
    const page = pages[Math.min(Math.max(index, 0), pages.length - 1)];
    pane.scrollTo({ top: pane.scrollTop + page.getBoundingClientRect().top - pane.getBoundingClientRect().top - 12 });
  };
  const sharpen = () => {
    for (const picture of viewer.querySelectorAll("img[data-full]")) {
      const light = picture.naturalWidth || Number(picture.getAttribute("width")) / 2;
      if (picture.clientWidth * devicePixelRatio <= light) continue;
      picture.loading = "lazy"; // of many pages only those that are looked at
      picture.src = picture.dataset.full;
      picture.removeAttribute("data-full");
    }
  };
  const zoom = (to) => {
    const index = current();
    step = Math.min(Math.max(to, 0), STEPS.length - 1);
    viewer.classList.remove("is-fit");
    pane.style.setProperty("--zoom", STEPS[step]);
    show(index);
    sharpen();
  };
  // A double click looks closer at where it fell; another one looks at the whole page again.
  const closer = (event) => {
    if (!viewer.classList.contains("is-fit") && STEPS[step] > 1) {
      does.fit();
      return;
    }
    const picture = event.target.closest(".viewer-page").querySelector("img");
    const before = picture.getBoundingClientRect();
    const [across, down] = [(event.clientX - before.left) / before.width, (event.clientY - before.top) / before.height];
    zoom(STEPS.indexOf(2));
    const now = picture.getBoundingClientRect();
    const here = pane.getBoundingClientRect();
    pane.scrollBy(now.left + across * now.width - here.left - here.width / 2, now.top + down * now.height - here.top - here.height / 2);
  };
  const does = {
    previous: () => show(current() - 1),
    next: () => show(current() + 1),
    out: () => zoom(step - 1),
    in: () => zoom(viewer.classList.contains("is-fit") ? STEPS.indexOf(1) : step + 1),
    width: () => zoom(STEPS.indexOf(1)),
    fit: () => {
      const index = current();
      viewer.classList.add("is-fit");
      show(index);
    },
  };

  for (const button of viewer.querySelectorAll("[data-viewer]")) {
    button.hidden = false;
    button.addEventListener("click", () => does[button.dataset.viewer]());
  }
  for (const page of pages) page.addEventListener("dblclick", closer);
  // Beside the comparison the whole page shows at once: the seal stands at its foot.
  if (viewer.closest(".papers") && matchMedia("(min-width: 68.75rem)").matches) does.fit();
};

const equipAll = (root) => root.querySelectorAll(".viewer").forEach(equip);
document.addEventListener("chuguan:swapped", (event) => equipAll(event.target));
equipAll(document);
