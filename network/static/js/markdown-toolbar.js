/* <markdown-toolbar> in a markdown-editor: buttons and keys that put marks around what is selected, or take them away. One
   stop for Tab, arrows inside, as a toolbar has it; Tab in the text itself stays the browser's. */

import { replace } from "./text-edit.js";

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const LINES = { quote: /^> ?/, list: /^[-*+] +/, numbered: /^\d{1,9}[.)] +/, heading: /^#{1,6} +/ };
const BEGINS = { quote: () => "> ", list: () => "- ", numbered: (place) => `${place + 1}. `, heading: () => "## " };
const LINK = /\[([^\[\]\n]*)\]\(([^()\s]*)\)/g;

class MarkdownToolbar extends HTMLElement {
  connectedCallback() {
    this.text = document.getElementById(this.getAttribute("aria-controls")) ?? this.parentElement.querySelector("textarea");
    if (this.hasBegun) return;
    if (!this.text) return void document.addEventListener("DOMContentLoaded", () => this.connectedCallback(), { once: true });
    this.hasBegun = true;
    this.buttons = [...this.querySelectorAll("button")];
    this.buttons.forEach((button, place) => this.dress(button, place));
    this.addEventListener("keydown", (event) => this.moved(event));
    this.text.addEventListener("keydown", (event) => this.pressed(event));
    this.hidden = false;
  }

  dress(button, place) {
    button.tabIndex = place ? -1 : 0;
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps its selection
    button.addEventListener("click", () => this.mark(button.dataset.mark));
    const key = button.dataset.key;
    if (!key) return;
    button.setAttribute("aria-keyshortcuts", `${IS_MAC ? "Meta" : "Control"}+${key}`);
    button.title = `${button.textContent} (${IS_MAC ? "⌘" : "Ctrl+"}${key})`;
  }

  moved(event) {
    const at = this.buttons.indexOf(document.activeElement);
    const last = this.buttons.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at ? at - 1 : last, Home: 0, End: last }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    this.buttons.forEach((button, place) => (button.tabIndex = place === to ? 0 : -1));
    this.buttons[to].focus();
  }

  pressed(event) {
    if (event.altKey || event.isComposing || !(IS_MAC ? event.metaKey : event.ctrlKey)) return;
    const key = (event.shiftKey ? "Shift+" : "") + event.code.replace(/^Digit/, "").replace(/^Key.$/, event.key.toUpperCase());
    const button = this.buttons.find((one) => one.dataset.key === key);
    if (!button) return;
    event.preventDefault();
    this.mark(button.dataset.mark);
  }

  mark(name) {
    if (name === "picture") this.parentElement.querySelector("markdown-pictures").choose();
    else if (name === "bold") this.wrap(2);
    else if (name === "italic") this.wrap(1);
    else if (name === "link") this.link();
    else if (name === "footnote") this.footnote();
    else this.lines(name);
  }

  /** The selection without the spaces at its ends; the word at the cursor where nothing is selected. */
  selection() {
    const { value } = this.text;
    let { selectionStart: start, selectionEnd: end } = this.text;
    if (start === end) {
      start -= value.slice(0, start).match(/[\p{L}\p{N}’'-]*$/u)[0].length;
      end += value.slice(end).match(/^[\p{L}\p{N}’'-]*/u)[0].length;
    }
    const words = value.slice(start, end);
    if (!words.trim()) return { start, end };
    return { start: start + words.search(/\S/), end: end - words.match(/\s*$/)[0].length };
  }

  /** One star around the words is italic, two are bold, three are both. */
  wrap(stars) {
    let { start, end } = this.selection();
    const { value } = this.text;
    while (end - start > 2 && value[start] === "*" && value[end - 1] === "*") [start, end] = [start + 1, end - 1];
    const before = value.slice(0, start).match(/\**$/)[0].length;
    const around = Math.min(before, value.slice(end).match(/^\**/)[0].length);
    const words = value.slice(start, end);
    const has = stars === 2 ? around >= 2 : around % 2 === 1;
    if (has) return replace(this.text, start - stars, end + stars, words, start - stars, end - stars);
    const mark = "*".repeat(stars);
    replace(this.text, start, end, mark + words + mark, start + stars, end + stars);
  }

  link() {
    const { start, end } = this.selection();
    const { value } = this.text;
    const around = [...value.matchAll(LINK)].find((one) => one.index <= start && end <= one.index + one[0].length);
    if (around) return replace(this.text, around.index, around.index + around[0].length, around[1], around.index, around.index + around[1].length);
    const words = value.slice(start, end);
    if (/^https?:\/\/\S+$/.test(words)) return replace(this.text, start, end, `[](${words})`, start + 1);
    const at = start + words.length + 3;
    replace(this.text, start, end, `[${words}](https://)`, words ? at : start + 1, words ? at + 8 : start + 1);
  }

  /** Whole lines: begin each with the mark, or take it away where all have it. */
  lines(name) {
    const { value, selectionStart, selectionEnd } = this.text;
    const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const after = value.indexOf("\n", selectionEnd);
    const end = after < 0 ? value.length : after;
    const old = value.slice(start, end).split("\n");
    const filled = old.filter((line) => line.trim());
    const has = filled.length > 0 && filled.every((line) => LINES[name].test(line));
    let place = 0;
    const words = old.map((line) => this.line(line, name, has, old.length, () => place++)).join("\n");
    replace(this.text, start, end, words, old.length > 1 ? start : start + words.length, start + words.length);
  }

  line(line, name, has, count, next) {
    if (has) return line.replace(LINES[name], "");
    if (!line.trim() && count > 1) return name === "quote" ? ">" : line;
    const bare = name === "quote" ? line : line.replace(LINES.list, "").replace(LINES.numbered, "").replace(LINES.heading, "");
    return BEGINS[name](next()) + bare;
  }

  /** A mark at the cursor and its note at the foot, where the cursor goes. */
  footnote() {
    const { value, selectionEnd: at } = this.text;
    const taken = [...value.matchAll(/\[\^(\d{1,6})\]/g)].map((one) => Number(one[1]));
    const mark = `[^${Math.max(0, ...taken) + 1}]`;
    const rest = value.slice(at).replace(/\s+$/, "");
    const gap = /(^|\n)\[\^[^\]\n]+\]:[^\n]*$/.test(value.trimEnd()) && rest ? "\n" : "\n\n";
    const words = `${mark}${rest}${gap}${mark}: `;
    replace(this.text, at, value.length, words);
    this.text.scrollTop = this.text.scrollHeight;
  }
}

customElements.define("markdown-toolbar", MarkdownToolbar);
