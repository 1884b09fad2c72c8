/* Wires allauth's passkey functions to buttons, so that no page needs an inline script:
   <button id data-passkey="login|add|authenticate" data-credential="id of the hidden field"
           data-options="id of the element whose text is the ceremony's JSON" data-passwordless="id of the tick box"> */
(() => {
  "use strict";
  const tell = (title, text) => document.dispatchEvent(new CustomEvent("page-error", { detail: { title, text } }));

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-passkey]").forEach((button) => {
      const { passkey, credential, options, passwordless } = button.dataset;
      if (!window.PublicKeyCredential) {
        button.disabled = true;
        return;
      }
      window.allauth.webauthn.forms[`${passkey}Form`]({ ids: { [passkey]: button.id, credential, data: options, passwordless } });
    });
  });

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const name = event.detail.exception?.name;
    if (name === "InvalidStateError") tell("This key is already yours.", "It was added before; use another key or sign in with it.");
    else if (name === "NotAllowedError") tell("The key was not used.", "You closed the question or took too long. Try again when you are ready.");
    else tell("The key could not be used.", "The browser or the key refused. Try again, or take another way.");
  });
})();
