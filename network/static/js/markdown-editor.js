/* <markdown-editor preview-url piece preview>: a text field with a live preview, and one line in which its tools say what
   happened. `preview` is the id of an element elsewhere on the page. Without this script the field is a plain text field. */

import { Refusal, read, send } from "./asking.js";

const PAUSE = 400; // milliseconds of quiet before the preview is asked for
const NO_PREVIEW = "The preview cannot be reached, so it shows your text as it was. It is asked for again when you type.";

class MarkdownEditor extends HTMLElement {
  connectedCallback() {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => this.begin(), { once: true });
    } else {
      this.begin();
    }
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  begin() {
    this.text = this.querySelector("textarea");
    if (this.hasBegun || !this.text) return;
    this.hasBegun = true;
    this.asked = 0;
    this.preview = document.getElementById(this.getAttribute("preview"));
    this.text.addEventListener("input", () => this.changed());
    if (this.text.value !== this.text.defaultValue) this.changed(); // typed, or brought back, before this script ran
  }

  say(words) {
    this.querySelector('[data-part="says"]').textContent = words;
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  /** Ask for the preview of what is in the field now. Only the newest question's answer is shown. */
  async ask() {
    if (!this.preview) return;
    const mine = ++this.asked;
    this.request?.abort();
    this.request = new AbortController();
    try {
      const fields = { piece: this.getAttribute("piece"), content: this.text.value };
      const answer = await send(this.getAttribute("preview-url"), fields, this.text.form, { signal: this.request.signal });
      const html = await read(answer, "text/html", NO_PREVIEW);
      if (mine !== this.asked) return;
      this.preview.innerHTML = html;
      if (this.hasPreviewFailed) this.say("");
      this.hasPreviewFailed = false;
    } catch (error) {
      if (mine !== this.asked || error.name === "AbortError") return;
      this.hasPreviewFailed = true;
      this.say(error instanceof Refusal ? error.message : NO_PREVIEW);
    }
  }
}

customElements.define("markdown-editor", MarkdownEditor);
