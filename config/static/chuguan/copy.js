// Shows the copy buttons where copying works; copies data-copy and says so for two seconds.

const show = (root) => {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || button.dataset.busy) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = [...button.childNodes];
  button.dataset.busy = "1";
  button.setAttribute("aria-live", "polite");
  button.replaceChildren(button.dataset.copied);
  setTimeout(() => {
    button.replaceChildren(...label);
    delete button.dataset.busy;
  }, 2000);
});

document.addEventListener("chuguan:swapped", (event) => show(event.target));
show(document);
