/* <keep-typed url piece whose login-url> inside a form: what is typed goes to `url` every few seconds, which is no save, and
   into the browser at once, until the server has said that it has it. The attribute `unsaved` says that the form already
   holds something that nobody has kept. */

import { send } from "./asking.js";
import { BrowserCopy } from "./browser-copy.js";

const QUIET = 2000; // milliseconds without typing
const MOST = 5000; // milliseconds while somebody types on
const COPY = 300; // milliseconds before the browser's own copy
const LONGEST_PAUSE = 60_000; // milliseconds between two tries
const LEFT_OUT = new Set(["csrfmiddlewaretoken", "writer", "together"]);

class KeepTyped extends HTMLElement {
  connectedCallback() {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => this.begin(), { once: true });
    } else {
      this.begin();
    }
  }

  async begin() {
    this.form = this.closest("form");
    if (this.hasBegun || !this.form) return;
    this.hasBegun = true;
    this.failures = 0;
    this.copy = new BrowserCopy(this.getAttribute("whose"), this.getAttribute("piece"));
    this.form.addEventListener("input", (event) => this.changed(event));
    this.form.addEventListener("submit", () => this.submitted());
    window.addEventListener("online", () => this.again());
    window.addEventListener("focus", () => this.failures && this.again());
    window.addEventListener("pageshow", () => (this.isLeaving = false));
    window.addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
    this.closest("confirm-leave")?.addEventListener("submit", () => (this.isLeaving = true));
    this.ready = this.prepare();
    await this.ready;
    if (this.hasAttribute("unsaved") || this.isTypedInto()) this.changed();
  }

  async prepare() {
    await this.copy.claim();
    this.form.elements.tab.value = this.copy.tab;
    this.isReady = true;
    for (const left of await this.copy.left()) await this.handOver(left);
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  /** Say that all is well, or that it is not; the second is read out at once. */
  say(kept, trouble = "") {
    if (this.part("kept").textContent !== kept) this.part("kept").textContent = kept;
    if (this.part("trouble").textContent !== trouble) this.part("trouble").textContent = trouble;
  }

  /* What is in the form */

  /** Whether somebody typed before this script ran, or the browser brought back what had been typed. */
  isTypedInto() {
    return [...this.form.querySelectorAll("textarea, input[type=text]")].some((field) => field.value !== field.defaultValue);
  }

  fields() {
    const given = [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !LEFT_OUT.has(name));
    return Object.fromEntries(given.filter(([name]) => !name.startsWith("choice-")));
  }

  changed(event) {
    if (event?.target.closest("[data-part]")) return; // a tool is not part of the form
    this.isDirty = true;
    this.since ??= Date.now();
    this.copyTimer ??= setTimeout(() => this.copyHere(), COPY);
    if (!this.failures) this.plan(Math.min(QUIET, Math.max(0, this.since + MOST - Date.now())));
  }

  plan(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), pause);
  }

  copyHere() {
    clearTimeout(this.copyTimer);
    this.copyTimer = undefined;
    if (!this.isDirty || !this.isReady || this.isLeaving) return;
    this.hasCopy = this.copy.keep(this.fields(), this.copy.number + 1);
  }

  /* Sending it */

  async keep() {
    await this.ready;
    if (this.isSending || !this.isDirty || this.isLeaving) return;
    this.isSending = true;
    this.isDirty = false;
    this.since = undefined;
    const number = this.copy.next();
    const fields = this.fields();
    this.hasCopy = this.copy.keep(fields, number);
    try {
      const answer = await this.post(fields, this.copy.tab, number, {});
      this.answered(answer, number);
    } catch {
      this.failed(this.hasCopy ? "The site cannot be reached. What you type is kept in this browser, and sent when it can be." : "The site cannot be reached, and this browser has no room to keep your text. Copy it before you leave.");
    } finally {
      this.isSending = false;
    }
    if (this.isDirty && !this.failures) this.plan(QUIET);
  }

  /** What the server said: the time it was kept, or why it was not. */
  async post(fields, tab, number, options) {
    const given = { ...fields, whose: this.getAttribute("whose"), tab, number };
    const answer = await send(this.getAttribute("url"), given, this.form, options);
    const isJson = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
    return { status: answer.status, ...(isJson ? await answer.json() : {}) };
  }

  answered(answer, number) {
    if (answer.status !== 200) return this.refused(answer);
    this.failures = 0;
    this.copy.atLeast(answer.number);
    if (answer.number > number) this.isDirty = true; // another page of this tab's name was ahead: send it again
    else if (!this.isDirty) this.copy.drop();
    const at = new Date(answer.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    this.say(`Kept at ${at}; not saved yet.`);
  }

  refused(answer) {
    if (answer.status === 401 || answer.status === 403 || answer.status === 0) this.signedOut();
    else if (answer.status === 404) this.failed("The text is not yours to change any more. Copy it before you leave.", Infinity);
    else if (answer.status === 413) this.failed(answer.error, 15_000);
    else this.failed(answer.error ?? "The site could not keep your text just now. It is kept in this browser, and sent again.");
  }

  failed(trouble, pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** ++this.failures)) {
    this.failures ||= 1;
    this.isDirty = true;
    this.say("", trouble);
    if (pause < Infinity) this.plan(pause);
  }

  signedOut() {
    this.failed("You are signed out. Your text is kept in this browser: ");
    const link = document.createElement("a");
    link.href = this.getAttribute("login-url");
    link.target = "_blank";
    link.textContent = "sign in in another tab";
    this.part("trouble").append(link, ", and go on.");
  }

  again() {
    if (this.isDirty) this.plan(0);
  }

  /* Leaving */

  /** Save was pressed: until the next page has come, the browser has the text. What arrives late is older than the save. */
  submitted() {
    clearTimeout(this.timer);
    if (!this.isReady) return;
    const number = this.copy.next();
    this.form.elements.number.value = number;
    this.copy.keep(this.fields(), number);
    this.isLeaving = true;
  }

  /** The page goes away, perhaps for good. A long text is more than a browser sends then; the copy has it. */
  leave() {
    if (!this.isDirty || !this.isReady || this.isLeaving) return;
    const number = this.copy.next();
    const fields = this.fields();
    this.copy.keep(fields, number);
    const sent = this.post(fields, this.copy.tab, number, { keepalive: true });
    sent.then((answer) => this.arrived(answer, number)).catch(() => {});
  }

  arrived(answer, number) {
    if (answer.status !== 200 || number !== this.copy.number) return;
    this.isDirty = false;
    this.answered(answer, number);
  }

  /* Coming back */

  /** Give the server what a tab left in this browser, then show it the way everything is shown that was not saved. */
  async handOver(left) {
    try {
      const answer = await this.post(left.fields, left.tab, left.number, {});
      if (answer.status !== 200) return;
      if (left.tab === this.copy.tab) this.copy.atLeast(answer.number);
      this.copy.drop(left.tab);
      if (answer.waits && !this.isDirty && !this.hasAttribute("unsaved") && !this.isShown(left.fields)) this.show();
    } catch {
      this.say("", "Text that you typed here earlier is kept in this browser. It comes back when the site can be reached.");
    }
  }

  isShown(fields) {
    const words = (text) => (text ?? "").replace(/\r\n/g, "\n");
    const shown = this.fields();
    return ["headline", "dek", "body", "label", "section"].every((name) => words(fields[name]) === words(shown[name]));
  }

  show() {
    this.isLeaving = true;
    this.closest("confirm-leave")?.dispatchEvent(new Event("submit"));
    location.assign(location.pathname);
  }
}

customElements.define("keep-typed", KeepTyped);
