/* <markdown-editor preview-url upload-url piece preview count>: a text field with a live preview beside it and pictures by
   button, drop and paste. `preview` and `count` are ids of elements elsewhere on the page. Without this script the field is
   a plain text field: the page is rendered with its preview, and pictures are added with the form. */

const PAUSE = 400; // milliseconds of quiet before the preview is asked for
const WORD = /[\p{L}\p{N}_]+(?:['’.,\-‑][\p{L}\p{N}_]+)*/gu;
const UNREAD = /!\[[^\]\n]*\]\(picture:[^)\n]*\)|\]\([^)\n]*\)|^\[[^\]^\n]+\]:.*$|\[\^[^\]\n]+\]/gm; // pictures, addresses, note marks

const SIGNED_OUT = "You are signed out. Your text is still here: sign in again in another tab, then go on.";
const NO_PREVIEW = "The preview cannot be reached, so it shows your text as it was. It is asked for again when you type.";
const NO_UPLOAD = "The picture could not be sent. Your text is as it was; try again.";

/** An answer that is not what was asked for, with a sentence for the person who writes. */
class Refusal extends Error {}

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
    this.queue = [];
    this.preview = document.getElementById(this.getAttribute("preview"));
    this.count = document.getElementById(this.getAttribute("count"));
    this.part("tools").hidden = false;
    this.text.addEventListener("input", () => this.changed());
    this.text.form?.addEventListener("submit", () => freshToken(this.text.form));
    this.beginPictures();
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  say(words) {
    this.part("says").textContent = words;
  }

  /* The preview */

  changed() {
    this.countWords();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  countWords() {
    if (!this.count) return;
    const number = (this.text.value.replace(UNREAD, " ").match(WORD) ?? []).length;
    this.count.textContent = `${number} word${number === 1 ? "" : "s"}`;
  }

  /** Ask for the preview of what is in the field now. Only the newest question's answer is shown. */
  async ask() {
    if (!this.preview) return;
    const mine = ++this.asked;
    this.request?.abort();
    this.request = new AbortController();
    try {
      const answer = await this.send("preview-url", { content: this.text.value }, this.request.signal);
      const html = await this.read(answer, "text/html", NO_PREVIEW);
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

  /* Asking the server */

  /** POST to the address in an attribute. A redirect is not followed: it would lead to the page for signing in. */
  send(address, fields, signal) {
    const body = new FormData();
    body.append("piece", this.getAttribute("piece"));
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    const headers = { "X-CSRFToken": freshToken(this.text.form) };
    return fetch(this.getAttribute(address), { method: "POST", body, headers, signal, redirect: "manual" });
  }

  /** The words of an answer of the kind that was asked for; anything else becomes a Refusal, never part of the page. */
  async read(answer, kind, otherwise) {
    const given = answer.headers.get("Content-Type") ?? "";
    if (answer.ok && given.startsWith(kind)) return answer.text();
    if (answer.type === "opaqueredirect" || answer.status === 403) throw new Refusal(SIGNED_OUT);
    if (answer.status === 404) throw new Refusal("The text is not yours to change any more. Copy it before you leave.");
    if (given.startsWith("text/plain")) throw new Refusal(await answer.text());
    if (given.startsWith("application/json")) throw new Refusal((await answer.json()).error ?? otherwise);
    throw new Refusal(otherwise);
  }

  /* Pictures: one at a time, each with its description */

  beginPictures() {
    const file = this.part("file");
    this.part("choose").addEventListener("click", () => file.click());
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
    this.part("insert").addEventListener("click", () => this.upload());
    this.part("drop").addEventListener("click", () => this.leaveOut());
    this.part("alt").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.leaveOut();
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.upload();
    });
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
    if (pictures.length < files.length) this.say("Only pictures can be put into the text.");
    this.queue.push(...pictures);
    if (!this.current) this.next();
  }

  next() {
    this.current = this.queue.shift();
    this.part("describe").hidden = !this.current;
    this.part("choose").disabled = Boolean(this.current);
    if (!this.current) return;
    this.part("name").textContent = this.current.name;
    this.part("alt").value = "";
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
    this.say(`Sending ${this.current.name}…`);
    try {
      const fields = { image: this.current, alt: this.part("alt").value.trim() };
      const answer = await this.send("upload-url", fields);
      const { image_code: code } = JSON.parse(await this.read(answer, "application/json", NO_UPLOAD));
      this.part("describe").hidden = true;
      this.insert(code);
      this.say(`${this.current.name} is in the text. Save, and its caption, credit and licence can be filled in below.`);
      this.isSent = true;
    } catch (error) {
      this.say(error instanceof Refusal ? error.message : NO_UPLOAD);
    } finally {
      this.sent();
    }
  }

  /** Go on with the next picture; one that was refused stays, to be tried again or left out. */
  sent() {
    this.isSending = false;
    this.part("insert").disabled = this.part("drop").disabled = false;
    if (this.isSent) this.next();
    else this.part("insert").focus();
    this.isSent = false;
  }

  /** Put a line of its own where the cursor is. The browser's own command keeps “undo” whole; not every browser has it. */
  insert(code) {
    const { selectionStart: start, selectionEnd: end, value } = this.text;
    const words = gap(value.slice(0, start), /\n*$/) + code + gap(value.slice(end), /^\n*/);
    this.text.focus();
    if (document.execCommand("insertText", false, words)) return;
    this.text.setRangeText(words, start, end, "end");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** The form's token against forgery. Who signed in again in another tab has a new one in the cookie, which the form takes over. */
function freshToken(form) {
  const field = form?.elements.csrfmiddlewaretoken;
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  if (field && cookie) field.value = cookie[1];
  return field?.value ?? "";
}

/** The line breaks that part a picture from the text on one side of it, beyond those that are there. */
function gap(neighbour, breaks) {
  return neighbour.trim() ? "\n".repeat(Math.max(0, 2 - neighbour.match(breaks)[0].length)) : "";
}

customElements.define("markdown-editor", MarkdownEditor);
