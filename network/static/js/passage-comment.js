/* <passage-comment> around a shown text and a form: words selected in the text become the passage of a comment. Without this
   script its words are copied into the field by hand.

   Parts: data-part="text" (what is read), "form" (fields quote, prefix, suffix and text), "offer" with the button "take". */

const AROUND = 80; // characters before and after, by which a passage is told from another with the same words
const LONGEST = 1000;

class PassageComment extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector('[data-part="text"]');
    this.form = this.querySelector('[data-part="form"]');
    this.offer = this.querySelector('[data-part="offer"]');
    if (!this.text || !this.form || !this.offer) return;
    document.addEventListener("selectionchange", this);
    this.offer.addEventListener("click", this);
    this.look(); // words may have been selected before this script came
  }

  disconnectedCallback() {
    document.removeEventListener("selectionchange", this);
  }

  handleEvent(event) {
    if (event.type === "selectionchange") this.look();
    else this.take();
  }

  look() {
    const selection = document.getSelection();
    const range = selection.rangeCount ? selection.getRangeAt(0) : null;
    const isInside = range && !range.collapsed && this.text.contains(range.commonAncestorContainer);
    if (isInside && selection.toString().trim()) this.passage = this.read(range, selection.toString().trim());
    else if (this.contains(document.activeElement) && document.activeElement.closest('[data-part="offer"]')) return;
    else this.passage = null;
    this.offer.hidden = !this.passage;
  }

  read(range, quote) {
    const before = document.createRange();
    before.setStart(this.text, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const after = document.createRange();
    after.setStart(range.endContainer, range.endOffset);
    after.setEnd(this.text, this.text.childNodes.length);
    return {
      quote: quote.slice(0, LONGEST),
      prefix: before.toString().slice(-AROUND),
      suffix: after.toString().slice(0, AROUND),
    };
  }

  take() {
    if (!this.passage) return;
    for (const [name, words] of Object.entries(this.passage)) this.form.elements[name].value = words;
    this.offer.hidden = true;
    this.form.elements.text.focus();
    this.form.elements.text.scrollIntoView({ block: "center" });
  }
}

customElements.define("passage-comment", PassageComment);
