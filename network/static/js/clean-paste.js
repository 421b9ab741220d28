/* <clean-paste url> in a markdown-editor: what a word processor or a web page put on the clipboard goes into the text as
   Markdown. Where that cannot be had in time, and with Ctrl+Shift+V, the plain words go in. */

import { read, send } from "./asking.js";
import { replace } from "./text-edit.js";

const PATIENCE = 3000; // milliseconds
const LARGEST = 2_000_000; // characters
const PLAIN = "It was pasted as plain words: its headings, links and lists could not be taken over.";

class CleanPaste extends HTMLElement {
  connectedCallback() {
    if (this.editor || !this.getAttribute("url")) return;
    this.editor = this.closest("markdown-editor");
    this.text = this.editor.querySelector("textarea");
    this.text.addEventListener("keydown", (event) => (this.isShift = event.shiftKey));
    this.text.addEventListener("keyup", () => (this.isShift = false));
    this.text.addEventListener("paste", (event) => this.pasted(event));
  }

  async pasted(event) {
    const html = event.clipboardData.getData("text/html");
    const plain = event.clipboardData.getData("text/plain");
    if (!html.trim() || this.isShift || event.defaultPrevented) return;
    event.preventDefault();
    if (html.length > LARGEST) return this.insert(plain, PLAIN);
    this.editor.say("Taking over what you pasted…");
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const answer = await send(this.getAttribute("url"), { html, notes: this.notes() }, this.text.form, { signal });
      const { markdown, said } = JSON.parse(await read(answer, "application/json", PLAIN));
      this.insert(markdown || plain, said);
    } catch {
      this.insert(plain, PLAIN);
    }
  }

  /** The highest number that a note of the text has. */
  notes() {
    return Math.max(0, ...[...this.text.value.matchAll(/\[\^(\d{1,6})\]/g)].map((one) => Number(one[1])));
  }

  insert(words, said) {
    replace(this.text, this.text.selectionStart, this.text.selectionEnd, words.replace(/\r\n?/g, "\n"));
    this.editor.say(said);
  }
}

customElements.define("clean-paste", CleanPaste);
