/* <passkey-step hidden> around what needs a passkey. It shows itself where scripts run, and says why where passkeys cannot
   work. A button with data-part="passkey" asks the device and sends its form with the answer in the field `credential`:
   data-create or data-get hold the options as JSON, data-from an address that gives them. A box named `passwordless` in the
   form says whether the key alone shall be enough. webauthn-json.js of the sign-in library does the encoding. */

const WORDS = {
  none: "This browser offers no passkeys here. They need a current browser and an address that begins with https.",
  number: "Passkeys need a host name, and this address is a number. On your own machine open the site as “localhost”.",
  NotAllowedError: "No passkey was used: it was cancelled, or it took too long. You can try again.",
  InvalidStateError: "This device has a passkey for this account already. Use another device, or keep the one you have.",
  other: "That did not work. Try again, or choose another way.",
};

class PasskeyStep extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", this);
    const lacking = this.lacking();
    if (!lacking) return;
    this.say(lacking);
    for (const button of this.querySelectorAll("button")) button.disabled = true;
  }

  lacking() {
    if (/^[\d.]+$|:/.test(location.hostname)) return WORDS.number;
    return window.PublicKeyCredential && window.webauthnJSON ? "" : WORDS.none;
  }

  async handleEvent(event) {
    const button = event.target.closest("[data-part=passkey]");
    if (!button || button.disabled) return;
    event.preventDefault();
    button.disabled = true;
    try {
      const form = button.form;
      form.elements.credential.value = JSON.stringify(await this.ask(form));
      form.submit();
    } catch (error) {
      button.disabled = false;
      this.say(WORDS[error.name] || WORDS.other);
    }
  }

  async ask(form) {
    if (this.dataset.create) return window.webauthnJSON.create(this.wanted(JSON.parse(this.dataset.create), form));
    if (this.dataset.get) return window.webauthnJSON.get(JSON.parse(this.dataset.get));
    const answer = await fetch(this.dataset.from, { headers: { Accept: "application/json" } });
    return window.webauthnJSON.get((await answer.json()).request_options);
  }

  wanted(options, form) {
    const box = form.elements.passwordless;
    if (!box) return options;
    const chosen = options.publicKey.authenticatorSelection;
    chosen.residentKey = box.checked ? "required" : "discouraged";
    chosen.requireResidentKey = box.checked;
    if (box.checked) chosen.userVerification = "required";
    return options;
  }

  say(words) {
    let place = this.querySelector("[role=alert]");
    if (!place) {
      place = document.createElement("p");
      place.className = "aside";
      place.setAttribute("role", "alert");
      this.append(place);
    }
    place.textContent = words;
  }
}

customElements.define("passkey-step", PasskeyStep);
