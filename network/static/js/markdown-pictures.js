/* <markdown-pictures upload-url piece> in a markdown-editor: pictures by button, drop and paste, one at a time, each with
   its description. Without this script pictures are added with the form. */

import { Refusal, read, send } from "./asking.js";
import { insertLines } from "./text-edit.js";

const NO_UPLOAD = "The picture could not be sent. Your text is as it was; try again.";

class MarkdownPictures extends HTMLElement {
  connectedCallback() {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => this.begin(), { once: true });
    } else {
      this.begin();
    }
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  begin() {
    if (this.editor) return;
    this.editor = this.closest("markdown-editor");
    this.text = this.editor.querySelector("textarea");
    this.queue = [];
    const file = this.part("file");
    file.addEventListener("change", () => {
      this.take(file.files);
      file.value = "";
    });
    this.text.addEventListener("dragover", (event) => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault();
    });
    this.text.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.take(event.dataTransfer.files);
    });
    this.text.addEventListener("paste", (event) => this.pasted(event));
    this.beginPanel();
  }

  beginPanel() {
    this.part("insert").addEventListener("click", () => this.upload());
    this.part("drop").addEventListener("click", () => this.leaveOut());
    this.part("decorative").addEventListener("change", () => (this.part("alt").disabled = this.part("decorative").checked));
    this.part("alt").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.leaveOut();
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.upload();
    });
  }

  choose() {
    if (this.current) this.part("alt").focus();
    else this.part("file").click();
  }

  /** A word processor puts a picture of the words beside the words: then the words are meant. */
  pasted(event) {
    const { types, files } = event.clipboardData;
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    this.take(files);
  }

  take(files) {
    const pictures = [...files].filter((file) => file.type.startsWith("image/"));
    if (pictures.length < files.length) this.editor.say("Only pictures can be put into the text.");
    this.queue.push(...pictures);
    if (!this.current) this.next();
  }

  next() {
    this.current = this.queue.shift();
    this.part("describe").hidden = !this.current;
    if (!this.current) return;
    this.part("name").textContent = this.current.name;
    this.part("alt").value = "";
    this.part("alt").disabled = this.part("decorative").checked = false;
    this.part("alt").focus();
  }

  leaveOut() {
    if (this.isSending) return;
    this.next();
    if (!this.current) this.text.focus();
  }

  async upload() {
    if (this.isSending || !this.current) return;
    this.isSending = true;
    this.part("insert").disabled = this.part("drop").disabled = true;
    this.editor.say(`Sending ${this.current.name}…`);
    try {
      const answer = await send(this.getAttribute("upload-url"), this.fields(), this.text.form);
      const { image_code: code } = JSON.parse(await read(answer, "application/json", NO_UPLOAD));
      this.part("describe").hidden = true;
      insertLines(this.text, code);
      this.editor.say(`${this.current.name} is in the text. Save, and its caption, credit and licence can be filled in below.`);
      this.isSent = true;
    } catch (error) {
      this.editor.say(error instanceof Refusal ? error.message : NO_UPLOAD);
    } finally {
      this.sent();
    }
  }

  fields() {
    const fields = { piece: this.getAttribute("piece"), image: this.current, alt: this.part("alt").value.trim() };
    return this.part("decorative").checked ? { ...fields, decorative: "on" } : fields;
  }

  /** Go on with the next picture; one that was refused stays, to be tried again or left out. */
  sent() {
    this.isSending = false;
    this.part("insert").disabled = this.part("drop").disabled = false;
    if (this.isSent) this.next();
    else this.part("insert").focus();
    this.isSent = false;
  }
}

customElements.define("markdown-pictures", MarkdownPictures);
