/* <word-count for speed>: how many words a text field holds, and how long they take to read at `speed` words a minute.
   Without this script it shows what the server counted when the page was made. */

const WORD = /[\p{L}\p{N}_]+(?:['’.,\-‑][\p{L}\p{N}_]+)*/gu;
const UNREAD = /!\[[^\]\n]*\]\(picture:[^)\n]*\)|\]\([^)\n]*\)|^\[[^\]^\n]+\]:.*$|\[\^[^\]\n]+\]/gm; // pictures, addresses, note marks

class WordCount extends HTMLElement {
  connectedCallback() {
    this.text = document.getElementById(this.getAttribute("for"));
    this.text?.addEventListener("input", () => this.count());
    if (this.text && this.text.value !== this.text.defaultValue) this.count(); // typed before this script ran
  }

  count() {
    const words = (this.text.value.replace(UNREAD, " ").match(WORD) ?? []).length;
    const minutes = Math.max(1, Math.round(words / Number(this.getAttribute("speed"))));
    this.textContent = `${words} word${words === 1 ? "" : "s"}, ${minutes} minute${minutes === 1 ? "" : "s"} to read`;
  }
}

customElements.define("word-count", WordCount);
