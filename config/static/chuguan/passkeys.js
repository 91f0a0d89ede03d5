// Passkeys and security keys: asks the browser for one and sends its answer with the form.
// Takes forms [data-passkey] of kind "create", "get" or "login", each with a button
// [data-passkey-go] and a field "credential"; the options stand in #js_data, those of a sign-in
// are fetched. window.webauthnJSON comes with allauth.

async function optionsOf(form) {
  if (form.dataset.passkey !== "login") {
    return JSON.parse(document.getElementById("js_data").textContent);
  }
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return answer.json();
}

async function askForKey(form) {
  const options = await optionsOf(form);
  if (form.dataset.passkey !== "create") return window.webauthnJSON.get(options.request_options);
  const wish = options.creation_options;
  const alone = form.elements.passwordless?.checked ?? false;
  const selection = wish.publicKey.authenticatorSelection;
  selection.residentKey = alone ? "required" : "discouraged";
  selection.requireResidentKey = alone;
  if (alone) selection.userVerification = "required";
  return window.webauthnJSON.create(wish);
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.querySelector("[data-passkey-go]").addEventListener("click", async () => {
    const failed = document.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await askForKey(form));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
