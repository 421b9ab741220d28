/* Changing what is in a text field so that the browser's own “undo” takes it back in one step. */

/** Put `words` in the place of what stands from `start` to `end`, then select from `from` to `to` of the whole text. */
export function replace(text, start, end, words, from = start + words.length, to = from) {
  text.focus();
  text.setSelectionRange(start, end);
  const isDone = words ? document.execCommand("insertText", false, words) : start === end || document.execCommand("delete");
  if (!isDone) {
    text.setRangeText(words, start, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
  text.setSelectionRange(from, to);
}

/** Put lines of their own where the cursor is, parted from their neighbours by an empty line. */
export function insertLines(text, lines) {
  const { selectionStart: start, selectionEnd: end, value } = text;
  replace(text, start, end, gap(value.slice(0, start), /\n*$/) + lines + gap(value.slice(end), /^\n*/));
}

/** The line breaks that part a paragraph from the text on one side of it, beyond those that are there. */
function gap(neighbour, breaks) {
  return neighbour.trim() ? "\n".repeat(Math.max(0, 2 - neighbour.match(breaks)[0].length)) : "";
}
