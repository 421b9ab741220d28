/* <keep-checked-out url> inside the sheet's form: while the page is open it tells `url` every half minute that whoever has the
   text is still there, and says at once when they have it no longer. What is typed stays where it is. */

import { send } from "./asking.js";

const PAUSE = 30_000; // milliseconds; the check-out outlasts many of them

class KeepCheckedOut extends HTMLElement {
  connectedCallback() {
    this.timer ??= setInterval(() => this.beat(), PAUSE);
    this.onSight ??= () => !document.hidden && this.beat();
    document.addEventListener("visibilitychange", this.onSight);
  }

  disconnectedCallback() {
    this.stop();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    document.removeEventListener("visibilitychange", this.onSight);
  }

  async beat() {
    try {
      const answer = await send(this.getAttribute("url"), {}, this.closest("form"));
      const isJson = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
      if (answer.ok && isJson) this.show(await answer.json());
      else if ([403, 404].includes(answer.status)) this.closed();
    } catch {
      // the site cannot be reached, which the keeping of the text says already
    }
  }

  closed() {
    this.stop();
    this.show({ has_it: false, said: "The piece is not open to you any more. Copy your text before you leave." });
  }

  show({ has_it: hasIt, said }) {
    const words = this.querySelector('[data-part="said"]');
    if (words.textContent !== said) words.textContent = said;
    this.querySelector('[data-part="stop"]').hidden = !hasIt;
    this.querySelector('[data-part="take"]').hidden = hasIt;
  }
}

customElements.define("keep-checked-out", KeepCheckedOut);
